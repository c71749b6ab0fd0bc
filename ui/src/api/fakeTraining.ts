/** What a fake training leaves beside its scores: folds, a learning curve, the trials of a search, and their charts. */
import type {
  Chart,
  CurvePoint,
  Fold,
  Range,
  RunDetail,
  Scores,
  Searched,
  SearchSpec,
  Series,
  Trial,
  Value,
} from "./client";
import { randomNumbers } from "./fakeData";

const at = (years: number) => `${2015 + years}-01-02T00:00:00.000000Z`;

/** Folds of a year each, every one a little worse than the one before. */
export function foldsOf(count: number, scores: Scores): Fold[] {
  return Array.from({ length: count }, (_, i) => ({
    train_rows: 1260 * (i + 1),
    test_rows: 1260,
    purged_rows: 50,
    embargo_rows: 0,
    train_start: at(0),
    train_end: at(i + 1),
    test_start: at(i + 1),
    test_end: at(i + 2),
    scores: { ...scores, rsquared: (scores.rsquared ?? 0) - 0.01 * i, rows: 1260 },
  }));
}

function valueAt(range: Range, share: number): Value {
  if (Array.isArray(range)) return range[Math.floor(share * range.length)] ?? null;
  return (range.min ?? 0) + share * ((range.max ?? 1) - (range.min ?? 0));
}

/** So many trials of a search; the fourth of them fails. */
export function searchedOf(search: SearchSpec, count: number): Searched {
  const random = randomNumbers(11);
  const trials = Array.from({ length: count }, (_, number): Trial => {
    const ranges = Object.entries(search.ranges ?? {});
    const params = Object.fromEntries(ranges.map(([name, range]) => [name, valueAt(range, random())]));
    const score = -0.02 + 0.06 * random();
    return number === 3
      ? { number, params, score: null, fold_scores: [], seed: number, error: "the fit did not end" }
      : { number, params, score, fold_scores: [score - 0.01, score, score + 0.01], seed: number, error: null };
  });
  const scored = trials.filter(({ score }) => score !== null);
  const best = scored.reduce<Trial | undefined>(
    (one, other) => (one === undefined || (other.score ?? 0) > (one.score ?? 0) ? other : one),
    undefined,
  );
  return { kind: search.kind ?? "tpe", trials, best: best?.number ?? 0, inner_score: best?.score ?? 0 };
}

const number = (title: string) => ({ title, kind: "number" as const });
const whole = (title: string) => ({ title, kind: "whole" as const });
const plain = (name: string, x: number[], y: (number | null)[]): Series => {
  return { name, role: "model", shape: "line", x, y, width: null };
};

export function trialsChart(trials: readonly Trial[]): Chart {
  const places = trials.map((trial) => trial.number + 1);
  const scores = trials.map(({ score }) => score);
  return {
    id: "search_trials",
    title: "Score by trial",
    note: "On training rows alone.",
    x: whole("Trial"),
    y: number("R² on inner folds"),
    series: [{ ...plain("trial", places, scores), shape: "points" }],
  };
}

/** A run with these, a learning curve, and the charts of all of them. */
export function withTraining(run: RunDetail, { folds, search }: { folds: Fold[]; search: Searched | null }) {
  const curve: CurvePoint[] = [1, 2, 3, 4, 5].map((step) => ({
    share: step / 5,
    train_rows: 1370 * step,
    scores: { ...run.scores, rsquared: (run.scores.rsquared ?? 0) - 0.03 + 0.006 * step },
  }));
  const charts: Chart[] = [
    ...run.charts,
    ...(folds.length > 1
      ? [
          {
            id: "fold_scores",
            title: "R² by fold",
            note: "Each fold against the mean of its own training rows.",
            x: whole("Fold"),
            y: number(""),
            series: [
              {
                ...plain(
                  "R²",
                  folds.map((_, i) => i + 1),
                  folds.map(({ scores }) => scores.rsquared),
                ),
                shape: "bars" as const,
                width: 0.8,
              },
            ],
          },
        ]
      : []),
    {
      id: "learning_curve",
      title: "R² by length of history",
      note: "The last fold, trained on the latest fifth of its history, on two fifths, and so on.",
      x: number("Training rows"),
      y: number(""),
      series: [
        plain(
          "R²",
          curve.map(({ train_rows }) => train_rows),
          curve.map(({ scores }) => scores?.rsquared ?? null),
        ),
      ],
    },
    ...(search === null ? [] : [trialsChart(search.trials)]),
  ];
  return { folds, search, learning_curve: curve, charts };
}
