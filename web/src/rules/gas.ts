import { compare, type Decimal, decimal, over, text, times } from "./decimal";
import { type Edition, find, type Reference, Refused, reference, type Scope, warning } from "./tables";

interface GasLimit {
  gas: string;
  formula: string;
  molar_mass: string;
  mac?: string | null;
  pc_twa?: string | null;
  idlh?: string | null;
  unconfirmed?: boolean;
}

interface SetPoint {
  kind: string;
  name: string;
  set1: string;
  set2: string;
  unit: string;
}

export interface GasTables {
  gas_limits: Edition<GasLimit>[];
  gas_set_points: Edition<SetPoint>[];
}

export interface GasAsked extends Scope {
  gas?: string;
  value?: unknown;
  unit?: string;
  by_idlh?: boolean;
  edition?: string;
  flammable_lel_percent?: unknown;
  open_path_lel_m?: unknown;
  oxygen_percent?: unknown;
}

export interface GasAlarm {
  /** 0 none, 1 or 2; null where only the set points were asked for. */
  alarm: number | null;
  set1: string;
  set2: string;
  unit: string;
  basis: string;
  unconfirmed: string[];
  rule: Reference;
}

const ZERO: Decimal = { n: 0n, s: 0 };
const HUNDRED: Decimal = { n: 100n, s: 0 };
/** Litres per mole at 25 °C and 101.3 kPa. */
const MOLAR_VOLUME: Decimal = { n: 2445n, s: 2 };
const SIMPLE = ["flammable_lel_percent", "open_path_lel_m", "oxygen_percent"] as const;

/** Set points and alarm level of one detector (GB/T 50493-2019 5.5.2). */
export function gasAlarm(tables: GasTables, asked: GasAsked): GasAlarm {
  const simple = SIMPLE.filter((kind) => asked[kind] !== undefined);
  if (simple.length + (asked.gas ? 1 : 0) !== 1) throw new Refused("gas", "请只填一种气体：有毒、可燃或氧气");
  const kind = simple[0];
  return kind ? judged(tables, kind, asked) : toxic(tables, asked);
}

function reading(value: unknown, field: string): Decimal {
  const found = decimal(value);
  if (!found || compare(found, ZERO) < 0) throw new Refused(field, "浓度应为不小于 0 的数");
  return found;
}

function judged(tables: GasTables, kind: (typeof SIMPLE)[number], asked: GasAsked): GasAlarm {
  const value = reading(asked[kind], kind);
  const oxygen = kind === "oxygen_percent";
  if (oxygen && compare(value, HUNDRED) > 0) throw new Refused(kind, "体积分数不能超过 100%");
  const [table, row] = find(tables.gas_set_points, asked, "on", (each) => each.kind === kind);
  const [set1, set2] = [exact(row.set1), exact(row.set2)];
  const second = compare(value, set2) >= 0;
  // Oxygen alarms below its first set point and from its second on.
  const first = oxygen ? compare(value, set1) < 0 : compare(value, set1) >= 0;
  return {
    alarm: second ? 2 : first ? 1 : 0,
    set1: text(set1),
    set2: text(set2),
    unit: row.unit,
    basis: row.name,
    unconfirmed: warning(table),
    rule: reference(table),
  };
}

function exact(value: string): Decimal {
  return decimal(value) ?? ZERO;
}

function toxic(tables: GasTables, asked: GasAsked): GasAlarm {
  const [table, row] = limits(tables, asked);
  const ppm = asked.unit === "ppm";
  if (asked.unit !== undefined && !["mg/m3", "ppm"].includes(asked.unit))
    throw new Refused("unit", "单位应为 mg/m3 或 ppm");
  if (asked.value !== undefined && asked.unit === undefined) throw new Refused("unit", "请填写浓度单位");
  const kind = asked.by_idlh ? "toxic_idlh_percent" : "toxic_oel_percent";
  const [points, percent] = find(tables.gas_set_points, asked, "on", (each) => each.kind === kind);
  const given = asked.by_idlh ? row.idlh : (row.mac ?? row.pc_twa);
  const missing = asked.by_idlh ? "直接致害浓度（IDLH）" : "接触限值";
  if (!given) throw new Refused("gas", `没有“${row.gas}”的${missing}`);
  const base = exact(given);
  const share = (points: string): Decimal => ({ ...times(base, exact(points)), s: times(base, exact(points)).s + 2 });
  const [mg1, mg2] = [share(percent.set1), share(percent.set2)];
  const mass = exact(row.molar_mass);
  const shown = (mg: Decimal) => text(ppm ? over(times(mg, MOLAR_VOLUME), mass, 4) : mg);
  const name = asked.by_idlh ? "IDLH" : row.mac ? "MAC" : "PC-TWA";
  const shaky = row.unconfirmed || table.confidence === "unconfirmed";
  return {
    alarm: asked.value === undefined ? null : level(reading(asked.value, "value"), ppm, mass, mg1, mg2),
    set1: shown(mg1),
    set2: shown(mg2),
    unit: ppm ? "ppm" : "mg/m3",
    basis: `${row.gas} ${name} ${text(base)} mg/m³`,
    unconfirmed: [
      ...warning(table),
      ...(row.unconfirmed ? [`“${row.gas}”一行原文字迹不清，须核对`] : []),
      ...others(tables, table, row),
    ],
    rule: { ...reference(points), confidence: shaky ? "unconfirmed" : weaker(points.confidence, table.confidence) },
  };
}

function weaker(a: string, b: string): string {
  const order = ["unconfirmed", "public_page", "full_text"];
  return order[Math.min(order.indexOf(a), order.indexOf(b))] ?? "unconfirmed";
}

/** Compared without rounding: a reading in ppm is above a limit in mg/m³ where `ppm × M ≥ mg × 24.45`. */
function level(value: Decimal, ppm: boolean, mass: Decimal, mg1: Decimal, mg2: Decimal): number {
  const left = ppm ? times(value, mass) : value;
  const reached = (mg: Decimal) => compare(left, ppm ? times(mg, MOLAR_VOLUME) : mg) >= 0;
  return (reached(mg1) ? 1 : 0) + (reached(mg2) ? 1 : 0);
}

function limits(tables: GasTables, asked: GasAsked): [Edition<GasLimit>, GasLimit] {
  const wanted = (row: GasLimit) =>
    row.gas === asked.gas || row.formula.toLowerCase() === String(asked.gas).toLowerCase();
  if (asked.edition !== undefined) {
    const table = tables.gas_limits.find((each) => each.edition === asked.edition);
    if (!table) throw new Refused("edition", `没有名为“${asked.edition}”的接触限值版本`);
    const row = table.rows.find(wanted);
    if (!row) throw new Refused("gas", `该版本没有“${asked.gas}”`);
    return [table, row];
  }
  const name = tables.gas_limits.flatMap((table) => table.rows).find(wanted)?.gas;
  if (!name) throw new Refused("gas", `没有“${asked.gas}”的接触限值；可用规则表登记后再算`);
  return find(tables.gas_limits, asked, "gas", (row) => row.gas === name);
}

/** Other editions of the same gas that differ, so that nobody overlooks them. */
function others(tables: GasTables, used: Edition<GasLimit>, row: GasLimit): string[] {
  const own = row.mac ?? row.pc_twa;
  return tables.gas_limits
    .filter((table) => table.edition !== used.edition)
    .flatMap((table) => table.rows.filter((each) => each.gas === row.gas).map((each) => [table, each] as const))
    .flatMap(([table, each]) => {
      const limit = each.mac ?? each.pc_twa;
      return limit && limit !== own
        ? [`另一版本“${table.edition}”的接触限值为 ${text(exact(limit))} mg/m³，请确认适用哪一版`]
        : [];
    });
}
