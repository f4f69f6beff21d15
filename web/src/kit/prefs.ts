import { useSyncExternalStore } from "react";

/** What a person sets for this browser: kept here and nowhere else. */
export interface Prefs {
  lang: "zh" | "en";
  large: boolean;
  compact: boolean;
  collapsed: boolean;
  sound: boolean;
}

const KEY = "anlan.prefs";
const first: Prefs = { lang: "zh", large: false, compact: false, collapsed: false, sound: true };
let prefs: Prefs = { ...first, ...(read(KEY) as Partial<Prefs> | null) };
const listeners = new Set<() => void>();

/** Reads JSON from local storage; storage may be full, blocked or damaged, which must never stop a page. */
export function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function write(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or blocked storage only costs the preference.
  }
}

export function getPrefs(): Prefs {
  return prefs;
}

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  write(KEY, prefs);
  for (const listener of listeners) listener();
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => prefs,
  );
}
