//! ElasticNet: linear regression with an L1 and an L2 penalty, by coordinate descent on the Gram matrix.
//! Minimises 1/(2n) |y - Xw|^2 + alpha * l1_ratio * |w|_1 + alpha * (1 - l1_ratio) / 2 * |w|^2, scikit-learn's objective.
//! Friedman, Hastie and Tibshirani, Regularization Paths for Generalized Linear Models via Coordinate Descent (2010).

use algomosaic_core::{Job, Param, Params};
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Data, Ix2};

use crate::Error;
use crate::algorithm::{Algorithm, FIT_INTERCEPT, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::check::{Check, count};
use crate::linalg::{centre, gram, project};
use crate::linear::Coefficients;
use crate::predictor::Learned;

/// The catalogue's entry.
pub const ELASTIC_NET: Algorithm = Algorithm {
    id: "elastic_net",
    label: "ElasticNet",
    help: "Linear regression that shrinks weak features, many of them to nothing; a good first choice",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &[
        ALPHA,
        Param::float("l1_ratio", "L1 share", 0.5, 0.0, 1.0)
            .help("Share of the penalty that drops features: 1 is the lasso, 0 is ridge"),
        FIT_INTERCEPT,
        STANDARDIZE,
        MAX_ITER,
        TOL,
    ],
    scaling: standardize,
    prepare: |setting, rows| Ok(Box::new(Prepared::new(ELASTIC_NET.label, ElasticNet::new(setting.params), rows))),
};

pub(super) const ALPHA: Param = Param::float("alpha", "Penalty", 0.001, 1e-9, 1e6)
    .help("Weight of the penalty, in the outcome's unit: returns need far less than scikit-learn's default of 1");
pub(super) const MAX_ITER: Param =
    Param::int("max_iter", "Most passes", 1000).range(1, 1_000_000).help("Passes over the features, at most");
pub(super) const TOL: Param = Param::float("tol", "Tolerance", 1e-4, 1e-14, 1.0)
    .help("Stops when the duality gap is below this share of the outcomes' sum of squares");

/// ElasticNet with its parameters, for linfa's [`Fit`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElasticNet {
    /// Weight of the penalty.
    pub alpha: f64,
    /// Share of the L1 norm in the penalty.
    pub l1_ratio: f64,
    /// Whether a constant is fitted.
    pub fit_intercept: bool,
    /// Passes over the features, at most.
    pub max_iter: usize,
    /// The duality gap to reach, as a share of the outcomes' sum of squares.
    pub tol: f64,
}

impl ElasticNet {
    /// From checked parameters.
    pub fn new(params: &Params) -> Self {
        ElasticNet {
            alpha: params.float("alpha"),
            l1_ratio: params.float("l1_ratio"),
            fit_intercept: params.bool("fit_intercept"),
            max_iter: params.size("max_iter"),
            tol: params.float("tol"),
        }
    }
}

/// A fitted ElasticNet.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedElasticNet {
    /// The constant, 0 where none was fitted.
    pub intercept: f64,
    /// One for each feature.
    pub coefficients: Array1<f64>,
    /// Passes over the features that were made.
    pub passes: usize,
    /// Whether the tolerance was reached within them.
    pub converged: bool,
}

impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>> Fit<ArrayBase<D, Ix2>, T, Error> for ElasticNet {
    type Object = FittedElasticNet;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<FittedElasticNet, Error> {
        let outcomes = dataset.as_single_targets();
        let rows = dataset.records();
        if rows.nrows() != outcomes.len() {
            return Err(linfa::Error::MismatchedShapes(rows.nrows(), outcomes.len()).into());
        }
        if rows.nrows() == 0 {
            return Err(linfa::Error::NotEnoughSamples.into());
        }
        Ok(Prepared::new(ELASTIC_NET.label, *self, rows.to_owned()).solve(outcomes))
    }
}

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for FittedElasticNet {
    fn predict_inplace<'a>(&'a self, rows: &'a ArrayBase<D, Ix2>, predictions: &mut Array1<f64>) {
        *predictions = rows.dot(&self.coefficients) + self.intercept;
    }

    fn default_target(&self, rows: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(rows.nrows())
    }
}

/// The training rows, centred where there is an intercept, with their Gram matrix: all that a repeat with other
/// outcomes can use again.
pub(super) struct Prepared {
    label: &'static str,
    settings: ElasticNet,
    rows: Array2<f64>,
    mean: Array1<f64>,
    gram: Array2<f64>,
}

impl Prepared {
    pub(super) fn new(label: &'static str, settings: ElasticNet, mut rows: Array2<f64>) -> Self {
        let mean = if settings.fit_intercept { centre(&mut rows) } else { Array1::zeros(rows.ncols()) };
        let gram = gram(rows.view());
        Prepared { label, settings, rows, mean, gram }
    }

    /// Outcomes less their mean where there is an intercept, and that mean.
    fn centred(&self, outcomes: ArrayView1<f64>) -> (Array1<f64>, f64) {
        let mean = if self.settings.fit_intercept { outcomes.sum() / outcomes.len() as f64 } else { 0.0 };
        (&outcomes - mean, mean)
    }

    fn solve(&self, outcomes: ArrayView1<f64>) -> FittedElasticNet {
        let ElasticNet { alpha, l1_ratio, max_iter, tol, .. } = self.settings;
        let (outcomes, outcome_mean) = self.centred(outcomes);
        let penalty = alpha * outcomes.len() as f64;
        let problem = Problem {
            gram: &self.gram,
            correlation: project(self.rows.view(), outcomes.view()),
            size: outcomes.dot(&outcomes),
            l1: penalty * l1_ratio,
            l2: penalty * (1.0 - l1_ratio),
        };
        let (coefficients, passes, converged) = problem.descend(max_iter, tol);
        FittedElasticNet { intercept: outcome_mean - self.mean.dot(&coefficients), coefficients, passes, converged }
    }
}

/// n times the objective, in terms of G = X'X, q = X'y and y'y.
struct Problem<'a> {
    gram: &'a Array2<f64>,
    correlation: Array1<f64>,
    size: f64,
    l1: f64,
    l2: f64,
}

impl Problem<'_> {
    fn descend(&self, max_iter: usize, tol: f64) -> (Array1<f64>, usize, bool) {
        let features = self.correlation.len();
        let mut w: Array1<f64> = Array1::zeros(features);
        // G w, kept up to date with every step.
        let mut gw: Array1<f64> = Array1::zeros(features);
        for pass in 1..=max_iter {
            let (mut largest, mut largest_step) = (0.0_f64, 0.0_f64);
            for j in 0..features {
                let curvature = self.gram[[j, j]];
                if curvature == 0.0 {
                    continue;
                }
                let pull = self.correlation[j] - gw[j] + w[j] * curvature;
                let next = pull.signum() * (pull.abs() - self.l1).max(0.0) / (curvature + self.l2);
                let step = next - w[j];
                if step != 0.0 {
                    gw.scaled_add(step, &self.gram.row(j));
                    w[j] = next;
                }
                largest = largest.max(next.abs());
                largest_step = largest_step.max(step.abs());
            }
            // The gap costs as much as a pass; it is worth computing when the steps have become small.
            if (largest == 0.0 || largest_step < tol * largest || pass == max_iter)
                && self.gap(&w, &gw) <= tol * self.size
            {
                return (w, pass, true);
            }
        }
        (w, max_iter, false)
    }

    /// An upper bound of how far the objective is above its minimum.
    fn gap(&self, w: &Array1<f64>, gw: &Array1<f64>) -> f64 {
        // X'r - l2 w, which is the gradient of the smooth part with its sign turned.
        let slope = &self.correlation - gw - &(w * self.l2);
        if self.l1 == 0.0 {
            // Ridge: the objective is l2-strongly convex, so the gradient bounds the distance.
            return slope.dot(&slope) / (2.0 * self.l2);
        }
        // The dual point is the residual, shrunk until it is feasible (Kim et al. 2007, extended by the L2 penalty).
        let residual = (self.size + w.dot(gw) - 2.0 * w.dot(&self.correlation)).max(0.0);
        let steepest = slope.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let shrink = if steepest > self.l1 { self.l1 / steepest } else { 1.0 };
        let squares = w.dot(w);
        0.5 * residual * (1.0 + shrink * shrink) + self.l1 * w.iter().map(|value| value.abs()).sum::<f64>()
            - shrink * (self.size - w.dot(&self.correlation))
            + 0.5 * self.l2 * (1.0 + shrink * shrink) * squares
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let fitted = self.solve(outcomes);
        if !fitted.intercept.is_finite() || fitted.coefficients.iter().any(|value| !value.is_finite()) {
            return Err(Error::Fit { algorithm: self.label, reason: "the sums overflow".to_owned() });
        }
        let mut checks = Vec::new();
        if !fitted.converged {
            checks.push(Check::look(format!(
                "{} stopped before reaching tol, after max_iter = {} passes; raise max_iter or alpha",
                self.label, fitted.passes
            )));
        }
        let kept = fitted.coefficients.iter().filter(|value| **value != 0.0).count();
        if kept == 0 && self.settings.l1_ratio > 0.0 {
            let (centred, _) = self.centred(outcomes);
            let strongest =
                project(self.rows.view(), centred.view()).iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            let limit = strongest / centred.len() as f64 / self.settings.l1_ratio;
            checks.push(Check::look(format!(
                "The penalty alpha = {} drops every feature; below {limit:.2e} the first is kept",
                self.settings.alpha
            )));
        } else if kept < fitted.coefficients.len() {
            checks.push(Check::fine(format!(
                "The penalty keeps {kept} of {}",
                count(fitted.coefficients.len(), "feature")
            )));
        }
        let coefficients = fitted.coefficients.to_vec();
        Ok(Fitted { learned: Learned::Linear(Coefficients { intercept: fitted.intercept, coefficients }), checks })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;
    use linfa::traits::Predict as _;
    use ndarray::array;

    use super::*;
    use crate::testing::{close, golden, golden_frame, meets_golden, moves, spec};
    use crate::train;

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("elastic_net", 1e-9);
    }

    #[test]
    fn it_fits_and_predicts_through_the_traits_of_linfa() {
        let settings = ElasticNet { alpha: 1e-9, l1_ratio: 0.5, fit_intercept: true, max_iter: 10_000, tol: 1e-12 };
        let data =
            DatasetBase::new(array![[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, -1.0]], array![1.0, 3.0, 5.0, 7.0]);
        let fitted = settings.fit(&data).unwrap();
        assert!(fitted.converged);
        let predictions: Array1<f64> = fitted.predict(&array![[10.0, 5.0]]);
        close(predictions[0], 21.0, 1e-6, "y = 1 + 2 x");
        let short = DatasetBase::new(array![[0.0], [1.0]], array![1.0]);
        assert!(matches!(settings.fit(&short), Err(Error::Linfa(linfa::Error::MismatchedShapes(2, 1)))));
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves(
            "elastic_net",
            "",
            &[
                "alpha = 0.002",
                "l1_ratio = 0.6",
                "fit_intercept = false",
                "standardize = false",
                "max_iter = 1",
                "tol = 1e-12",
            ],
        );
    }

    #[test]
    fn stopping_early_and_dropping_everything_are_told() {
        let golden = golden();
        let data = golden_frame(&golden);
        for (params, told) in [
            ("max_iter = 1\ntol = 1e-12", "stopped before reaching tol, after max_iter = 1 passes"),
            ("alpha = 5", "alpha = 5 drops every feature; below"),
        ] {
            let spec = spec("elastic_net", "y", &format!("[params]\n{params}\n[control]\nrepeats = 25"));
            let trained = train(&spec, &data, &Job::new()).unwrap();
            assert!(trained.checks.iter().any(|check| !check.ok && check.text.contains(told)), "{:?}", trained.checks);
            if told.contains("drops") {
                assert_eq!(trained.control.p_value, 1.0, "no better than a control that drops everything too");
            }
        }
    }
}
