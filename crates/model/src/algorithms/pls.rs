//! Partial least squares with one outcome (PLS1): regression on a few directions that go together with the outcome.
//! Wold, Sjöström and Eriksson, PLS-regression (2001), in terms of X'X and X'y, which are all that it needs.

use algomosaic_core::{Job, Param};
use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::check::{Check, count};
use crate::linalg::{centre, gram, project};
use crate::linear::Coefficients;
use crate::predictor::Learned;

/// The catalogue's entry.
pub const PLS: Algorithm = Algorithm {
    id: "pls",
    label: "PLSRegression",
    help: "Linear regression on a few combinations of the features; good where there are many that go together",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &[
        Param::int("n_components", "Components", 2).range(1, 1000).help("How many combinations are kept"),
        STANDARDIZE,
    ],
    scaling: standardize,
    prepare: |setting, mut rows| {
        let mean = centre(&mut rows);
        let gram = gram(rows.view());
        Ok(Box::new(Prepared { components: setting.params.size("n_components"), rows, mean, gram }))
    },
};

/// What is left of a direction counts as nothing below this share of what there was.
const NOTHING: f64 = 1e-14;

struct Prepared {
    components: usize,
    rows: Array2<f64>,
    mean: Array1<f64>,
    gram: Array2<f64>,
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let mean = outcomes.sum() / outcomes.len() as f64;
        let mut left = project(self.rows.view(), (&outcomes - mean).view());
        let mut gram = self.gram.clone();
        let features = left.len();
        let (length, size) = (left.dot(&left).sqrt(), gram.diag().sum());
        // Rotations R = W (P'W)^-1, a column at a time: r = w less what the earlier loadings have of it.
        let mut rotations: Vec<Array1<f64>> = Vec::new();
        let mut loadings: Vec<Array1<f64>> = Vec::new();
        let mut coefficients: Array1<f64> = Array1::zeros(features);
        for _ in 0..self.components.min(features) {
            let norm = left.dot(&left).sqrt();
            if norm <= NOTHING * length {
                break;
            }
            let weights = &left / norm;
            let spread = gram.dot(&weights);
            let variance = weights.dot(&spread);
            if variance <= NOTHING * size {
                break;
            }
            let loading = spread / variance;
            let slope = weights.dot(&left) / variance;
            let mut rotation = weights;
            for (earlier, loading) in rotations.iter().zip(&loadings) {
                let share = loading.dot(&rotation);
                rotation.scaled_add(-share, earlier);
            }
            coefficients.scaled_add(slope, &rotation);
            left.scaled_add(-slope * variance, &loading);
            let column = loading.view().insert_axis(Axis(1));
            gram.scaled_add(-variance, &column.dot(&column.t()));
            rotations.push(rotation);
            loadings.push(loading);
        }
        let intercept = mean - self.mean.dot(&coefficients);
        if !intercept.is_finite() || coefficients.iter().any(|value| !value.is_finite()) {
            return Err(Error::Fit { algorithm: PLS.label, reason: "the sums overflow".to_owned() });
        }
        let mut checks = Vec::new();
        if rotations.len() < self.components {
            checks.push(Check::look(format!(
                "The features have only {} of the {} asked for",
                count(rotations.len(), "component"),
                self.components
            )));
        }
        let learned = Learned::Linear(Coefficients { intercept, coefficients: coefficients.to_vec() });
        Ok(Fitted { learned, checks })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;

    use crate::testing::{golden, golden_frame, meets_golden, moves, spec};
    use crate::train;

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("pls", 1e-9);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves("pls", "", &["n_components = 3", "standardize = false"]);
    }

    #[test]
    fn more_components_than_there_are_is_told() {
        let spec = spec("pls", "y", "[params]\nn_components = 9\n[control]\nrepeats = 1");
        let trained = train(&spec, &golden_frame(&golden()), &Job::new()).unwrap();
        assert!(
            trained.checks.iter().any(|check| check.text == "The features have only 5 components of the 9 asked for")
        );
    }
}
