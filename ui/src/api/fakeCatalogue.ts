/** The indicators of the fake client: a part of the application's, computed simply. */
import type { Draw, IndicatorForm, Param } from "./client";
import { randomNumbers } from "./fakeData";

export type Values = (number | null)[];
export type FakeBars = { open: number[]; high: number[]; low: number[]; close: number[]; volume: number[] };
type Settings = Record<string, number | string | boolean>;

export type FakeIndicator = IndicatorForm & {
  isOverlay: boolean;
  /** A column each of the outputs. `input` is the column that the parameters name. */
  compute: (bars: FakeBars, settings: Settings, input: readonly (number | null)[]) => Values[];
};

const int = (name: string, label: string, standard: number, min = 2, unit = "bars"): Param => ({
  name,
  label,
  kind: { kind: "int", default: standard, min, max: 100_000 },
  unit,
  help: "Bars in the window",
});
const price: Param = {
  name: "price",
  label: "Price",
  kind: { kind: "column", default: "close" },
  unit: "",
  help: "The column it is computed from",
};
const column: Param = { ...price, name: "column", label: "Column" };
const ahead = (standard: number): Param => ({
  ...int("n", "Bars", standard, -100_000),
  help: "Bars back; negative looks forward",
});
const deviations: Param = {
  name: "nbdev",
  label: "Deviations",
  kind: { kind: "float", default: 2, min: -3e37, max: 3e37 },
  unit: "",
  help: "Deviations from the average to a band",
};
const period = (standard: number) => int("timeperiod", "Time period", standard);

// How columns are computed.

const numberAt = (settings: Settings, name: string) => Number(settings[name] ?? 0);

function rolling(input: readonly (number | null)[], n: number, of: (window: number[]) => number): Values {
  return input.map((_, i) => {
    const window = input.slice(Math.max(0, i - n + 1), i + 1).filter((value) => value !== null);
    return i + 1 >= n && window.length === n ? of(window) : null;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function smoothed(input: readonly (number | null)[], n: number, weight = 2 / (n + 1)): Values {
  let last: number | null = null;
  return input.map((value, i) => {
    if (value !== null) last = last === null ? value : last + weight * (value - last);
    return i + 1 >= n ? last : null;
  });
}

function minus(a: Values, b: Values): Values {
  return a.map((value, i) => {
    const other = b[i];
    return value === null || other === null || other === undefined ? null : value - other;
  });
}

function strength(input: readonly (number | null)[], n: number): Values {
  const moves = input.map((value, i) => {
    const before = input[i - 1];
    return value === null || before === null || before === undefined ? null : value - before;
  });
  const ups = smoothed(
    moves.map((move) => (move === null ? null : Math.max(0, move))),
    n + 1,
    1 / n,
  );
  const all = smoothed(
    moves.map((move) => (move === null ? null : Math.abs(move))),
    n + 1,
    1 / n,
  );
  return ups.map((up, i) => {
    const whole = all[i];
    return up === null || whole === null || whole === undefined || whole === 0 ? null : (100 * up) / whole;
  });
}

function returns(input: readonly (number | null)[], n: number): Values {
  return input.map((value, i) => {
    const [from, to] = n < 0 ? [value, input[i - n]] : [input[i - n], value];
    return typeof from === "number" && typeof to === "number" ? Math.log(to / from) : null;
  });
}

/** A pattern at some bars; the same ones for the same name. */
function pattern(id: string, { open, close }: FakeBars): Values {
  const random = randomNumbers([...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 65_521);
  return close.map((value, i) => (random() < 0.03 ? (value >= (open[i] ?? 0) ? 100 : -100) : 0));
}

// The catalogue.

type Spec = Omit<FakeIndicator, "family" | "streams" | "outputs" | "isOverlay" | "source"> & {
  draws: [name: string, draw: Draw][];
  isOverlay?: boolean;
  source?: string;
};

const one: Spec["draws"] = [["value", "line"]];
const line = (compute: FakeIndicator["compute"]) => compute;

const SPECS: Spec[] = [
  {
    id: "algom.aror",
    group: "Returns",
    label: "Average rate of return",
    help: "The logarithmic return a bar over n bars; a negative n is that of the next n bars, and a label",
    formula: "ln(x[t] / x[t-n]) / n; for n = -k: ln(x[t+k] / x[t]) / k",
    params: [column, ahead(10)],
    draws: one,
    compute: line((_, settings, input) => {
      const n = numberAt(settings, "n");
      return [returns(input, n).map((value) => (value === null ? null : value / Math.abs(n)))];
    }),
  },
  {
    id: "algom.ror",
    group: "Returns",
    label: "Rate of return",
    help: "The logarithmic return over n bars; a negative n is the return of the next n bars, and a label",
    formula: "ln(x[t] / x[t-n]); for n = -k: ln(x[t+k] / x[t])",
    params: [column, ahead(1)],
    draws: one,
    compute: line((_, settings, input) => [returns(input, numberAt(settings, "n"))]),
  },
  {
    id: "algom.ema",
    group: "Trend",
    label: "Exponential moving average",
    help: "A mean in which recent bars weigh more",
    formula: "ewm(x, span n), from n - 1 values on",
    params: [column, int("n", "Window", 20, 1)],
    draws: one,
    isOverlay: true,
    compute: line((_, settings, input) => [smoothed(input, numberAt(settings, "n"))]),
  },
  {
    id: "algom.rsi",
    group: "Momentum",
    label: "Relative strength index",
    help: "The share of rises in the smoothed moves, 0 to 1",
    formula: "up / (up + down), by exponential averages",
    params: [int("n", "Window", 14)],
    draws: one,
    compute: line((_, settings, input) => [
      strength(input, numberAt(settings, "n")).map((value) => (value === null ? null : value / 100)),
    ]),
  },
  {
    id: "ta.sma",
    group: "Overlap studies",
    label: "Simple moving average",
    help: "The mean of the last n values",
    formula: "mean(x[t-n+1..t])",
    params: [price, period(30)],
    draws: one,
    isOverlay: true,
    compute: line((_, settings, input) => [rolling(input, numberAt(settings, "timeperiod"), mean)]),
  },
  {
    id: "ta.bbands",
    group: "Overlap studies",
    label: "Bollinger bands",
    help: "A moving average, and bands some standard deviations above and below it",
    formula: "m, m + nbdev s and m - nbdev s",
    params: [price, period(20), deviations],
    draws: [
      ["upperband", "upper"],
      ["middleband", "line"],
      ["lowerband", "lower"],
    ],
    isOverlay: true,
    compute: line((_, settings, input) => {
      const n = numberAt(settings, "timeperiod");
      const middle = rolling(input, n, mean);
      const spread = rolling(input, n, deviation);
      const band = (sign: number) =>
        middle.map((value, i) => {
          const width = spread[i];
          return value === null || typeof width !== "number"
            ? null
            : value + sign * numberAt(settings, "nbdev") * width;
        });
      return [band(1), middle, band(-1)];
    }),
  },
  {
    id: "ta.rsi",
    group: "Momentum indicators",
    label: "Relative strength index",
    help: "The share of rises in the smoothed moves, 0 to 100",
    formula: "100 up / (up + down); up and down are Wilder's averages over n bars of rises and falls",
    source: "TA-Lib 0.8.1; Wilder 1978",
    params: [price, period(14)],
    draws: one,
    compute: line((_, settings, input) => [strength(input, numberAt(settings, "timeperiod"))]),
  },
  {
    id: "ta.stochrsi",
    group: "Momentum indicators",
    label: "Stochastic RSI",
    help: "Where the relative strength index stands in its range",
    formula: "100 (rsi - lowest) / (highest - lowest)",
    params: [price, period(14)],
    draws: one,
    compute: line((_, settings, input) => {
      const n = numberAt(settings, "timeperiod");
      return [
        rolling(strength(input, n), n, (window) => {
          const [low, high] = [Math.min(...window), Math.max(...window)];
          return high === low ? 0 : (100 * ((window.at(-1) ?? low) - low)) / (high - low);
        }),
      ];
    }),
  },
  {
    id: "ta.macd",
    group: "Momentum indicators",
    label: "MACD",
    help: "How far a fast exponential average is above a slow one, and the average of that as a signal",
    formula: "macd = ema(x, fast) - ema(x, slow); macdsignal = ema(macd, signal); macdhist = macd - macdsignal",
    source: "TA-Lib 0.8.1; Appel 1979",
    params: [
      price,
      int("fastperiod", "Fast period", 12),
      int("slowperiod", "Slow period", 26),
      int("signalperiod", "Signal period", 9, 1),
    ],
    draws: [
      ["macd", "line"],
      ["macdsignal", "dashed_line"],
      ["macdhist", "histogram"],
    ],
    compute: line((_, settings, input) => {
      const slow = smoothed(input, numberAt(settings, "slowperiod"));
      const macd = minus(smoothed(input, numberAt(settings, "fastperiod")), slow);
      const signal = smoothed(macd, numberAt(settings, "slowperiod") + numberAt(settings, "signalperiod"));
      return [macd, signal, minus(macd, signal)];
    }),
  },
  {
    id: "ta.atr",
    group: "Volatility indicators",
    label: "Average true range",
    help: "How far prices move in a bar, gaps included",
    formula: "Wilder's average of max(high - low, |high - close[t-1]|, |low - close[t-1]|)",
    params: [period(14)],
    draws: one,
    compute: line(({ high, low }, settings) => [
      smoothed(
        high.map((top, i) => top - (low[i] ?? top)),
        numberAt(settings, "timeperiod"),
      ),
    ]),
  },
  {
    id: "ta.obv",
    group: "Volume indicators",
    label: "On balance volume",
    help: "The sum of all volume, that of bars with a fall taken off",
    formula: "obv[t-1] + volume where price rises, - volume where it falls",
    params: [price],
    draws: one,
    compute: line(({ close, volume }) => {
      let sum = 0;
      return [
        close.map((value, i) => {
          sum += Math.sign(value - (close[i - 1] ?? value)) * (volume[i] ?? 0);
          return sum;
        }),
      ];
    }),
  },
  {
    id: "transform.lag",
    group: "Transforms",
    label: "Lag",
    help: "The value n bars earlier; a negative n is a later bar, and a label",
    formula: "x[t-n]",
    params: [column, ahead(1)],
    draws: one,
    compute: line((_, settings, input) => [input.map((__, i) => input[i - numberAt(settings, "n")] ?? null)]),
  },
  {
    id: "transform.one_hot",
    group: "Transforms",
    label: "One-hot",
    help: "1 where the column holds this value, else 0; a list of values makes a column each",
    formula: "1 if x[t] = value, 0 if it is another",
    params: [
      column,
      {
        name: "value",
        label: "Value",
        kind: { kind: "text", default: "" },
        unit: "",
        help: "The text or the number to tell from all others",
      },
    ],
    draws: one,
    compute: line((_, settings, input) => [input.map((value) => (String(value) === settings.value ? 1 : 0))]),
  },
];

const PATTERNS = `2crows 3blackcrows 3inside 3linestrike 3outside 3whitesoldiers abandonedbaby belthold breakaway
  closingmarubozu darkcloudcover doji dragonflydoji engulfing eveningstar hammer hangingman harami haramicross highwave
  hikkake inneck kicking longline marubozu matchinglow morningstar piercing rickshawman shootingstar spinningtop takuri
  thrusting tristar`.split(/\s+/);

const patternSpec = (name: string): Spec => ({
  id: `ta.cdl${name}`,
  group: "Pattern recognition",
  label: `${name.charAt(0).toUpperCase()}${name.slice(1)} pattern`,
  help: "A pattern of candles: 100 where it points up, -100 where it points down",
  formula: "100, -100 or 0",
  params: [],
  draws: [["pattern", "marks"]],
  compute: line((bars) => [pattern(name, bars)]),
});

/** Functions of one value, so that the list is as long as it can be. */
const MATH = "acos asin atan ceil cos cosh exp floor ln log10 sin sinh sqrt tan tanh".split(" ");

const mathSpec = (name: string): Spec => ({
  id: `ta.${name}`,
  group: "Math transforms",
  label: `Function ${name}`,
  help: `The function ${name} of each value`,
  formula: `${name}(x[t])`,
  params: [price],
  draws: one,
  compute: line((_, __, input) => [input.map((value) => (value === null ? null : Math.log(value)))]),
});

export const INDICATORS: FakeIndicator[] = [...SPECS, ...PATTERNS.map(patternSpec), ...MATH.map(mathSpec)].map(
  ({ draws, isOverlay = false, source, ...spec }) => {
    const family = spec.id.slice(0, spec.id.indexOf("."));
    return {
      ...spec,
      family,
      source: source ?? (family === "ta" ? "TA-Lib 0.8.1" : "the framework's"),
      isOverlay,
      outputs: draws.map(([name, draw]) => ({ name, pattern: "", integer: draw === "marks", draw })),
      streams: true,
    };
  },
);

/** What the window is told of them. */
export const CATALOGUE: IndicatorForm[] = INDICATORS.map(({ isOverlay: _, compute: __, ...form }) => form);
