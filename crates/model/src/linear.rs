//! A fitted linear model: what predicts, and what a model file keeps of it.

use crate::scale::Moments;

/// The intercept and the coefficients of scaled features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Coefficients {
    /// Added to every prediction, in the outcome's unit.
    pub(crate) intercept: f64,
    /// One for each scaled feature.
    pub(crate) coefficients: Vec<f64>,
}

impl Coefficients {
    /// The prediction of one row of features in their own units.
    pub(crate) fn predict(&self, row: impl Iterator<Item = f64>, scale: &Moments) -> f64 {
        row.enumerate().fold(self.intercept, |sum, (i, value)| {
            sum + self.coefficients[i] * ((value - scale.mean[i]) / scale.deviation[i])
        })
    }
}

/// A fitted linear model: intercept + sum of coefficient * (feature - mean) / deviation, in the order of the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Added to every prediction, in the outcome's unit.
    pub intercept: f64,
    /// One for each scaled feature.
    pub coefficients: Vec<f64>,
    pub(crate) scale: Moments,
}

impl Linear {
    /// The intercept and the coefficients for features in their own units.
    pub fn in_own_units(&self) -> (f64, Vec<f64>) {
        let coefficients: Vec<f64> =
            self.coefficients.iter().zip(&self.scale.deviation).map(|(weight, deviation)| weight / deviation).collect();
        let shift: f64 = coefficients.iter().zip(&self.scale.mean).map(|(weight, mean)| weight * mean).sum();
        (self.intercept - shift, coefficients)
    }
}
