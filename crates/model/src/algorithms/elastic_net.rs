//! ElasticNet: linear regression with an L1 and an L2 penalty, by coordinate descent on the Gram matrix.
//! Minimises 1/(2n) |y - Xw|^2 + alpha * l1_ratio * |w|_1 + alpha * (1 - l1_ratio) / 2 * |w|^2, scikit-learn's objective.
//! Friedman, Hastie and Tibshirani, Regularization Paths for Generalized Linear Models via Coordinate Descent (2010).

use algomosaic_core::{Param, Params};
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Axis, Data, Ix2};

use crate::Error;
use crate::algorithm::{Algorithm, Fitted, Learner};
use crate::check::{Check, count};
use crate::scale::Scaling;

/// The catalogue's entry.
pub const ELASTIC_NET: Algorithm = Algorithm {
    id: "elastic_net",
    label: "ElasticNet",
    help: "Linear regression that shrinks weak features, many of them to nothing; a good first choice",
    params: &[
        Param::float("alpha", "Penalty", 0.001, 1e-9, 1e6).help(
            "Weight of the penalty, in the outcome's unit: returns need far less than scikit-learn's default of 1",
        ),
        Param::float("l1_ratio", "L1 share", 0.5, 0.0, 1.0)
            .help("Share of the penalty that drops features: 1 is the lasso, 0 is ridge"),
        Param::bool("fit_intercept", "Intercept", true)
            .help("Whether a constant is fitted; without, a mean is left out"),
        Param::bool("standardize", "Standardise", true).help(
            "Whether features are brought to mean 0 and deviation 1 first, so that the penalty treats them alike",
        ),
        Param::int("max_iter", "Most passes", 1000).range(1, 1_000_000).help("Passes over the features, at most"),
        Param::float("tol", "Tolerance", 1e-4, 1e-14, 1.0)
            .help("Stops when the duality gap is below this share of the outcomes' sum of squares"),
    ],
    scaling: |params| if params.bool("standardize") { Scaling::Standard } else { Scaling::None },
    prepare: |params, rows, _| Ok(Box::new(Prepared::new(ElasticNet::new(params), rows))),
};

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
        Ok(Prepared::new(*self, rows.to_owned()).solve(outcomes))
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
struct Prepared {
    settings: ElasticNet,
    rows: Array2<f64>,
    mean: Array1<f64>,
    gram: Array2<f64>,
}

impl Prepared {
    fn new(settings: ElasticNet, mut rows: Array2<f64>) -> Self {
        let mut mean = Array1::zeros(rows.ncols());
        if settings.fit_intercept && rows.nrows() > 0 {
            mean = rows.sum_axis(Axis(0)) / rows.nrows() as f64;
            rows -= &mean;
        }
        let gram = rows.t().dot(&rows).as_standard_layout().into_owned();
        Prepared { settings, rows, mean, gram }
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
            correlation: self.rows.t().dot(&outcomes),
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
    fn fit(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error> {
        let fitted = self.solve(outcomes);
        if !fitted.intercept.is_finite() || fitted.coefficients.iter().any(|value| !value.is_finite()) {
            return Err(Error::Fit { algorithm: ELASTIC_NET.label, reason: "the sums overflow".to_owned() });
        }
        let mut checks = Vec::new();
        if !fitted.converged {
            checks.push(Check::look(format!(
                "ElasticNet stopped before reaching tol, after max_iter = {} passes; raise max_iter or alpha",
                fitted.passes
            )));
        }
        let kept = fitted.coefficients.iter().filter(|value| **value != 0.0).count();
        if kept == 0 && self.settings.l1_ratio > 0.0 {
            let (centred, _) = self.centred(outcomes);
            let strongest = self.rows.t().dot(&centred).iter().fold(0.0_f64, |most, value| most.max(value.abs()));
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
        Ok(Fitted { intercept: fitted.intercept, coefficients: fitted.coefficients.to_vec(), checks })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use algomosaic_core::Job;
    use algomosaic_core::Value;
    use linfa::traits::Predict as _;
    use ndarray::array;

    use super::*;
    use crate::testing::{close, golden, golden_frame, list, spec};
    use crate::train;

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        let golden = golden();
        let data = golden_frame(&golden);
        for case in golden["elastic_net"].as_array().unwrap() {
            let mut spec = spec("elastic_net", "y", "[control]\nrepeats = 1");
            spec.params = serde_json::from_value::<BTreeMap<String, Value>>(case["params"].clone()).unwrap();
            spec.split.test_size = golden["test_size"].as_f64().unwrap();
            let trained = train(&spec, &data, &Job::new()).unwrap();
            let what = case["params"].to_string();
            let linear = trained.model.linear().unwrap();
            close(linear.intercept, case["intercept"].as_f64().unwrap(), 1e-9, &what);
            for (found, expected) in linear.coefficients.iter().zip(list(&case["coefficients"])) {
                close(*found, expected, 1e-9, &what);
            }
            let predictions = trained.evaluation.column("predictions").unwrap().f64().unwrap();
            let expected = list(&case["predictions"]);
            assert_eq!(predictions.len(), expected.len());
            for (found, expected) in predictions.iter().flatten().zip(expected) {
                close(found, expected, 1e-9, &what);
            }
            for (key, found) in [
                ("train_rows", trained.split.train_rows),
                ("test_rows", trained.split.test_rows),
                ("purged_rows", trained.split.purged_rows),
            ] {
                assert_eq!(golden[key].as_u64(), Some(u64::from(found)), "{key}");
            }
        }
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
        let golden = golden();
        let data = golden_frame(&golden);
        let weights = |rest: &str| {
            let spec = spec("elastic_net", "y", &format!("{rest}\n[control]\nrepeats = 1"));
            train(&spec, &data, &Job::new()).unwrap().model.linear().unwrap().in_own_units()
        };
        let default = weights("");
        for change in [
            "alpha = 0.002",
            "l1_ratio = 0.6",
            "fit_intercept = false",
            "standardize = false",
            "max_iter = 1",
            "tol = 1e-12",
        ] {
            assert_ne!(weights(&format!("[params]\n{change}")), default, "{change}");
        }
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
