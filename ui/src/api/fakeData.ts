/** The data behind the fake client: invented, but shaped and sized as the sample's. Deterministic. */
import type {
  Cell,
  Chart,
  ColumnInfo,
  Param,
  Role,
  RunDetail,
  Scores,
  Series,
  TableInfo,
  TrainForm,
  TrainSource,
} from "./client";

/** Numbers in [0, 1) that repeat for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function hexId(seed: number, length = 40): string {
  const random = randomNumbers(seed);
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}

const table = (dataset: string, name: string, rows: number, bytes: number, modified: string): TableInfo => ({
  project: "local",
  dataset,
  table: name,
  rows,
  fault: null,
  bytes,
  modified,
});

export const TABLES: TableInfo[] = [
  table("market", "bars_us_daily", 13_085, 524_800, "2026-01-31T09:12:04.000000Z"),
  table("market", "bars_btc_minute", 19_998_012, 812_400_000, "2026-01-30T22:40:51.000000Z"),
  table("features", "us_daily", 9_808, 3_104_000, "2026-01-31T09:12:09.000000Z"),
  ...["model_metadata", "model_parameters", "model_queries", "model_storage"].flatMap((name) =>
    ["20260129", "20260130", "20260131"].map((date, i) =>
      table(
        "model_metadata",
        `${name}_${date}`,
        34 + 17 * i,
        6_200,
        `${date.slice(0, 4)}-01-${29 + i}T09:30:00.000000Z`,
      ),
    ),
  ),
  ...["model_prediction", "model_evaluation"].map((name) =>
    table("model_predictions", `${name}_20260131`, 2_940, 188_000, "2026-01-31T09:30:02.000000Z"),
  ),
  table("model_performance", "model_performance_20260131", 54, 7_400, "2026-01-31T09:30:02.000000Z"),
  table("model_performance", "model_backtest_20260131", 2_617, 402_000, "2026-01-31T09:30:03.000000Z"),
  table("model_feature_importance", "feature_importance_AAPL_20260131", 34, 4_100, "2026-01-31T09:30:02.000000Z"),
];

const LAGS = [1, 2, 3, 5, 10, 20, 50];
const FEATURES = [
  ...LAGS.map((n) => `AROR_${n}`),
  ...[7, 14].map((n) => `RSI_${n}`),
  ...[5, 10, 20, 50, 100, 200].map((n) => `EMA_close_${n}`),
  ...[5, 10, 14, 20].map((n) => `ATR_${n}`),
  ...[10, 20, 50].map((n) => `BollingerB_${n}`),
  ...[10, 20, 50].map((n) => `Bollinger_pct_b_${n}`),
  ...[5, 10, 20].map((n) => `LAG${n}_AROR_5`),
  ...[10, 20].map((n) => `CCI_${n}`),
  ...[5, 14].map((n) => `MFI_${n}`),
  "MACD_12_26",
  "ADX_14_14",
];
const LABELS: [string, number][] = [1, 2, 3, 5, 10, 20, 30, 50].map((n) => [`ROR_n${n}`, n]);

export const SOURCES: TrainSource[] = [
  {
    table: "local.features.us_daily",
    outcomes: LABELS.map(([name]) => name),
    features: FEATURES,
    labels_kept_out: LABELS.length,
    rows: 9_808,
  },
];

const column = (name: string, type: string, horizon: number | null = null): ColumnInfo => ({
  name,
  type,
  label_horizon: horizon,
});
const BAR_COLUMNS = [
  column("ticker_time", "TIMESTAMP"),
  column("ticker", "STRING"),
  ...["open", "high", "low", "close", "volume"].map((name) => column(name, "FLOAT64")),
];

export function columnsOf(info: TableInfo): ColumnInfo[] {
  if (info.dataset === "market") return BAR_COLUMNS;
  if (info.dataset === "features") {
    return [
      ...BAR_COLUMNS,
      ...FEATURES.map((name) => column(name, "FLOAT64")),
      ...LABELS.map(([name, horizon]) => column(name, "FLOAT64", horizon)),
    ];
  }
  if (info.table.startsWith("model_performance")) {
    return [column("model_execution_id", "STRING"), column("parameter", "STRING"), column("value", "FLOAT64")];
  }
  return ["model_execution_id", "parameter", "value"].map((name) => column(name, "STRING"));
}

const TICKERS = ["AAPL", "AMZN", "GOOG", "MSFT", "NFLX"];

function barRow(row: number, info: TableInfo): Cell[] {
  const isMinute = info.table.includes("minute");
  const stepMs = isMinute ? 60_000 : 86_400_000;
  const ticker = isMinute ? "BTC-USD" : (TICKERS[row % TICKERS.length] ?? "");
  const step = isMinute ? row : Math.floor(row / TICKERS.length);
  const start = isMinute ? Date.UTC(1988, 0, 1, 9, 30) : Date.UTC(2015, 0, 2);
  const time = new Date(start + step * stepMs).toISOString().replace("Z", "000Z");
  const base = isMinute ? 30_000 : 100 + 40 * (row % TICKERS.length);
  const random = randomNumbers(row + 1);
  const at = (i: number) => base * (1 + 0.08 * Math.sin(i / 97) + 0.03 * Math.sin(i / 13));
  const cents = (value: number) => Math.round(value * 100) / 100;
  const open = at(step);
  const close = at(step + 1) * (1 + 0.002 * (random() - 0.5));
  const high = Math.max(open, close) * (1 + 0.004 * random());
  const low = Math.min(open, close) * (1 - 0.004 * random());
  const volume = isMinute ? Math.round(random() * 250_000) / 10_000 : Math.round(2e7 + 4e7 * random());
  return [time, ticker, cents(open), cents(high), cents(low), cents(close), volume];
}

/** A row of a table, the same whenever it is asked for. */
export function rowOf(info: TableInfo, row: number): Cell[] {
  if (info.dataset === "market") return barRow(row, info);
  const random = randomNumbers(row * 31 + 7);
  if (info.dataset === "features") {
    const more = columnsOf(info)
      .slice(BAR_COLUMNS.length)
      .map((c): Cell => {
        if (row < 5 && c.name.endsWith("_200")) return null;
        if (c.name.startsWith("RSI") || c.name.startsWith("MFI")) return 50 + 12 * normal(random);
        if (c.name.startsWith("EMA")) return 140 + 20 * normal(random);
        return 0.01 * normal(random);
      });
    return [...barRow(row, info), ...more];
  }
  const value = info.table.startsWith("model_performance") ? random() : hexId(row + 3, 8);
  return [hexId(11 + Math.floor(row / 9)), `parameter_${row % 9}`, value];
}

const int = (name: string, label: string, value: number, min: number, max: number, unit = "", help = ""): Param => ({
  name,
  label,
  kind: { kind: "int", default: value, min, max },
  unit,
  help,
});
const float = (name: string, label: string, value: number, min: number, max: number, unit = "", help = ""): Param => ({
  name,
  label,
  kind: { kind: "float", default: value, min, max },
  unit,
  help,
});
const choice = (name: string, label: string, value: string, options: [string, string][], help = ""): Param => ({
  name,
  label,
  kind: { kind: "choice", default: value, options },
  unit: "",
  help,
});

const bool = (name: string, label: string, value: boolean, help: string): Param => ({
  name,
  label,
  kind: { kind: "bool", default: value },
  unit: "",
  help,
});

/** As crates/model/src/algorithms, split.rs and control.rs declare them. */
export const FORM: TrainForm = {
  algorithms: [
    {
      id: "elastic_net",
      label: "ElasticNet",
      help: "Linear regression that shrinks weak features, many of them to nothing; a good first choice",
      params: [
        float(
          "alpha",
          "Penalty",
          0.001,
          1e-9,
          1e6,
          "",
          "Weight of the penalty, in the outcome's unit: returns need far less than scikit-learn's default of 1",
        ),
        float(
          "l1_ratio",
          "L1 share",
          0.5,
          0,
          1,
          "",
          "Share of the penalty that drops features: 1 is the lasso, 0 is ridge",
        ),
        bool("fit_intercept", "Intercept", true, "Whether a constant is fitted; without, a mean is left out"),
        bool(
          "standardize",
          "Standardise",
          true,
          "Whether features are brought to mean 0 and deviation 1 first, so that the penalty treats them alike",
        ),
        int("max_iter", "Most passes", 1000, 1, 1_000_000, "", "Passes over the features, at most"),
        float(
          "tol",
          "Tolerance",
          1e-4,
          1e-14,
          1,
          "",
          "Stops when the duality gap is below this share of the outcomes' sum of squares",
        ),
      ],
    },
    {
      id: "ols",
      label: "LinearRegression",
      help: "Ordinary least squares without any penalty; needs many more rows than features",
      params: [
        bool(
          "fit_intercept",
          "Intercept",
          true,
          "Whether a constant is fitted; without, the line goes through the origin",
        ),
      ],
    },
  ],
  split: [
    choice(
      "kind",
      "Split",
      "chronological",
      [
        ["chronological", "Chronological"],
        ["walk_forward", "Walk-forward"],
        ["purged_kfold", "Purged k-fold"],
        ["shuffled", "Shuffled (leaks)"],
      ],
      "Chronological holds out the last part of time; shuffled holds out rows at random, and its scores leak",
    ),
    float(
      "test_size",
      "Test size",
      0.3,
      0.01,
      0.99,
      "",
      "Share that is held out: of the distinct times, or of the rows when shuffled",
    ),
    int(
      "embargo_bars",
      "Embargo",
      0,
      0,
      100_000,
      "bars",
      "Bars after held-out rows that do not train; a chronological split has none after them",
    ),
  ],
  search: [
    choice("kind", "Search", "tpe", [
      ["tpe", "Estimated (TPE)"],
      ["random", "Random"],
      ["grid", "Grid"],
    ]),
    int("trials", "Trials", 30, 1, 10_000, "", "How many sets of parameters are tried (TPE, random)"),
    int("folds", "Inner folds", 3, 2, 20, "", "Blocks of the training time that trials are scored on"),
  ],
  search_splits: ["chronological", "walk_forward", "shuffled"],
  control: [
    choice(
      "kind",
      "Control",
      "mirrored_blocks",
      [
        ["mirrored_blocks", "Mirrored blocks"],
        ["shuffled_blocks", "Shuffled blocks"],
      ],
      "How the signal is destroyed: outcomes stay in their places, half of the blocks, at random, mirrored about the mean",
    ),
    int(
      "repeats",
      "Repeats",
      20,
      1,
      10_000,
      "",
      "How often the job is done without signal; from 19 on a score can be better than chance",
    ),
    int("seed", "Seed", 0, 0, 4_294_967_295, "", "Start of everything random in the job"),
  ],
};

function chartsOf(seed: number): Chart[] {
  const random = randomNumbers(seed);
  const n = 260;
  const start = Date.UTC(2024, 6, 1);
  const x = Array.from({ length: n }, (_, i) => start + i * 86_400_000 * 1.4);
  const signal = x.map((_, i) => 0.018 * Math.sin(i / 9) + 0.008 * Math.sin(i / 3.1));
  const outcomes = signal.map((value) => 0.7 * value + 0.02 * normal(random));
  const predictions = signal.map((value) => value + 0.004 * normal(random));
  const errors = outcomes.map((value, i) => value - (predictions[i] ?? 0));
  const bins = Array.from({ length: 31 }, (_, i) => -0.075 + i * 0.005);
  const counts = bins.map((mid) => Math.round(300 * Math.exp(-((mid / 0.024) ** 2) / 2) * (0.9 + 0.2 * random())));
  const pairs = Array.from({ length: 420 }, () => {
    const actual = 0.026 * normal(random);
    return [0.35 * actual + 0.011 * normal(random), actual] as const;
  });
  const narrow = bins.map((mid) => Math.round(640 * Math.exp(-((mid / 0.011) ** 2) / 2)));
  const time = { title: "", kind: "time" as const };
  const number = (title: string) => ({ title, kind: "number" as const });
  const line = (name: string, role: Role, y: number[]): Series => ({ name, role, shape: "line", x, y, width: null });
  const guide = (name: string, from: [number, number], to: [number, number]): Series => {
    return { name, role: "guide", shape: "line", x: [from[0], to[0]], y: [from[1], to[1]], width: null };
  };
  const mean = "Mean of 5 tickers at each date.";
  return [
    {
      id: "predictions_by_date",
      title: "Predictions by date",
      note: mean,
      x: time,
      y: number(""),
      series: [line("outcome", "outcome", outcomes), line("prediction", "model", predictions)],
    },
    {
      id: "errors_by_date",
      title: "Errors by date",
      note: mean,
      x: time,
      y: number("Outcome less prediction"),
      series: [{ ...line("error", "error", errors), shape: "area" }],
    },
    {
      id: "prediction_histogram",
      title: "Predictions and outcomes",
      note: "",
      x: number("Value"),
      y: number("Rows"),
      series: [
        { name: "outcomes", role: "outcome", shape: "bars", x: bins, y: counts, width: 0.005 },
        { name: "predictions", role: "model", shape: "step", x: bins, y: narrow, width: 0.005 },
      ],
    },
    {
      id: "error_histogram",
      title: "Errors",
      note: "",
      x: number("Outcome less prediction"),
      y: number("Rows"),
      series: [{ name: "errors", role: "error", shape: "bars", x: bins, y: counts, width: 0.005 }],
    },
    {
      id: "predicted_against_actual",
      title: "Predicted against actual",
      note: "",
      x: number("Outcome"),
      y: number("Prediction"),
      series: [
        guide("", [0, -0.05], [0, 0.05]),
        guide("", [-0.08, 0], [0.08, 0]),
        guide("prediction = outcome", [-0.05, -0.05], [0.05, 0.05]),
        {
          name: "rows",
          role: "model",
          shape: "points",
          x: pairs.map((p) => p[1]),
          y: pairs.map((p) => p[0]),
          width: null,
        },
      ],
    },
  ];
}

const scoresAt = (rsquared: number, hits: number, ic: number, mae: number): Scores => ({
  mae,
  mean_abs_outcome: 0.0428,
  mean_abs_pct_error: mae / 0.0428,
  error_variance: 0.00291,
  rsquared,
  explained_variance: rsquared + 0.0013,
  rmse: 0.0539,
  direction_hits: hits,
  information_coefficient: ic,
  rows: 2940,
});

/** A run as `train` leaves it. With `skilled` false its score is lost among the control's. */
export function runOf(
  seed: number,
  options: {
    skilled: boolean;
    outcome: string;
    modelType: string;
    table: string;
    executedAt: string;
    repeats: number;
    features: readonly string[];
  },
): RunDetail {
  const { skilled, repeats } = options;
  const random = randomNumbers(seed + 5);
  const controls = Array.from({ length: repeats }, () => -0.008 + 0.0125 * normal(random));
  const own = skilled ? 0.0214387 : -0.0061902;
  const reached = controls.filter((value) => value >= own).length;
  const pValue = (1 + reached) / (1 + repeats);
  const sorted = [...controls].sort((a, b) => a - b);
  const weights = options.features.map((variable, i) => ({
    variable,
    weight: Math.exp(-i / 6) * (0.6 + 0.4 * random()),
  }));
  weights.sort((a, b) => b.weight - a.weight);
  return {
    model_id: hexId(seed),
    model_execution_id: hexId(seed + 1),
    model_type: options.modelType,
    outcome: options.outcome,
    data_hash: hexId(seed + 2, 64),
    source: options.table,
    seed: 0,
    run_time_seconds: 0.913,
    fits: repeats + 1,
    feature_count: options.features.length,
    record_count: 9808,
    executed_at: options.executedAt,
    model_file: `models/20260131_${options.modelType}_${hexId(seed)}.algom`,
    scores: skilled ? scoresAt(own, 0.53095, 0.11812, 0.041213) : scoresAt(own, 0.50136, 0.00931, 0.042107),
    control: {
      kind: "mirrored_blocks",
      repeats,
      seed: 0,
      scores: controls.map((value) =>
        scoresAt(
          value,
          0.502 + 0.008 * normal(random),
          0.004 + 0.03 * normal(random),
          0.0419 + 0.0003 * normal(random),
        ),
      ),
      rsquared: controls,
      median: sorted[Math.floor(repeats / 2)] ?? null,
      p_value: pValue,
      verdict: pValue <= 0.05 ? "better_than_chance" : "cannot_be_told",
      sentence: `${pValue <= 0.05 ? "Better than chance" : "Cannot be told from chance"}: p = ${pValue.toFixed(2)}`,
    },
    split: {
      kind: "chronological",
      train_rows: 6848,
      test_rows: 2940,
      purged_rows: 20,
      embargo_rows: 0,
      leaks: false,
      train_start: "2015-01-02T00:00:00.000000Z",
      train_end: "2019-10-25T00:00:00.000000Z",
      test_start: "2019-10-28T00:00:00.000000Z",
      test_end: "2021-12-31T00:00:00.000000Z",
      horizon_bars: 10,
    },
    checks: [
      { ok: true, text: "No column looks ahead" },
      { ok: true, text: "Warm-up rows left out (200)" },
      { ok: true, text: "Scaling fitted on training rows" },
      { ok: false, text: "2 features correlate above 0.98" },
    ],
    importance: weights.map(({ variable, weight }, i) => ({
      variable,
      importance: weight,
      rank: i + 1,
      pct_rank: (i + 1) / weights.length,
    })),
    charts: chartsOf(seed + 9),
    tables: [
      "local.model_metadata.model_metadata_20260131",
      "local.model_predictions.model_evaluation_20260131",
      "local.model_performance.model_performance_20260131",
      "local.model_feature_importance.feature_importance_AAPL_20260131",
    ],
  };
}
