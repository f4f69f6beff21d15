import type { Schema, Tone } from "@api/types";

export type Hazard = Schema["HazardView"];
export type HazardRow = Schema["HazardRow"];

/** What a write answers, as far as the dialogs look at it. */
export type Answered = Pick<Hazard, "id">;

export const LEVELS = [
  { value: "general", label: "一般隐患" },
  { value: "major", label: "重大隐患" },
];

/** Where a hazard stands. */
export const STATES: Record<HazardRow["state"], [Tone, string]> = {
  found: ["warn", "待确认等级"],
  confirmed: ["warn", "待下达整改"],
  assigned: ["plain", "整改中"],
  rectified: ["warn", "待复查"],
  reopened: ["bad", "待重新下达"],
  verified: ["warn", "待解除挂牌"],
  closed: ["good", "已销号"],
  duplicate: ["plain", "已并入"],
};

export const VIAS = [
  { value: "visit", label: "检查服务" },
  { value: "self_check", label: "企业自查" },
  { value: "patrol", label: "日常巡查" },
  { value: "report", label: "举报报告" },
  { value: "alarm", label: "在线预警" },
];

/** Lists and pages that change by a write. */
export const TOUCHED = ["/hazards", "/timeline", "/home", "/notifications", "/tasks"];

/** Fen as people read it. */
export const yuan = (fen: number | null | undefined) =>
  fen === null || fen === undefined ? "—" : (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });

/** What people type in yuan as the server counts it. */
export const fen = (yuanTyped: number | null | undefined) =>
  yuanTyped === null || yuanTyped === undefined ? undefined : Math.round(yuanTyped * 100);
