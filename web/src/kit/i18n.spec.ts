import { describe, expect, it } from "vitest";

const raw = {
  ...import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
  ...import.meta.glob<string>("../../../crates/*/src/*/web/**/*.{ts,tsx}", {
    query: "?raw",
    import: "default",
    eager: true,
  }),
};
const dictionaries = {
  ...import.meta.glob<Record<string, string>>("../en/*.ts", { import: "default", eager: true }),
  ...import.meta.glob<Record<string, string>>("../../../crates/*/src/*/web/en.ts", { import: "default", eager: true }),
};

/** Words that are data or parts of data, and are compared, never translated. */
const DATA = new Set(["红", "橙", "黄", "蓝", "一证多地", "一地多证", "基础", " 天", " 小时", " 分", " 秒", "人"]);

describe("English", () => {
  it("has a word for every Chinese text of the screens", () => {
    const known = new Set(Object.values(dictionaries).flatMap(Object.keys));
    const missing = new Set<string>();
    let seen = 0;
    for (const [file, text] of Object.entries(raw)) {
      if (/\.spec\.|\/en\/|\/en\.ts|\/api\/|test-setup/.test(file)) continue;
      const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
      for (const [, words = ""] of code.matchAll(/"([^"\n]*[\u4e00-\u9fff][^"\n]*)"/g)) {
        seen += 1;
        if (!known.has(words) && !DATA.has(words)) missing.add(words);
      }
    }
    expect(seen).toBeGreaterThan(500);
    expect([...missing]).toEqual([]);
  });
});
