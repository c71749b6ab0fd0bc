//! Performance of a classifier on held-out rows, in the definitions of scikit-learn. None means undefined, which a zero
//! would hide.

use serde::{Deserialize, Serialize};

use crate::scores::{ranks, ratio};

/// A probability above this predicts the class 1.
const THRESHOLD: f64 = 0.5;

/// How well probabilities meet classes. The class is 1 where the outcome is above zero, and 0 where not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ClassScores {
    /// Share of the rows whose class was predicted.
    pub accuracy: Option<f64>,
    /// Mean of that share over both classes: 0.5 by chance, whatever their sizes.
    pub balanced_accuracy: Option<f64>,
    /// Share of the rows predicted as 1 that are.
    pub precision: Option<f64>,
    /// Share of the rows of class 1 that were predicted as such.
    pub recall: Option<f64>,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// Mean of -ln of the probability of what happened.
    pub log_loss: Option<f64>,
    /// Probability that a row of class 1 has the higher prediction than one of class 0: 0.5 by chance.
    pub roc_auc: Option<f64>,
    /// Mean squared distance of probabilities from classes.
    pub brier: Option<f64>,
}

impl ClassScores {
    /// Of pairs of a probability and a class (0 or 1), all finite.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Self {
        let count = |wanted: fn(bool, bool) -> bool| {
            pairs.iter().filter(|(chance, class)| wanted(*chance > THRESHOLD, *class > 0.0)).count() as f64
        };
        let (hit, false_alarm) = (count(|said, is| said && is), count(|said, is| said && !is));
        let (missed, passed) = (count(|said, is| !said && is), count(|said, is| !said && !is));
        let (rows, ones, zeros) = (pairs.len() as f64, hit + missed, false_alarm + passed);
        let (recall, specificity) = (ratio(hit, ones), ratio(passed, zeros));
        let chances: Vec<f64> = pairs.iter().map(|(chance, _)| *chance).collect();
        let ranks = ranks(&chances);
        let of_ones: f64 = ranks.iter().zip(pairs).filter(|(_, (_, class))| *class > 0.0).map(|(rank, _)| rank).sum();
        let surprise = |(chance, class): &(f64, f64)| {
            let of_class = if *class > 0.0 { *chance } else { 1.0 - *chance };
            -of_class.clamp(f64::EPSILON, 1.0).ln()
        };
        ClassScores {
            accuracy: ratio(hit + passed, rows),
            balanced_accuracy: recall.zip(specificity).map(|(one, zero)| f64::midpoint(one, zero)),
            precision: ratio(hit, hit + false_alarm),
            recall,
            f1: ratio(2.0 * hit, 2.0 * hit + false_alarm + missed),
            log_loss: ratio(pairs.iter().map(surprise).sum(), rows),
            // Mann and Whitney's statistic: equal predictions count half.
            roc_auc: ratio(of_ones - ones * (ones + 1.0) / 2.0, ones * zeros),
            brier: ratio(pairs.iter().map(|(chance, class)| (chance - class).powi(2)).sum(), rows),
        }
    }

    /// Each score by the name tables have for it, in their order.
    pub fn named(&self) -> [(&'static str, Option<f64>); 8] {
        [
            ("accuracy", self.accuracy),
            ("balanced_accuracy", self.balanced_accuracy),
            ("precision", self.precision),
            ("recall", self.recall),
            ("f1", self.f1),
            ("log_loss", self.log_loss),
            ("roc_auc", self.roc_auc),
            ("brier", self.brier),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, golden, list};

    #[test]
    fn scores_are_those_of_scikit_learn() {
        for case in golden()["class_scores"].as_array().unwrap() {
            let pairs: Vec<(f64, f64)> = list(&case["chances"]).into_iter().zip(list(&case["classes"])).collect();
            for (name, value) in ClassScores::of(&pairs).named() {
                close(value.unwrap(), case[name].as_f64().unwrap(), 1e-12, name);
            }
        }
    }

    #[test]
    fn what_nothing_can_be_said_of_is_undefined() {
        assert!(ClassScores::of(&[]).named().iter().all(|(_, value)| value.is_none()));
        let only_ones = ClassScores::of(&[(0.2, 1.0), (0.4, 1.0)]);
        assert_eq!((only_ones.precision, only_ones.balanced_accuracy, only_ones.roc_auc), (None, None, None));
        assert_eq!((only_ones.accuracy, only_ones.recall, only_ones.f1), (Some(0.0), Some(0.0), Some(0.0)));
    }
}
