/** Exact decimals: `n / 10^s`. Limits are compared to the last digit, so no binary floating point. */
export interface Decimal {
  n: bigint;
  s: number;
}

const LONGEST = 40;

/** Reads a number as people and JSON write it; null for anything else. */
export function decimal(value: unknown): Decimal | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).trim();
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found || text.length > LONGEST) return null;
  const [, sign, whole = "", part = ""] = found;
  const n = BigInt(whole + part);
  return { n: sign ? -n : n, s: part.length };
}

export function compare(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint] {
  const s = Math.max(a.s, b.s);
  return [a.n * 10n ** BigInt(s - a.s), b.n * 10n ** BigInt(s - b.s)];
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { n: a.n * b.n, s: a.s + b.s };
}

/** `a / b` rounded half up to so many places. */
export function over(a: Decimal, b: Decimal, places: number): Decimal {
  const [left, right] = aligned(a, b);
  const scaled = left * 10n ** BigInt(places);
  return { n: (scaled * 2n + right) / (right * 2n), s: places };
}

/** Without trailing zeros, as results are written. */
export function text(value: Decimal): string {
  const sign = value.n < 0n ? "-" : "";
  const digits = (value.n < 0n ? -value.n : value.n).toString().padStart(value.s + 1, "0");
  const whole = digits.slice(0, digits.length - value.s);
  const part = digits.slice(digits.length - value.s).replace(/0+$/, "");
  return part ? `${sign}${whole}.${part}` : sign + whole;
}
