//! One job over all folds of a split: fits that each see their own training rows only, and their predictions of the
//! rows they did not see.

use algomosaic_core::{Job, Params};
use ndarray::Array1;

use crate::algorithm::{Algorithm, Setting};
use crate::control::Shuffler;
use crate::importance::importances;
use crate::learning::{Learning, Training};
use crate::predictor::Predictor;
use crate::prepare::Preparation;
use crate::split::Division;
use crate::table::Table;
use crate::{Check, Error, Scores};

/// What is trained on which rows.
#[derive(Clone, Copy)]
pub(crate) struct Folds<'a> {
    pub(crate) table: &'a Table,
    pub(crate) division: &'a Division,
    pub(crate) algorithm: &'a Algorithm,
    pub(crate) params: &'a Params,
    /// The name of the outcome.
    pub(crate) outcome: &'a str,
    /// The seed of everything random.
    pub(crate) seed: u32,
    /// Whether importances are wanted.
    pub(crate) explain: Explain,
}

/// Whether fits say which features they lean on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explain {
    Yes,
    No,
}

/// What was learned from the training rows of one fold.
pub(crate) struct FoldFit {
    /// The features that vary over the training rows.
    pub(crate) names: Vec<String>,
    pub(crate) preparation: Option<Preparation>,
    pub(crate) predictor: Predictor,
    /// By feature, on the held-out rows; empty where not asked for.
    pub(crate) importances: Vec<f64>,
    /// Mean of the training outcomes.
    pub(crate) mean: f64,
    pub(crate) checks: Vec<Check>,
}

/// A fit for each fold, its predictions of the fold's held-out rows, and the same for outcomes without signal.
pub(crate) struct Run {
    pub(crate) fits: Vec<FoldFit>,
    /// By fold, in the order of its held-out rows.
    pub(crate) predictions: Vec<Vec<f64>>,
    /// By repeat, then fold.
    pub(crate) without_signal: Vec<Vec<Vec<f64>>>,
}

/// Held-out rows of all folds together.
pub(crate) struct Pooled {
    /// Positions of the rows in the table, ascending.
    pub(crate) rows: Vec<usize>,
    /// The prediction of each; the mean where several folds hold it out.
    pub(crate) predictions: Vec<f64>,
    /// The mean of the training outcomes its fit knew.
    means: Vec<f64>,
}

impl Folds<'_> {
    /// Fits to some rows of the table, by their positions. `then` goes on with what was learned from.
    fn fit<T>(
        &self,
        part: &[usize],
        job: &Job,
        then: impl FnOnce(&Training, &Learning, &mut FoldFit) -> Result<T, Error>,
    ) -> Result<(FoldFit, T), Error> {
        let mut checks = Vec::new();
        let mut training = Training::new(self.table, part, self.outcome, &mut checks)?;
        let names = training.names.clone();
        let setting = Setting { params: self.params, names: &names, seed: self.seed };
        let learning = Learning::new(self.algorithm, &setting, &mut training)?;
        let mut fitted = learning.learner.fit(training.outcomes.view(), job)?;
        checks.append(&mut fitted.checks);
        let mut fit = FoldFit {
            names: training.names.clone(),
            preparation: training.preparation.clone(),
            predictor: learning.predictor(fitted),
            importances: Vec::new(),
            mean: training.mean,
            checks,
        };
        let then = then(&training, &learning, &mut fit)?;
        Ok((fit, then))
    }

    /// One fit on some rows, without held-out ones.
    pub(crate) fn fit_all(&self, part: &[usize], job: &Job) -> Result<FoldFit, Error> {
        self.fit(part, job, |_, _, _| Ok(())).map(|(fit, ())| fit)
    }

    /// Every fold, and for each as many repeats without signal. `shufflers` has one for each fold where there are
    /// repeats.
    pub(crate) fn run(&self, shufflers: &mut [Shuffler], repeats: usize, job: &Job) -> Result<Run, Error> {
        let (folds, steps) = (&self.division.folds, self.division.folds.len() * (repeats + 1));
        let mut run = Run {
            fits: Vec::with_capacity(folds.len()),
            predictions: Vec::with_capacity(folds.len()),
            without_signal: vec![Vec::with_capacity(folds.len()); repeats],
        };
        let step = |done: usize| job.part(done as f64 / steps as f64, (done + 1) as f64 / steps as f64);
        for (number, parts) in folds.iter().enumerate() {
            let of = if folds.len() > 1 { format!(", fold {} of {}", number + 1, folds.len()) } else { String::new() };
            job.stage(format!("Training {}{of}", self.algorithm.label))?;
            let first = number * (repeats + 1);
            let (fit, predictions) = self.fit(&parts.train, &step(first), |training, learning, fit| {
                let rows = training.others(self.table, parts.test.iter().map(|&i| self.table.rows[i]));
                if self.explain == Explain::Yes {
                    let held_out = self.table.outcomes(&parts.test).to_vec();
                    fit.importances = importances(&fit.predictor, &training.moments, rows.view(), &held_out);
                }
                job.step(first + 1, steps)?;
                if let Some(shuffler) = shufflers.get_mut(number) {
                    let outcomes = training.outcomes.to_vec();
                    for (repeat, predictions) in run.without_signal.iter_mut().enumerate() {
                        job.stage(format!("Control {} of {repeats}{of}", repeat + 1))?;
                        let permuted = Array1::from_vec(shuffler.next(&outcomes));
                        let fitted = learning.learner.refit(permuted.view(), &step(first + 1 + repeat))?;
                        predictions.push(learning.predictor(fitted).predict(rows.view()).to_vec());
                        job.step(first + 2 + repeat, steps)?;
                    }
                }
                Ok(fit.predictor.predict(rows.view()).to_vec())
            })?;
            run.fits.push(fit);
            run.predictions.push(predictions);
        }
        Ok(run)
    }

    /// Predictions of every fold as one prediction a row. `means` are those of the folds' training outcomes.
    pub(crate) fn pool(&self, means: &[f64], predictions: &[Vec<f64>]) -> Pooled {
        let mut sums = vec![(0.0, 0.0, 0.0); self.table.rows.len()];
        for ((parts, predictions), mean) in self.division.folds.iter().zip(predictions).zip(means) {
            for (&row, prediction) in parts.test.iter().zip(predictions) {
                let (sum, mean_sum, times) = &mut sums[row];
                *sum += prediction;
                *mean_sum += mean;
                *times += 1.0;
            }
        }
        let rows: Vec<usize> = (0..sums.len()).filter(|&row| sums[row].2 > 0.0).collect();
        let (predictions, means) =
            rows.iter().map(|&row| (sums[row].0 / sums[row].2, sums[row].1 / sums[row].2)).unzip();
        Pooled { rows, predictions, means }
    }

    /// Scores of pooled predictions.
    pub(crate) fn score(&self, pooled: &Pooled) -> Scores {
        Scores::pooled(
            self.algorithm.task,
            &pooled.means,
            &pooled.predictions,
            &self.table.outcomes(&pooled.rows).to_vec(),
        )
    }

    /// Scores of one fold.
    pub(crate) fn score_fold(&self, fold: usize, mean: f64, predictions: &[f64]) -> Scores {
        Scores::new(
            self.algorithm.task,
            mean,
            predictions,
            &self.table.outcomes(&self.division.folds[fold].test).to_vec(),
        )
    }

    /// Scores of each path: every block as the fold predicts it that the path takes for it.
    pub(crate) fn score_paths(&self, means: &[f64], predictions: &[Vec<f64>]) -> Vec<Scores> {
        let of_path = |path: &Vec<usize>| {
            let mut pooled = Pooled { rows: Vec::new(), predictions: Vec::new(), means: Vec::new() };
            for (block, &fold) in path.iter().enumerate() {
                for (&row, prediction) in self.division.folds[fold].test.iter().zip(&predictions[fold]) {
                    if self.division.block[row] == block {
                        pooled.rows.push(row);
                        pooled.predictions.push(*prediction);
                        pooled.means.push(means[fold]);
                    }
                }
            }
            self.score(&pooled)
        };
        self.division.paths.iter().map(of_path).collect()
    }
}
