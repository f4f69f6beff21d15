import type { Limits, Tag } from "@api/types";
import type { Column } from "./CrudTable";
import { dateTime, number, unitSign } from "./format";
import { AppLink } from "./nav";
import { StatusTag } from "./tags";

const STATES: Record<string, ["good" | "warn" | "bad" | "plain", string]> = {
  normal: ["good", "正常"],
  alarm: ["bad", "预警中"],
  offline: ["warn", "离线"],
  flat: ["warn", "数值不变"],
  stale: ["warn", "数据陈旧"],
  stopped: ["plain", "计划停用"],
};
const QUALITY: Record<string, string> = { good: "良好", uncertain: "存疑", bad: "不可用" };

/** `低低 5 · 低 10 · 高 80 · 高高 85` */
export function limitText(limits: Limits, t: (text: string) => string): string {
  const parts = [
    [t("低低"), limits.ll],
    [t("低"), limits.l],
    [t("高"), limits.h],
    [t("高高"), limits.hh],
  ] as const;
  const set = parts.filter(([, value]) => value !== null && value !== undefined);
  return set.length === 0 ? t("未设限值") : set.map(([name, value]) => `${name} ${number(value)}`).join(" · ");
}

/** The columns of a tag list, for the register of tags and for a hazard source. */
export function tagColumns(t: (text: string) => string): Column<Tag>[] {
  return [
    {
      key: "name",
      title: "点位",
      render: (row) => (
        <>
          <AppLink to={`/tags/${encodeURIComponent(row.tag)}`}>{row.name}</AppLink>
          <div className="quiet">{row.tag}</div>
        </>
      ),
    },
    { key: "metric", title: "参数", hidden: true, render: (row) => row.metric },
    {
      key: "last",
      title: "最新值",
      align: "right",
      render: (row) => (
        <>
          <strong>
            {number(row.last?.value)} {unitSign(row.unit)}
          </strong>
          <div className="quiet">{row.last ? dateTime(row.last.at) : t("尚无数据")}</div>
        </>
      ),
    },
    {
      key: "quality",
      title: "质量",
      wide: true,
      render: (row) => (row.last ? t(QUALITY[row.last.quality] ?? row.last.quality) : "—"),
    },
    { key: "limits", title: "限值", wide: true, render: (row) => limitText(row.limits, t) },
    {
      key: "state",
      title: "状态",
      render: (row) => <StatusTag tone={STATES[row.state]?.[0]}>{t(STATES[row.state]?.[1] ?? row.state)}</StatusTag>,
    },
    { key: "device", title: "设备", hidden: true, render: (row) => row.device },
    { key: "sample_s", title: "采样周期", hidden: true, align: "right", render: (row) => `${row.sample_s} ${t("秒")}` },
  ];
}
