//! Which features a model leans on.

use serde::{Deserialize, Serialize};

/// One feature's weight in a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Importance {
    /// The feature.
    pub variable: String,
    /// For a linear model the absolute standardised coefficient: by how much the prediction moves, in the outcome's
    /// unit, when the feature moves by one standard deviation of its training rows.
    pub importance: f64,
    /// 1 for the most important. Equal importances share the better rank.
    pub rank: u32,
    /// Share of the features that are no more important: 1 for the most important.
    pub pct_rank: f64,
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
