/** Carries a wish from the palette to the page that can fulfil it, even when that page has yet to appear. */
import { useEffect } from "react";

/** What the Features page can be asked for from anywhere. */
export type FeatureWish =
  | "feature"
  | "check-recipe"
  | "correlate"
  | "run-recipe"
  | "save-recipe"
  | "open-recipe"
  | "new-recipe";

/** What the Models page can be asked for, of the run that shows. */
export type ModelWish = "predict" | "compare-champion" | "repeat-run" | "export-model" | "delete-run" | "export-runs";

export type Wish = "train" | "import" | "query" | "export" | "profile" | "row" | FeatureWish | ModelWish;

/** A wish that could not be fulfilled by then is forgotten, so that it does not come true much later. */
const PATIENCE_MS = 5000;

let pending: { wish: Wish; until: number } | null = null;
const hearers = new Set<() => void>();

export function askFor(wish: Wish): void {
  pending = { wish, until: Date.now() + PATIENCE_MS };
  for (const hear of hearers) hear();
}

/** Calls `fulfil` when the wish is made, or at once when it was made before; waits while `isAble` is false. */
export function useWish(wish: Wish, isAble: boolean, fulfil: () => void): void {
  useEffect(() => {
    const hear = () => {
      if (!isAble || pending?.wish !== wish) return;
      const isFresh = Date.now() <= pending.until;
      pending = null;
      if (!isFresh) return;
      fulfil();
    };
    hear();
    hearers.add(hear);
    return () => {
      hearers.delete(hear);
    };
  });
}
