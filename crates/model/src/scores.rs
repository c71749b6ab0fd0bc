//! Performance on held-out rows. None means undefined, which a zero would hide.

use serde::{Deserialize, Serialize};

use crate::{ClassScores, Task};

/// How well predictions meet outcomes. An error is outcome minus prediction. Of a classifier the outcome is the class,
/// 1 or 0, and the prediction its probability, so that R² is Brier's skill score against the training share; so it is over
/// all of several classes, where what needs a number as outcome is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Scores {
    /// Mean absolute error, in the outcome's unit.
    pub mae: Option<f64>,
    /// Mean absolute outcome.
    pub mean_abs_outcome: Option<f64>,
    /// `mae` / `mean_abs_outcome`, as a share.
    pub mean_abs_pct_error: Option<f64>,
    /// Sample variance of the errors.
    pub error_variance: Option<f64>,
    /// 1 - sum of squared errors / sum of squared distances of the outcomes from the mean of the TRAINING outcomes:
    /// Campbell and Thompson (2008), eq. 1. Negative when that mean predicts better than the model.
    pub rsquared: Option<f64>,
    /// 1 - variance of the errors / variance of the outcomes. Forgives a constant error.
    pub explained_variance: Option<f64>,
    /// Root of the mean squared error, in the outcome's unit.
    pub rmse: Option<f64>,
    /// Share of the outcomes other than zero whose sign was predicted; undefined for a classifier.
    pub direction_hits: Option<f64>,
    /// Spearman's rank correlation of predictions and outcomes.
    pub information_coefficient: Option<f64>,
    /// Rows with both a prediction and an outcome.
    pub rows: u32,
    /// Further scores of a classifier; none for a regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<ClassScores>,
}

impl Scores {
    /// Scores of predictions against outcomes; a pair with an undefined (NaN) or infinite side does not count.
    pub fn new(task: Task, training_mean: f64, predictions: &[f64], outcomes: &[f64]) -> Self {
        Scores::pooled(task, &vec![training_mean; outcomes.len()], predictions, outcomes)
    }

    /// The same over rows that several models predict, each row with the mean of the outcomes its model was trained on.
    pub fn pooled(task: Task, training_means: &[f64], predictions: &[f64], outcomes: &[f64]) -> Self {
        let (pairs, means): (Vec<(f64, f64)>, Vec<f64>) = predictions
            .iter()
            .zip(outcomes)
            .zip(training_means)
            .filter(|((prediction, outcome), _)| prediction.is_finite() && outcome.is_finite())
            .map(|((prediction, outcome), mean)| ((*prediction, *outcome), *mean))
            .unzip();
        let errors: Vec<f64> = pairs.iter().map(|(prediction, outcome)| outcome - prediction).collect();
        let predicted: Vec<f64> = pairs.iter().map(|(prediction, _)| *prediction).collect();
        let actual: Vec<f64> = pairs.iter().map(|(_, outcome)| *outcome).collect();
        let squared_errors: f64 = errors.iter().map(|error| error * error).sum();
        let from_mean: f64 = actual.iter().zip(&means).map(|(outcome, mean)| (outcome - mean).powi(2)).sum();
        let mae = mean(errors.iter().map(|error| error.abs()));
        let mean_abs_outcome = mean(actual.iter().map(|outcome| outcome.abs()));
        let moved = pairs.iter().filter(|(_, outcome)| *outcome != 0.0).count();
        let hits = pairs.iter().filter(|(prediction, outcome)| prediction * outcome > 0.0).count();
        Scores {
            mae,
            mean_abs_outcome,
            mean_abs_pct_error: mae.zip(mean_abs_outcome).and_then(|(mae, size)| ratio(mae, size)),
            error_variance: sample_variance(&errors),
            rsquared: ratio(squared_errors, from_mean).map(|share| 1.0 - share),
            explained_variance: sample_variance(&errors)
                .zip(sample_variance(&actual))
                .and_then(|(errors, outcomes)| ratio(errors, outcomes))
                .map(|share| 1.0 - share),
            rmse: mean(errors.iter().map(|error| error * error)).map(f64::sqrt),
            direction_hits: ratio(hits as f64, moved as f64).filter(|_| task == Task::Regression),
            information_coefficient: correlation(&ranks(&predicted), &ranks(&actual)),
            rows: u32::try_from(pairs.len()).unwrap_or(u32::MAX),
            classes: (task == Task::Classification).then(|| ClassScores::of(&pairs)),
        }
    }

    /// Scores of several classes. Every list has `width` numbers a row: the shares of the classes among the rows a model was
    /// trained on, the probabilities it gives, and 1 for the class that the row has, else 0. R² is Brier's skill score over
    /// all classes against those shares; what needs a number as outcome is undefined.
    pub(crate) fn several(width: usize, shares: &[f64], predictions: &[f64], targets: &[f64]) -> Self {
        let (mut errors, mut from_shares) = (0.0, 0.0);
        let (mut probabilities, mut classes) = (Vec::new(), Vec::new());
        let rows = predictions.chunks_exact(width).zip(targets.chunks_exact(width)).zip(shares.chunks_exact(width));
        for ((prediction, target), shares) in rows {
            if prediction.iter().any(|chance| !chance.is_finite()) {
                continue;
            }
            let distance = |a: &[f64]| a.iter().zip(target).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
            errors += distance(prediction);
            from_shares += distance(shares);
            probabilities.extend_from_slice(prediction);
            classes.push(crate::classes::likeliest(target));
        }
        Scores {
            rsquared: ratio(errors, from_shares).map(|share| 1.0 - share),
            rows: u32::try_from(classes.len()).unwrap_or(u32::MAX),
            classes: Some(ClassScores::of_several(width, &probabilities, &classes)),
            ..Scores::new(Task::Regression, 0.0, &[], &[])
        }
    }

    /// Each score by the name tables have for it, in their order. `rows` is not a score.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> + '_ {
        [
            ("mae", self.mae),
            ("mean_abs_outcome", self.mean_abs_outcome),
            ("mean_abs_pct_error", self.mean_abs_pct_error),
            ("error_variance", self.error_variance),
            ("rsquared", self.rsquared),
            ("explained_variance", self.explained_variance),
            ("rmse", self.rmse),
            ("direction_hits", self.direction_hits),
            ("information_coefficient", self.information_coefficient),
        ]
        .into_iter()
        .chain(self.classes.iter().flat_map(ClassScores::named))
    }
}

pub(crate) fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then_some(part / whole).filter(|share| share.is_finite())
}

pub(crate) fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len() as f64;
    ratio(values.sum::<f64>(), count)
}

pub(crate) fn sample_variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values.iter().copied())?;
    ratio(values.iter().map(|value| (value - mean).powi(2)).sum(), values.len() as f64 - 1.0)
}

/// Pearson's correlation; undefined where one side does not vary.
pub(crate) fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (mean_a, mean_b) = (mean(a.iter().copied())?, mean(b.iter().copied())?);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        ab += (a - mean_a) * (b - mean_b);
        aa += (a - mean_a).powi(2);
        bb += (b - mean_b).powi(2);
    }
    let whole = aa.sqrt() * bb.sqrt();
    (whole > 0.0).then(|| (ab / whole).clamp(-1.0, 1.0))
}

/// Ranks from 1; equal values share the mean of theirs.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    // Equality by ==, not by total_cmp, so that 0.0 and -0.0 tie; they are neighbours in the order.
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]).scan(0, |before, tied| {
        *before += tied.len();
        Some((*before - tied.len(), tied))
    }) {
        let (before, rows) = tied;
        let shared = before as f64 + (rows.len() as f64 + 1.0) / 2.0;
        for row in rows {
            ranks[*row] = shared;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, golden, list};

    #[test]
    fn scores_are_those_of_scikit_learn_and_scipy() {
        for case in golden()["scores"].as_array().unwrap() {
            let (predictions, outcomes) = (list(&case["predictions"]), list(&case["outcomes"]));
            let scores =
                Scores::new(Task::Regression, case["training_mean"].as_f64().unwrap(), &predictions, &outcomes);
            for (name, value) in scores.named() {
                close(value.unwrap(), case[name].as_f64().unwrap(), 1e-12, name);
            }
            assert_eq!(scores.rows as usize, outcomes.len());
            let own_mean = mean(outcomes.iter().copied()).unwrap();
            let own = Scores::new(Task::Regression, own_mean, &predictions, &outcomes).rsquared.unwrap();
            close(own, case["r2_score"].as_f64().unwrap(), 1e-12, "r2_score");
        }
    }

    #[test]
    fn what_nothing_can_be_said_of_is_undefined() {
        let none = Scores::new(Task::Regression, 0.0, &[], &[]);
        assert!(none.named().all(|(_, value)| value.is_none()));
        let one = Scores::new(Task::Regression, 0.5, &[0.2], &[0.1]);
        assert_eq!((one.error_variance, one.explained_variance, one.information_coefficient), (None, None, None));
        assert_eq!((one.direction_hits, one.rows), (Some(1.0), 1));
        let constant = Scores::new(Task::Regression, 0.1, &[0.2, 0.3], &[0.1, 0.1]);
        assert_eq!((constant.rsquared, constant.explained_variance), (None, None));
        let zero = Scores::new(Task::Regression, 0.1, &[0.2, 0.3], &[0.0, 0.0]);
        assert_eq!((zero.direction_hits, zero.mean_abs_pct_error), (None, None));
    }

    #[test]
    fn pooled_rows_are_measured_against_the_mean_their_own_model_knew() {
        // By hand: squared errors 0.01 + 0.04, from the means 1 + 4.
        let pooled = Scores::pooled(Task::Regression, &[0.0, 3.0], &[1.1, 0.8], &[1.0, 1.0]);
        close(pooled.rsquared.unwrap(), 1.0 - 0.05 / 5.0, 1e-15, "rsquared");
    }

    #[test]
    fn rows_without_a_prediction_do_not_count() {
        let some = Scores::new(Task::Regression, 0.0, &[0.1, f64::NAN, 0.3], &[0.2, 0.5, f64::NAN]);
        assert_eq!(some, Scores::new(Task::Regression, 0.0, &[0.1], &[0.2]));
    }
}
