//! A tree grown slowly from the definition: every threshold of every feature, missing values on either side, sums over
//! rows. Boosting's one tree must predict the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use algomosaic_trees::{Data, boosting};
use common::{Set, apart, boost};

struct Slow<'a> {
    set: &'a Set,
    weights: Vec<f64>,
    base: f64,
    params: boosting::Params,
}

#[derive(Clone)]
struct Leaf {
    rows: Vec<usize>,
    depth: i32,
}

impl Slow<'_> {
    fn sums(&self, rows: &[usize]) -> (f64, f64) {
        let gradient = rows.iter().map(|row| self.weights[*row] * (self.base - self.set.y[*row])).sum();
        (gradient, rows.iter().map(|row| self.weights[*row]).sum())
    }

    fn value(&self, rows: &[usize]) -> f64 {
        let (g, h) = self.sums(rows);
        -g.signum() * (g.abs() - self.params.l1).max(0.0) / (h + self.params.l2)
    }

    /// How much the best value of a leaf lowers the penalised loss, twice.
    fn worth(&self, rows: &[usize]) -> f64 {
        let (g, h) = self.sums(rows);
        (g.abs() - self.params.l1).max(0.0).powi(2) / (h + self.params.l2)
    }

    fn best(&self, leaf: &Leaf) -> Option<(f64, Leaf, Leaf)> {
        let mut best: Option<(f64, Leaf, Leaf)> = None;
        if self.params.max_depth > 0 && leaf.depth >= self.params.max_depth {
            return None;
        }
        for column in &self.set.columns {
            let mut thresholds: Vec<f64> =
                leaf.rows.iter().map(|row| column[*row]).filter(|value| !value.is_nan()).collect();
            thresholds.sort_by(f64::total_cmp);
            thresholds.dedup();
            for threshold in thresholds {
                for missing_left in [false, true] {
                    let goes_left =
                        |row: &usize| if column[*row].is_nan() { missing_left } else { column[*row] <= threshold };
                    let (left, right): (Vec<usize>, Vec<usize>) = leaf.rows.iter().partition(|row| goes_left(row));
                    if left.len().min(right.len()) < self.params.min_samples_leaf {
                        continue;
                    }
                    let gain = self.worth(&left) + self.worth(&right) - self.worth(&leaf.rows);
                    if gain > self.params.min_split_gain && best.as_ref().is_none_or(|best| gain > best.0 + 1e-9) {
                        let child = |rows| Leaf { rows, depth: leaf.depth + 1 };
                        best = Some((gain, child(left), child(right)));
                    }
                }
            }
        }
        best
    }

    fn predictions(&self) -> Vec<f64> {
        let mut leaves = vec![Leaf { rows: (0..self.set.y.len()).collect(), depth: 0 }];
        while leaves.len() < self.params.num_leaves {
            let splits = leaves.iter().map(|leaf| self.best(leaf)).enumerate();
            let split = splits.filter_map(|(i, split)| split.map(|split| (i, split)));
            let Some((i, (_, left, right))) = split.max_by(|a, b| a.1.0.total_cmp(&b.1.0)) else { break };
            leaves.splice(i..=i, [left, right]);
        }
        let mut found = vec![0.0; self.set.y.len()];
        for leaf in &leaves {
            leaf.rows.iter().for_each(|row| found[*row] = self.base + self.value(&leaf.rows));
        }
        found
    }
}

#[test]
fn one_tree_makes_the_splits_that_trying_all_of_them_finds() {
    for seed in 0..12 {
        let set = Set::of(150, 4, 0.25, seed);
        let plain = boosting::Params {
            n_estimators: 1,
            learning_rate: 1.0,
            num_leaves: 8,
            min_samples_leaf: 7,
            ..boosting::Params::default()
        };
        let cases = [
            plain.clone(),
            boosting::Params { l1: 2.0, ..plain.clone() },
            boosting::Params { l2: 3.0, ..plain.clone() },
            boosting::Params { l1: 1.0, l2: 3.0, min_split_gain: 4.0, num_leaves: 40, ..plain.clone() },
            boosting::Params { max_depth: 2, num_leaves: 40, min_samples_leaf: 20, ..plain.clone() },
        ];
        for (case, weighted) in cases.iter().flat_map(|case| [(case, false), (case, true)]) {
            let weight = |row: usize| if weighted { (1 + row % 3) as f64 } else { 1.0 };
            let mut weights: Vec<f64> = (0..set.y.len()).map(weight).collect();
            let mean = weights.iter().sum::<f64>() / weights.len() as f64;
            weights.iter_mut().for_each(|weight| *weight /= mean);
            let base = weights.iter().zip(&set.y).map(|(w, y)| w * y).sum::<f64>() / set.y.len() as f64;
            let slow = Slow { set: &set, weights: weights.clone(), base, params: case.clone() };
            let binned = set.binned();
            let data = Data { weights: weighted.then_some(&weights[..]), ..Data::new(&binned, &set.y) };
            let found = boost(&data, case).predict(&set.slices(), 1).unwrap();
            let most = apart(&found, &slow.predictions());
            assert!(most < 1e-7, "seed {seed}, weighted {weighted}, {case:?}: off by {most}");
        }
    }
}
