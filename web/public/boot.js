/* Plain ES5 on purpose: it must run in the very browsers it turns away. It is a file of its own because the
   content security policy forbids inline scripts. */
(function () {
  var modern =
    "noModule" in document.createElement("script") &&
    typeof Promise === "function" &&
    typeof Array.prototype.at === "function" &&
    typeof window.structuredClone === "function" &&
    !!(window.CSS && CSS.supports && CSS.supports("selector(:is(a))"));
  if (!modern) window.location.replace("/old-browser.html");
})();
