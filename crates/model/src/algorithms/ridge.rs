//! Ridge: least squares with an L2 penalty, by Cholesky's decomposition of the Gram matrix.
//! Minimises |y - Xw|^2 + alpha * |w|^2, scikit-learn's objective. Hoerl and Kennard, Ridge Regression (1970).

use algomosaic_core::{Job, Param};
use ndarray::{Array1, Array2, ArrayView1};

use crate::Error;
use crate::algorithm::{Algorithm, FIT_INTERCEPT, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::linalg::{centre, cholesky, gram, project, solve};
use crate::linear::Coefficients;
use crate::predictor::Learned;

/// The catalogue's entry.
pub const RIDGE: Algorithm = Algorithm {
    id: "ridge",
    label: "Ridge",
    help: "Linear regression that shrinks all features and drops none; good where many features say nearly the same",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &[
        Param::float("alpha", "Penalty", 1.0, 1e-9, 1e12)
            .help("Weight of the penalty beside the sum of squared errors: more rows weigh less against it"),
        FIT_INTERCEPT,
        STANDARDIZE,
    ],
    scaling: standardize,
    prepare: |setting, rows| {
        let params = setting.params;
        Ok(Box::new(Prepared::new(params.float("alpha"), params.bool("fit_intercept"), rows)?))
    },
};

/// The training rows, centred where there is an intercept, with the factor of X'X + alpha.
struct Prepared {
    fit_intercept: bool,
    rows: Array2<f64>,
    mean: Array1<f64>,
    factor: Array2<f64>,
}

impl Prepared {
    fn new(alpha: f64, fit_intercept: bool, mut rows: Array2<f64>) -> Result<Self, Error> {
        let mean = if fit_intercept { centre(&mut rows) } else { Array1::zeros(rows.ncols()) };
        let mut penalised = gram(rows.view());
        penalised.diag_mut().mapv_inplace(|value| value + alpha);
        let factor = cholesky(&penalised).ok_or_else(|| {
            failed("features are combinations of each other and alpha is too small to tell them apart")
        })?;
        Ok(Prepared { fit_intercept, rows, mean, factor })
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let mean = if self.fit_intercept { outcomes.sum() / outcomes.len() as f64 } else { 0.0 };
        let coefficients = solve(&self.factor, project(self.rows.view(), (&outcomes - mean).view()));
        let intercept = mean - self.mean.dot(&coefficients);
        if !intercept.is_finite() || coefficients.iter().any(|value| !value.is_finite()) {
            return Err(failed("the sums overflow"));
        }
        let learned = Learned::Linear(Coefficients { intercept, coefficients: coefficients.to_vec() });
        Ok(Fitted { learned, checks: Vec::new() })
    }
}

fn failed(reason: &str) -> Error {
    Error::Fit { algorithm: RIDGE.label, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::testing::{meets_golden, moves};

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("ridge", 1e-10);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves("ridge", "", &["alpha = 2", "fit_intercept = false", "standardize = false"]);
    }
}
