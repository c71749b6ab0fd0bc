/** Recipes over bars in memory: previews, correlations, checks, and recipes as text, as the application answers them. */
import {
  type BarSource,
  type Entry,
  type EntryProblem,
  Failure,
  type FeatureCorrelations,
  type FeaturePreview,
  type PreviewColumn,
  type PreviewRequest,
  type Recipe,
  type RecipeCheck,
  type SavedRecipe,
  type Setting,
  type Value,
} from "./client";
import { type FakeBars, INDICATORS, type Values } from "./fakeCatalogue";
import { randomNumbers } from "./fakeData";
import { fail } from "./fakeWarehouse";

const TICKERS: [ticker: string, bars: number, price: number][] = [
  ["AAPL", 3273, 96],
  ["GOOG", 3273, 310],
  ["IBM", 3273, 128],
  ["MSFT", 3266, 41],
];

export const BAR_SOURCES: BarSource[] = [
  {
    table: "local.market.bars_us_daily",
    tickers: TICKERS.map(([ticker, bars]) => ({ ticker, bars })),
    columns: ["open", "high", "low", "close", "volume"],
  },
  {
    table: "local.market.bars_btc_minute",
    tickers: [{ ticker: "BTC-USD", bars: 19_998_012 }],
    columns: ["open", "high", "low", "close", "volume"],
  },
  {
    table: "local.features.us_daily",
    tickers: TICKERS.map(([ticker, bars]) => ({ ticker, bars })),
    columns: ["open", "high", "low", "close", "volume", "AROR_1", "RSI_14"],
  },
];

const DAY = 86_400;
const LAST_DAY = Date.UTC(2026, 0, 30) / 1000;

const walks = new Map<string, FakeBars & { times: number[] }>();

function barsOf(ticker: string, count: number): FakeBars & { times: number[] } {
  const key = `${ticker} ${count}`;
  const walk = walks.get(key) ?? walkOf(ticker, count);
  walks.set(key, walk);
  return walk;
}

/** A random walk that repeats for the same ticker. Weekends have no bars. */
function walkOf(ticker: string, count: number): FakeBars & { times: number[] } {
  const [, has = count, start = 100] = TICKERS.find(([name]) => name === ticker) ?? [];
  const isMinute = ticker === "BTC-USD";
  const random = randomNumbers([...ticker].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 1));
  const bars: FakeBars & { times: number[] } = { times: [], open: [], high: [], low: [], close: [], volume: [] };
  const length = Math.min(count, has);
  for (let time = LAST_DAY; bars.times.length < length; time -= isMinute ? 60 : DAY) {
    const weekday = new Date(1000 * time).getUTCDay();
    if (isMinute || (weekday !== 0 && weekday !== 6)) bars.times.push(time);
  }
  bars.times.reverse();
  let close = start;
  const round = (value: number) => Math.round(100 * value) / 100;
  for (let i = 0; i < length; i += 1) {
    const open = close * (1 + 0.006 * (random() - 0.5));
    close = open * (1 + 0.032 * (random() - 0.492));
    bars.open.push(round(open));
    bars.close.push(round(close));
    bars.high.push(round(Math.max(open, close) * (1 + 0.01 * random())));
    bars.low.push(round(Math.min(open, close) * (1 - 0.01 * random())));
    bars.volume.push(Math.round(4e6 * (0.5 + random() + 30 * Math.abs(close / open - 1))));
  }
  return bars;
}

type Made = Omit<PreviewColumn, "is_label" | "entry">;
type Settings = Record<string, Value>;

const settingsOf = (entry: Entry): [string, Setting][] =>
  Object.entries(entry).filter(([name]) => !["indicator", "transform", "sql", "as"].includes(name));

/** Every combination of the values that were given. */
function combinations(settings: readonly [string, Setting][]): Settings[] {
  return settings.reduce<Settings[]>(
    (found, [name, setting]) =>
      found.flatMap((so_far) =>
        (Array.isArray(setting) ? setting : [setting]).map((value) => ({ ...so_far, [name]: value })),
      ),
    [{}],
  );
}

type Known = ReadonlyMap<string, { values: readonly (number | null)[]; horizon: number }>;

/** The columns of an entry. Throws a `Failure` where it breaks a rule. */
function columnsOf(entry: Entry, place: string, isLabel: boolean, bars: FakeBars, known: Known): Made[] {
  const refuse = (rule: string, hint: string) => fail("BadInput", `${place}: ${rule}`, hint);
  const checked = (made: Made): Made => {
    if (known.has(made.name.toLowerCase())) {
      throw refuse(`${made.name} is made already`, "Give it another name with `as`, or another parameter.");
    }
    if (made.horizon > 0 && !isLabel) {
      throw refuse(
        `${made.name} reads ${made.horizon} later bars, and a feature only looks back`,
        "Make it a label, or turn the sign around.",
      );
    }
    if (made.horizon === 0 && isLabel) {
      throw refuse(`${made.name} reads no later bar, so there is nothing to predict`, "Make it a feature.");
    }
    return made;
  };
  if (typeof entry.sql === "string") {
    const [first] = /[A-Za-z_][A-Za-z_0-9]*/.exec(entry.sql) ?? [];
    if (first === undefined) throw refuse("the expression is empty", "Write one, such as high - low.");
    if (typeof entry.as !== "string") throw refuse("an expression needs a name", "Name its column with `as`.");
    const { high, low, close } = bars;
    const values = close.map((value, i) => ((high[i] ?? value) - (low[i] ?? value)) / value);
    return [checked({ name: entry.as, horizon: 0, warm_up: 0, overlay: false, apart: false, draw: "line", values })];
  }
  const id = typeof entry.transform === "string" ? `transform.${entry.transform}` : String(entry.indicator ?? "");
  const indicator = INDICATORS.find((one) => one.id === id);
  if (indicator === undefined) throw refuse(`there is no indicator “${id}”`, "Choose one of the catalogue.");
  return combinations(settingsOf(entry)).flatMap((given) => {
    const settings: Record<string, string | number | boolean> = {};
    for (const { name, kind } of indicator.params) {
      const value = given[name] ?? kind.default;
      if (kind.kind === "int" || kind.kind === "float") {
        const [min, max] = [kind.min ?? -Infinity, kind.max ?? Infinity];
        if (typeof value !== "number" || value < min || value > max) {
          throw refuse(
            `${name} must be a number from ${min} to ${max}, but is ${value === "" ? "empty" : value}`,
            "Correct the field.",
          );
        }
      }
      settings[name] = value ?? "";
    }
    const input = String(settings.column ?? settings.price ?? "close");
    const found = known.get(input.toLowerCase());
    if (found === undefined) throw refuse(`there is no column ${input}`, "Choose one of the bars', or make it above.");
    const numbers = indicator.params
      .filter(({ kind }) => kind.kind === "int")
      .map(({ name }) => Number(settings[name]));
    const [n = 0] = numbers;
    const horizon = Math.max(found.horizon, -Math.min(0, ...numbers));
    const written = numbers.map((value) => (value < 0 ? `n${-value}` : value)).join("_");
    const own = id.slice(id.indexOf(".") + 1).toUpperCase();
    const usual =
      indicator.family === "transform"
        ? `${own}${written}_${input}`
        : [own, input === "close" ? "" : input, written].filter((part) => part !== "").join("_");
    const start = typeof entry.as === "string" ? entry.as.replaceAll(/\{\w+\}/g, String(n)) : usual;
    const values = indicator.compute(bars, settings, found.values);
    return indicator.outputs.map(({ name, draw }, i): Made => {
      const warmUp = values[i]?.findIndex((value) => value !== null) ?? 0;
      return checked({
        name: indicator.outputs.length === 1 ? start : `${start}_${name}`,
        horizon,
        warm_up: Math.max(0, horizon > 0 ? 0 : warmUp),
        overlay: indicator.isOverlay,
        apart: false,
        draw,
        values: values[i] ?? [],
      });
    });
  });
}

export function previewFeaturesOf(request: PreviewRequest): FeaturePreview {
  const { ticker, bars: count, recipe } = request;
  const bars = barsOf(ticker ?? "AAPL", count);
  const known = new Map<string, { values: readonly (number | null)[]; horizon: number }>();
  for (const name of ["open", "high", "low", "close", "volume"] as const)
    known.set(name, { values: bars[name], horizon: 0 });
  const columns: PreviewColumn[] = [];
  const problems: EntryProblem[] = [];
  for (const [is_label, entries] of [
    [false, recipe.feature ?? []],
    [true, recipe.label ?? []],
  ] as const) {
    entries.forEach((entry, i) => {
      try {
        const kind = String(entry.indicator ?? entry.transform ?? "sql");
        const made = columnsOf(entry, `${is_label ? "label" : "feature"} ${i + 1} (${kind})`, is_label, bars, known);
        for (const column of made) {
          known.set(column.name.toLowerCase(), { values: column.values, horizon: column.horizon });
          columns.push({ ...column, is_label, entry: i });
        }
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        problems.push({ is_label, entry: i, message: thrown.problem.message, hint: thrown.problem.hint });
      }
    });
  }
  const isHidden = ({ is_label, entry }: PreviewColumn) =>
    (is_label ? request.hidden_labels : request.hidden_features).includes(entry);
  const shown = columns.map((column) => (isHidden(column) ? { ...column, values: [] } : column));
  const bars_id = `${ticker} ${count}`;
  if (request.known_bars === bars_id) {
    return { bars_id, times: [], open: [], high: [], low: [], close: [], volume: [], columns: shown, problems };
  }
  const { times, open, high, low, close, volume } = bars;
  return { bars_id, times, open, high, low, close, volume, columns: shown, problems };
}

/** All columns of a recipe; what is wrong with it is a failure here. */
function whole(recipe: Recipe): FeaturePreview {
  const made = previewFeaturesOf({
    table: "",
    ticker: "AAPL",
    bars: 600,
    recipe,
    hidden_features: [],
    hidden_labels: [],
    known_bars: null,
  });
  const [problem] = made.problems;
  if (problem !== undefined) throw fail("BadInput", problem.message, problem.hint);
  return made;
}

function correlation(a: Values, b: Values): number | null {
  const pairs = a.flatMap((x, i) => {
    const y = b[i];
    return x === null || y === null || y === undefined ? [] : [[x, y] as const];
  });
  const mean = (at: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [mx, my] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

export function correlationsOf(recipe: Recipe): FeatureCorrelations {
  const { columns } = whole(recipe);
  return {
    columns: columns.map(({ name }) => name),
    labels: columns.filter(({ is_label }) => is_label).map(({ name }) => name),
    matrix: columns.map((a) => columns.map((b) => (a === b ? 1 : correlation(a.values, b.values)))),
    rows: 13_001,
  };
}

export function checkedRecipe(recipe: Recipe): RecipeCheck {
  const features = whole(recipe).columns.filter(({ is_label }) => !is_label);
  return {
    columns_checked: features.length,
    looks_ahead: [],
    warm_up: features.map(({ name, warm_up }) => ({
      column: name,
      undefined: warm_up,
      unsettled: name.startsWith("OBV") ? null : /EMA|RSI|MACD|ATR/.test(name) ? 9 * (warm_up ?? 0) : warm_up,
    })),
  };
}

export function featuresDocument(recipe: Recipe, table: string) {
  const { columns } = whole(recipe);
  return {
    table,
    out: null,
    rows: 13_085,
    columns: columns.length,
    labels: columns.filter(({ is_label }) => is_label).map(({ name }) => name),
    rows_written: 13_085,
    notes: [],
  };
}

// Recipes as text: as much of TOML as a recipe needs.

const written = (value: Value): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

export function recipeToml({ name, feature = [], label = [] }: Recipe): string {
  const section = (title: string, entries: readonly Entry[]) =>
    entries.map((entry) => {
      const lines = Object.entries(entry).map(([key, value]) => {
        return `${key} = ${Array.isArray(value) ? `[${value.map(written).join(", ")}]` : written(value)}`;
      });
      return `\n[[${title}]]\n${lines.join("\n")}\n`;
    });
  return [`name = ${written(name)}\n`, ...section("feature", feature), ...section("label", label)].join("");
}

export function readToml(text: string): Recipe {
  const recipe: Required<Recipe> = { name: "", feature: [], label: [] };
  let entry: Record<string, Setting> | null = null;
  text.split("\n").forEach((raw, i) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    if (line === "[[feature]]" || line === "[[label]]") {
      entry = {};
      (line === "[[label]]" ? recipe.label : recipe.feature).push(entry);
      return;
    }
    const [, key, value] = /^(\w+)\s*=\s*(.+)$/.exec(line) ?? [];
    const hint = "Correct the text; `algom indicators` shows what a recipe may hold.";
    if (key === undefined || value === undefined) {
      throw fail("BadInput", `The recipe cannot be read: line ${i + 1} is “${line}”.`, hint);
    }
    try {
      const setting: Setting = JSON.parse(value);
      if (entry !== null) entry[key] = setting;
      else if (key === "name") recipe.name = String(setting);
      else throw new Error(key);
    } catch {
      throw fail("BadInput", `The recipe cannot be read: line ${i + 1} is “${line}”.`, hint);
    }
  });
  if (recipe.name === "") throw fail("BadInput", "The recipe has no name.", 'Begin it with name = "..." .');
  return recipe;
}

export const FIRST_RECIPE: Recipe = {
  name: "momentum",
  feature: [
    { indicator: "algom.aror", n: [1, 5, 10, 20] },
    { indicator: "ta.rsi", timeperiod: 14 },
    { indicator: "ta.bbands" },
    { indicator: "ta.macd" },
  ],
  label: [{ indicator: "algom.ror", n: -10 }],
};

export function savedRecipe(recipe: Recipe, changedAt: string): SavedRecipe {
  return { name: recipe.name, recipe, problem: null, text: recipeToml(recipe), changed_at: changedAt };
}
