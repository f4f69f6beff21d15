import type { HazardSourceRow, Tone } from "@api/types";

export const LEVELS = ["一级", "二级", "三级", "四级", "不构成"].map((level) => ({ value: level, label: level }));

/** Where a file stands between enterprise and county. */
export const STATES: Record<HazardSourceRow["state"], [Tone, string]> = {
  filed: ["warn", "待确认"],
  confirmed: ["good", "已确认"],
  returned: ["bad", "已退回"],
};
