/** The measures of importance that a run may have beside the model's own, and their order. */
import type { Importance } from "../../api/client";

export const IMPORTANCE_KINDS = ["importance", "split", "permutation", "shap"] as const;
export type ImportanceKind = (typeof IMPORTANCE_KINDS)[number];

/** A feature with whichever measures the run has. */
export type MeasuredImportance = Importance & { [kind in Exclude<ImportanceKind, "importance">]?: number | null };

export const KIND_WORDS: Record<ImportanceKind, { label: string; help: string }> = {
  importance: { label: "Model's own", help: "Gain of the trees, or the size of the standardised coefficient." },
  split: { label: "Splits", help: "How often the trees split by the feature." },
  permutation: { label: "Permutation", help: "By how much held-out errors grow when the feature is permuted." },
  shap: { label: "SHAP", help: "Mean size of the feature's share in a prediction." },
};

/** Those of the measures that at least one feature has. */
export function importanceKinds(rows: readonly MeasuredImportance[]): ImportanceKind[] {
  return IMPORTANCE_KINDS.filter((kind) => rows.some((row) => typeof row[kind] === "number"));
}

/** The features by one measure, the largest first; equal ones as the run has them. */
export function measured(
  rows: readonly MeasuredImportance[],
  kind: ImportanceKind,
): { variable: string; size: number }[] {
  const sizes = rows.map((row) => ({ variable: row.variable, size: row[kind] ?? 0 }));
  // The run's own order is that of the model's own measure, ties included.
  return kind === "importance" ? sizes : sizes.sort((a, b) => b.size - a.size);
}
