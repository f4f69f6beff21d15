import type { components } from "@api/schema";
import type { Tone } from "@api/types";
import { StatusTag } from "@kit/tags";

type Schema = components["schemas"];
export type CreditRatingRow = Schema["CreditRatingRow"];
export type CreditRating = Schema["CreditRatingView"];
export type CreditContribution = Schema["CreditContribution"];
export type CreditRunRow = Schema["CreditRunRow"];
export type CreditRun = Schema["CreditRunView"];
export type CreditModelView = Schema["CreditModelView"];
export type CreditEdition = Schema["CreditEdition"];

/** Hundredths of a point as people read them. */
export function points(hundredths: number, signed = false): string {
  return `${signed && hundredths > 0 ? "+" : ""}${(hundredths / 100).toFixed(2)}`;
}

const TONES: Record<string, Tone> = { A: "good", B: "plain", C: "warn", D: "bad" };

/** A grade keeps its letter: colour is never the only sign. */
export function Grade({ grade }: { grade: string | null | undefined }) {
  return grade ? <StatusTag tone={TONES[grade] ?? "plain"}>{grade}</StatusTag> : <span className="quiet">—</span>;
}
