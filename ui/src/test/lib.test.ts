import { describe, expect, it } from "vitest";
import type { Chart, Param, TableInfo } from "../api/client";
import { linesOf } from "../components/chart/ChartTable";
import { chartOption, linesAt } from "../components/chart/options";
import { squeezed } from "../components/gridLayout";
import { groupFeatures } from "../lib/features";
import { median } from "../lib/median";
import { firstRefusal, refusal } from "../lib/params";
import { hashOf, parseRoute } from "../lib/route";
import { MAX_SCROLL_PX, revealed, type ScrollState, scrolled, slotCount } from "../lib/scrollWindow";
import { tableTree } from "../lib/tables";
import { coloursOf } from "../styles/palette";

describe("the columns of a grid", () => {
  const columns = [
    { widthPx: 200, sparePx: 6 },
    { widthPx: 100, sparePx: 0 },
    { widthPx: 100, sparePx: 6 },
  ];
  it.each([
    ["show whole where there is room", 400, [200, 100, 100]],
    ["are squeezed where that lets all of them show", 391, [195.5, 100, 95.5]],
    ["give no more than they can spare", 388, [194, 100, 94]],
    ["are as they are where they cannot all show", 387, [200, 100, 100]],
    ["are as they are before there is a view", 0, [200, 100, 100]],
  ])("%s", (_, viewPx, widths) => {
    expect(squeezed(columns, viewPx).map(({ widthPx }) => widthPx)).toEqual(widths);
  });
});

describe("parameters", () => {
  const trees: Param = {
    name: "n",
    label: "Trees",
    kind: { kind: "int", default: 800, min: 1, max: 5000 },
    unit: "",
    help: "",
  };
  const rate: Param = {
    name: "r",
    label: "Rate",
    kind: { kind: "float", default: 0.1, min: 0, max: 1 },
    unit: "",
    help: "",
  };
  it.each([
    [trees, 5000, null],
    [trees, 9000, "Trees must be between 1 and 5,000, but is 9,000."],
    [trees, 2.5, "Trees must be a whole number, but is 2.5."],
    [trees, "", "Trees needs a number, but is empty."],
    [rate, 1.5, "Rate must be between 0 and 1, but is 1.5."],
    [rate, 0, null],
  ])("%# is refused with a sentence or not at all", (param, value, expected) => {
    expect(refusal(param, value)).toBe(expected);
  });

  it("names the first broken rule of a form", () => {
    expect(firstRefusal([trees, rate], { n: 10, r: -1 })).toBe("Rate must be between 0 and 1, but is -1.");
  });
});

describe("features", () => {
  it("are grouped by the word before their numbers", () => {
    const groups = groupFeatures(["AROR_1", "AROR_50", "EMA_close_5", "EMA_close_10", "MACD_12_26", "range_pct"]);
    expect(groups.map(({ label, names }) => `${label} ${names.length}`)).toEqual([
      "AROR_* 2",
      "EMA_close_* 2",
      "MACD_12_26 1",
      "range_pct 1",
    ]);
  });
});

describe("the tree of tables", () => {
  const info = (dataset: string, table: string, rows = 1): TableInfo => ({
    project: "local",
    dataset,
    table,
    rows,
    fault: null,
    bytes: 0,
    modified: "",
  });
  it("folds the days of a table under one entry, newest first", () => {
    const tree = tableTree([info("m", "runs_20260130", 3), info("m", "runs_20260131", 4), info("m", "runs")], "");
    const tables = tree[0]?.datasets[0]?.tables ?? [];
    expect(tables.map((node) => node.kind)).toEqual(["table", "shards"]);
    const shards = tables[1];
    expect(shards?.kind === "shards" && shards.rows).toBe(7);
    expect(shards?.kind === "shards" && shards.days.map((one) => one.label)).toEqual(["2026-01-31", "2026-01-30"]);
  });
  it("keeps only tables that hold the text", () => {
    expect(tableTree([info("market", "bars"), info("features", "us")], "BAR")[0]?.datasets.map((d) => d.label)).toEqual(
      ["market"],
    );
  });
});

describe("routes", () => {
  it("carry names with dots and slashes", () => {
    expect(parseRoute(hashOf("data", "local.market.a/b"))).toEqual({ page: "data", id: "local.market.a/b" });
    expect(parseRoute("#/unknown")).toEqual({ page: "start", id: null });
  });
});

describe("the median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[null, 7], 7],
    [[null], null],
  ])("of %j is %s", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("a window over twenty million rows", () => {
  const shape = { rows: 20_000_000, rowPx: 29, viewPx: 600 };
  const slots = slotCount(shape);
  const bottom = slots * shape.rowPx - shape.viewPx;
  const firstRow = (state: ScrollState) => state.offset + Math.floor(state.top / shape.rowPx);

  it("is never taller than a browser paints", () => {
    expect(slots * shape.rowPx).toBeLessThanOrEqual(MAX_SCROLL_PX);
  });
  it("passes every row when the wheel turns", () => {
    const start = scrolled({ top: 0, offset: 0 }, 4_000_000, shape);
    const next = scrolled(start, start.top + 29, shape);
    expect(firstRow(next) - firstRow(start)).toBe(1);
  });
  it("reaches the last row when the thumb is dragged down", () => {
    const end = scrolled({ top: 0, offset: 0 }, bottom, shape);
    expect(end.offset + slots).toBe(shape.rows);
  });
  it("goes on to the first row when the wheel meets the top of the scroller", () => {
    let state: ScrollState = { top: 2000, offset: 5000 };
    for (let turn = 0; turn < 5000 && firstRow(state) > 0; turn += 1) {
      const before = firstRow(state);
      state = scrolled(state, Math.max(0, state.top - 290), shape);
      expect(before - firstRow(state)).toBeLessThanOrEqual(11);
    }
    expect(firstRow(state)).toBe(0);
  });
  it("shows the row it is asked for", () => {
    for (const row of [0, 1, 12_345_678, shape.rows - 1]) {
      const state = revealed({ top: 0, offset: 0 }, row, shape);
      const top = (row - state.offset) * shape.rowPx - state.top;
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top + shape.rowPx).toBeLessThanOrEqual(shape.viewPx);
    }
  });
  it("maps rows one to one where they fit", () => {
    expect(scrolled({ top: 0, offset: 0 }, 5000, { rows: 1000, rowPx: 29, viewPx: 600 })).toEqual({
      top: 5000,
      offset: 0,
    });
  });
});

describe("charts", () => {
  const chart: Chart = {
    id: "c",
    title: "C",
    note: "",
    x: { title: "Date", kind: "time" },
    y: { title: "return", kind: "number" },
    series: [
      { name: "outcome", role: "outcome", shape: "line", x: [0, 86_400_000], y: [0.01, null], width: null },
      { name: "model", role: "model", shape: "line", x: [0, 86_400_000], y: [0.02, 0.03], width: null },
    ],
  };
  it("draw each role in its colour of the palette", () => {
    const option = chartOption(chart, "dark");
    expect(JSON.stringify(option.series)).toContain(coloursOf("dark").accent);
    expect(JSON.stringify(option.series)).toContain(coloursOf("dark").control);
  });
  it("say the values at a place, undefined ones as a dash", () => {
    expect(linesAt(chart, 0, 1)).toEqual(["Date 1970-01-02", "outcome –", "model 0.03000"]);
  });
  it("count by whole numbers where an axis does, and show the first and the last bar whole", () => {
    const bars = { name: "R²", role: "model", shape: "bars", x: [1, 2, 3], y: [0.1, -0.1, 0.2], width: 0.8 } as const;
    const folds: Chart = {
      ...chart,
      x: { title: "Fold", kind: "whole" },
      series: [{ ...bars, x: [...bars.x], y: [...bars.y] }],
    };
    expect(chartOption(folds, "light").xAxis).toMatchObject({ min: 0.6, max: 3.4, minInterval: 1 });
    expect(linesAt(folds, 0, 1)).toEqual(["Fold 2", "R² −0.1000"]);
  });
  it("leave lines to read by out of the table", () => {
    const zero = { name: "", role: "guide", shape: "line", x: [0, 86_400_000], y: [0, 0], width: null } as const;
    const guided: Chart = { ...chart, series: [{ ...zero, x: [...zero.x], y: [...zero.y] }, ...chart.series] };
    expect(linesOf(guided)).toEqual(linesOf(chart));
  });
  it("become one line a date where the series share their dates", () => {
    expect(linesOf(chart).map((line) => line.ys)).toEqual([
      [0.01, 0.02],
      [null, 0.03],
    ]);
  });
});
