/** Groups of fields that an enterprise may open to others. */
export const FIELDS: Record<string, string> = {
  summary: "基本信息",
  sites: "场所",
  people: "人员",
  hazard_sources: "重大危险源",
  alarms: "监测报警",
  telemetry: "监测数据",
  credit: "信用评分与等级",
};
