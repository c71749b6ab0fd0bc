//! Logistic regression: the probability that the outcome is above zero, by Newton's method.
//! Minimises |w|^2 / 2 + C * sum of log(1 + exp(-y f(x))), scikit-learn's objective; the intercept is not penalised.

use algomosaic_core::{Job, Param};
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

use crate::Error;
use crate::algorithm::{Algorithm, FIT_INTERCEPT, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::check::Check;
use crate::linalg::{cholesky, gram, project, solve};
use crate::linear::Coefficients;
use crate::predictor::{Learned, logistic};

/// The catalogue's entry.
pub const LOGISTIC: Algorithm = Algorithm {
    id: "logistic",
    label: "LogisticRegression",
    help: "The probability that the outcome is above zero, from a weighted sum of the features",
    task: Task::Classification,
    family: Family::Linear,
    several: false,
    params: &[
        Param::float("C", "Inverse penalty", 1.0, 1e-9, 1e9)
            .help("Weight of the training rows against the L2 penalty: less shrinks more"),
        FIT_INTERCEPT,
        STANDARDIZE,
        Param::int("max_iter", "Most steps", 100).range(1, 10_000).help("Steps of Newton's method, at most"),
        Param::float("tol", "Tolerance", 1e-4, 1e-14, 1.0)
            .help("Stops when no part of the mean gradient is larger than this"),
    ],
    scaling: standardize,
    prepare: |setting, rows| {
        let params = setting.params;
        let fit_intercept = params.bool("fit_intercept");
        // The intercept is the coefficient of a last column of ones.
        let rows = if fit_intercept {
            concatenate(Axis(1), &[rows.view(), Array2::ones((rows.nrows(), 1)).view()])
                .map_err(|error| failed(&error.to_string()))?
        } else {
            rows
        };
        Ok(Box::new(Prepared {
            fit_intercept,
            penalty: 1.0 / params.float("C"),
            max_iter: params.size("max_iter"),
            tol: params.float("tol"),
            rows,
        }))
    },
};

struct Prepared {
    fit_intercept: bool,
    penalty: f64,
    max_iter: usize,
    tol: f64,
    rows: Array2<f64>,
}

impl Prepared {
    /// The penalty of each coefficient: none for the intercept.
    fn penalties(&self) -> Array1<f64> {
        let mut penalties = Array1::from_elem(self.rows.ncols(), self.penalty);
        if self.fit_intercept {
            penalties[self.rows.ncols() - 1] = 0.0;
        }
        penalties
    }

    /// The objective divided by C.
    fn loss(&self, w: &Array1<f64>, odds: &Array1<f64>, outcomes: ArrayView1<f64>) -> f64 {
        // log(1 + exp(f)) - y f, without overflow.
        let rows = odds.iter().zip(outcomes).map(|(f, y)| f.max(0.0) + (-f.abs()).exp().ln_1p() - y * f);
        rows.sum::<f64>() + (&self.penalties() * w * w).sum() / 2.0
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error> {
        let (count, penalties) = (outcomes.len() as f64, self.penalties());
        let mut w: Array1<f64> = Array1::zeros(self.rows.ncols());
        let mut odds: Array1<f64> = Array1::zeros(outcomes.len());
        let mut loss = self.loss(&w, &odds, outcomes);
        let mut converged = false;
        for _ in 0..self.max_iter {
            job.check()?;
            let chances = odds.mapv(logistic);
            let slope = project(self.rows.view(), (&chances - &outcomes).view()) + &penalties * &w;
            if slope.iter().all(|value| value.abs() <= self.tol * count) {
                converged = true;
                break;
            }
            let roots = chances.mapv(|p| (p * (1.0 - p)).sqrt());
            let mut curvature = gram((&self.rows * &roots.insert_axis(Axis(1))).view());
            for (diagonal, penalty) in curvature.diag_mut().iter_mut().zip(&penalties) {
                *diagonal += penalty;
            }
            let factor =
                cholesky(&curvature).ok_or_else(|| failed("the rows are separated without a penalty to hold"))?;
            let step = solve(&factor, slope);
            let mut share = 1.0;
            // Halved until it improves; a step that cannot is at the bottom, as far as the rounding tells.
            let improved = loop {
                let next = &w - &(&step * share);
                let next_odds = self.rows.dot(&next);
                let next_loss = self.loss(&next, &next_odds, outcomes);
                if next_loss <= loss {
                    (w, odds, loss) = (next, next_odds, next_loss);
                    break true;
                }
                share /= 2.0;
                if share < 1e-8 {
                    break false;
                }
            };
            if !improved {
                converged = true;
                break;
            }
        }
        if w.iter().any(|value| !value.is_finite()) {
            return Err(failed("the sums overflow"));
        }
        let mut coefficients = w.to_vec();
        let intercept = if self.fit_intercept { coefficients.pop().unwrap_or(0.0) } else { 0.0 };
        let mut checks = Vec::new();
        if !converged {
            checks.push(Check::look(format!(
                "LogisticRegression stopped before reaching tol, after max_iter = {} steps; raise max_iter or lower C",
                self.max_iter
            )));
        }
        Ok(Fitted { learned: Learned::Logistic(Coefficients { intercept, coefficients }), checks })
    }
}

fn failed(reason: &str) -> Error {
    Error::Fit { algorithm: LOGISTIC.label, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::testing::{meets_golden, moves};

    #[test]
    fn coefficients_and_probabilities_are_those_of_scikit_learn() {
        meets_golden("logistic", 1e-7);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves(
            "logistic",
            "",
            &["C = 0.5", "fit_intercept = false", "standardize = false", "max_iter = 1", "tol = 1e-12"],
        );
    }
}
