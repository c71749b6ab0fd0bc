//! The nearest training rows of a row, by a k-d tree: Bentley, Multidimensional Binary Search Trees (1975).
//! Of rows equally far the earlier one is nearer, so that the answer does not depend on the search.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// Rows that are compared one by one.
const LEAF: usize = 32;

/// How much each neighbour counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weights {
    /// All alike.
    Uniform,
    /// By the inverse of the distance; rows at distance 0 alone, where there are any.
    Distance,
}

/// Training rows with their outcomes, and the tree over them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Neighbors {
    pub(crate) neighbors: usize,
    pub(crate) weights: Weights,
    /// Scaled rows by features, in the order of the training rows.
    pub(crate) rows: Array2<f64>,
    pub(crate) outcomes: Vec<f64>,
    /// Rows in the order of the tree: the halves of a range of more than [`LEAF`] are divided by one feature.
    order: Vec<u32>,
    /// The dividing feature and its value in the middle, for each range in the order of a walk left first.
    splits: Vec<(u32, f64)>,
}

impl Neighbors {
    /// Builds the tree. There are as many outcomes as rows, and at least `neighbors` of them.
    pub(crate) fn new(neighbors: usize, weights: Weights, rows: Array2<f64>, outcomes: Vec<f64>) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(rows.nrows()).unwrap_or(u32::MAX)).collect();
        let mut splits = Vec::new();
        divide(rows.view(), &mut order, &mut splits);
        Neighbors { neighbors, weights, rows, outcomes, order, splits }
    }

    /// Predictions of scaled rows; NaN where a feature is.
    pub(crate) fn predict(&self, rows: ArrayView2<f64>) -> Array1<f64> {
        rows.rows().into_iter().map(|row| self.predict_row(row)).collect()
    }

    fn predict_row(&self, row: ArrayView1<f64>) -> f64 {
        if row.iter().any(|value| value.is_nan()) {
            return f64::NAN;
        }
        let mut nearest = Nearest { row, most: self.neighbors, found: Vec::with_capacity(self.neighbors + 1) };
        self.search(&self.order, &mut 0, &mut nearest);
        let found = nearest.found;
        let outcome = |row: u32| self.outcomes[row as usize];
        if self.weights == Weights::Uniform {
            return found.iter().map(|(_, row)| outcome(*row)).sum::<f64>() / found.len() as f64;
        }
        let same: Vec<f64> = found.iter().filter(|(far, _)| *far == 0.0).map(|(_, row)| outcome(*row)).collect();
        if !same.is_empty() {
            return same.iter().sum::<f64>() / same.len() as f64;
        }
        let whole: f64 = found.iter().map(|(far, _)| 1.0 / far.sqrt()).sum();
        found.iter().map(|(far, row)| outcome(*row) / far.sqrt()).sum::<f64>() / whole
    }

    /// Looks through a range of the order; `at` is the position of its split.
    fn search(&self, range: &[u32], at: &mut usize, nearest: &mut Nearest<'_>) {
        if range.len() <= LEAF {
            for &row in range {
                nearest.look(self.rows.row(row as usize), row);
            }
            return;
        }
        let (feature, middle) = self.splits[*at];
        *at += 1;
        let (left, right) = range.split_at(range.len() / 2);
        let (mut left_at, mut right_at) = (*at, *at + splits_of(left.len()));
        *at = right_at + splits_of(right.len());
        let beyond = nearest.row[feature as usize] - middle;
        if beyond <= 0.0 {
            self.search(left, &mut left_at, nearest);
            if beyond * beyond <= nearest.reach() {
                self.search(right, &mut right_at, nearest);
            }
        } else {
            self.search(right, &mut right_at, nearest);
            if beyond * beyond <= nearest.reach() {
                self.search(left, &mut left_at, nearest);
            }
        }
    }
}

/// How many ranges of so many rows are divided.
fn splits_of(rows: usize) -> usize {
    if rows <= LEAF { 0 } else { 1 + splits_of(rows / 2) + splits_of(rows - rows / 2) }
}

fn divide(rows: ArrayView2<f64>, range: &mut [u32], splits: &mut Vec<(u32, f64)>) {
    if range.len() <= LEAF {
        return;
    }
    let width = |feature: usize| {
        let (least, most) = range.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &row| {
            let value = rows[[row as usize, feature]];
            (least.min(value), most.max(value))
        });
        most - least
    };
    let widest = (0..rows.ncols()).map(|i| (i, width(i))).max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i);
    let value = |row: u32| rows[[row as usize, widest]];
    let half = range.len() / 2;
    range.select_nth_unstable_by(half, |a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
    splits.push((widest as u32, value(range[half])));
    let (left, right) = range.split_at_mut(half);
    divide(rows, left, splits);
    divide(rows, right, splits);
}

/// The nearest rows so far, by squared distance and then position.
struct Nearest<'a> {
    row: ArrayView1<'a, f64>,
    most: usize,
    found: Vec<(f64, u32)>,
}

impl Nearest<'_> {
    /// The squared distance beyond which no row can be among the nearest.
    fn reach(&self) -> f64 {
        if self.found.len() < self.most { f64::INFINITY } else { self.found.last().map_or(0.0, |(far, _)| *far) }
    }

    fn look(&mut self, other: ArrayView1<f64>, position: u32) {
        let far: f64 = self.row.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
        let entry = (far, position);
        let after = |found: &(f64, u32)| found.0.total_cmp(&far).then(found.1.cmp(&position)).is_lt();
        let place = self.found.partition_point(after);
        if place < self.most {
            self.found.insert(place, entry);
            self.found.truncate(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::normal;

    #[test]
    fn the_tree_finds_what_a_look_at_every_row_finds() {
        for (count, features, neighbors) in [(1, 1, 1), (33, 1, 5), (1000, 3, 7), (700, 20, 50), (400, 2, 400)] {
            // Rounded, so that many rows are equally far.
            let draw = |seed, rows| {
                let values = normal(seed, rows * features).into_iter().map(|value| (value * 4.0).round()).collect();
                Array2::from_shape_vec((rows, features), values).unwrap()
            };
            let (rows, outcomes, asked) = (draw(1, count), normal(2, count), draw(3, 40));
            let tree = Neighbors::new(neighbors, Weights::Uniform, rows.clone(), outcomes.clone());
            assert_eq!(tree.splits.len(), splits_of(count));
            for (row, found) in asked.rows().into_iter().zip(tree.predict(asked.view())) {
                let mut all: Vec<(f64, usize)> = rows
                    .rows()
                    .into_iter()
                    .enumerate()
                    .map(|(i, other)| (row.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum(), i))
                    .collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let expected = all[..neighbors].iter().map(|(_, i)| outcomes[*i]).sum::<f64>() / neighbors as f64;
                assert!((found - expected).abs() < 1e-12, "{count} {features}: {found} {expected}");
            }
        }
    }
}
