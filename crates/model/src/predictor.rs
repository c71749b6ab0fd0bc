//! What an algorithm learned, in the form that predicts: the scale of the features, and what is done with them then.

use algomosaic_trees::Ensemble;
use ndarray::{Array1, ArrayView1, ArrayView2};

use crate::linear::Coefficients;
use crate::neighbors::Neighbors;
use crate::scale::Moments;
use crate::trees;

/// Predicts from features in their own units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Predictor {
    /// What is subtracted from and divided by; 0 and 1 where features are taken as they are.
    pub(crate) scale: Moments,
    pub(crate) learned: Learned,
}

/// What was learned over the scaled features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Learned {
    /// Intercept and coefficients.
    Linear(Coefficients),
    /// The same for the log-odds of the outcome 1.
    Logistic(Coefficients),
    /// Trees over the features as they are.
    Trees(Ensemble),
    /// The training rows themselves.
    Neighbors(Neighbors),
}

impl Predictor {
    /// Numbers that a prediction of a row has: 1, or one for each of several classes.
    pub(crate) fn width(&self) -> usize {
        match &self.learned {
            Learned::Trees(ensemble) => ensemble.outputs as usize,
            _ => 1,
        }
    }

    /// Predictions of rows by features, row after row; NaN where a feature is undefined.
    pub(crate) fn predict_defined(&self, rows: ArrayView2<f64>) -> Array1<f64> {
        self.predict_unless(rows, |row| row.iter().any(|value| value.is_nan()))
    }

    /// The same; NaN in rows that `unknown` holds of.
    pub(crate) fn predict_unless(&self, rows: ArrayView2<f64>, unknown: fn(ArrayView1<f64>) -> bool) -> Array1<f64> {
        let (mut predictions, width) = (self.predict(rows).to_vec(), self.width());
        for (prediction, row) in predictions.chunks_exact_mut(width).zip(rows.rows()) {
            if unknown(row) {
                prediction.fill(f64::NAN);
            }
        }
        Array1::from_vec(predictions)
    }

    /// The same, but trees send an undefined value the way they learned.
    pub(crate) fn predict(&self, rows: ArrayView2<f64>) -> Array1<f64> {
        let linear = |coefficients: &Coefficients| -> Array1<f64> {
            // Row by row in a fixed order, so that a row's prediction does not depend on which others are with it.
            rows.rows().into_iter().map(|row| coefficients.predict(row.iter().copied(), &self.scale)).collect()
        };
        match &self.learned {
            Learned::Linear(coefficients) => linear(coefficients),
            Learned::Logistic(coefficients) => linear(coefficients).mapv_into(logistic),
            Learned::Trees(ensemble) => trees::predict(ensemble, rows),
            Learned::Neighbors(neighbors) => neighbors.predict(self.scale.scale(rows).view()),
        }
    }
}

/// The probability of log-odds.
pub(crate) fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
