import { read, write } from "./prefs";

const PREFIX = "anlan.draft.";
/** Typed text of last month helps nobody and may hold personal data. */
const KEEP_MS = 7 * 24 * 3600_000;

interface Draft {
  at: number;
  values: Record<string, unknown>;
}

/** Names whose values never rest in the browser. */
const SECRET = /password|secret|totp|code$/i;

export function loadDraft(name: string, now: number): Record<string, unknown> | null {
  const draft = read(PREFIX + name) as Draft | null;
  if (!draft || typeof draft.at !== "number" || now - draft.at > KEEP_MS) return null;
  return draft.values;
}

export function saveDraft(name: string, values: Record<string, unknown>, now: number): void {
  const kept = Object.fromEntries(
    Object.entries(values).filter(([key, value]) => !SECRET.test(key) && value !== undefined && value !== ""),
  );
  if (Object.keys(kept).length === 0) dropDraft(name);
  else write(PREFIX + name, { at: now, values: kept } satisfies Draft);
}

export function dropDraft(name: string): void {
  write(PREFIX + name, undefined);
}

/** Leaving the system leaves nothing behind for the next person at the same desk. */
export function dropAllDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
