import type { Chart } from "@api/types";
import { type ChartOption, EChart } from "@kit/EChart";
import { AppLink, useGo } from "@kit/nav";
import { riskColour } from "@kit/tags";
import { useMemo } from "react";

const COLOURS = ["#3fe0ff", "#f9c922", "#ff7a45", "#73d13d", "#b37feb", "#69b1ff"];
const TEXT = "#d6e8ff";

/** A small chart of the server in the colours of the wall; a click opens the list behind it. */
export function WallChart({ chart }: { chart: Chart }) {
  const go = useGo();
  const option = useMemo(() => wallOption(chart), [chart]);
  return (
    <section className="wall-box wall-grow">
      <div className="wall-box-head">
        <h2>{chart.link ? <AppLink to={chart.link}>{chart.title}</AppLink> : chart.title}</h2>
      </div>
      <div className="wall-chart">
        <EChart
          option={option}
          height="100%"
          label={chart.title}
          onClick={chart.link ? () => go(chart.link as string) : undefined}
        />
      </div>
    </section>
  );
}

/** Slices named by a risk level wear its colour; others take the wall's own. */
function slices(names: string[], values: (number | null)[]) {
  const colours = { red: "#f5222d", orange: "#fa8c16", yellow: "#fadb14", blue: "#1677ff" };
  return names
    .map((name, at) => {
      const risk = riskColour(name);
      return { name, value: values[at] ?? 0, itemStyle: risk ? { color: colours[risk] } : undefined };
    })
    .filter((slice) => slice.value > 0);
}

/** One shape of option per form of chart. */
export function wallOption(chart: Chart): ChartOption {
  const tooltip = { trigger: chart.form === "pie" ? "item" : "axis", confine: true };
  const text = { color: TEXT };
  if (chart.form === "pie") {
    const values = chart.series[0]?.values ?? [];
    return {
      color: COLOURS,
      tooltip,
      legend: { top: 0, textStyle: text, type: "scroll" },
      series: [
        {
          type: "pie",
          radius: ["38%", "66%"],
          center: ["50%", "58%"],
          label: { color: TEXT, formatter: "{b} {c}" },
          data: slices(chart.categories, values),
        },
      ],
    };
  }
  const many = chart.series.length > 1;
  return {
    color: COLOURS,
    tooltip,
    legend: many ? { top: 0, textStyle: text } : undefined,
    grid: { top: many ? 30 : 14, left: 4, right: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: chart.categories,
      axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: "#4c7ab8" } },
    },
    yAxis: {
      type: "value",
      scale: chart.form === "line",
      // Alarms and firms are counted in whole numbers; an axis of fifths would look like a fault.
      minInterval: chart.series.every((series) => series.values.every(Number.isInteger)) ? 1 : undefined,
      axisLabel: text,
      splitLine: { lineStyle: { color: "#1c4f93" } },
    },
    series: chart.series.map((series) => ({
      type: chart.form,
      name: series.name,
      data: series.values,
      barMaxWidth: 22,
      symbolSize: 6,
      areaStyle: chart.form === "line" && !many ? { opacity: 0.18 } : undefined,
    })),
  };
}
