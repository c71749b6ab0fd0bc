//! Which features a model leans on.

use ndarray::ArrayView2;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::predictor::{Learned, Predictor};
use crate::scale::Moments;

/// One feature's weight in a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Importance {
    /// The feature.
    pub variable: String,
    /// For a linear model the absolute standardised coefficient: by how much the prediction moves, in the outcome's
    /// unit (log-odds of a classifier), when the feature moves by one standard deviation of its training rows. For
    /// neighbours by how much the mean squared error of held-out rows grows when the feature is permuted among them.
    pub importance: f64,
    /// 1 for the most important. Equal importances share the better rank.
    pub rank: u32,
    /// Share of the features that are no more important: 1 for the most important.
    pub pct_rank: f64,
}

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

/// Ranks of importances, the most important first; equal ones in the order of the features.
pub(crate) fn ranked(names: &[String], importances: &[f64]) -> Vec<Importance> {
    let mut list: Vec<Importance> = names
        .iter()
        .zip(importances)
        .map(|(name, &importance)| {
            let above = importances.iter().filter(|other| **other > importance).count();
            let no_more = importances.iter().filter(|other| **other <= importance).count();
            Importance {
                variable: name.clone(),
                importance,
                rank: u32::try_from(above + 1).unwrap_or(u32::MAX),
                pct_rank: no_more as f64 / importances.len() as f64,
            }
        })
        .collect();
    list.sort_by_key(|item| item.rank);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_is_first_and_ties_share_the_better_rank() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let ranked = ranked(&names, &[0.5, 2.0, 0.5, 0.0]);
        let seen: Vec<_> = ranked.iter().map(|i| (i.variable.as_str(), i.rank, i.pct_rank)).collect();
        assert_eq!(seen, [("b", 1, 1.0), ("a", 2, 0.75), ("c", 2, 0.75), ("d", 4, 0.25)]);
    }
}
