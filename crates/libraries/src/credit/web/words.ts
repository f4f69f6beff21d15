import type { components } from "@api/schema";
import type { Tone } from "@api/types";

type Schema = components["schemas"];
export type CreditFactRow = Schema["CreditFactRow"];
export type CreditFact = Schema["CreditFactView"];
export type CreditObjection = Schema["CreditObjectionRow"];
export type CreditContribution = Schema["CreditContribution"];

export const STATES: Record<string, [Tone, string]> = {
  proposed: ["warn", "待确认"],
  seconded: ["warn", "待第二人确认"],
  valid: ["plain", "有效"],
  objected: ["warn", "异议处理中"],
  corrected: ["good", "已更正"],
  dismissed: ["plain", "不予记入"],
};

/** Hundredths of a point as people read them, with its sign where it is a difference. */
export function points(hundredths: number, signed = true): string {
  return `${signed && hundredths > 0 ? "+" : ""}${(hundredths / 100).toFixed(2)}`;
}
