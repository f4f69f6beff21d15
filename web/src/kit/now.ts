import { useSyncExternalStore } from "react";

let offset = 0;
let tick = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** Deadlines are the server's: a PC whose clock is wrong, or a demo node moved forward, must not change them. */
export function setServerTime(iso: string): void {
  offset = new Date(iso).getTime() - Date.now();
  tick = now();
  for (const listener of listeners) listener();
}

export function now(): number {
  return Date.now() + offset;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The server's time, refreshed every second by one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => tick);
}
