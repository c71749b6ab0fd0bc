/** Keeps the bars and columns on the chart up to date with the recipe: one question at a time, the newest always asked. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type FeaturePreview, type PreviewRequest, type Problem, problemOf, useClient } from "../../api/client";

/** An answer, and the entries it was asked for: the recipe may have changed since. */
export type Preview = FeaturePreview & {
  /** When it was asked for, on the clock of `performance.now`. */
  changedAt: number;
  request: PreviewRequest;
  featureKeys: readonly string[];
  labelKeys: readonly string[];
};

/** What is to be shown; which entries are hidden is told apart. */
export type Question = Pick<Preview, "featureKeys" | "labelKeys"> & {
  request: Omit<PreviewRequest, "hidden_features" | "hidden_labels" | "known_bars">;
};

export type PreviewState = {
  /** The last answer; it stays while the next one is awaited. */
  shown: Preview | null;
  /** Keys of its entries that do not show. They are not computed either. */
  hidden: ReadonlySet<string>;
  /** Why there is no newer one. */
  problem: Problem | null;
  retry: () => void;
};

/** `hiddenOf` says of an answer which entries are not to show. It is asked again when it is another function. */
export function usePreview(question: Question, hiddenOf: (shown: Preview | null) => ReadonlySet<string>): PreviewState {
  const client = useClient();
  const [shown, setShown] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const hidden = useMemo(() => hiddenOf(shown), [hiddenOf, shown]);
  const asked = useRef<string | null>(null);
  const next = useRef<Omit<Preview, keyof FeaturePreview> | null>(null);
  /** The last answer, whose bars the application need not send again. */
  const last = useRef<Preview | null>(null);
  const isBusy = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const ask = useCallback(async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    while (next.current !== null && !isGone.current) {
      const wanted = next.current;
      next.current = null;
      try {
        const known_bars = last.current?.bars_id ?? null;
        const answer = await client.previewFeatures({ ...wanted.request, known_bars });
        if (isGone.current) break;
        const before = answer.bars_id === known_bars ? last.current : null;
        last.current = { ...answer, ...barsOf(before ?? answer), ...wanted };
        setShown(last.current);
        setProblem(null);
      } catch (thrown) {
        if (next.current === null) setProblem(problemOf(thrown));
      }
    }
    isBusy.current = false;
  }, [client]);

  const key = JSON.stringify([question.request, question.featureKeys, question.labelKeys, attempt]);
  const missing = missingOf(shown, hidden);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question; what is hidden by then counts
  useEffect(() => {
    if (asked.current === key && missing === "") return;
    asked.current = key;
    const { request, featureKeys, labelKeys } = question;
    const placesOf = (keys: readonly string[]) => keys.flatMap((entry, i) => (hidden.has(entry) ? [i] : []));
    next.current = {
      request: {
        ...request,
        hidden_features: placesOf(featureKeys),
        hidden_labels: placesOf(labelKeys),
        known_bars: null,
      },
      featureKeys,
      labelKeys,
      changedAt: performance.now(),
    };
    void ask();
  }, [key, missing, ask]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { shown, hidden, problem, retry };
}

const barsOf = ({ times, open, high, low, close, volume }: FeaturePreview) => {
  return { times, open, high, low, close, volume };
};

/** Entries that are to show and came without values, since they were hidden when they were asked for. */
function missingOf(shown: Preview | null, hidden: ReadonlySet<string>): string {
  if (shown === null || shown.times.length === 0) return "";
  const keys = shown.columns.filter(({ values }) => values.length === 0).map((column) => keyAt(shown, column) ?? "");
  return [...new Set(keys)].filter((key) => !hidden.has(key)).join(" ");
}

/** The entry of a column or of a problem, by its key. */
export function keyAt(preview: Preview, { is_label, entry }: { is_label: boolean; entry: number }): string | undefined {
  return (is_label ? preview.labelKeys : preview.featureKeys)[entry];
}
