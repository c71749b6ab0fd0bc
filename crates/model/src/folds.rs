//! One job over all folds of a split: fits that each see their own training rows only, and their predictions of the
//! rows they did not see.

use std::ops::Range;

use algomosaic_core::{Job, Params};

use crate::algorithm::{Algorithm, Setting};
use crate::control::WithoutSignal;
use crate::importance::{Importances, importances};
use crate::learning::{Learning, Training};
use crate::predictor::Predictor;
use crate::prepare::Preparation;
use crate::rows::Row;
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
    pub(crate) importances: Importances,
    /// Mean of the training outcomes; of several classes the share of each.
    pub(crate) means: Vec<f64>,
    pub(crate) checks: Vec<Check>,
}

/// A fit for each fold, its predictions of the fold's held-out rows, and the same for outcomes without signal.
pub(crate) struct Run {
    pub(crate) fits: Vec<FoldFit>,
    /// By fold, in the order of its held-out rows; of several classes a number for each, row after row.
    pub(crate) predictions: Vec<Vec<f64>>,
    /// By repeat, then fold.
    pub(crate) without_signal: Vec<Vec<Vec<f64>>>,
}

/// Held-out rows of all folds together.
pub(crate) struct Pooled {
    /// Positions of the rows in the table, ascending.
    pub(crate) rows: Vec<usize>,
    /// The prediction of each, of several classes a number for each; the mean where several folds hold it out.
    pub(crate) predictions: Vec<f64>,
    /// The means of the training outcomes its fit knew, as many.
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
        let rows: Vec<Row> = part.iter().map(|&i| self.table.rows[i]).collect();
        let setting = Setting {
            params: self.params,
            names: &names,
            seed: self.seed,
            classes: self.table.classes.len(),
            rows: Some(&rows),
        };
        let learning = Learning::new(self.algorithm, &setting, &mut training)?;
        let mut fitted = learning.learner.fit(training.outcomes.view(), job)?;
        checks.append(&mut fitted.checks);
        let mut fit = FoldFit {
            names: training.names.clone(),
            preparation: training.preparation.clone(),
            predictor: learning.predictor(fitted),
            importances: Importances::default(),
            means: training.means.clone(),
            checks,
        };
        let then = then(&training, &learning, &mut fit)?;
        Ok((fit, then))
    }

    /// One fit on some rows, without held-out ones.
    pub(crate) fn fit_all(&self, part: &[usize], job: &Job) -> Result<FoldFit, Error> {
        self.fit(part, job, |_, _, _| Ok(())).map(|(fit, ())| fit)
    }

    /// Every fold, and for each the repeats of these numbers with outcomes without signal.
    pub(crate) fn run(&self, without_signal: Option<(&WithoutSignal, Range<usize>)>, job: &Job) -> Result<Run, Error> {
        let repeats = without_signal.as_ref().map_or(0, |(_, repeats)| repeats.len());
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
                    let held_out = self.table.targets(&parts.test);
                    // A part without length: only whether the job is cancelled matters here.
                    let job = job.part((first + 1) as f64 / steps as f64, (first + 1) as f64 / steps as f64);
                    let (moments, predictor) = (&training.moments, &fit.predictor);
                    fit.importances = importances(predictor, moments, rows.view(), &held_out, folds.len(), &job)?;
                }
                job.step(first + 1, steps)?;
                if let Some((made, repeats)) = &without_signal {
                    for (done, (repeat, predictions)) in repeats.clone().zip(&mut run.without_signal).enumerate() {
                        job.stage(format!("Control {}{of}", repeat + 1))?;
                        let outcomes = made.of_fold(self.table, &parts.train, repeat);
                        let fitted = learning.learner.refit(outcomes.view(), &step(first + 1 + done))?;
                        predictions.push(learning.predictor(fitted).predict(rows.view()).to_vec());
                        job.step(first + 2 + done, steps)?;
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
    pub(crate) fn pool(&self, means: &[Vec<f64>], predictions: &[Vec<f64>]) -> Pooled {
        let width = self.table.width();
        let mut sums = vec![(0.0, 0.0); self.table.rows.len() * width];
        let mut times = vec![0.0; self.table.rows.len()];
        for ((parts, predictions), means) in self.division.folds.iter().zip(predictions).zip(means) {
            for (&row, prediction) in parts.test.iter().zip(predictions.chunks_exact(width)) {
                times[row] += 1.0;
                for (sums, (value, mean)) in sums[row * width..].iter_mut().zip(prediction.iter().zip(means)) {
                    sums.0 += value;
                    sums.1 += mean;
                }
            }
        }
        let rows: Vec<usize> = (0..times.len()).filter(|&row| times[row] > 0.0).collect();
        let cells = rows.iter().flat_map(|&row| (row * width..(row + 1) * width).map(move |cell| (cell, row)));
        let (predictions, means) =
            cells.map(|(cell, row)| (sums[cell].0 / times[row], sums[cell].1 / times[row])).unzip();
        Pooled { rows, predictions, means }
    }

    /// Scores of pooled predictions.
    pub(crate) fn score(&self, pooled: &Pooled) -> Scores {
        let targets = self.table.targets(&pooled.rows);
        self.scored(&pooled.means, &pooled.predictions, &targets)
    }

    fn scored(&self, means: &[f64], predictions: &[f64], targets: &[f64]) -> Scores {
        match self.table.width() {
            1 => Scores::pooled(self.algorithm.task, means, predictions, targets),
            width => Scores::several(width, means, predictions, targets),
        }
    }

    /// Scores of one fold.
    pub(crate) fn score_fold(&self, fold: usize, means: &[f64], predictions: &[f64]) -> Scores {
        let test = &self.division.folds[fold].test;
        self.scored(&means.repeat(test.len()), predictions, &self.table.targets(test))
    }

    /// Scores of each path: every block as the fold predicts it that the path takes for it.
    pub(crate) fn score_paths(&self, means: &[Vec<f64>], predictions: &[Vec<f64>]) -> Vec<Scores> {
        let width = self.table.width();
        let of_path = |path: &Vec<usize>| {
            let mut pooled = Pooled { rows: Vec::new(), predictions: Vec::new(), means: Vec::new() };
            for (block, &fold) in path.iter().enumerate() {
                for (&row, prediction) in
                    self.division.folds[fold].test.iter().zip(predictions[fold].chunks_exact(width))
                {
                    if self.division.block[row] == block {
                        pooled.rows.push(row);
                        pooled.predictions.extend(prediction);
                        pooled.means.extend(&means[fold]);
                    }
                }
            }
            self.score(&pooled)
        };
        self.division.paths.iter().map(of_path).collect()
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;
    use algomosaic_features::FeatureFrame;
    use linfa::traits::{Fit as _, Predict as _};
    use linfa::{Dataset, DatasetBase};
    use ndarray::{Array1, Array2};
    use polars::prelude::{Column, NamedFrom as _, Series};

    use super::*;
    use crate::columns::numbers;
    use crate::split::divide;
    use crate::testing::{close, days, frame, normal, spec};
    use crate::{Model, Trained, Verdict, train};

    /// Two tickers, one of them with gaps, three features, and an outcome that follows the first of them.
    fn data(rows: usize, strength: f64) -> FeatureFrame {
        let mut bars = days("A", rows);
        bars.extend((0..rows as i64).filter(|day| day % 7 != 3).map(|day| ("B", day)));
        let features: Vec<Vec<f64>> = (0..3).map(|i| normal(20 + i, bars.len())).collect();
        let noise = normal(30, bars.len());
        let outcome = features[0].iter().zip(&noise).map(|(x, noise)| 0.1 + strength * x + noise).collect();
        let [a, b, c] = [0, 1, 2].map(|i| features[i].clone());
        frame(&bars, &[("a", a), ("b", b), ("c", c), ("y", outcome)], &[("y", 4)])
    }

    const KINDS: [&str; 5] = [
        "kind = \"walk_forward\"\nfolds = 4",
        "kind = \"walk_forward\"\nfolds = 3\nwindow = \"rolling\"",
        "kind = \"purged_kfold\"\nfolds = 4\nembargo_bars = 3",
        "kind = \"combinatorial_purged\"\ngroups = 5\ntest_groups = 2\nembargo_bars = 2",
        "kind = \"chronological\"",
    ];

    fn run(algorithm: &str, split: &str, data: &FeatureFrame) -> Trained {
        let spec = spec(algorithm, "y", &format!("[split]\n{split}\n[control]\nrepeats = 19"));
        train(&spec, data, &Job::new()).unwrap()
    }

    /// What linfa's interface predicts for some rows after fitting to others.
    fn alone(algorithm: &str, table: &Table, train: &[usize], test: &[usize]) -> Array1<f64> {
        let rows = |part: &[usize]| -> Array2<f64> {
            Array2::from_shape_fn((part.len(), 3), |(i, j)| table.values[j][table.rows[part[i]].at])
        };
        let outcomes: Array1<f64> = train.iter().map(|&i| table.label[table.rows[i].at]).collect();
        let estimator = crate::algorithm(algorithm).unwrap().estimator(&[].into(), 0).unwrap();
        let set: DatasetBase<_, _> = Dataset::new(rows(train), outcomes);
        estimator.fit(&set).unwrap().predict(&rows(test))
    }

    #[test]
    fn every_fold_learns_from_its_training_rows_alone_and_is_scored_against_their_mean() {
        let data = data(120, 0.5);
        for (algorithm, split) in KINDS.iter().flat_map(|split| [("ols", split), ("knn", split), ("logistic", split)]) {
            let request = spec(algorithm, "y", &format!("[split]\n{split}"));
            let (table, _) = Table::new(&request, crate::algorithm(algorithm).unwrap(), &data).unwrap();
            let division = divide(&request.split, 0, &table.rows, &table.bars).unwrap();
            let trained = run(algorithm, split, &data);
            let outcome = |i: usize| table.outcome[table.rows[i].at];
            let (mut sums, mut means) = (vec![Vec::new(); table.rows.len()], vec![Vec::new(); table.rows.len()]);
            assert_eq!(trained.folds.len(), division.folds.len());
            for (fold, parts) in trained.folds.iter().zip(&division.folds) {
                let predictions = alone(algorithm, &table, &parts.train, &parts.test);
                let mean = parts.train.iter().map(|&i| outcome(i)).sum::<f64>() / parts.train.len() as f64;
                let (mut left, mut whole) = (0.0, 0.0);
                for (&row, prediction) in parts.test.iter().zip(&predictions) {
                    sums[row].push(*prediction);
                    means[row].push(mean);
                    left += (outcome(row) - prediction).powi(2);
                    whole += (outcome(row) - mean).powi(2);
                }
                close(fold.scores.rsquared.unwrap(), 1.0 - left / whole, 1e-9, "R² of a fold");
                assert_eq!((fold.train_rows as usize, fold.test_rows as usize), (parts.train.len(), parts.test.len()));
                assert_eq!((fold.purged_rows as usize, fold.embargo_rows as usize), (parts.purged, parts.embargoed));
                assert!(fold.train_start < fold.train_end && fold.test_start < fold.test_end);
            }
            let average = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
            let held_out: Vec<usize> = (0..sums.len()).filter(|&i| !sums[i].is_empty()).collect();
            let found = numbers(&trained.evaluation, "predictions").unwrap();
            assert_eq!(found.len(), held_out.len());
            let (mut left, mut whole) = (0.0, 0.0);
            for (&row, found) in held_out.iter().zip(&found) {
                close(*found, average(&sums[row]), 1e-9, "prediction");
                left += (outcome(row) - average(&sums[row])).powi(2);
                whole += (outcome(row) - average(&means[row])).powi(2);
            }
            close(trained.scores.rsquared.unwrap(), 1.0 - left / whole, 1e-9, "R²");
            assert_eq!(trained.control.rsquared.len(), 19);
            assert!(trained.importance.iter().all(|item| item.rank_mean.is_some() == (trained.folds.len() > 1)));
        }
    }

    #[test]
    fn the_model_that_is_kept_is_that_of_all_usable_rows_where_there_are_folds() {
        let data = data(120, 0.5);
        for split in KINDS {
            let trained = run("ols", split, &data);
            let request = spec("ols", "y", &format!("[split]\n{split}"));
            let (table, _) = Table::new(&request, crate::algorithm("ols").unwrap(), &data).unwrap();
            let all: Vec<usize> = (0..table.rows.len()).collect();
            let again = trained.folds.len() > 1;
            let kept = if again {
                all.clone()
            } else {
                divide(&request.split, 0, &table.rows, &table.bars).unwrap().folds[0].train.clone()
            };
            let expected = alone("ols", &table, &kept, &all);
            let found = trained.model.predict(&data).unwrap();
            for (i, expected) in expected.iter().enumerate() {
                close(found[table.rows[i].at], *expected, 1e-9, "prediction of the kept model");
            }
            assert_eq!(trained.model.train_rows() as usize, kept.len());
            let told = trained.checks.iter().any(|check| check.text.contains("fitted once more, on all"));
            assert_eq!(told, again, "{split}");
            assert_eq!(Model::from_bytes(&trained.model.to_bytes()).unwrap(), trained.model);
        }
    }

    #[test]
    fn paths_take_every_block_from_one_fold_each() {
        let trained = run("ols", KINDS[3], &data(120, 0.5));
        // Every block of five is held out in four of the ten choices.
        assert_eq!((trained.folds.len(), trained.paths.len(), trained.split.paths), (10, 4, 4));
        let rows: Vec<u32> = trained.paths.iter().map(|path| path.rows).collect();
        assert_eq!(rows, [trained.evaluation.height() as u32; 4]);
        assert!(
            trained.paths.iter().all(|path| (path.rsquared.unwrap() - trained.scores.rsquared.unwrap()).abs() < 0.05)
        );
        assert!(trained.paths[0] != trained.paths[1]);
    }

    #[test]
    fn a_signal_is_found_in_every_split_and_none_where_there_is_none() {
        for split in KINDS {
            for algorithm in ["elastic_net", "logistic"] {
                let found = run(algorithm, split, &data(200, 1.0));
                assert_eq!(found.control.verdict, Verdict::BetterThanChance, "{algorithm} {split}");
                assert_eq!(found.importance[0].variable, "a");
                assert!(found.control.median < found.scores.rsquared.unwrap() / 4.0);
            }
            let none = run("elastic_net", split, &data(200, 0.0));
            assert_eq!(none.control.verdict, Verdict::CannotBeTold, "{split}: {}", none.control.sentence);
        }
    }

    #[test]
    fn a_classifier_has_scores_of_classes_overall_by_fold_and_by_repeat() {
        let trained = run("logistic", KINDS[2], &data(200, 1.0));
        let all = trained.scores.classes.unwrap();
        assert!(all.roc_auc.unwrap() > 0.7 && all.accuracy.unwrap() > 0.6, "{all:?}");
        assert_eq!(trained.scores.direction_hits, None);
        assert!(trained.folds.iter().all(|fold| fold.scores.classes.unwrap().roc_auc.unwrap() > 0.6));
        let chances: Vec<f64> =
            trained.control.scores.iter().map(|scores| scores.classes.unwrap().roc_auc.unwrap()).collect();
        assert!((0.4..0.6).contains(&(chances.iter().sum::<f64>() / 19.0)), "{chances:?}");
        // Brier's skill score against the share that each fold's training rows have: what R² is for a class.
        assert!(trained.scores.rsquared.unwrap() > 0.1);
        assert!(run("ols", KINDS[2], &data(200, 1.0)).scores.classes.is_none());
    }

    #[test]
    fn rows_at_the_end_are_predicted_by_the_kept_model_and_not_scored() {
        let mut data = data(120, 0.5);
        let last: Vec<bool> = {
            let rows = crate::rows::rows(&data.frame, 0).unwrap();
            let mut last = vec![false; rows.len()];
            rows.iter().filter(|row| row.time >= 117 * 86_400_000_000).for_each(|row| last[row.at] = true);
            last
        };
        let outcome = numbers(&data.frame, "y").unwrap();
        let known: Vec<f64> = outcome.iter().zip(&last).map(|(y, last)| if *last { f64::NAN } else { *y }).collect();
        data.frame.with_column(Column::from(Series::new("y".into(), known))).unwrap();
        let trained = run("ols", KINDS[2], &data);
        assert_eq!(trained.latest.height(), last.iter().filter(|last| **last).count());
        let all = trained.model.predict(&data).unwrap();
        for prediction in numbers(&trained.latest, "predictions").unwrap() {
            assert!(all.iter().zip(&last).any(|(value, last)| *last && *value == prediction));
        }
        assert_eq!(trained.record_count as usize + trained.latest.height(), data.frame.height());
        assert_eq!(trained.latest.get_column_names(), ["ticker_time", "ticker", "predictions"]);
    }
}
