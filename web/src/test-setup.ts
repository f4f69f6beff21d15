import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import "@kit/i18n";

// A busy machine may need longer to draw a table than the second that is waited for by default.
configure({ asyncUtilTimeout: 15_000 });

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
