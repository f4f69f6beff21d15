import { describe, expect, it } from "vitest";
import {
  byGroup,
  clean,
  type FieldSchema,
  fieldsOf,
  fromQuery,
  kindOf,
  matches,
  type RuleLine,
  toQuery,
} from "./schema";

const INPUT: FieldSchema = {
  properties: {
    population_500m: { type: ["integer", "string"], "x-order": 1 },
    substances: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" } } },
      "x-order": 0,
    },
    holiday: { type: "boolean", "x-order": 2 },
    ids: { type: "array", items: { type: "string" }, "x-order": 3 },
    on: { type: "string", format: "date", "x-order": 4 },
  },
};

const RULE: RuleLine = {
  name: "gb18218",
  title: "危险化学品重大危险源辨识与分级",
  title_en: "Major hazard installations",
  group: "重大危险源",
  group_en: "Major hazards",
  formula: "",
  rule: {
    standard: "GB 18218-2018",
    clause: "4.2",
    edition: "GB 18218-2018",
    valid_from: "2019-03-01",
    confidence: "full_text",
    rule_set: "1",
  },
};

describe("a link holds the whole calculation", () => {
  it("comes back as it went", () => {
    const inputs = { substances: [{ name: "氯", q_t: "5" }], population_500m: "0", holiday: true, ids: ["F1"] };
    expect(fromQuery(toQuery(inputs), INPUT)).toEqual(inputs);
  });
  it("leaves out what is empty, false or cannot be read", () => {
    expect(toQuery({ substances: [{ name: " " }], holiday: false, on: "" })).toEqual({ substances: "[]" });
    expect(fromQuery({ substances: "[{", unknown: "1", on: "2026-01-01" }, INPUT)).toEqual({ on: "2026-01-01" });
    expect(clean({ a: null, b: [null, ""], c: 0 })).toEqual({ b: [], c: 0 });
  });
});

describe("a form is drawn from the schema", () => {
  it("in the order of the rule, each field by its kind", () => {
    expect(fieldsOf(INPUT).map(([key, field]) => [key, kindOf(field)])).toEqual([
      ["substances", "list"],
      ["population_500m", "number"],
      ["holiday", "flag"],
      ["ids", "texts"],
      ["on", "date"],
    ]);
    expect(kindOf({ type: "string", enum: ["甲"] })).toBe("choice");
    expect(kindOf({ type: "string", "x-format": "date or date-time" })).toBe("moment");
    expect(kindOf({ type: ["string", "null"], pattern: "" } as FieldSchema)).toBe("text");
  });
});

describe("the list", () => {
  it("finds by name, standard and language", () => {
    for (const words of ["重大 18218", "major HAZARD", "gb18218", "4.2"]) expect(matches(RULE, words)).toBe(true);
    expect(matches(RULE, "重大 噪声")).toBe(false);
  });
  it("keeps the order of the groups", () => {
    expect(byGroup([RULE, { ...RULE, group: "编码" }, RULE]).map((group) => group.length)).toEqual([2, 1]);
  });
});
