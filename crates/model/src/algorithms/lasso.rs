//! Lasso: linear regression with an L1 penalty, which is ElasticNet with `l1_ratio` 1.
//! Tibshirani, Regression Shrinkage and Selection via the Lasso (1996).

use algomosaic_core::Param;

use super::elastic_net::{ALPHA, ElasticNet, MAX_ITER, Prepared, TOL};
use crate::algorithm::{Algorithm, FIT_INTERCEPT, Family, STANDARDIZE, Task, standardize};

/// The catalogue's entry.
pub const LASSO: Algorithm = Algorithm {
    id: "lasso",
    label: "Lasso",
    help: "Linear regression that keeps few features and drops the others; of features that go together it keeps one",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &PARAMS,
    scaling: standardize,
    prepare: |setting, rows| {
        let params = setting.params;
        let settings = ElasticNet {
            alpha: params.float("alpha"),
            l1_ratio: 1.0,
            fit_intercept: params.bool("fit_intercept"),
            max_iter: params.size("max_iter"),
            tol: params.float("tol"),
        };
        Ok(Box::new(Prepared::new(LASSO.label, settings, rows)))
    },
};

const PARAMS: [Param; 5] = [ALPHA, FIT_INTERCEPT, STANDARDIZE, MAX_ITER, TOL];

#[cfg(test)]
mod tests {
    use crate::testing::{meets_golden, moves};

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("lasso", 1e-9);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves(
            "lasso",
            "",
            &["alpha = 0.002", "fit_intercept = false", "standardize = false", "max_iter = 1", "tol = 1e-12"],
        );
    }
}
