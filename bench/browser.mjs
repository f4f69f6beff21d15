// What a person at a screen waits for, measured in Chromium. Called by the bench program:
//   node bench/browser.mjs pages URL PASSWORD ENTERPRISE…   prints "page MS" and "list MS", then "done"
//   node bench/browser.mjs live URL PASSWORD                prints "listening"; when asked to close, the arrivals as JSON
import { createInterface } from "node:readline";
import { person, startBrowser } from "../web/e2e/browser.mjs";

const [what, http, password, ...enterprises] = process.argv.slice(2);
const browser = await startBrowser();
const asked = createInterface({ input: process.stdin });

/** From asking for a page until its heading stands and nothing on it is still loading. */
async function open(page, path) {
  const begun = performance.now();
  await page.goto(path, { waitUntil: "commit" });
  await page.waitForFunction(
    () => document.querySelector("h1")?.textContent && !document.querySelector(".ant-spin-spinning, .ant-skeleton-active"),
    undefined,
    { polling: "raf" },
  );
  return performance.now() - begun;
}

async function pages() {
  const page = await person(browser, { http, password }, "officer@GOV");
  for (const path of ["/enterprises", `/enterprises/${enterprises[0]}`]) await open(page, path);
  for (const id of enterprises) {
    console.log(`list ${(await open(page, "/enterprises")).toFixed(1)}`);
    console.log(`page ${(await open(page, `/enterprises/${id}`)).toFixed(1)}`);
  }
  console.log("done");
}

async function live() {
  const page = await person(browser, { http, password }, "duty_officer@GOV");
  await page.goto("/desk");
  await page.evaluate(
    () =>
      new Promise((opened) => {
        window.arrived = {};
        const stream = new EventSource("/api/v1/live");
        stream.addEventListener("fact", (message) => {
          const at = performance.timeOrigin + performance.now();
          const fact = JSON.parse(message.data);
          if (fact.kind === "iot.alarm.raised") window.arrived[fact.subject] = at;
        });
        stream.addEventListener("open", opened, { once: true });
      }),
  );
  console.log("listening");
  await new Promise((close) => asked.once("line", close));
  console.log(JSON.stringify(await page.evaluate(() => window.arrived)));
}

await (what === "live" ? live() : pages());
// Stays until the program that called it has looked at what it used.
await new Promise((ended) => asked.once("close", ended));
await browser.close();
