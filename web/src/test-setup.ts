import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import "@kit/i18n";

/** Ant Design asks for screen sizes; happy-dom has no layout to answer from. */
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

afterEach(() => {
  cleanup();
  localStorage.clear();
});
