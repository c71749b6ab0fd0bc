//! The catalogue of algorithms: one file and one line each. Forms, commands, checks and model files read it.

use std::collections::BTreeMap;

use algomosaic_core::{Job, Param, Params, Value, names};
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Data, Ix2};
use serde::Serialize;

use crate::Error;
use crate::algorithms::{baseline, boosting, elastic_net, forest, knn, lasso, linear_svr, logistic, ols, pls, ridge};
use crate::check::Check;
use crate::predictor::{Learned, Predictor};
use crate::rows::Row;
use crate::scale::{Moments, Scaling};

/// From settings and scaled training rows to an algorithm that waits for outcomes.
pub(crate) type Prepare = fn(&Setting<'_>, Array2<f64>) -> Result<Box<dyn Learner>, Error>;

/// What an algorithm knows beside the training rows.
pub(crate) struct Setting<'a> {
    /// Its checked parameters.
    pub(crate) params: &'a Params,
    /// The names of the features.
    pub(crate) names: &'a [String],
    /// The seed of everything random.
    pub(crate) seed: u32,
    /// How many classes the outcome has; 0 unless there are several.
    pub(crate) classes: usize,
    /// When the training rows are, in their order; none where nobody knows.
    pub(crate) rows: Option<&'a [Row]>,
}

/// What an algorithm predicts of the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Its value.
    Regression,
    /// The probability that it is above zero. The outcome is 1 where it is and 0 where not.
    Classification,
}

impl Task {
    /// An outcome as the algorithm learns it; undefined stays undefined.
    pub(crate) fn outcome(self, value: f64) -> f64 {
        match self {
            Task::Classification if !value.is_nan() => f64::from(value > 0.0),
            _ => value,
        }
    }
}

/// How an algorithm goes from features to a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A weighted sum of the features.
    Linear,
    /// Trees, which cut features at thresholds, and send an undefined value the way they learned.
    Trees,
    /// The outcomes of the nearest training rows.
    Neighbors,
    /// A forecast without learning.
    Baseline,
}

impl Family {
    /// Whether it learns from rows with an undefined feature and predicts them.
    pub fn keeps_undefined(self) -> bool {
        self == Family::Trees
    }

    /// What becomes of features that tell nearly the same.
    pub(crate) fn of_correlated(self) -> Option<&'static str> {
        match self {
            Family::Linear => Some("so that their coefficients are shared at will"),
            Family::Trees => Some("so that their importance is shared at will"),
            Family::Neighbors => Some("so that what they have in common counts twice in distances"),
            Family::Baseline => None,
        }
    }
}

/// One algorithm of the catalogue.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Algorithm {
    /// As files and commands name it: `elastic_net`.
    pub id: &'static str,
    /// As pages, tables (`model_type`) and file names have it: `ElasticNet`.
    pub label: &'static str,
    /// One sentence: what it is, and when to take it.
    pub help: &'static str,
    /// What it predicts of the outcome.
    pub task: Task,
    /// How it predicts. Trees can keep undefined features (`prepare.impute = "keep"`).
    pub family: Family,
    /// Whether it tells several classes, where the outcome is text or one of 3 to 20 whole numbers.
    pub several: bool,
    /// Its parameters, named as scikit-learn names them.
    pub params: &'static [Param],
    /// How the features are brought to one scale before fitting.
    #[serde(skip)]
    pub(crate) scaling: fn(&Params) -> Scaling,
    /// Takes the scaled training rows (rows by features), and does whatever does not depend on the outcomes.
    #[serde(skip)]
    pub(crate) prepare: Prepare,
}

/// Scaling as the parameter `standardize` says.
pub(crate) fn standardize(params: &Params) -> Scaling {
    if params.bool("standardize") { Scaling::Standard } else { Scaling::None }
}

/// The declaration of `standardize`.
pub(crate) const STANDARDIZE: Param = Param::bool("standardize", "Standardise", true)
    .help("Whether features are brought to mean 0 and deviation 1 first, so that all of them are treated alike");

/// The declaration of `fit_intercept`.
pub(crate) const FIT_INTERCEPT: Param =
    Param::bool("fit_intercept", "Intercept", true).help("Whether a constant is fitted; without, a mean is left out");

impl Algorithm {
    /// Checks parameters and fills in the defaults.
    pub fn check(&self, given: &BTreeMap<String, Value>) -> Result<Params, Error> {
        Params::check(self.params, given).map_err(|source| Error::Param { section: self.id.to_owned(), source })
    }

    /// This algorithm with parameters, for linfa's [`Fit`].
    pub fn estimator(&'static self, given: &BTreeMap<String, Value>, seed: u32) -> Result<Estimator, Error> {
        Ok(Estimator { algorithm: self, params: self.check(given)?, seed })
    }
}

/// What an algorithm has learned from a set of outcomes, over the scaled features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    pub(crate) learned: Learned,
    /// What a person should know about this fit.
    pub(crate) checks: Vec<Check>,
}

/// An algorithm that knows the training rows and waits for outcomes.
pub(crate) trait Learner {
    /// Fits to the outcomes of the training rows. Long work reports to the job and stops when it is cancelled.
    fn fit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error>;

    /// The same for a control repeat: may reuse more than [`Learner::fit`] does, at the cost of the last digits.
    fn refit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error> {
        self.fit(outcomes, job)
    }
}

/// An algorithm of the catalogue with its parameters, behind linfa's traits: fits rows by features to outcomes.
#[derive(Debug, Clone)]
pub struct Estimator {
    algorithm: &'static Algorithm,
    params: Params,
    seed: u32,
}

/// A fitted [`Estimator`]. Its scale is that of the rows it was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedEstimator {
    predictor: Predictor,
    /// What a person should know about this fit.
    pub checks: Vec<Check>,
}

impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>> Fit<ArrayBase<D, Ix2>, T, Error> for Estimator {
    type Object = FittedEstimator;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<FittedEstimator, Error> {
        let (rows, outcomes) = (dataset.records(), dataset.as_single_targets());
        if rows.nrows() != outcomes.len() {
            return Err(linfa::Error::MismatchedShapes(rows.nrows(), outcomes.len()).into());
        }
        if rows.nrows() == 0 || rows.ncols() == 0 {
            return Err(linfa::Error::NotEnoughSamples.into());
        }
        let moments = Moments::of_finite(rows.view());
        let finite = moments.mean.iter().all(|mean| mean.is_finite()) || rows.iter().all(|value| value.is_finite());
        if !finite || outcomes.iter().any(|value| !value.is_finite()) {
            return Err(Error::Fit { algorithm: self.algorithm.label, reason: "a value is not finite".to_owned() });
        }
        let scale = moments.under((self.algorithm.scaling)(&self.params));
        let names: Vec<String> = (0..rows.ncols()).map(|i| format!("x{i}")).collect();
        let setting = Setting { params: &self.params, names: &names, seed: self.seed, classes: 0, rows: None };
        let learner = (self.algorithm.prepare)(&setting, scale.scale(rows.view()))?;
        let outcomes: Array1<f64> = outcomes.mapv(|value| self.algorithm.task.outcome(value));
        let fitted = learner.fit(outcomes.view(), &Job::new())?;
        Ok(FittedEstimator { predictor: Predictor { scale, learned: fitted.learned }, checks: fitted.checks })
    }
}

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for FittedEstimator {
    fn predict_inplace<'a>(&'a self, rows: &'a ArrayBase<D, Ix2>, predictions: &mut Array1<f64>) {
        *predictions = self.predictor.predict_defined(rows.view());
    }

    fn default_target(&self, rows: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(rows.nrows())
    }
}

/// Every algorithm, in the order a list shows them.
pub fn algorithms() -> &'static [&'static Algorithm] {
    &[
        &elastic_net::ELASTIC_NET,
        &ols::OLS,
        &ridge::RIDGE,
        &lasso::LASSO,
        &pls::PLS,
        &linear_svr::LINEAR_SVR,
        &knn::KNN,
        &boosting::GRADIENT_BOOSTING,
        &forest::RANDOM_FOREST,
        &forest::EXTRA_TREES,
        &logistic::LOGISTIC,
        &boosting::GRADIENT_BOOSTING_CLASSIFIER,
        &forest::RANDOM_FOREST_CLASSIFIER,
        &forest::EXTRA_TREES_CLASSIFIER,
        &baseline::BASELINE,
    ]
}

/// The algorithm of this id.
pub fn algorithm(id: &str) -> Result<&'static Algorithm, Error> {
    algorithms().iter().copied().find(|algorithm| algorithm.id == id).ok_or_else(|| Error::UnknownAlgorithm {
        name: id.to_owned(),
        known: algorithms().iter().map(|algorithm| algorithm.id).collect::<Vec<_>>().join(", "),
        nearest: names::nearest(id, algorithms().iter().map(|algorithm| algorithm.id)).map(str::to_owned),
    })
}
