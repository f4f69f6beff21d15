import { compare, decimal, text } from "./decimal";
import { type Edition, find, type Reference, Refused, reference, type Scope, select } from "./tables";

interface PermitRow {
  kind: string;
  clause: string;
  grade?: string | null;
  valid_hours?: number | null;
  valid_hours_special?: number | null;
  gas_test_minutes?: number | null;
  gas_break_minutes?: number | null;
  approver: string;
}

export interface PermitTables {
  gb30871_permits: Edition<PermitRow>[];
  gb30871_limits: Edition<{ name: string; value: string }>[];
}

export interface PermitAsked extends Scope {
  kind: string;
  grade?: string;
  holiday?: boolean;
  night?: boolean;
  special?: boolean;
  stopped_minutes?: number;
  sampled_minutes?: number;
  wind_grade?: number;
}

export interface Permit {
  kind: string;
  grade: string | null;
  valid_hours: number | null;
  valid_hours_special: number | null;
  gas_test_minutes: number | null;
  gas_break_minutes: number | null;
  reanalyse: boolean | null;
  sample_fresh: boolean | null;
  wind_stops: boolean | null;
  approver: string;
  rule: Reference;
}

const RAISED = new Map([
  ["二级", "一级"],
  ["一级", "特级"],
]);
const WIND = new Map([
  ["动火", "wind_hot_work"],
  ["高处", "wind_height"],
  ["吊装", "wind_lift"],
]);
const ROMAN: Record<string, string> = { I: "Ⅰ", II: "Ⅱ", III: "Ⅲ", IV: "Ⅳ" };

/** Validity, tests and approver of a permit whose grade is known (GB 30871-2022, Annex B). */
export function permit(tables: PermitTables, asked: PermitAsked): Permit {
  const table = select(tables.gb30871_permits, asked);
  const own = table.rows.filter((row) => row.kind === asked.kind);
  if (own.length === 0) {
    const kinds = [...new Set(table.rows.map((row) => row.kind))];
    const message = `特殊作业种类应为：${kinds.join("、")}`;
    throw new Refused("kind", message);
  }
  const given = asked.grade === undefined ? null : spelled(asked.grade);
  const upgrade = asked.kind === "动火" && (asked.holiday || asked.night || asked.special);
  const grade = given && upgrade ? (RAISED.get(given) ?? given) : given;
  const row = own.find((each) => (each.grade ?? null) === grade);
  if (!row) {
    const grades = own.flatMap((each) => (each.grade ? [each.grade] : []));
    const right = grades.length > 0 ? `作业的级别应为：${grades.join("、")}` : "作业不分级";
    throw new Refused("grade", asked.kind + right);
  }
  const { stopped_minutes: stopped, sampled_minutes: sampled } = asked;
  const [rest, test] = [row.gas_break_minutes ?? null, row.gas_test_minutes ?? null];
  return {
    kind: row.kind,
    grade,
    valid_hours: row.valid_hours ?? null,
    valid_hours_special: row.valid_hours_special ?? null,
    gas_test_minutes: test,
    gas_break_minutes: rest,
    reanalyse: stopped === undefined || rest === null ? null : stopped > rest,
    sample_fresh: sampled === undefined || test === null ? null : sampled <= test,
    wind_stops: windStops(tables, asked),
    approver: row.approver,
    rule: reference(table, row.clause),
  };
}

/** Grades are typed in several ways; the standard's way is `Ⅰ级` and `一级`. */
function spelled(grade: string): string {
  const plain = grade.trim().replace(/级+$/, "");
  return `${ROMAN[plain.toUpperCase()] ?? plain}级`;
}

function limit(tables: PermitTables, name: string, scope: Scope): string {
  const [, row] = find(tables.gb30871_limits, scope, "on", (each) => each.name === name);
  return row.value;
}

function windStops(tables: PermitTables, asked: PermitAsked): boolean | null {
  const name = WIND.get(asked.kind);
  if (!name || asked.wind_grade === undefined) return null;
  return asked.wind_grade >= Number(limit(tables, name, asked));
}

export interface GasReadings extends Scope {
  lel_percent?: unknown;
  flammable_percent?: unknown;
  oxygen_percent?: unknown;
  oxygen_enriched?: boolean;
}

export interface GasItem {
  item: string;
  value: string;
  min: string | null;
  max: string;
  pass: boolean;
}

/** Whether an analysis lets the work begin (GB 30871-2022, 5.3.2 and 6; vol %). */
export function permitGas(tables: PermitTables, readings: GasReadings): { pass: boolean; items: GasItem[] } {
  const percent = (field: "lel_percent" | "flammable_percent" | "oxygen_percent") => {
    if (readings[field] === undefined) return null;
    const value = decimal(readings[field]);
    if (!value || value.n < 0n || compare(value, { n: 100n, s: 0 }) > 0) {
      throw new Refused(field, "体积分数应在 0—100% 之间");
    }
    return value;
  };
  const at = (name: string) => decimal(limit(tables, name, readings)) ?? { n: 0n, s: 0 };
  const judged = (item: string, value: { n: bigint; s: number }, min: string | null, max: string): GasItem => {
    const pass = compare(value, at(max)) <= 0 && (min === null || compare(value, at(min)) >= 0);
    return { item, value: text(value), min: min && text(at(min)), max: text(at(max)), pass };
  };
  const items: GasItem[] = [];
  const flammable = percent("flammable_percent");
  if (flammable) {
    const lel = percent("lel_percent");
    if (!lel || lel.n === 0n) throw new Refused("lel_percent", "须给出该气体的爆炸下限（体积分数，%）");
    const max = compare(lel, at("lel_split")) >= 0 ? "flammable_high_lel" : "flammable_low_lel";
    items.push(judged("可燃气体", flammable, null, max));
  }
  const oxygen = percent("oxygen_percent");
  if (oxygen) {
    items.push(judged("氧", oxygen, "oxygen_min", readings.oxygen_enriched ? "oxygen_enriched_max" : "oxygen_max"));
  }
  if (items.length === 0) throw new Refused("flammable_percent", "至少给出一项分析结果");
  return { pass: items.every((each) => each.pass), items };
}
