//! Trained trees as plain data: predictions, importance and SHAP values come from here, whoever trained them.

mod check;
mod predict;
mod shap;

use serde::{Deserialize, Serialize};

/// Trees whose values are summed, scaled and turned into predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ensemble {
    /// Number of feature columns.
    pub features: u32,
    /// Values a row: 1, or the number of classes.
    pub outputs: u32,
    /// From raw values to predictions.
    pub link: Link,
    /// Where the sum starts, one number an output.
    pub base: Vec<f64>,
    /// What the sum of the trees is multiplied by: 1 for boosting, 1 / number of trees for forests.
    pub scale: f64,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// One tree; every list has an item a node, the root first. A row goes left when its value is at most the threshold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tree {
    /// The output it adds to, when it has one value a node; else 0.
    pub output: u32,
    /// The column that is compared.
    pub feature: Vec<u32>,
    /// With what.
    pub threshold: Vec<f64>,
    /// Whether a missing value goes left.
    pub missing_left: Vec<bool>,
    /// The left child, which comes after its parent; the right child is the next. 0 for a leaf.
    pub left: Vec<u32>,
    /// The value of each node, or one for each output, node after node. Only those of leaves are predicted.
    pub value: Vec<f64>,
    /// Training rows; a row drawn twice counts twice.
    pub cover: Vec<u32>,
    /// How much the split lowers the loss (times two); 0 for a leaf.
    pub gain: Vec<f64>,
}

/// From raw values to predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// As they are.
    Identity,
    /// Log odds to the probability of class 1.
    Logistic,
    /// Log odds to the probability of each class.
    Softmax,
}

/// Scores of the classes to probabilities, without overflow.
pub(crate) fn softmax(scores: &mut [f64]) {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

impl Tree {
    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.left.len()
    }

    /// Splits on the longest way from the root to a leaf.
    pub fn depth(&self) -> usize {
        self.depths().into_iter().max().unwrap_or(0) as usize
    }

    /// Splits on the way from the root to each node.
    pub(crate) fn depths(&self) -> Vec<u32> {
        let mut depths = vec![0; self.nodes()];
        for (at, left) in self.left.iter().enumerate() {
            if *left != 0 {
                depths[*left as usize] = depths[at] + 1;
                depths[*left as usize + 1] = depths[at] + 1;
            }
        }
        depths
    }
}

impl Ensemble {
    /// The gain of each feature's splits, summed: one number a feature.
    pub fn importance_by_gain(&self) -> Vec<f64> {
        self.importance(|tree, at| tree.gain[at])
    }

    /// How often each feature splits: one number a feature.
    pub fn importance_by_split(&self) -> Vec<f64> {
        self.importance(|_, _| 1.0)
    }

    fn importance(&self, of: impl Fn(&Tree, usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.features as usize];
        for tree in &self.trees {
            for at in (0..tree.nodes()).filter(|at| tree.left[*at] != 0) {
                sums[tree.feature[at] as usize] += of(tree, at);
            }
        }
        sums
    }
}
