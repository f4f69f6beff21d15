import { useGet } from "@api/hooks";
import { useReadings } from "@api/live";
import type { Series, Tag } from "@api/types";
import { Radio } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { EChart } from "./EChart";
import { dateTimeSeconds, number, unitSign } from "./format";
import { now } from "./now";
import { ProblemAlert } from "./Problem";
import { appendReading, trendOption } from "./trend";

const SPANS = [
  { key: "1h", ms: 3600_000, label: "1 小时" },
  { key: "6h", ms: 6 * 3600_000, label: "6 小时" },
  { key: "24h", ms: 24 * 3600_000, label: "24 小时" },
  { key: "7d", ms: 7 * 24 * 3600_000, label: "7 天" },
  { key: "30d", ms: 30 * 24 * 3600_000, label: "30 天" },
];

/** The trend of one tag: live when the span ends now, fixed when `around` names a moment of the past. */
export function TagTrend({ tag, around, height = 340 }: { tag: Tag; around?: string; height?: number }) {
  const { t } = useTranslation();
  const [key, setKey] = useState(around ? "6h" : "1h");
  const [end, setEnd] = useState(() => Math.ceil(now() / 1000) * 1000);
  const length = SPANS.find((span) => span.key === key)?.ms ?? 3600_000;
  const middle = around ? Date.parse(around) : 0;
  const to = around ? Math.min(middle + length / 2, end) : end;
  const from = around ? middle - length / 2 : end - length;
  const { data, error, refetch } = useGet("/tags/{tag}/series", {
    path: { tag: tag.tag },
    query: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: "600" },
    keep: true,
  });
  const [fresh, setFresh] = useState<[number, number][]>([]);
  const [last, setLast] = useState<{ at: string; value: number } | null>(null);
  useReadings(tag.enterprise, (readings) => {
    const value = readings.values[tag.tag];
    if (value === undefined) return;
    setLast({ at: readings.at, value });
    if (!around) setFresh((points) => [...points.slice(-600), [Date.parse(readings.at), value]]);
  });
  // The window moves with the time; what arrived in between is drawn from the stream, so this need not be often.
  useEffect(() => {
    if (around) return;
    const timer = setInterval(
      () => {
        setEnd(Math.ceil(now() / 1000) * 1000);
        setFresh([]);
      },
      Math.max(60_000, length / 120),
    );
    return () => clearInterval(timer);
  }, [around, length]);
  const option = useMemo(() => {
    const empty: Series = { points: [], limits_history: [], alarms: [], gaps: [] };
    const series = fresh.reduce(
      (all, [at, value]) => appendReading(all, at, value),
      (data as Series | undefined) ?? empty,
    );
    const newest = series.points[series.points.length - 1]?.[0] ?? 0;
    return trendOption(tag, series, { from, to: around ? to : Math.max(to, newest) }, t);
  }, [data, fresh, tag, from, to, around, t]);
  const shown =
    last ?? (tag.last?.value === null || !tag.last ? null : { at: tag.last.at, value: tag.last.value as number });
  return (
    <div className="stack">
      <div className="toolbar">
        <div aria-live="off">
          {t("最新值")}{" "}
          <strong className="num">
            {number(shown?.value)} {unitSign(tag.unit)}
          </strong>{" "}
          <span className="quiet">{dateTimeSeconds(shown?.at)}</span>
        </div>
        <Radio.Group
          aria-label={t("时间范围")}
          optionType="button"
          size="small"
          value={key}
          onChange={(event) => {
            setKey(event.target.value);
            setFresh([]);
            setEnd(Math.ceil(now() / 1000) * 1000);
          }}
          options={SPANS.map((span) => ({ value: span.key, label: t(span.label) }))}
        />
      </div>
      <ProblemAlert error={error} retry={() => void refetch()} />
      <EChart option={option} height={height} label={`${tag.name} ${t("趋势图")}`} />
    </div>
  );
}
