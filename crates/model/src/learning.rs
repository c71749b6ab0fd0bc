//! One fit: training rows prepared, scaled and learned from. Nothing here sees a row that does not train.

use ndarray::{Array1, Array2, Axis};

use crate::algorithm::{Algorithm, Fitted, Learner, Setting};
use crate::predictor::Predictor;
use crate::prepare::Preparation;
use crate::rows::Row;
use crate::scale::Moments;
use crate::table::{Table, varying};
use crate::{Check, Error};

/// Training rows as an algorithm takes them, before scaling.
pub(crate) struct Training {
    /// Positions of the features that vary among all of the table.
    pub(crate) features: Vec<usize>,
    /// Their names.
    pub(crate) names: Vec<String>,
    /// How they are prepared; none when they are taken as they are.
    pub(crate) preparation: Option<Preparation>,
    /// Rows by features, prepared.
    pub(crate) rows: Array2<f64>,
    /// The outcomes of the rows.
    pub(crate) outcomes: Array1<f64>,
    /// Mean of the outcomes; of several classes the share of each.
    pub(crate) means: Vec<f64>,
    /// Moments of the prepared rows.
    pub(crate) moments: Moments,
}

impl Training {
    /// From usable rows of a table, by their positions.
    pub(crate) fn new(table: &Table, part: &[usize], outcome: &str, checks: &mut Vec<Check>) -> Result<Self, Error> {
        let all: Vec<usize> = (0..table.names.len()).collect();
        let mut rows = table.matrix(&all, part.iter().map(|&i| table.rows[i]));
        let mut preparation = Preparation::fit(&table.prepare, rows.view());
        if let Some(preparation) = &preparation {
            preparation.apply(&mut rows);
        }
        let mut moments = Moments::of(rows.view());
        let features = moments.varying();
        varying(&table.names, &features, checks)?;
        if features.len() < all.len() {
            moments = moments.only(&features);
            rows = rows.select(Axis(1), &features);
            preparation = preparation.map(|preparation| preparation.only(&features));
        }
        let outcomes = table.outcomes(part);
        if outcomes.is_empty() {
            return Err(Error::TooFew {
                what: "there is no row to train on".to_owned(),
                hint: "Take a longer history.".to_owned(),
            });
        }
        if outcomes.iter().all(|outcome| *outcome == outcomes[0]) {
            return Err(Error::ConstantOutcome { name: outcome.to_owned(), rows: "training" });
        }
        let names = features.iter().map(|&i| table.names[i].clone()).collect();
        let mut means = vec![0.0; table.width()];
        table
            .targets(part)
            .chunks(means.len())
            .for_each(|row| means.iter_mut().zip(row).for_each(|(sum, y)| *sum += y));
        means.iter_mut().for_each(|sum| *sum /= outcomes.len() as f64);
        Ok(Training { features, names, preparation, rows, outcomes, means, moments })
    }

    /// The rows with mean 0 and deviation 1.
    pub(crate) fn standardised(&self) -> Array2<f64> {
        self.moments.scale(self.rows.view())
    }

    /// Other rows of the same table as the algorithm takes them.
    pub(crate) fn others(&self, table: &Table, rows: impl ExactSizeIterator<Item = Row>) -> Array2<f64> {
        let mut rows = table.matrix(&self.features, rows);
        if let Some(preparation) = &self.preparation {
            preparation.apply(&mut rows);
        }
        rows
    }
}

/// An algorithm that knows the training rows, and how their features were scaled for it.
pub(crate) struct Learning {
    pub(crate) learner: Box<dyn Learner>,
    scale: Moments,
}

impl Learning {
    /// Scales the rows of a training, which loses them, and does whatever does not depend on the outcomes.
    pub(crate) fn new(algorithm: &Algorithm, setting: &Setting<'_>, training: &mut Training) -> Result<Self, Error> {
        let scale = training.moments.under((algorithm.scaling)(setting.params));
        let mut rows = std::mem::replace(&mut training.rows, Array2::zeros((0, training.names.len())));
        scale.apply(&mut rows);
        let learner = (algorithm.prepare)(setting, rows)?;
        Ok(Learning { learner, scale })
    }

    pub(crate) fn predictor(&self, fitted: Fitted) -> Predictor {
        Predictor { scale: self.scale.clone(), learned: fitted.learned }
    }
}
