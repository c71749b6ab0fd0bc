//! Which features a model leans on.

use std::collections::BTreeMap;

use algomosaic_core::Job;
use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::predictor::{Learned, Predictor};
use crate::scale::Moments;
use crate::scores::{ranks, sample_variance};
use crate::{Error, trees};

/// One feature's weight in a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Importance {
    /// The feature.
    pub variable: String,
    /// The mean over the folds of this. For a linear model the absolute standardised coefficient: by how much the
    /// prediction moves, in the outcome's unit (log-odds of a classifier), when the feature moves by one standard deviation
    /// of its training rows. For trees the gain of its splits: by how much they lower the loss. For neighbours the same as
    /// `permutation`.
    pub importance: f64,
    /// How often trees split by it, the mean over the folds; none for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<f64>,
    /// By how much the mean squared error of held-out rows (at most 1,000 a fold) grows when the feature is permuted among
    /// them, the mean over the folds; of a classifier the error of the probability, summed over several classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permutation: Option<f64>,
    /// The mean absolute SHAP value over at most 2,000 held-out rows: by how much the feature moves a prediction, in the
    /// outcome's unit (log-odds where a classifier sums those), summed over several classes. For trees along their paths, for linear models as if
    /// features were independent; none for neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shap: Option<f64>,
    /// 1 for the most important. Equal importances share the better rank.
    pub rank: u32,
    /// Share of the features that are no more important: 1 for the most important.
    pub pct_rank: f64,
    /// Mean over the folds of its rank in each; none where there is one fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank_mean: Option<f64>,
    /// Sample deviation of these ranks: how far they can be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank_deviation: Option<f64>,
    /// The number of its group, from 1 for that of the most important feature. Features whose absolute correlation over
    /// the training rows is above 0.7 share one, and so do those connected by others; their importance is shared at will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
}

/// Features of a greater absolute correlation belong together.
const TOGETHER: f64 = 0.7;

/// Held-out rows that a permutation looks at, at most.
const PERMUTED_ROWS: usize = 1000;

/// Held-out rows that SHAP values are computed of, at most, over all folds.
const SHAP_ROWS: usize = 2000;
/// Of deep trees fewer, so that this many leaves times squares of their depth are about enough, but so many at least.
const SHAP_WORK: usize = 2_000_000_000;
const LEAST_SHAP_ROWS: usize = 50;

/// The importance of each feature in one fold's model, as [`Importance`] says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Importances {
    pub(crate) importance: Vec<f64>,
    pub(crate) split: Option<Vec<f64>>,
    pub(crate) permutation: Option<Vec<f64>>,
    pub(crate) shap: Option<Vec<f64>>,
    /// Held-out rows that `shap` is the mean of.
    pub(crate) shap_rows: usize,
}

/// Of a model of one of so many folds. `moments` are those of the training rows; rows are held out, and `outcomes` are what
/// perfect predictions of them are.
pub(crate) fn importances(
    predictor: &Predictor,
    moments: &Moments,
    rows: ArrayView2<f64>,
    outcomes: &[f64],
    folds: usize,
    job: &Job,
) -> Result<Importances, Error> {
    let permutation = permutation(predictor, rows, outcomes);
    let importance = match &predictor.learned {
        Learned::Linear(linear) | Learned::Logistic(linear) => (0..linear.coefficients.len())
            .map(|i| (linear.coefficients[i] / predictor.scale.deviation[i] * moments.deviation[i]).abs())
            .collect(),
        Learned::Trees(ensemble) => ensemble.importance_by_gain(),
        Learned::Neighbors(_) => permutation.clone(),
    };
    let split = match &predictor.learned {
        Learned::Trees(ensemble) => Some(ensemble.importance_by_split()),
        _ => None,
    };
    let wanted = shap_rows(&predictor.learned) / folds.max(1);
    let rows = some(rows, wanted.max(1));
    let shap_rows = rows.nrows();
    let shap = shap(predictor, moments, rows.view(), job)?;
    Ok(Importances { importance, split, permutation: Some(permutation), shap, shap_rows })
}

/// How many rows SHAP values are computed of, over all folds.
fn shap_rows(learned: &Learned) -> usize {
    let Learned::Trees(ensemble) = learned else { return SHAP_ROWS };
    let work: usize = ensemble.trees.iter().map(|tree| tree.nodes().div_ceil(2) * tree.depth().pow(2)).sum();
    (SHAP_WORK / work.max(1)).clamp(LEAST_SHAP_ROWS, SHAP_ROWS)
}

/// The mean absolute SHAP value of each feature over some rows; none where there is none.
fn shap(predictor: &Predictor, moments: &Moments, rows: ArrayView2<f64>, job: &Job) -> Result<Option<Vec<f64>>, Error> {
    let (count, features) = rows.dim();
    let mut sums = vec![0.0; features];
    match &predictor.learned {
        _ if count == 0 => return Ok(None),
        Learned::Linear(linear) | Learned::Logistic(linear) => {
            for row in rows.rows() {
                for (i, value) in row.iter().enumerate() {
                    let weight = linear.coefficients[i] / predictor.scale.deviation[i];
                    sums[i] += (weight * (value - moments.mean[i])).abs();
                }
            }
        }
        Learned::Trees(ensemble) => {
            let columns = trees::columns(rows);
            match ensemble.shap(&trees::slices(&columns), trees::threads(), job) {
                Ok(values) => {
                    for row in values.chunks_exact(features) {
                        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value.abs());
                    }
                }
                Err(algomosaic_trees::Error::Cancelled(cancelled)) => return Err(cancelled.into()),
                // Trees deeper than the paths that are followed.
                Err(_) => return Ok(None),
            }
        }
        Learned::Neighbors(_) => return Ok(None),
    }
    Ok(Some(sums.into_iter().map(|sum| sum / count as f64).collect()))
}

/// At most so many of the rows, evenly spaced.
fn some(rows: ArrayView2<f64>, most: usize) -> Array2<f64> {
    let every = rows.nrows().div_ceil(most).max(1);
    rows.select(Axis(0), &(0..rows.nrows()).step_by(every).collect::<Vec<usize>>())
}

/// By how much the mean squared error grows when a feature is permuted among the rows: Breiman, Random Forests (2001).
fn permutation(predictor: &Predictor, rows: ArrayView2<f64>, outcomes: &[f64]) -> Vec<f64> {
    let every = rows.nrows().div_ceil(PERMUTED_ROWS).max(1);
    let chosen: Vec<usize> = (0..rows.nrows()).step_by(every).collect();
    let mut rows = rows.select(Axis(0), &chosen);
    let width = predictor.width();
    let targets: Vec<f64> = chosen.iter().flat_map(|row| &outcomes[row * width..(row + 1) * width]).copied().collect();
    let error = |rows: ArrayView2<f64>| {
        let predictions = predictor.predict(rows);
        let squares = predictions.iter().zip(&targets).map(|(prediction, target)| (prediction - target).powi(2));
        squares.sum::<f64>() / chosen.len().max(1) as f64
    };
    let before = error(rows.view());
    // Always the same permutation: equal models have equal importances.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    (0..rows.ncols())
        .map(|feature| {
            let kept = rows.column(feature).to_vec();
            let mut permuted = kept.clone();
            permuted.shuffle(&mut random);
            rows.column_mut(feature).assign(&ndarray::ArrayView1::from(&permuted));
            let after = error(rows.view());
            rows.column_mut(feature).assign(&ndarray::ArrayView1::from(&kept));
            after - before
        })
        .collect()
}

/// The features of one fold's model, with their importances.
pub(crate) type OfFold<'a> = (&'a [String], &'a Importances);

/// The mean importance over the folds, the most important first; equal ones in the order of the features. A feature that
/// a fold left out has none there. `correlation` is that of the features.
pub(crate) fn ranked(names: &[String], folds: &[OfFold<'_>], correlation: ArrayView2<f64>) -> Vec<Importance> {
    let of_all = |known: &[String], values: &[f64]| -> Vec<f64> {
        let of: BTreeMap<&String, f64> = known.iter().zip(values.iter().copied()).collect();
        names.iter().map(|name| of.get(name).copied().unwrap_or(0.0)).collect()
    };
    let mean = |by_fold: &[Vec<f64>]| -> Vec<f64> {
        (0..names.len()).map(|i| by_fold.iter().map(|fold| fold[i]).sum::<f64>() / folds.len().max(1) as f64).collect()
    };
    // Of a kind that some fold does not have, none.
    let further = |kind: fn(&Importances) -> Option<&Vec<f64>>| -> Option<Vec<f64>> {
        let of_fold = |(known, importances): &OfFold<'_>| Some(of_all(known, kind(importances)?));
        folds.iter().map(of_fold).collect::<Option<Vec<Vec<f64>>>>().map(|by_fold| mean(&by_fold))
    };
    let split = further(|importances| importances.split.as_ref());
    let permutation = further(|importances| importances.permutation.as_ref());
    let shap = further(|importances| importances.shap.as_ref());
    let by_fold: Vec<Vec<f64>> =
        folds.iter().map(|(known, importances)| of_all(known, &importances.importance)).collect();
    let mean = mean(&by_fold);
    let positions: Vec<Vec<f64>> =
        by_fold.iter().map(|fold| ranks(&fold.iter().map(|value| -value).collect::<Vec<f64>>())).collect();
    let mut list: Vec<(usize, Importance)> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let above = mean.iter().filter(|other| **other > mean[i]).count();
            let no_more = mean.iter().filter(|other| **other <= mean[i]).count();
            let own: Vec<f64> = positions.iter().map(|ranks| ranks[i]).collect();
            let several = own.len() > 1;
            let importance = Importance {
                variable: name.clone(),
                importance: mean[i],
                split: split.as_ref().map(|values| values[i]),
                permutation: permutation.as_ref().map(|values| values[i]),
                shap: shap.as_ref().map(|values| values[i]),
                rank: u32::try_from(above + 1).unwrap_or(u32::MAX),
                pct_rank: no_more as f64 / mean.len() as f64,
                rank_mean: several.then(|| own.iter().sum::<f64>() / own.len() as f64),
                rank_deviation: sample_variance(&own).map(f64::sqrt),
                group: None,
            };
            (i, importance)
        })
        .collect();
    list.sort_by_key(|(_, item)| item.rank);
    let groups = groups(correlation);
    let mut order: Vec<usize> = Vec::new();
    for (i, item) in &mut list {
        let position = order.iter().position(|group| *group == groups[*i]).unwrap_or_else(|| {
            order.push(groups[*i]);
            order.len() - 1
        });
        item.group = u32::try_from(position + 1).ok();
    }
    list.into_iter().map(|(_, item)| item).collect()
}

/// A number for each feature, equal for those that are connected by correlations above the bound (single linkage).
fn groups(correlation: ArrayView2<f64>) -> Vec<usize> {
    let mut group: Vec<usize> = (0..correlation.nrows()).collect();
    for i in 0..group.len() {
        for j in i + 1..group.len() {
            let (one, other) = (group[i], group[j]);
            if one != other && correlation[[i, j]].abs() > TOGETHER {
                group.iter_mut().filter(|number| **number == other).for_each(|number| *number = one);
            }
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::testing::{days, frame, normal, spec};
    use crate::train;

    fn only(importance: &[f64]) -> Importances {
        Importances { importance: importance.to_vec(), ..Importances::default() }
    }

    /// `y` follows from `a` twice as much as from `b`, and not from `c`.
    fn trained(algorithm: &str, split: &str) -> crate::Trained {
        let [a, b, c, noise] = [1, 2, 3, 4].map(|seed| normal(seed, 1500));
        let y = (0..1500).map(|i| 2.0 * a[i] + b[i] + 0.5 * noise[i]).collect();
        let data = frame(&days("A", 1500), &[("a", a), ("b", b), ("c", c), ("y", y)], &[("y", 1)]);
        let spec = spec(algorithm, "y", &format!("[split]\nkind = \"{split}\"\n[control]\nrepeats = 1"));
        train(&spec, &data, &Job::new()).unwrap()
    }

    #[test]
    fn every_kind_of_importance_finds_what_the_outcome_follows_from() {
        for algorithm in ["ols", "knn", "gradient_boosting", "random_forest", "logistic", "extra_trees_classifier"] {
            for split in ["chronological", "purged_kfold"] {
                let found = trained(algorithm, split).importance;
                let trees =
                    algorithm.contains("boosting") || algorithm.contains("trees") || algorithm.contains("forest");
                assert!(found.iter().all(|item| item.split.is_some() == trees && item.permutation.is_some()));
                assert!(found.iter().all(|item| item.shap.is_none() == (algorithm == "knn")), "{algorithm}");
                let names: Vec<&str> = found.iter().map(|item| item.variable.as_str()).collect();
                assert_eq!(names, ["a", "b", "c"], "{algorithm} {split}");
                for kind in [|item: &Importance| item.permutation, |item: &Importance| item.shap] {
                    let values: Vec<f64> = found.iter().filter_map(kind).collect();
                    assert!(values.is_sorted_by(|more, less| more > less), "{algorithm} {split}: {values:?}");
                }
            }
        }
    }

    #[test]
    fn a_linear_model_moves_by_its_coefficients() {
        // Permuted, a feature of variance 1 and coefficient w adds 2 w^2 to the error; its SHAP values w (x - mean) have the
        // mean absolute value w sqrt(2 / pi).
        let found = trained("ols", "chronological").importance;
        for (item, weight) in found.iter().zip([2.0_f64, 1.0, 0.0]) {
            let (permutation, shap) = (item.permutation.unwrap(), item.shap.unwrap());
            assert!((permutation - 2.0 * weight * weight).abs() < 0.15 * weight * weight + 0.05, "{item:?}");
            assert!((shap - weight * (2.0 / std::f64::consts::PI).sqrt()).abs() < 0.08, "{item:?}");
        }
    }

    #[test]
    fn deep_trees_are_explained_on_fewer_rows() {
        // Each split has a leaf on its left and the next split on its right.
        let tree = |depth: u32| {
            let left = (0..depth).flat_map(|level| [2 * level + 1, 0]).chain([0]).collect();
            algomosaic_trees::Tree { left, ..Default::default() }
        };
        let ensemble = |trees: Vec<algomosaic_trees::Tree>| {
            let link = algomosaic_trees::Link::Identity;
            let features = 1;
            Learned::Trees(algomosaic_trees::Ensemble {
                features,
                outputs: 1,
                link,
                base: vec![0.0],
                scale: 1.0,
                trees,
            })
        };
        assert_eq!(shap_rows(&ensemble(vec![tree(3); 100])), SHAP_ROWS);
        assert_eq!(shap_rows(&ensemble(vec![tree(400); 100])), LEAST_SHAP_ROWS);
    }

    #[test]
    fn the_largest_is_first_and_ties_share_the_better_rank() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let correlation = Array2::eye(4);
        let ranked = ranked(&names, &[(&names, &only(&[0.5, 2.0, 0.5, 0.0]))], correlation.view());
        let seen: Vec<_> = ranked.iter().map(|i| (i.variable.as_str(), i.rank, i.pct_rank)).collect();
        assert_eq!(seen, [("b", 1, 1.0), ("a", 2, 0.75), ("c", 2, 0.75), ("d", 4, 0.25)]);
    }

    #[test]
    fn folds_are_averaged_and_tell_how_steady_a_rank_is() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let (mut first, mut second) = (only(&[3.0, 1.0, 0.0]), only(&[1.0, 2.0]));
        (first.split, second.split) = (Some(vec![4.0, 0.0, 2.0]), Some(vec![0.0, 6.0]));
        first.shap = Some(vec![1.0; 3]);
        let correlation = array![[1.0, -0.8, 0.1], [-0.8, 1.0, 0.2], [0.1, 0.2, 1.0]];
        let found = ranked(&names, &[(&names, &first), (&names[..2], &second)], correlation.view());
        let seen: Vec<_> = found.iter().map(|i| (i.variable.as_str(), i.importance, i.rank_mean, i.group)).collect();
        assert_eq!(
            seen,
            [("a", 2.0, Some(1.5), Some(1)), ("b", 1.5, Some(1.5), Some(1)), ("c", 0.0, Some(3.0), Some(2))]
        );
        assert_eq!(
            found.iter().map(|i| (i.split, i.shap)).collect::<Vec<_>>(),
            [2.0, 3.0, 1.0].map(|n| (Some(n), None))
        );
        // Ranks 1 and 2: their sample deviation is the root of a half.
        assert_eq!(found[0].rank_deviation, Some(0.5_f64.sqrt()));
        assert_eq!(found[2].rank_deviation, Some(0.0));
    }

    #[test]
    fn features_are_connected_through_others() {
        let chain = array![[1.0, 0.8, 0.0, 0.0], [0.8, 1.0, 0.0, 0.75], [0.0, 0.0, 1.0, 0.7], [0.0, 0.75, 0.7, 1.0]];
        let found = groups(chain.view());
        assert!(found[0] == found[1] && found[1] == found[3] && found[2] != found[0]);
    }
}
