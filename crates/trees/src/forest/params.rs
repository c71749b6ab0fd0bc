//! The parameters of forests and their rules.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::boosting::{rule, rule_min_samples_leaf};

/// What a forest predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Task {
    /// Numbers; splits lower the squared error.
    Regression,
    /// The probability of class 1 of classes 0 and 1; splits lower the Gini impurity.
    Binary,
    /// The probability of each class from 0 to `classes - 1`; splits lower the Gini impurity.
    Classes {
        /// Number of classes, 2 to 1000.
        classes: usize,
    },
}

impl Task {
    pub(crate) fn classes(self) -> Option<usize> {
        match self {
            Task::Regression => None,
            Task::Binary => Some(2),
            Task::Classes { classes } => Some(classes),
        }
    }

    pub(crate) fn outputs(self) -> usize {
        match self {
            Task::Classes { classes } => classes,
            _ => 1,
        }
    }
}

/// How to grow a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// What it predicts.
    pub task: Task,
    /// Number of trees, 1 to 100,000.
    pub n_estimators: usize,
    /// Share of the features looked at in each node, above 0 and at most 1. More are looked at when none of these splits.
    pub max_features: f64,
    /// Least rows of a leaf, 1 to 16,777,216; a row drawn twice counts twice.
    pub min_samples_leaf: usize,
    /// Most splits from the root to a leaf; 0 or less for no limit.
    pub max_depth: i32,
    /// Whether each tree draws as many rows as there are, with replacement; else each has all rows.
    pub bootstrap: bool,
    /// Whether each feature looked at is cut at one random threshold (extra trees) instead of the best.
    pub random_thresholds: bool,
    /// Draws the rows, the features and the thresholds.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            task: Task::Regression,
            n_estimators: 100,
            max_features: 1.0,
            min_samples_leaf: 1,
            max_depth: 0,
            bootstrap: true,
            random_thresholds: false,
            seed: 0,
        }
    }
}

impl Params {
    pub(crate) fn depth(&self) -> usize {
        if self.max_depth <= 0 { usize::MAX } else { self.max_depth as usize }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let classes = self.task.classes().unwrap_or(2);
        rule("classes", classes, (2..=1000).contains(&classes), "between 2 and 1000")?;
        let count = (1..=100_000).contains(&self.n_estimators);
        rule("n_estimators", self.n_estimators, count, "between 1 and 100000")?;
        let share = self.max_features > 0.0 && self.max_features <= 1.0;
        rule("max_features", self.max_features, share, "above 0 and at most 1")?;
        rule_min_samples_leaf(self.min_samples_leaf)
    }
}
