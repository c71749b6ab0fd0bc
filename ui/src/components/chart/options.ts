/** Turns a chart specification into what ECharts draws. */
import type { EChartsOption, SeriesOption } from "echarts";
import type { Axis, Chart, Series } from "../../api/client";
import { axisNumber, significant } from "../../lib/number";
import { instant } from "../../lib/time";
import { coloursOf, roleColour, type Scheme } from "../../styles/palette";

/** Beyond so many points, a scatter is drawn in one sweep. */
const MANY_POINTS = 4000;

/** An x or y value as words. */
export function valueText(axis: Axis, value: number | null | undefined): string {
  if (axis.kind === "time" && typeof value === "number") return instant(value);
  return significant(value, 4);
}

type Pair = [number | null, number | null];
const pairsOf = (series: Series): Pair[] => series.x.map((x, i) => [x, series.y[i] ?? null]);

function bars(series: Series, colour: string): SeriesOption {
  const widths = series.width ?? (series.x[1] ?? 1) - (series.x[0] ?? 0);
  return {
    type: "custom",
    name: series.name,
    data: pairsOf(series),
    encode: { x: 0, y: 1 },
    // Each bar covers the stretch of x it stands for, whatever the zoom.
    renderItem: (_, api) => {
      const x = Number(api.value(0));
      const y = Number(api.value(1));
      const [left = 0, top = 0] = api.coord([x - widths / 2, Math.max(0, y)]);
      const [right = 0, bottom = 0] = api.coord([x + widths / 2, Math.min(0, y)]);
      const shape = {
        x: left + 0.5,
        y: top,
        width: Math.max(1, right - left - 1),
        height: bottom - top,
      };
      return { type: "rect", shape, style: { fill: colour, opacity: 0.85 } };
    },
  };
}

function seriesOption(series: Series, scheme: Scheme): SeriesOption {
  const colour = roleColour(series.role, scheme);
  const isQuiet = series.role === "outcome" || series.role === "control" || series.role === "guide";
  switch (series.shape) {
    case "bars":
      return bars(series, colour);
    case "points":
      return {
        type: "scatter",
        name: series.name,
        data: pairsOf(series),
        symbolSize: 4,
        itemStyle: { color: colour, opacity: 0.5 },
        large: series.x.length > MANY_POINTS,
        emphasis: { scale: 1.8 },
      };
    case "line":
    case "area":
    case "step":
      return {
        type: "line",
        name: series.name,
        data: pairsOf(series),
        showSymbol: false,
        symbolSize: 6,
        lineStyle: { color: colour, width: isQuiet ? 1 : 1.5, opacity: series.role === "guide" ? 0.6 : 1 },
        itemStyle: { color: colour },
        emphasis: { disabled: true },
        ...(series.shape === "step" ? { step: "middle" as const } : {}),
        ...(series.shape === "area" ? { areaStyle: { color: colour, opacity: 0.15 } } : {}),
      };
  }
}

function axisOption(axis: Axis, scheme: Scheme, isX: boolean) {
  const colours = coloursOf(scheme);
  return {
    type: axis.kind === "time" ? ("time" as const) : ("value" as const),
    scale: isX,
    ...(isX && axis.kind === "number" && axis.title !== ""
      ? {
          name: axis.title,
          nameLocation: "middle" as const,
          nameGap: 20,
          nameTextStyle: { color: colours.muted, fontSize: 10.5 },
        }
      : {}),
    axisLine: { show: isX, onZero: false, lineStyle: { color: colours.line } },
    axisTick: { show: false },
    splitLine: { show: !isX && axis.kind !== "hidden", lineStyle: { color: colours.line } },
    splitNumber: axis.kind === "time" ? 6 : 4,
    axisLabel: {
      show: axis.kind !== "hidden",
      color: colours.muted,
      fontSize: 10.5,
      hideOverlap: true,
      ...(axis.kind === "number" ? { formatter: axisNumber } : {}),
    },
  };
}

/** The series to walk through: the first that holds data. */
export function mainSeries(chart: Chart): number {
  return Math.max(
    0,
    chart.series.findIndex((series) => series.role !== "guide"),
  );
}

/** The values at one place of the chart, as lines of text. */
export function linesAt(chart: Chart, seriesIndex: number, index: number): string[] {
  const at = chart.series[seriesIndex];
  const x = at?.x[index];
  if (at === undefined || x === undefined) return [];
  const isScatter = at.shape === "points";
  const here = isScatter ? [at] : chart.series.filter((series) => series.x[index] === x);
  const words = (name: string, value: string) => (name === "" ? value : `${name} ${value}`);
  return [
    words(chart.x.title, valueText(chart.x, x)),
    ...here.map((series) => words(isScatter ? chart.y.title : series.name, valueText(chart.y, series.y[index]))),
  ];
}

export function chartOption(chart: Chart, scheme: Scheme): EChartsOption {
  const colours = coloursOf(scheme);
  const isScatter = chart.series.some((series) => series.shape === "points");
  return {
    animation: false,
    textStyle: { fontFamily: "Inter Variable, sans-serif" },
    grid: {
      left: 4,
      right: 12,
      top: 10,
      bottom: chart.x.kind === "number" && chart.x.title !== "" ? 20 : 2,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: axisOption(chart.x, scheme, true),
    yAxis: axisOption(chart.y, scheme, false),
    tooltip: {
      trigger: isScatter ? "item" : "axis",
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: colours.control } },
      formatter: (hovered) => {
        const point = Array.isArray(hovered) ? hovered[0] : hovered;
        const box = document.createElement("div");
        for (const line of linesAt(chart, point?.seriesIndex ?? 0, point?.dataIndex ?? -1)) {
          box.appendChild(document.createElement("div")).textContent = line;
        }
        return box;
      },
    },
    ...(chart.x.kind === "time"
      ? {
          dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl", filterMode: "none" }],
        }
      : {}),
    series: chart.series.map((series) => seriesOption(series, scheme)),
  };
}
