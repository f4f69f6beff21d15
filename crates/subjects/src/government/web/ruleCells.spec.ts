import { describe, expect, it } from "vitest";
import { cellText, cellValue, changed, columnsOf, sampleOf } from "./ruleCells";

const ROWS = [
  { symbol: "J1", critical_t: "5", no: 1 },
  { symbol: "J2", aliases: ["甲"], fixed: true },
];

describe("rows of a rule table", () => {
  it("keep their kinds when edited as text", () => {
    expect(columnsOf(ROWS)).toEqual(["symbol", "critical_t", "no", "aliases", "fixed"]);
    for (const column of columnsOf(ROWS)) {
      const sample = sampleOf(ROWS, column);
      expect(cellValue(cellText(sample), sample)).toEqual(sample);
    }
    expect(cellValue("0.50", "5")).toBe("0.50");
    expect(cellValue("x", 1)).toBe("x");
    expect(cellValue("[", ["甲"])).toBe("[");
    expect(cellValue(" ", "5")).toBeUndefined();
  });
  it("change one cell only, and an emptied cell goes", () => {
    expect(changed(ROWS, 0, "no", 2)[0]).toEqual({ symbol: "J1", critical_t: "5", no: 2 });
    expect(changed(ROWS, 0, "no", undefined)[0]).toEqual({ symbol: "J1", critical_t: "5" });
    expect(changed(ROWS, 0, "no", 2)[1]).toBe(ROWS[1]);
  });
});
