import type { TimelineItem } from "@api/types";
import { describe, expect, it } from "vitest";
import { factsOf } from "./facts";
import { branches } from "./whyTree";

const event = (id: string, because: string[]) => ({ id, because }) as TimelineItem;

describe("the walk of causes", () => {
  it("draws every event once and points back to it the second time", () => {
    const items = [event("premium", ["grade", "fix"]), event("grade", ["fix"]), event("fix", [])];
    const [top] = branches({ items });
    expect(top?.causes.map((c) => [c.id, c.again])).toEqual([
      ["grade", false],
      ["fix", true],
    ]);
    expect(top?.causes[0]?.causes[0]?.again).toBe(false);
  });
  it("shows a hole where a cause is named but not there", () => {
    const [top] = branches({ items: [event("premium", ["gone"])] });
    expect(top?.causes).toEqual([{ id: "gone", item: undefined, again: false, causes: [] }]);
  });
  it("ends where causes run in a circle", () => {
    const [top] = branches({ items: [event("a", ["b"]), event("b", ["a"])] });
    expect(top?.causes[0]?.causes[0]?.again).toBe(true);
  });
});

describe("the facts of an event", () => {
  it("writes money in yuan, points with two decimals and leaves out what nobody reads", () => {
    expect(factsOf({ old_fen: 13360000, score: 7390, unknown_field: "x" })).toEqual([
      { label: "得分", value: "73.90" },
      { label: "原保费", value: "133,600.00 元" },
    ]);
  });
});
