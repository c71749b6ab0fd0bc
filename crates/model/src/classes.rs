//! Performance of a classifier on held-out rows, in the definitions of scikit-learn. None means undefined, which a zero
//! would hide.

use serde::{Deserialize, Serialize};

use crate::outcome::Class;
use crate::scores::{mean, ranks, ratio};

/// A probability above this predicts the class 1.
const THRESHOLD: f64 = 0.5;

/// How well probabilities meet classes. Of two, the class is 1 where the outcome is above zero, and 0 where not. Of
/// several, the class of the greatest probability is predicted; precision, recall, F1 and ROC AUC (each class against all
/// others) are the means over the classes, and Brier's score is the sum over them.
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

    /// Of several classes: the probabilities of a row are `width` numbers, its class is the position of one of them.
    pub(crate) fn of_several(width: usize, probabilities: &[f64], classes: &[usize]) -> Self {
        let report = Classes::of(&[], width, probabilities, classes);
        let rows = classes.len() as f64;
        let met: Vec<&ClassReport> =
            report.classes.iter().filter(|class| class.rows > 0 || class.predicted > 0).collect();
        // As scikit-learn has it: what is undefined of a class counts as 0 in the mean over all.
        let macro_mean = |of: fn(&ClassReport) -> Option<f64>| mean(met.iter().map(|class| of(class).unwrap_or(0.0)));
        let row = |at: usize| &probabilities[at * width..(at + 1) * width];
        let surprise = |(at, class): (usize, &usize)| -row(at)[*class].clamp(f64::EPSILON, 1.0).ln();
        let distance = |(at, class): (usize, &usize)| {
            let each =
                row(at).iter().enumerate().map(|(k, chance)| (chance - f64::from(u8::from(k == *class))).powi(2));
            each.sum::<f64>()
        };
        let auc = |class: usize| {
            let chances: Vec<f64> = (0..classes.len()).map(|at| row(at)[class]).collect();
            let ranks = ranks(&chances);
            let of_class = classes.iter().filter(|found| **found == class).count() as f64;
            let sum: f64 = ranks.iter().zip(classes).filter(|(_, found)| **found == class).map(|(rank, _)| rank).sum();
            ratio(sum - of_class * (of_class + 1.0) / 2.0, of_class * (rows - of_class))
        };
        let every: Option<Vec<f64>> = (0..width).map(auc).collect();
        let occurring: Vec<f64> = report.classes.iter().filter_map(|class| class.recall).collect();
        ClassScores {
            accuracy: ratio((0..width).map(|k| f64::from(report.confusion[k][k])).sum(), rows),
            balanced_accuracy: mean(occurring.into_iter()),
            precision: macro_mean(|class| class.precision),
            recall: macro_mean(|class| class.recall),
            f1: macro_mean(|class| class.f1),
            log_loss: ratio(classes.iter().enumerate().map(surprise).sum(), rows),
            roc_auc: every.and_then(|every| mean(every.into_iter())),
            brier: ratio(classes.iter().enumerate().map(distance).sum(), rows),
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

/// How a model of several classes does in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Classes {
    /// Each class, in their order.
    pub classes: Vec<ClassReport>,
    /// Held-out rows by their class and then by the class that was predicted.
    pub confusion: Vec<Vec<u32>>,
}

/// One of several classes on held-out rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ClassReport {
    /// Its name: the outcome's text or number.
    pub class: String,
    /// Rows of this class.
    pub rows: u32,
    /// Rows predicted as this class.
    pub predicted: u32,
    /// Share of those predicted that are.
    pub precision: Option<f64>,
    /// Share of its rows that were predicted.
    pub recall: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
}

impl Classes {
    /// Of rows with `width` probabilities and the position of their class; names may be left out.
    pub(crate) fn of(names: &[Class], width: usize, probabilities: &[f64], classes: &[usize]) -> Self {
        let mut confusion = vec![vec![0_u32; width]; width];
        for (row, class) in probabilities.chunks_exact(width).zip(classes) {
            confusion[*class][likeliest(row)] += 1;
        }
        let report = |k: usize| {
            let rows: u32 = confusion[k].iter().sum();
            let predicted: u32 = confusion.iter().map(|row| row[k]).sum();
            let right = f64::from(confusion[k][k]);
            ClassReport {
                class: names.get(k).map_or_else(String::new, |class| class.name.clone()),
                rows,
                predicted,
                precision: ratio(right, f64::from(predicted)),
                recall: ratio(right, f64::from(rows)),
                f1: ratio(2.0 * right, f64::from(rows) + f64::from(predicted)),
            }
        };
        Classes { classes: (0..width).map(report).collect(), confusion }
    }
}

/// The position of the greatest probability, of equal ones the first.
pub(crate) fn likeliest(probabilities: &[f64]) -> usize {
    let greater = |best: usize, at: usize| if probabilities[at] > probabilities[best] { at } else { best };
    (0..probabilities.len()).reduce(greater).unwrap_or(0)
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
    fn scores_of_several_classes_are_those_of_scikit_learn() {
        for case in golden()["several_class_scores"].as_array().unwrap() {
            let (probabilities, classes) = (list(&case["probabilities"]), list(&case["classes"]));
            let classes: Vec<usize> = classes.into_iter().map(|class| class as usize).collect();
            let width = probabilities.len() / classes.len();
            for (name, value) in ClassScores::of_several(width, &probabilities, &classes).named() {
                close(value.unwrap(), case[name].as_f64().unwrap(), 1e-12, name);
            }
            let report = Classes::of(&[], width, &probabilities, &classes);
            assert_eq!(serde_json::json!(report.confusion), case["confusion"]);
            for (class, expected) in report.classes.iter().zip(case["by_class"].as_array().unwrap()) {
                let expected = list(expected);
                close(class.precision.unwrap_or(0.0), expected[0], 1e-12, "precision");
                close(class.recall.unwrap_or(0.0), expected[1], 1e-12, "recall");
                close(class.f1.unwrap_or(0.0), expected[2], 1e-12, "f1");
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
