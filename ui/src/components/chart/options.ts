/** Turns a chart specification into what ECharts draws. */
import type { EChartsOption, SeriesOption } from "echarts";
import type { Axis, Chart, Series } from "../../api/client";
import { axisNumber, significant, whole } from "../../lib/number";
import { instant } from "../../lib/time";
import { coloursOf, roleColour, type Scheme } from "../../styles/palette";

/** Beyond so many points, a scatter is drawn in one sweep. */
const MANY_POINTS = 4000;
/** Up to so many, dots do not lie over each other. */
const FEW_POINTS = 200;
/** A line of so few points that is no line to compare with has a dot at each. */
const DOTTED = 12;

/** An x or y value as words. */
export function valueText(axis: Axis, value: number | null | undefined): string {
  if (axis.kind === "time" && typeof value === "number") return instant(value);
  return axis.kind === "whole" ? whole(value) : significant(value, 4);
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
        // A single dot marks a place.
        symbolSize: series.x.length === 1 ? 9 : series.x.length <= FEW_POINTS ? 5 : 4,
        itemStyle: { color: colour, opacity: series.x.length === 1 ? 1 : series.x.length <= FEW_POINTS ? 0.8 : 0.5 },
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
        showSymbol: !isQuiet && series.x.length <= DOTTED,
        symbol: "circle",
        symbolSize: 6,
        lineStyle: { color: colour, width: isQuiet ? 1 : 1.5, opacity: series.role === "guide" ? 0.6 : 1 },
        itemStyle: { color: colour },
        emphasis: { disabled: true },
        ...(series.shape === "step" ? { step: "middle" as const } : {}),
        ...(series.shape === "area" ? { areaStyle: { color: colour, opacity: 0.15 } } : {}),
      };
  }
}

function axisOption(axis: Axis, scheme: Scheme, isX: boolean, fromZero: boolean) {
  const colours = coloursOf(scheme);
  const isNumber = axis.kind === "number" || axis.kind === "whole";
  return {
    type: axis.kind === "time" ? ("time" as const) : ("value" as const),
    scale: !fromZero,
    ...(axis.kind === "whole" ? { minInterval: 1 } : {}),
    ...(isX && isNumber && axis.title !== ""
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
      ...(isNumber ? { formatter: axisNumber } : {}),
    },
  };
}

/** Bars over whole numbers are few and stand apart: the first and the last show whole. */
function withRange(axis: ReturnType<typeof axisOption>, { x, series }: Chart) {
  if (x.kind !== "whole") return axis;
  const bars = series.find((one) => one.shape === "bars" && one.width !== null);
  const [first, last] = [bars?.x[0], bars?.x.at(-1)];
  if (bars === undefined || typeof first !== "number" || typeof last !== "number") return { ...axis, min: "dataMin" };
  const half = (bars.width ?? 0) / 2;
  // The ends are no whole numbers.
  const axisLabel = { ...axis.axisLabel, showMinLabel: false, showMaxLabel: false };
  return { ...axis, min: first - half, max: last + half, axisLabel };
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
  // Bars and areas stand on zero; lines and dots need not be near it.
  const isFilled = chart.series.some(({ shape }) => shape === "bars" || shape === "area" || shape === "step");
  return {
    animation: false,
    textStyle: { fontFamily: "Inter Variable, sans-serif" },
    grid: {
      left: 4,
      right: 12,
      top: 10,
      bottom: chart.x.kind !== "time" && chart.x.title !== "" ? 20 : 2,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: withRange(axisOption(chart.x, scheme, true, false), chart),
    yAxis: axisOption(chart.y, scheme, false, isFilled),
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
