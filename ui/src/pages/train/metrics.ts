/** The scores that stand beside R², of numbers and of classes: where they are in a run's scores, and how they are written. */
import type { Scores } from "../../api/client";
import { percent, score, significant } from "../../lib/number";

export type Metric = {
  name: string;
  label: string;
  /** The label as a column's title. */
  short: string;
  help: string;
  of: (scores: Scores) => number | null;
  format: (value: number | null) => string;
};

const MAE: Metric = {
  name: "mae",
  label: "Mean absolute error",
  short: "MAE",
  help: "In the outcome's own unit; lower is better",
  of: ({ mae }) => mae,
  format: (value) => significant(value, 3),
};
const DIRECTION: Metric = {
  name: "direction_hits",
  label: "Direction right",
  short: "Direction",
  help: "Share of rows whose sign was predicted",
  of: ({ direction_hits }) => direction_hits,
  format: (value) => percent(value),
};
const CORRELATION: Metric = {
  name: "information_coefficient",
  label: "Information coefficient",
  short: "IC",
  help: "Spearman's rank correlation of predictions and outcomes",
  of: ({ information_coefficient }) => information_coefficient,
  format: score,
};
const ACCURACY: Metric = {
  name: "balanced_accuracy",
  label: "Balanced accuracy",
  short: "Accuracy",
  help: "Share of a class's rows that were predicted as such, the mean over the classes",
  of: ({ classes }) => classes?.balanced_accuracy ?? null,
  format: (value) => percent(value),
};
const ROC_AUC: Metric = {
  name: "roc_auc",
  label: "ROC AUC",
  short: "ROC AUC",
  help: "Probability that a row of the class is predicted higher than one of another: 0.5 by chance",
  of: ({ classes }) => classes?.roc_auc ?? null,
  format: score,
};
const LOG_LOSS: Metric = {
  name: "log_loss",
  label: "Log loss",
  short: "Log loss",
  help: "Mean of -ln of the probability of what happened; lower is better",
  of: ({ classes }) => classes?.log_loss ?? null,
  format: (value) => significant(value, 3),
};

/** The metrics of a run, the most telling first. */
export function metricsOf(scores: Scores): readonly Metric[] {
  return scores.classes ? [ACCURACY, ROC_AUC, LOG_LOSS] : [MAE, DIRECTION, CORRELATION];
}
