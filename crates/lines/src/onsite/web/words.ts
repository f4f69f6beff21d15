import type { Tone } from "@api/types";

/** State → colour; the words come from the server. */
export const STATE_TONES: Record<string, Tone> = {
  requested: "warn",
  assigned: "warn",
  accepted: "plain",
  announced: "plain",
  entered: "warn",
  left: "warn",
  signed: "good",
  evaluated: "good",
  withdrawn: "plain",
};

export const STATES = [
  { value: "open", label: "办理中" },
  { value: "requested", label: "待派定" },
  { value: "assigned", label: "待接受" },
  { value: "accepted", label: "待告知" },
  { value: "announced", label: "待入企" },
  { value: "entered", label: "检查中" },
  { value: "left", label: "待签字" },
  { value: "signed", label: "已签字" },
  { value: "evaluated", label: "已评价" },
  { value: "withdrawn", label: "已撤回" },
];

export const KINDS = [
  { value: "enforcement", label: "执法检查" },
  { value: "joint", label: "联合检查" },
  { value: "recheck", label: "整改复查" },
  { value: "prevention_service", label: "预防服务" },
  { value: "insurer_survey", label: "风险查勘" },
];

export const REASONS = [
  { value: "plan", label: "计划安排" },
  { value: "alarm", label: "预警" },
  { value: "accident", label: "事故" },
  { value: "complaint", label: "投诉举报" },
  { value: "recheck", label: "整改复查" },
  { value: "request", label: "主动申请" },
];

/** The steps of a visit in their order. */
export const STEPS: [string, string][] = [
  ["requested", "申请"],
  ["assigned", "派定"],
  ["accepted", "接受"],
  ["announced", "告知"],
  ["entered", "入企"],
  ["left", "离开"],
  ["signed", "签字"],
  ["evaluated", "评价"],
];

/** Paths whose answers change with a visit. */
export const TOUCHED = [
  "/visits",
  "/visit-caps",
  "/visit-irregularities",
  "/timeline",
  "/home",
  "/tasks",
  "/notifications",
];

/** A moment for a field of the browser's own kind, in the time zone of the browser. */
export function local(at: string | number): string {
  const moment = new Date(at);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What such a field says, as the server wants it. */
export function moment(text: string): string {
  return new Date(text).toISOString();
}
