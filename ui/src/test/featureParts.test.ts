import { DEFAULT_THEME } from "@mantine/core";
import { describe, expect, it } from "vitest";
import type { FeatureCorrelations, IndicatorForm, PreviewColumn, Recipe, RecipeCheck } from "../api/client";
import { CATALOGUE } from "../api/fakeCatalogue";
import { folded, named } from "../lib/lists";
import { listRefusal } from "../lib/params";
import { lookAheadWords, warmUpWords } from "../pages/features/CheckView";
import { rank, rowsOf } from "../pages/features/catalogue";
import { cutLabel, planOf, scaleFormat } from "../pages/features/chart/plan";
import { correlationCsv, ordered } from "../pages/features/correlation";
import { begun, edited, redone, undone } from "../pages/features/history";
import * as edit from "../pages/features/recipe";
import type { Preview } from "../pages/features/usePreview";
import { coloursOf, schemeOf } from "../styles/palette";
import palette from "../styles/palette.json";
import { CSS_VARIABLES } from "../styles/theme";

const formOf = (id: string): IndicatorForm | undefined => CATALOGUE.find((form) => form.id === id);
const form = (id: string): IndicatorForm => formOf(id) ?? edit.SQL_FORM;
const period = form("ta.rsi").params.find(({ name }) => name === "timeperiod");
const price = form("ta.rsi").params.find(({ name }) => name === "price");

describe("a recipe that is edited", () => {
  const recipe: Recipe = {
    name: "all kinds",
    feature: [
      { indicator: "algom.aror", n: [1, 5] },
      { transform: "lag", column: "AROR_1", n: 2, as: "before" },
      { sql: "SAFE_DIVIDE(high - low, close)", as: "range_pct" },
      { transform: "one_hot", column: "close", value: ["a, b", "c"] },
    ],
    label: [{ indicator: "algom.ror", n: -10 }],
  };
  it("becomes the recipe that was opened", () => {
    expect(edit.recipeOf(edit.draftOf(recipe), formOf)).toEqual(recipe);
  });
  it("keeps what names no kind of entry, or several", () => {
    const odd: Recipe = { name: "odd", feature: [{ n: 3 }, { indicator: "ta.rsi", sql: "close" }], label: [] };
    expect(edit.recipeOf(edit.draftOf(odd), formOf)).toEqual(odd);
  });
  it("holds the same as another whatever the order of keys", () => {
    expect(
      edit.isSame({ name: "a", feature: [{ n: 1, as: "b" }] }, { name: "a", feature: [{ as: "b", n: 1 }], label: [] }),
    ).toBe(true);
    expect(edit.isSame({ name: "a", feature: [{ n: 1 }] }, { name: "a", feature: [{ n: 2 }] })).toBe(false);
  });
  it.each([
    ["14", 14],
    ["5, 10,20", [5, 10, 20]],
    ["5,", 5],
    ["−10", -10],
    ["", ""],
    ["x", "x"],
    ["5, x", [5, "x"]],
  ])("reads “%s” as %j", (typed, expected) => {
    expect(edit.settingOf(period, typed)).toEqual(expected);
  });
  it("reads several columns between commas, and a number's text as a column", () => {
    expect(edit.settingOf(price, "close, volume")).toEqual(["close", "volume"]);
    expect(edit.settingOf(price, "5")).toBe("5");
  });
  it("makes a label read ten bars ahead", () => {
    const item = edit.newItem(form("algom.ror"), true);
    expect(edit.entryOf(item, form("algom.ror"))).toEqual({ indicator: "algom.ror", n: -10 });
  });
  it("keeps features before labels, and moves an entry among its kind only", () => {
    const draft = edit.draftOf(recipe);
    const ids = (now: edit.RecipeDraft) => now.items.map(({ id }) => id);
    const first = draft.items[0]?.key ?? "";
    expect(ids(edit.moved(draft, first, 1)).slice(0, 2)).toEqual(["transform.lag", "algom.aror"]);
    expect(ids(edit.moved(draft, first, 99)).at(-1)).toBe("algom.ror");
    expect(edit.moved(draft, first, -1)).toBe(draft);
    const added = edit.added(draft, edit.newItem(form("ta.rsi"), false));
    expect(ids(added).at(-1)).toBe("algom.ror");
  });
});

describe("a list of values", () => {
  it("is refused with the sentence of the value that breaks a rule", () => {
    if (period === undefined) throw new Error("no period");
    expect(listRefusal(period, "5, 14")).toBeNull();
    expect(listRefusal(period, "5, 1")).toBe("Time period must be between 2 and 100,000, but is 1.");
    expect(listRefusal(period, "5, x")).toBe("Time period needs a number, but is “x”.");
    expect(listRefusal(period, "")).toBe("Time period needs a number, but is empty.");
  });
});

describe("undo", () => {
  it("takes back and brings again, one edit at a time", () => {
    const [a, b, c] = [["a"], ["b"], ["c"]];
    let history = edited(edited(begun(a), b, null, 0), c, null, 1);
    history = undone(undone(history));
    expect(history.present).toBe(a);
    expect(undone(history)).toBe(history);
    history = redone(history);
    expect(history.present).toBe(b);
    expect(edited(history, a, null, 2).future).toEqual([]);
  });
  it("takes back figures typed in one go together", () => {
    const history = edited(edited(edited(begun("1"), "14", "n", 0), "140", "n", 500), "140x", "as", 600);
    expect(undone(history).present).toBe("140");
    expect(undone(undone(history)).present).toBe("1");
    expect(undone(edited(edited(begun("1"), "2", "n", 0), "3", "n", 5000)).present).toBe("2");
  });
});

describe("the catalogue", () => {
  it("finds by id, label and help, the closest first", () => {
    const found = rowsOf(CATALOGUE, { wanted: "rsi", family: "all", open: new Set() }).map(({ id }) => id);
    expect(found.slice(0, 3)).toEqual(["algom.rsi", "ta.rsi", "ta.stochrsi"]);
    expect(rank(form("ta.sma"), "mean last")).toBe(4);
    expect(rank(form("ta.sma"), "nothing")).toBeNull();
  });
  it("keeps its groups closed until one is opened", () => {
    const closed = rowsOf(CATALOGUE, { wanted: "", family: "ta", open: new Set() });
    expect(closed.every(({ kind }) => kind === "group")).toBe(true);
    const open = rowsOf(CATALOGUE, { wanted: "", family: "ta", open: new Set(["ta Momentum indicators"]) });
    expect(open.filter(({ kind }) => kind === "entry").map(({ id }) => id)).toEqual([
      "ta.rsi",
      "ta.stochrsi",
      "ta.macd",
    ]);
  });
});

const column = (name: string, entry: number, change: Partial<PreviewColumn> = {}): PreviewColumn => ({
  name,
  entry,
  is_label: false,
  horizon: 0,
  warm_up: 0,
  overlay: false,
  apart: false,
  draw: "line",
  values: [1, 2, 3],
  ...change,
});

function previewWith(columns: PreviewColumn[], times: number[] = [0, 60, 120]): Preview {
  const prices = [10, 11, 12];
  return {
    times,
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    volume: [],
    columns,
    problems: [],
    bars_id: "b",
    changedAt: 0,
    request: {
      table: "t",
      ticker: null,
      bars: 500,
      recipe: { name: "" },
      hidden_features: [],
      hidden_labels: [],
      known_bars: null,
    },
    featureKeys: ["a", "b", "c"],
    labelKeys: ["l"],
  };
}

describe("the chart's plan", () => {
  it("waits for the values of an entry that was hidden", () => {
    const plan = planOf(previewWith([column("RSI_14", 0, { values: [] }), column("MACD", 1)]), new Set());
    expect(plan.panes.map(({ id }) => id)).toEqual(["b"]);
  });
  it("puts overlays on the candles, marks at bars, and every other entry in a pane of its own", () => {
    const plan = planOf(
      previewWith([
        column("EMA_5", 0, { overlay: true }),
        column("MACD", 1),
        column("MACD_signal", 1, { draw: "dashed_line" }),
        column("CDLDOJI", 2, { draw: "marks" }),
        column("ROR_n10", 0, { is_label: true, horizon: 10 }),
      ]),
      new Set(),
    );
    expect(plan.overlays.map(({ name }) => name)).toEqual(["EMA_5"]);
    expect(plan.marks.map(({ name }) => name)).toEqual(["CDLDOJI"]);
    expect(plan.panes.map(({ id, lines }) => [id, lines.map(({ name }) => name)])).toEqual([
      ["b", ["MACD", "MACD_signal"]],
      ["l", ["ROR_n10"]],
    ]);
    expect(plan.panes[1]?.lines[0]?.horizon).toBe(10);
  });
  it("gives a column on another scale than its entry a pane of its own", () => {
    const columns = [column("MACD", 1), column("MACDdiff", 1, { apart: true })];
    const plan = planOf(previewWith(columns), new Set());
    expect(plan.panes.map(({ lines }) => lines.map(({ name }) => name))).toEqual([["MACD"], ["MACDdiff"]]);
  });
  it("knows a column by its entry, not by its name, so that a new period moves the same line", () => {
    const ids = (name: string) => planOf(previewWith([column(name, 1)]), new Set()).panes[0]?.lines[0]?.id;
    expect(ids("RSI_14")).toBe(ids("RSI_15"));
  });
  it("leaves out what is put away", () => {
    expect(planOf(previewWith([column("RSI_14", 1)]), new Set(["b"])).panes).toEqual([]);
  });
  it("gives the edges and the middle of a band one colour, and the next line another", () => {
    const band = (["upper", "line", "lower"] as const).map((draw) => column(draw, 0, { overlay: true, draw }));
    const plan = planOf(previewWith([...band, column("SMA", 1, { overlay: true })]), new Set());
    expect(plan.overlays.map(({ place }) => place)).toEqual([0, 0, 0, 1]);
  });
  it("draws the last of bars at the same time", () => {
    const plan = planOf(previewWith([column("RSI", 1)], [0, 60, 60]), new Set());
    expect(plan.candles.times).toEqual([0, 60]);
    expect(plan.candles.close).toEqual([10, 12]);
    expect(plan.panes[0]?.lines[0]?.values).toEqual([1, 3]);
  });
  it.each([
    [[[0.0043, -0.0012]], 0.0043, "0.004300"],
    [[[55.2, 70]], 55.2, "55.20"],
    [[[12_400, 300]], 12_400, "12,400"],
    [[[4.2e9]], -4.2e9, "−4.2\u2009G"],
    [[[null]], 0, "0.000"],
  ])("writes the numbers of %j alike: %d as %s", (series, value, expected) => {
    expect(scaleFormat(series).write(value)).toBe(expected);
  });
});

describe("the left edge", () => {
  const times = [0, 60, 120, 180, 240];
  const placeOf = (time: number) => (time / 60 - 1) * 6;
  it.each([
    ["moves past a bar whose label would be cut off", 1, [120], 3],
    ["moves past a bar that is half out of view", 1.5, [60], 2],
    ["stays where the first label is whole", 1, [240], null],
    ["stays where a label lies before it", 1, [0], null],
  ])("%s", (_, before, labelled, from) => {
    expect(cutLabel(times, new Set(labelled), before, placeOf)).toBe(from);
  });
});

describe("colours", () => {
  it("of what rises and falls are blue and orange where a person asked for it, and all else stays", () => {
    for (const theme of ["light", "dark"] as const) {
      const [usual, other] = [coloursOf(theme), coloursOf(schemeOf(theme, "colour_blind"))];
      const { positive, negative } = palette.colour_blind[theme];
      expect(other).toEqual({ ...usual, positive, negative });
      expect(CSS_VARIABLES.colour_blind(DEFAULT_THEME)[theme]["--positive"]).toBe(positive);
      expect(CSS_VARIABLES.usual(DEFAULT_THEME)[theme]["--positive"]).toBe(usual.positive);
    }
  });
});

describe("a check in words", () => {
  const check = (change: Partial<RecipeCheck>): RecipeCheck => ({
    columns_checked: 37,
    looks_ahead: [],
    warm_up: [],
    ...change,
  });
  it.each([
    [check({}), "None of 37 columns looks ahead."],
    [check({ columns_checked: 1 }), "The one column does not look ahead."],
    [check({ columns_checked: 0 }), "There is no feature to check: labels look ahead by their nature."],
    [
      check({ looks_ahead: [{ column: "PEEK", row: 12, horizon: 0 }] }),
      "1 of 37 columns looks ahead: with later bars removed, its values change.",
    ],
    [
      check({ looks_ahead: [{ column: "SMA_centred_10", row: null, horizon: 2 }] }),
      "1 of 37 columns looks ahead: it is made of labels that the bars bring.",
    ],
    [
      check({
        looks_ahead: [
          { column: "PEEK", row: 12, horizon: 0 },
          { column: "SMA_centred_10", row: null, horizon: 2 },
        ],
      }),
      "2 of 37 columns look ahead: their values change with later bars removed, or they are made of labels that the bars bring.",
    ],
  ])("says whether a column looks ahead", (found, expected) => {
    expect(lookAheadWords(found)).toBe(expected);
  });
  it("says how many rows are unsettled, and what never settles", () => {
    const settled = { column: "EMA_5", undefined: 4, unsettled: 60 };
    expect(warmUpWords([settled])).toBe(
      "The first 60 rows of each ticker are unsettled: there, values are missing or depend on where the bars begin.",
    );
    expect(warmUpWords([{ column: "OBV", undefined: 0, unsettled: null }, settled])).toMatch(
      /^OBV never settles: it depends on all earlier bars.*The first 60 rows/,
    );
    expect(warmUpWords([{ column: "RANGE", undefined: 0, unsettled: 0 }])).toBe(
      "Every column has its value from the first row on.",
    );
  });
});

describe("correlations", () => {
  const found: FeatureCorrelations = {
    columns: ["A", "B", "Y", "Z"],
    labels: ["Y", "Z"],
    matrix: [
      [1, 0.2, 0.1, 0],
      [0.2, 1, -0.6, 0],
      [0.1, -0.6, 1, null],
      [0, 0, null, 1],
    ],
    rows: 100,
  };
  it("stand in the order of their size with the outcome, whatever the sign, other labels last", () => {
    const { names, matrix } = ordered(found, "Y");
    expect(names).toEqual(["Y", "B", "A", "Z"]);
    expect(matrix[0]).toEqual([1, -0.6, 0.1, null]);
    expect(ordered(found, null).names).toEqual(found.columns);
  });
  it("are written as CSV with every digit", () => {
    expect(correlationCsv(ordered(found, "Y"))).toBe(
      "column,Y,B,A,Z\nY,1,-0.6,0.1,\nB,-0.6,1,0.2,0\nA,0.1,0.2,1,0\nZ,,0,0,1\n",
    );
  });
});

describe("names", () => {
  it.each([
    [["MACD_12_26_9_macd", "MACD_12_26_9_macdsignal"], "MACD_12_26_9_{macd, macdsignal}"],
    [["AROR_1", "AROR_10"], "AROR_{1, 10}"],
    [["RSI_14"], "RSI_14"],
    [["open", "close"], "open, close"],
  ])("that begin alike are folded: %j", (names, expected) => {
    expect(folded(names, 8)).toBe(expected);
  });
  it("beyond a few are counted", () => {
    expect(named(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  });
});
