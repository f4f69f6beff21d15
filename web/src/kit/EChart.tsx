import { BarChart, LineChart, PieChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { usePrefs } from "./prefs";

echarts.use([
  AriaComponent,
  BarChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  PieChart,
  SVGRenderer,
  TooltipComponent,
]);

export type ChartOption = echarts.EChartsCoreOption;

interface Props {
  option: ChartOption;
  /** What the picture shows, for those who cannot see it. */
  label: string;
  height?: number | string;
  onClick?: (point: { name: string; seriesName?: string; dataIndex: number }) => void;
}

/** A chart drawn as SVG: sharp on paper and on a wall. Only the parts we use are in the bundle. */
export function EChart({ option, label, height = 260, onClick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.EChartsType | null>(null);
  const click = useRef(onClick);
  click.current = onClick;
  const { large } = usePrefs();
  useEffect(() => {
    if (!box.current) return;
    const made = echarts.init(box.current, undefined, { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) =>
      click.current?.({ name: event.name, seriesName: event.seriesName, dataIndex: event.dataIndex }),
    );
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const still = navigator.webdriver || matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.current?.setOption(
      {
        animation: !still,
        textStyle: { fontSize: large ? 14 : 12, fontFamily: getComputedStyle(document.body).fontFamily },
        ...option,
      },
      { notMerge: true, lazyUpdate: true },
    );
  }, [option, large]);
  return <div ref={box} className="chart" style={{ height }} role="img" aria-label={label} />;
}
