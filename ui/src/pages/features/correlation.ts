/** Correlations in the order in which they are read: the outcome first, then what goes with it most. */
import type { EChartsOption } from "echarts";
import type { FeatureCorrelations, HeatMap } from "../../api/client";
import { fixed, UNDEFINED, whole } from "../../lib/number";
import { coloursOf, type Scheme } from "../../styles/palette";

export type Ordered = {
  names: string[];
  /** In the order of the names. */
  matrix: (number | null)[][];
};

/** With an outcome: it first, features by the size of their correlation with it, the other labels last. */
export function ordered({ columns, labels, matrix }: FeatureCorrelations, outcome: string | null): Ordered {
  const at = outcome === null ? -1 : columns.indexOf(outcome);
  const size = (i: number) => Math.abs(matrix[at]?.[i] ?? 0);
  const rankOf = (i: number) => (i === at ? 0 : labels.includes(columns[i] ?? "") ? 2 : 1);
  const order = columns.map((_, i) => i);
  if (at >= 0) order.sort((a, b) => rankOf(a) - rankOf(b) || size(b) - size(a));
  return {
    names: order.map((i) => columns[i] ?? ""),
    matrix: order.map((i) => order.map((j) => matrix[i]?.[j] ?? null)),
  };
}

/** What a saved picture shows: the columns that the page shows, in their order. */
export function heatMapOf({ names, matrix }: Ordered, rows: number | null): HeatMap {
  const shown = names.slice(0, MOST_COLUMNS);
  const left = names.length - shown.length;
  return {
    title: `Rank correlation of ${whole(shown.length)} columns`,
    names: shown,
    values: shown.map((_, i) => shown.map((__, j) => matrix[i]?.[j] ?? null)),
    note: [
      `Spearman's, ${whole(rows)} rows in which all have a value.`,
      left > 0 ? `${whole(left)} more columns are left out.` : "",
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
  };
}

export function correlationCsv({ names, matrix }: Ordered): string {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = matrix.map((row, i) => [field(names[i] ?? ""), ...row.map((value) => value ?? "")].join(","));
  return `${[["column", ...names.map(field)].join(","), ...lines].join("\n")}\n`;
}

/** Columns that a picture can tell apart. */
export const MOST_COLUMNS = 60;
/** Up to so many, each cell has its number. */
const NUMBERED = 16;
export const CELL_PX = 22;
/** A cell is no wider than this, however few there are. */
export const WIDEST_PX = 90;
/** Room for the name of a column. */
export const NAME_PX = 150;
/** Beyond so many columns their names stand at the rows alone. */
export const MOST_NAMED = 40;

export function heatMapOption({ names, matrix }: Ordered, scheme: Scheme): EChartsOption {
  const colours = coloursOf(scheme);
  const shown = names.slice(0, MOST_COLUMNS);
  const cells = shown.flatMap((_, i) =>
    shown.map((__, j) => {
      const value = matrix[i]?.[j];
      // The number is read on the full colours as on the pale ones.
      const color = Math.abs(value ?? 0) > 0.55 ? colours.surface : colours.text;
      return { value: [j, i, value ?? "-"], label: { color } };
    }),
  );
  const axis = {
    type: "category" as const,
    data: shown,
    axisLine: { show: false },
    axisTick: { show: false },
    splitArea: { show: false },
  };
  const label = { color: colours.muted, fontSize: 10.5, width: NAME_PX, overflow: "truncate" as const };
  return {
    animation: false,
    textStyle: { fontFamily: "Inter Variable, sans-serif" },
    grid: { left: 4, right: 8, top: 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      ...axis,
      position: "top",
      axisLabel: { ...label, rotate: 60, show: shown.length <= MOST_NAMED, interval: 0 },
    },
    yAxis: { ...axis, inverse: true, axisLabel: { ...label, interval: 0 } },
    visualMap: {
      type: "continuous",
      min: -1,
      max: 1,
      show: false,
      // Blue and amber are told apart by everyone; the number and its sign stand in the cell or its tip.
      inRange: { color: [colours.warning, colours.surface, colours.accent] },
    },
    tooltip: {
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
      formatter: (hovered) => {
        const cell = Array.isArray(hovered) ? hovered[0] : hovered;
        const [x = 0, y = 0] = Array.isArray(cell?.value) ? cell.value.map(Number) : [];
        const box = document.createElement("div");
        box.textContent = `${shown[y]} and ${shown[x]}: ${correlationText(matrix[y]?.[x])}`;
        return box;
      },
    },
    series: [
      {
        type: "heatmap",
        data: cells,
        itemStyle: { borderColor: colours.line, borderWidth: 0.5 },
        label: {
          show: shown.length <= NUMBERED,
          fontSize: 10,
          formatter: ({ value }) => (Array.isArray(value) ? numberOf(value[2]) : ""),
        },
        emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 1 } },
      },
    ],
  };
}

const numberOf = (value: unknown) => (typeof value === "number" ? correlationText(value) : "");

/** Two decimals say what a correlation can say. */
export function correlationText(value: number | null | undefined): string {
  return value === null || value === undefined ? UNDEFINED : fixed(value, 2);
}
