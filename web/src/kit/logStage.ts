import { useGet } from "@api/hooks";

/** How far a record has come; a later state is never shown early. */
export type Stage = "saved" | "logged" | "witnessed" | "anchored";

export const STAGES: Record<Stage, string> = {
  saved: "已保存",
  logged: "已入账",
  witnessed: "已见证",
  anchored: "已锚定",
};

/** The state of the log, asked again often enough for a badge that fills up while one looks. */
export function useLog(enabled = true) {
  return useGet("/evidence/log", { every: 3000, enabled, keep: true });
}

export function stageOf(seq: number, log: { signed: number; witnessed: number; anchored: number } | undefined): Stage {
  if (!log || seq > log.signed) return "saved";
  if (seq > log.witnessed) return "logged";
  return seq > log.anchored ? "witnessed" : "anchored";
}
