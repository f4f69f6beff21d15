import type { LimitKey, Limits, Point, Series, Tag } from "@api/types";
import { clockTime, dateTime, number, unitSign } from "./format";

const LIMITS: { key: LimitKey; name: string; colour: string; dash: "solid" | "dashed" }[] = [
  { key: "hh", name: "高高限", colour: "#cf1322", dash: "solid" },
  { key: "h", name: "高限", colour: "#d46b08", dash: "dashed" },
  { key: "l", name: "低限", colour: "#d46b08", dash: "dashed" },
  { key: "ll", name: "低低限", colour: "#cf1322", dash: "solid" },
];

const BAND: Record<string, string> = {
  HH: "rgba(207,19,34,0.16)",
  H: "rgba(250,140,22,0.18)",
  L: "rgba(250,140,22,0.18)",
  LL: "rgba(207,19,34,0.16)",
};

/** The steps of one limit over the time shown: a limit that was changed is drawn as it stood at each moment. */
export function limitSteps(
  series: Series,
  key: LimitKey,
  from: number,
  to: number,
  current: Limits,
): [number, number | null][] {
  const history = series.limits_history
    .map((entry) => ({ at: Date.parse(entry.from), value: entry[key] ?? null }))
    .sort((a, b) => a.at - b.at);
  const limit = current[key] ?? null;
  if (history.length === 0)
    return limit === null
      ? []
      : [
          [from, limit],
          [to, limit],
        ];
  const steps: [number, number | null][] = [];
  let last: number | null = null;
  for (const entry of history) {
    if (entry.at > to) break;
    last = entry.value;
    if (entry.at <= from) steps.length = 0;
    steps.push([Math.max(entry.at, from), entry.value]);
  }
  if (steps.length > 0) steps.push([to, last]);
  return steps.some(([, value]) => value !== null) ? steps : [];
}

/** The points with a hole where nothing was received: a line across a gap would claim values nobody measured. */
export function withGaps(series: Series): Point[] {
  const gaps = series.gaps.map((gap) => [Date.parse(gap.from), Date.parse(gap.to)] as const);
  const points: Point[] = [];
  let before: number | undefined;
  for (const point of series.points) {
    const hole = gaps.find(([from]) => before !== undefined && before <= from && from < point[0]);
    if (hole) points.push([hole[0], null, null, null]);
    points.push(point);
    before = point[0];
  }
  return points;
}

/** The chart of one tag: values with their spread, limits as they stood, alarms as bands, gaps in grey. */
export function trendOption(tag: Tag, series: Series, span: { from: number; to: number }, t: (text: string) => string) {
  const { from, to } = span;
  const areas = [
    ...series.alarms.map((alarm) => [
      { xAxis: Date.parse(alarm.from), itemStyle: { color: BAND[alarm.level] ?? BAND.H } },
      { xAxis: alarm.to ? Date.parse(alarm.to) : to },
    ]),
    ...series.gaps.map((gap) => [
      { xAxis: Date.parse(gap.from), itemStyle: { color: "rgba(140,140,140,0.22)" } },
      { xAxis: Date.parse(gap.to) },
    ]),
  ];
  const quiet = { type: "line", symbol: "none", silent: true } as const;
  const points = withGaps(series);
  return {
    legend: {
      top: 0,
      type: "scroll",
      data: [
        t("平均值"),
        ...LIMITS.filter(({ key }) => limitSteps(series, key, from, to, tag.limits).length > 0).map(({ name }) =>
          t(name),
        ),
      ],
    },
    grid: { top: 36, left: 8, right: 16, bottom: 56, containLabel: true },
    tooltip: {
      trigger: "axis",
      formatter: (points: { seriesName: string; value: [number, number | null]; marker: string }[]) => {
        const first = points[0];
        if (!first) return "";
        const rows = points
          .filter((point) => !point.seriesName.startsWith("_") && point.value[1] !== null)
          .map((point) => `${point.marker}${point.seriesName} ${number(point.value[1])} ${unitSign(tag.unit)}`);
        return [`${dateTime(first.value[0])}:${clockTime(first.value[0]).slice(6)}`, ...rows].join("<br/>");
      },
    },
    xAxis: {
      type: "time",
      min: from,
      max: to,
      axisLabel: { formatter: (at: number) => axisLabel(at, to - from), hideOverlap: true },
    },
    yAxis: { type: "value", scale: true, name: unitSign(tag.unit), nameTextStyle: { align: "left" } },
    dataZoom: [{ type: "slider", height: 20, bottom: 8, labelFormatter: (at: number) => dateTime(at).slice(5) }],
    series: [
      {
        ...quiet,
        name: "_min",
        stack: "spread",
        lineStyle: { opacity: 0 },
        data: points.map(([at, min]) => [at, min]),
        stackStrategy: "all",
      },
      {
        ...quiet,
        name: "_spread",
        stack: "spread",
        stackStrategy: "all",
        lineStyle: { opacity: 0 },
        areaStyle: { color: "rgba(9,88,217,0.14)" },
        data: points.map(([at, min, max]) => [at, min === null || max === null ? null : max - min]),
      },
      {
        type: "line",
        name: t("平均值"),
        symbol: "none",
        color: "#0958d9",
        lineStyle: { width: 1.6 },
        connectNulls: false,
        data: points.map(([at, , , average]) => [at, average]),
        markArea: { silent: true, data: areas },
      },
      ...LIMITS.map(({ key, name, colour, dash }) => ({
        ...quiet,
        name: t(name),
        step: "end",
        color: colour,
        lineStyle: { width: 1.4, type: dash },
        data: limitSteps(series, key, from, to, tag.limits),
      })).filter((line) => line.data.length > 0),
    ],
  };
}

function axisLabel(at: number, length: number): string {
  const text = dateTime(at);
  return length > 36 * 3600_000 ? text.slice(5) : text.slice(11);
}

/** Adds a reading that has just arrived to the right end. */
export function appendReading(series: Series, at: number, value: number): Series {
  const last = series.points[series.points.length - 1];
  if (last && last[0] >= at) return series;
  return { ...series, points: [...series.points, [at, value, value, value]] };
}
