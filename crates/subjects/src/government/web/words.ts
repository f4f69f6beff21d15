import type { SubjectKind } from "@api/types";

export const SUBJECTS: Record<SubjectKind, string> = {
  government: "政府部门",
  enterprise: "生产经营单位",
  insurer: "保险机构",
  service_org: "技术服务机构",
};

export const SUBJECT_OPTIONS = Object.entries(SUBJECTS).map(([value, label]) => ({ value, label }));
