import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DeadlineTables, deadline } from "./deadline";
import { compare, decimal, over, text, times } from "./decimal";
import { type GasTables, gasAlarm } from "./gas";
import { type PermitTables, permit, permitGas } from "./permit";
import { lec, ls, type RiskTables } from "./risk";
import { Refused } from "./tables";

const STANDARDS = join(import.meta.dirname, "../../../crates/standards");
const read = (path: string) => JSON.parse(readFileSync(join(STANDARDS, path), "utf8"));

function tables<T>(...names: string[]): T {
  return Object.fromEntries(names.map((name) => [name, read(`data/${name}.json`)])) as T;
}

interface Case {
  name: string;
  rule: string;
  input: Record<string, unknown>;
  output?: Record<string, unknown>;
  error?: string;
}

const risk = tables<RiskTables>("lec_values", "lec_bands", "ls_variants", "risk_layers");
const gas = tables<GasTables>("gas_limits", "gas_set_points");
const clocks = tables<DeadlineTables>("calendar", "deadlines");
const permits = tables<PermitTables>("gb30871_permits", "gb30871_limits");

/** The rules of the phone under the names by which the server knows them. */
const RULES: Record<string, { file: string; run: (input: never) => unknown; least: number }> = {
  lec: { file: "risk", run: (input) => lec(risk, input), least: 15 },
  ls: { file: "risk", run: (input) => ls(risk, input), least: 7 },
  "gas-alarm": { file: "monitoring", run: (input) => gasAlarm(gas, input), least: 75 },
  deadline: { file: "calendar", run: (input) => deadline(clocks, input), least: 7 },
  permit: { file: "gb30871", run: (input) => permit(permits, input), least: 24 },
  "permit-gas": { file: "gb30871", run: (input) => permitGas(permits, input), least: 16 },
};

/** The phone is told the grade; grading heights and loads stays with the server. */
const SERVER_ONLY = ["height_m", "mass_t", "factors", "depth_m"];
/** What the phone does not answer, because it shows the server's page for it. */
const NOT_ANSWERED = ["continuous", "gas_daily", "record_every_minutes", "countersign", "notes", "copies", "rule"];

function holds(want: unknown, got: unknown): boolean {
  if (Array.isArray(want))
    return Array.isArray(got) && want.length === got.length && want.every((w, at) => holds(w, got[at]));
  if (want !== null && typeof want === "object") {
    const there = (got ?? {}) as Record<string, unknown>;
    return Object.entries(want).every(([key, value]) => holds(value, there[key] ?? null));
  }
  return want === got;
}

describe("the phone grades as the server does, case by case", () => {
  for (const [rule, { file, run, least }] of Object.entries(RULES)) {
    it(rule, () => {
      const all = (read(`src/${file}/cases.json`) as Case[]).filter((each) => each.rule === rule);
      const cases = all.filter((each) => rule !== "permit" || !SERVER_ONLY.some((key) => key in each.input));
      expect(cases.length).toBeGreaterThanOrEqual(least);
      const wrong = cases.filter((each) => !right(each, run, rule));
      expect(wrong.map((each) => each.name)).toEqual([]);
    });
  }
});

function right(each: Case, run: (input: never) => unknown, rule: string): boolean {
  try {
    const got = run(each.input as never);
    const want = Object.entries(each.output ?? {}).filter(
      ([key]) => !(rule.startsWith("permit") && NOT_ANSWERED.includes(key)),
    );
    return each.output !== undefined && holds(Object.fromEntries(want), got);
  } catch (error) {
    return error instanceof Refused && error.field === each.error;
  }
}

describe("decimals", () => {
  it("are exact", () => {
    const d = (value: string) => decimal(value) ?? { n: 0n, s: 0 };
    expect(text(times(d("0.1"), d("0.5")))).toBe("0.05");
    expect(compare(d("0.30"), d("0.3"))).toBe(0);
    expect(compare(d("-1"), d("0"))).toBe(-1);
    expect(text(over(d("1"), d("3"), 4))).toBe("0.3333");
    expect(text(over(d("2"), d("3"), 4))).toBe("0.6667");
    expect(text(d("-0.50"))).toBe("-0.5");
    for (const bad of ["", "1e3", ".5", "1.", "１", null, true]) expect(decimal(bad)).toBeNull();
  });
  it("grade all 252 LEC products and every product of every LS variant", () => {
    const of = (factor: string) =>
      risk.lec_values.flatMap((each) => each.rows).filter((row) => row.factor === factor && !row.scheme);
    let seen = 0;
    for (const l of of("L")) {
      for (const e of of("E")) {
        for (const c of of("C")) {
          const d = (Number(l.value) * 10 * Number(e.value) * 10 * Number(c.value)) / 100;
          const got = lec(risk, { l: l.value, e: e.value, c: c.value });
          const want = d > 320 ? "重大" : d > 160 ? "较大" : d > 70 ? "一般" : "低";
          expect([got.grade, Number(got.d)]).toEqual([want, expect.closeTo(d, 6)]);
          seen += 1;
        }
      }
    }
    expect(seen).toBe(252);
    for (const variant of risk.ls_variants.flatMap((each) => each.rows)) {
      for (let l = 1; l <= variant.size; l++) {
        for (let s = 1; s <= variant.size; s++) {
          const got = ls(risk, { l, s, variant: variant.variant });
          expect(got.grade === "重大").toBe(l * s >= variant.major_from);
          seen += 1;
        }
      }
    }
    expect(seen).toBe(252 + 6 * 25 + 16);
  });
});
