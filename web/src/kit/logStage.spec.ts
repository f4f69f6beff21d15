import { expect, it } from "vitest";
import { stageOf } from "./logStage";

it("never shows a later state early", () => {
  const log = { signed: 30, witnessed: 20, anchored: 10 };
  expect([10, 11, 20, 21, 30, 31].map((seq) => stageOf(seq, log))).toEqual([
    "anchored",
    "witnessed",
    "witnessed",
    "logged",
    "logged",
    "saved",
  ]);
  expect(stageOf(1, undefined)).toBe("saved");
});
