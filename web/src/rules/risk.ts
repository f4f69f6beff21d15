import { compare, type Decimal, decimal, text, times } from "./decimal";
import { type Edition, find, type Reference, Refused, reference, type Scope, select } from "./tables";

export interface RiskTables {
  lec_values: Edition<{ factor: string; value: string; text: string; scheme?: string }>[];
  lec_bands: Edition<{ above: string; grade: string; wording: string; advice: string }>[];
  ls_variants: Edition<{
    variant: string;
    name: string;
    size: number;
    major_from: number;
    larger_from: number;
    general_from: number;
    default: boolean;
  }>[];
  risk_layers: Edition<{ grade: string; colour: string; layer: string }>[];
}

export interface Graded {
  grade: string;
  colour: string;
  layer: string;
  rule: Reference;
}

function needed(value: unknown, field: string): Decimal {
  const found = decimal(value);
  if (!found) throw new Refused(field, `请填写 ${field.toUpperCase()}`);
  return found;
}

function exactly(value: string): Decimal {
  return decimal(value) ?? { n: 0n, s: 0 };
}

function layered(tables: RiskTables, grade: string, scope: Scope, rule: Reference): Graded {
  const [, row] = find(tables.risk_layers, scope, "on", (each) => each.grade === grade);
  return { grade, colour: row.colour, layer: row.layer, rule };
}

export interface LecAsked extends Scope {
  l: unknown;
  e: unknown;
  c: unknown;
  scheme?: string;
  edge?: string;
}

/** Grades `D = L × E × C`; the three values are discrete, any other is refused at its field. */
export function lec(
  tables: RiskTables,
  asked: LecAsked,
): Graded & { d: string; wording: string; advice: string; meaning: string[] } {
  const values = select(tables.lec_values, asked);
  const bands = select(tables.lec_bands, asked);
  const factors = (["l", "e", "c"] as const).map((field) => [field, needed(asked[field], field)] as const);
  const meaning = factors.map(([field, value]) => meant(values, field, value, asked.scheme));
  const d = factors.map(([, value]) => value).reduce(times);
  const reached = (above: Decimal) => {
    const order = compare(d, above);
    return order > 0 || (asked.edge === "含下限" && order === 0);
  };
  const fits = bands.rows.filter((band) => reached(exactly(band.above)));
  const band = fits.sort((a, b) => compare(exactly(b.above), exactly(a.above)))[0];
  if (!band) throw new Refused("l", "分级表没有覆盖这个 D 值");
  const { wording, advice } = band;
  return { ...layered(tables, band.grade, asked, reference(bands)), d: text(d), wording, advice, meaning };
}

function meant(values: RiskTables["lec_values"][number], field: string, value: Decimal, scheme?: string): string {
  const factor = field.toUpperCase();
  const own = values.rows.filter((row) => row.factor === factor);
  const same = own.filter((row) => compare(exactly(row.value), value) === 0);
  const general = same.find((row) => !row.scheme);
  if (!general) {
    const known = own.filter((row) => !row.scheme).map((row) => text(exactly(row.value)));
    throw new Refused(field, `${factor} 只能取 ${known.join("、")}，没有 ${text(value)}`);
  }
  const row = same.find((each) => scheme && each.scheme === scheme) ?? general;
  return `${factor} = ${text(exactly(row.value))}：${row.text}`;
}

export interface LsAsked extends Scope {
  l: unknown;
  s: unknown;
  variant?: string;
}

/** Grades `R = L × S` under one of the variants in use. */
export function ls(tables: RiskTables, asked: LsAsked): Graded & { r: number; variant: string } {
  const table = select(tables.ls_variants, asked);
  const row = table.rows.find((each) => (asked.variant ? each.variant === asked.variant : each.default));
  const known = table.rows.map((each) => each.variant).join("、");
  if (!row) throw new Refused("variant", `没有这个分级方案，可选：${known}`);
  const [l, s] = (["l", "s"] as const).map((field) => {
    const value = Number(text(needed(asked[field], field)));
    if (Number.isInteger(value) && value >= 1 && value <= row.size) return value;
    throw new Refused(field, `${field.toUpperCase()} 应为 1—${row.size} 的整数（${row.variant} ${row.name}）`);
  }) as [number, number];
  const r = l * s;
  const grade = r >= row.major_from ? "重大" : r >= row.larger_from ? "较大" : r >= row.general_from ? "一般" : "低";
  return { ...layered(tables, grade, asked, reference(table)), r, variant: row.variant };
}
