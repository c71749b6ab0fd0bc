//! The catalogue of algorithms: one file and one line each. Forms, commands, checks and model files read it.

use std::collections::BTreeMap;

use algomosaic_core::{Param, Params, Value, names};
use ndarray::{Array2, ArrayView1};
use serde::Serialize;

use crate::Error;
use crate::algorithms::{elastic_net, ols};
use crate::check::Check;
use crate::scale::Scaling;

/// From parameters, scaled training rows and the names of their features to an algorithm that waits for outcomes.
pub(crate) type Prepare = fn(&Params, Array2<f64>, &[String]) -> Result<Box<dyn Learner>, Error>;

/// One algorithm of the catalogue.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Algorithm {
    /// As files and commands name it: `elastic_net`.
    pub id: &'static str,
    /// As pages, tables (`model_type`) and file names have it: `ElasticNet`.
    pub label: &'static str,
    /// One sentence: what it is, and when to take it.
    pub help: &'static str,
    /// Its parameters, named as scikit-learn names them.
    pub params: &'static [Param],
    /// How the features are brought to one scale before fitting.
    #[serde(skip)]
    pub(crate) scaling: fn(&Params) -> Scaling,
    /// Takes the scaled training rows (rows by features) with the features' names, and does whatever does not depend
    /// on the outcomes.
    #[serde(skip)]
    pub(crate) prepare: Prepare,
}

impl Algorithm {
    /// Checks parameters and fills in the defaults.
    pub fn check(&self, given: &BTreeMap<String, Value>) -> Result<Params, Error> {
        Params::check(self.params, given).map_err(|source| Error::Param { section: self.id.to_owned(), source })
    }
}

/// What an algorithm has learned from a set of outcomes, over the scaled features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    pub(crate) intercept: f64,
    pub(crate) coefficients: Vec<f64>,
    /// What a person should know about this fit.
    pub(crate) checks: Vec<Check>,
}

/// An algorithm that knows the training rows and waits for outcomes.
pub(crate) trait Learner {
    /// Fits to the outcomes of the training rows.
    fn fit(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error>;

    /// The same for a control repeat: may reuse more than [`Learner::fit`] does, at the cost of the last digits.
    fn refit(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error> {
        self.fit(outcomes)
    }
}

/// Every algorithm, in the order a list shows them.
pub fn algorithms() -> &'static [&'static Algorithm] {
    &[&elastic_net::ELASTIC_NET, &ols::OLS]
}

/// The algorithm of this id.
pub fn algorithm(id: &str) -> Result<&'static Algorithm, Error> {
    algorithms().iter().copied().find(|algorithm| algorithm.id == id).ok_or_else(|| Error::UnknownAlgorithm {
        name: id.to_owned(),
        known: algorithms().iter().map(|algorithm| algorithm.id).collect::<Vec<_>>().join(", "),
        nearest: names::nearest(id, algorithms().iter().map(|algorithm| algorithm.id)).map(str::to_owned),
    })
}
