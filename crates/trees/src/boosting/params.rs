//! The parameters of boosting and their rules.

use serde::{Deserialize, Serialize};

use super::Loss;
use crate::Error;
use crate::binned::MOST_ROWS;

/// How to boost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// What is made small.
    pub loss: Loss,
    /// Share of each tree's step that is taken, above 0 and at most 1.
    pub learning_rate: f64,
    /// Number of iterations, 1 to 100,000; softmax grows a tree a class in each.
    pub n_estimators: usize,
    /// Most leaves of a tree, 2 to 65,536; the leaf with the greatest gain is split first.
    pub num_leaves: usize,
    /// Most splits from the root to a leaf; 0 or less for no limit.
    pub max_depth: i32,
    /// Least rows of a leaf, 1 to 16,777,216.
    pub min_samples_leaf: usize,
    /// Gain that a split must exceed, 0 or more.
    pub min_split_gain: f64,
    /// Share of the rows drawn for each iteration, above 0 and at most 1.
    pub subsample: f64,
    /// Share of the features drawn for each tree, above 0 and at most 1.
    pub colsample: f64,
    /// L1 penalty on the values of leaves, 0 or more. Losses whose leaves are medians or quantiles use it for splits only.
    pub l1: f64,
    /// L2 penalty on the values of leaves, 0 or more. The same holds.
    pub l2: f64,
    /// Stop when the validation rows have not improved for so many iterations, 1 or more.
    pub early_stopping_rounds: Option<usize>,
    /// For each feature: 1 where the prediction may not fall as it grows, -1 where it may not rise, 0 where it is free.
    /// Empty: all are free.
    pub monotone: Vec<i8>,
    /// Draws the rows and the features.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            loss: Loss::Squared,
            learning_rate: 0.1,
            n_estimators: 100,
            num_leaves: 31,
            max_depth: 0,
            min_samples_leaf: 20,
            min_split_gain: 0.0,
            subsample: 1.0,
            colsample: 1.0,
            l1: 0.0,
            l2: 0.0,
            early_stopping_rounds: None,
            monotone: Vec::new(),
            seed: 0,
        }
    }
}

impl Params {
    pub(crate) fn depth(&self) -> usize {
        if self.max_depth <= 0 { usize::MAX } else { self.max_depth as usize }
    }

    pub(crate) fn check(&self, features: usize, has_valid: bool) -> Result<(), Error> {
        self.loss.check()?;
        let share = |value: f64| value > 0.0 && value <= 1.0;
        let penalty = |value: f64| value >= 0.0 && value.is_finite();
        rule("learning_rate", self.learning_rate, share(self.learning_rate), "above 0 and at most 1")?;
        let count = (1..=100_000).contains(&self.n_estimators);
        rule("n_estimators", self.n_estimators, count, "between 1 and 100000")?;
        rule("num_leaves", self.num_leaves, (2..=65_536).contains(&self.num_leaves), "between 2 and 65536")?;
        rule_min_samples_leaf(self.min_samples_leaf)?;
        rule("min_split_gain", self.min_split_gain, penalty(self.min_split_gain), "0 or more")?;
        rule("subsample", self.subsample, share(self.subsample), "above 0 and at most 1")?;
        rule("colsample", self.colsample, share(self.colsample), "above 0 and at most 1")?;
        rule("l1", self.l1, penalty(self.l1), "0 or more")?;
        rule("l2", self.l2, penalty(self.l2), "0 or more")?;
        let rounds = self.early_stopping_rounds;
        rule("early_stopping_rounds", rounds.unwrap_or(1), rounds != Some(0), "1 or more, or absent")?;
        let watched = rounds.is_none() || has_valid;
        rule("early_stopping_rounds", rounds.unwrap_or(1), watched, "absent when there are no validation rows")?;
        let length = self.monotone.is_empty() || self.monotone.len() == features;
        let wanted = format!("empty or of one direction for each of the {features} features");
        rule("monotone", format!("of {} directions", self.monotone.len()), length, &wanted)?;
        match self.monotone.iter().find(|direction| !(-1..=1).contains(*direction)) {
            Some(direction) => rule("monotone", direction, false, "-1, 0 or 1 for each feature"),
            None => Ok(()),
        }
    }
}

/// An error that quotes the rule, unless it is kept.
pub(crate) fn rule(name: &'static str, value: impl ToString, kept: bool, rule: &str) -> Result<(), Error> {
    if kept { Ok(()) } else { Err(Error::Param { name, value: value.to_string(), rule: rule.to_owned() }) }
}

pub(crate) fn rule_min_samples_leaf(value: usize) -> Result<(), Error> {
    rule("min_samples_leaf", value, (1..=MOST_ROWS).contains(&value), "between 1 and 16777216")
}
