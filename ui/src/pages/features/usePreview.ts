/** Keeps the bars and columns on the chart up to date with the recipe: one question at a time, the newest always asked. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type FeaturePreview, type PreviewRequest, type Problem, problemOf, useClient } from "../../api/client";

/** An answer, and the entries it was asked for: the recipe may have changed since. */
export type Preview = FeaturePreview & {
  /** When it was asked for, on the clock of `performance.now`. */
  changedAt: number;
  request: PreviewRequest;
  featureKeys: readonly string[];
  labelKeys: readonly string[];
};

export type Question = Pick<Preview, "request" | "featureKeys" | "labelKeys">;

export type PreviewState = {
  /** The last answer; it stays while the next one is awaited. */
  shown: Preview | null;
  /** Why there is no newer one. */
  problem: Problem | null;
  retry: () => void;
};

export function usePreview(question: Question | null): PreviewState {
  const client = useClient();
  const [shown, setShown] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const next = useRef<(Question & { changedAt: number }) | null>(null);
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
      const asked = next.current;
      next.current = null;
      try {
        const answer = await client.previewFeatures(asked.request);
        if (isGone.current) break;
        setShown({ ...answer, ...asked });
        setProblem(null);
      } catch (thrown) {
        if (next.current === null) setProblem(problemOf(thrown));
      }
    }
    isBusy.current = false;
  }, [client]);

  // Names of entries do not change the columns; only what the application is asked for does.
  const key = question === null ? null : JSON.stringify([question.request, question.featureKeys, question.labelKeys]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question; an attempt asks again
  useEffect(() => {
    if (question === null) return;
    next.current = { ...question, changedAt: performance.now() };
    void ask();
  }, [key, ask, attempt]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { shown, problem, retry };
}

/** The entry of a column or of a problem, by its key. */
export function keyAt(preview: Preview, { is_label, entry }: { is_label: boolean; entry: number }): string | undefined {
  return (is_label ? preview.labelKeys : preview.featureKeys)[entry];
}
