import type { Limits, Series } from "@api/types";
import { describe, expect, it } from "vitest";
import { appendReading, limitSteps, withGaps } from "./trend";

const limits: Limits = { hh: 85, h: 80, l: null, ll: null, dead_band: 1, on_delay_s: 0, off_delay_s: 0 };
const at = (minute: number) => Date.UTC(2026, 10, 23, 1, minute);
const iso = (minute: number) => new Date(at(minute)).toISOString();
const series = (part: Partial<Series> = {}): Series => ({
  points: [],
  limits_history: [],
  alarms: [],
  gaps: [],
  ...part,
});

describe("limits as they stood", () => {
  it("draws the limit in force when nothing was ever changed", () => {
    expect(limitSteps(series(), "hh", at(0), at(60), limits)).toEqual([
      [at(0), 85],
      [at(60), 85],
    ]);
    expect(limitSteps(series(), "l", at(0), at(60), limits)).toEqual([]);
  });
  it("steps where a change took effect and starts with the one before the window", () => {
    const history = [
      { from: iso(0), hh: 90, h: null, l: null, ll: null },
      { from: iso(20), hh: 88, h: null, l: null, ll: null },
      { from: iso(40), hh: 85, h: null, l: null, ll: null },
    ];
    expect(limitSteps(series({ limits_history: history }), "hh", at(30), at(60), limits)).toEqual([
      [at(30), 88],
      [at(40), 85],
      [at(60), 85],
    ]);
  });
  it("leaves out a limit that was never set", () => {
    const history = [{ from: iso(0), hh: 90, h: null, l: null, ll: null }];
    expect(limitSteps(series({ limits_history: history }), "ll", at(0), at(60), limits)).toEqual([]);
  });
});

describe("values", () => {
  it("breaks the line where nothing was received", () => {
    const points: Series["points"] = [
      [at(0), 1, 2, 1.5],
      [at(30), 3, 4, 3.5],
    ];
    const broken = withGaps(series({ points, gaps: [{ from: iso(10), to: iso(20) }] }));
    expect(broken.map((point) => point[3])).toEqual([1.5, null, 3.5]);
  });
  it("takes a new reading once and none from the past", () => {
    const one = appendReading(series(), at(1), 5);
    expect(one.points).toEqual([[at(1), 5, 5, 5]]);
    expect(appendReading(one, at(1), 6)).toBe(one);
    expect(appendReading(one, at(0), 6)).toBe(one);
  });
});
