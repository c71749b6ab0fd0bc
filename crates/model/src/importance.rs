//! Which features a model leans on.

use std::collections::BTreeMap;

use ndarray::ArrayView2;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::predictor::{Learned, Predictor};
use crate::scale::Moments;
use crate::scores::{ranks, sample_variance};

/// One feature's weight in a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Importance {
    /// The feature.
    pub variable: String,
    /// The mean over the folds of this. For a linear model the absolute standardised coefficient: by how much the prediction moves, in the outcome's
    /// unit (log-odds of a classifier), when the feature moves by one standard deviation of its training rows. For
    /// neighbours by how much the mean squared error of held-out rows grows when the feature is permuted among them.
    pub importance: f64,
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

/// The importance of each feature, as [`Importance`] says. `moments` are those of the training rows; rows are held out.
pub(crate) fn importances(
    predictor: &Predictor,
    moments: &Moments,
    rows: ArrayView2<f64>,
    outcomes: &[f64],
) -> Vec<f64> {
    match &predictor.learned {
        Learned::Linear(linear) | Learned::Logistic(linear) => (0..linear.coefficients.len())
            .map(|i| (linear.coefficients[i] / predictor.scale.deviation[i] * moments.deviation[i]).abs())
            .collect(),
        Learned::Trees(ensemble) => ensemble.importance_by_gain(),
        Learned::Neighbors(_) => permutation(predictor, rows, outcomes),
    }
}

/// By how much the mean squared error grows when a feature is permuted among the rows: Breiman, Random Forests (2001).
fn permutation(predictor: &Predictor, rows: ArrayView2<f64>, outcomes: &[f64]) -> Vec<f64> {
    let every = rows.nrows().div_ceil(PERMUTED_ROWS).max(1);
    let chosen: Vec<usize> = (0..rows.nrows()).step_by(every).collect();
    let mut rows = rows.select(ndarray::Axis(0), &chosen);
    let error = |rows: ArrayView2<f64>| {
        let predictions = predictor.predict(rows);
        let squares = predictions.iter().zip(&chosen).map(|(prediction, &row)| (prediction - outcomes[row]).powi(2));
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
pub(crate) type OfFold<'a> = (&'a [String], &'a [f64]);

/// The mean importance over the folds, the most important first; equal ones in the order of the features. A feature that
/// a fold left out has none there. `correlation` is that of the features.
pub(crate) fn ranked(names: &[String], folds: &[OfFold<'_>], correlation: ArrayView2<f64>) -> Vec<Importance> {
    let by_fold: Vec<Vec<f64>> = folds
        .iter()
        .map(|(known, importances)| {
            let of: BTreeMap<&String, f64> = known.iter().zip(importances.iter().copied()).collect();
            names.iter().map(|name| of.get(name).copied().unwrap_or(0.0)).collect()
        })
        .collect();
    let mean: Vec<f64> =
        (0..names.len()).map(|i| by_fold.iter().map(|fold| fold[i]).sum::<f64>() / folds.len().max(1) as f64).collect();
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
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn the_largest_is_first_and_ties_share_the_better_rank() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let correlation = Array2::eye(4);
        let ranked = ranked(&names, &[(&names, &[0.5, 2.0, 0.5, 0.0])], correlation.view());
        let seen: Vec<_> = ranked.iter().map(|i| (i.variable.as_str(), i.rank, i.pct_rank)).collect();
        assert_eq!(seen, [("b", 1, 1.0), ("a", 2, 0.75), ("c", 2, 0.75), ("d", 4, 0.25)]);
    }

    #[test]
    fn folds_are_averaged_and_tell_how_steady_a_rank_is() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let (first, second) = ([3.0, 1.0, 0.0], [1.0, 2.0]);
        let correlation = array![[1.0, -0.8, 0.1], [-0.8, 1.0, 0.2], [0.1, 0.2, 1.0]];
        let found = ranked(&names, &[(&names, &first), (&names[..2], &second)], correlation.view());
        let seen: Vec<_> = found.iter().map(|i| (i.variable.as_str(), i.importance, i.rank_mean, i.group)).collect();
        assert_eq!(
            seen,
            [("a", 2.0, Some(1.5), Some(1)), ("b", 1.5, Some(1.5), Some(1)), ("c", 0.0, Some(3.0), Some(2))]
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
