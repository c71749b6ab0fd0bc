//! A fitted linear model: what predicts, and what a model file keeps of it.

use ndarray::{Array1, ArrayView2};

use crate::scale::Moments;

/// intercept + sum of coefficient * (feature - mean) / deviation, feature by feature in the model's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Added to every prediction, in the outcome's unit.
    pub(crate) intercept: f64,
    /// One for each scaled feature.
    pub(crate) coefficients: Vec<f64>,
    /// What is subtracted and divided by; 0 and 1 where features are taken as they are.
    pub(crate) scale: Moments,
}

impl Linear {
    /// Predictions of rows by features. NaN where a feature is.
    pub(crate) fn predict(&self, rows: ArrayView2<f64>) -> Array1<f64> {
        // Row by row in a fixed order, so that a row's prediction does not depend on which others are with it.
        rows.rows()
            .into_iter()
            .map(|row| {
                row.iter().enumerate().fold(self.intercept, |sum, (i, value)| {
                    sum + self.coefficients[i] * ((value - self.scale.mean[i]) / self.scale.deviation[i])
                })
            })
            .collect()
    }

    /// The intercept and the coefficients for features in their own units.
    pub fn in_own_units(&self) -> (f64, Vec<f64>) {
        let coefficients: Vec<f64> =
            self.coefficients.iter().zip(&self.scale.deviation).map(|(weight, deviation)| weight / deviation).collect();
        let shift: f64 = coefficients.iter().zip(&self.scale.mean).map(|(weight, mean)| weight * mean).sum();
        (self.intercept - shift, coefficients)
    }
}
