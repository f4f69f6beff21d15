import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { getPrefs } from "./prefs";

type Dictionary = { default: Record<string, string> };

/** English words lie beside the screens they translate; they are fetched only when someone switches. */
const dictionaries = {
  ...import.meta.glob<Dictionary>("../en/*.ts"),
  ...import.meta.glob<Dictionary>("../../../crates/*/src/*/web/en.ts"),
};

/** Chinese is the key itself, so a missing translation shows Chinese and never an identifier. */
void i18next.use(initReactI18next).init({
  lng: "zh",
  fallbackLng: "zh",
  resources: { zh: { translation: {} } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  returnEmptyString: true,
  react: { useSuspense: false },
});

let loaded = false;

export async function setLanguage(lang: "zh" | "en"): Promise<void> {
  if (lang === "en" && !loaded) {
    for (const part of await Promise.all(Object.values(dictionaries).map((load) => load()))) {
      i18next.addResourceBundle("en", "translation", part.default, false, true);
    }
    loaded = true;
  }
  await i18next.changeLanguage(lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

export function startLanguage(): Promise<void> {
  return getPrefs().lang === "en" ? setLanguage("en") : Promise.resolve();
}
