import type { Schema, Tone } from "@api/types";

/** Grounds of a declared conflict. */
export const CONFLICTS = [
  { value: "relative", label: "与企业人员有亲属关系" },
  { value: "employer", label: "曾在或正在该企业任职" },
  { value: "adviser", label: "为该企业提供过咨询" },
  { value: "other", label: "有其他利害关系" },
];

/** States of a visit in the service record. */
export const SERVICE_STATES: Record<string, [Tone, string]> = {
  assigned: ["plain", "已派定"],
  declined: ["warn", "已拒绝"],
  withdrawn: ["plain", "已撤回"],
  entered: ["warn", "服务中"],
  left: ["warn", "待企业确认"],
  confirmed: ["good", "企业已确认"],
};

/** Parts of the score by name. */
export const PARTS: Record<string, string> = {
  skill: "专业",
  certificate: "证书",
  experience: "经验",
  free: "空闲",
  record: "评价",
};

/** What a reason for refusal is called in one word. */
export const REFUSALS: Record<string, string> = {
  skill: "专业不符",
  certificate: "证书过期",
  conflict: "回避",
  frequency: "次数过多",
  busy: "时间冲突",
  region: "区域不符",
  term: "聘期届满",
};

export function choices(terms: { code: string; name: string }[] | undefined, t: (text: string) => string) {
  return (terms ?? []).map(({ code, name }) => ({ value: code, label: t(name) }));
}

export type ExpertRow = Schema["ExpertRow"];
export type Service = Schema["ExpertService"];
