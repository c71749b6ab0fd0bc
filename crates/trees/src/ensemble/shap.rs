//! SHAP values that follow the trees' paths: algorithm 2 of Lundberg, Erion and Lee (2018).

use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::Job;

use super::{Ensemble, Tree};
use crate::workers::Workers;
use crate::{Columns, Error};

/// The deepest tree whose paths are followed: the work grows with the square of the depth.
const MOST_DEPTH: usize = 1000;
/// Rows of one piece of work.
const PIECE: usize = 64;

/// A feature on the path, the shares of rows that go on with it unknown and known, and the weight of each size of subset.
#[derive(Clone, Copy)]
struct Part {
    feature: u32,
    zero: f64,
    one: f64,
    weight: f64,
}

impl Ensemble {
    /// The mean raw prediction over the training rows, one an output: what the SHAP values of a row add to.
    pub fn expected(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.outputs as usize];
        for tree in &self.trees {
            let width = tree.value.len() / tree.nodes();
            for at in (0..tree.nodes()).filter(|at| tree.left[*at] == 0) {
                let share = f64::from(tree.cover[at]) / f64::from(tree.cover[0]);
                for (i, value) in tree.value[at * width..(at + 1) * width].iter().enumerate() {
                    sums[tree.output as usize + i] += share * value;
                }
            }
        }
        sums.iter().zip(&self.base).map(|(sum, base)| base + self.scale * sum).collect()
    }

    /// What each feature adds to the raw prediction of each row: for each row, for each output, one number a feature. They
    /// sum to [`Ensemble::predict_raw`] less [`Ensemble::expected`]. The work grows with the square of the trees' depth; it
    /// reports its progress, and stops within some rows when the job is cancelled.
    pub fn shap(&self, columns: Columns, threads: usize, job: &Job) -> Result<Vec<f64>, Error> {
        let rows = self.check_input(columns)?;
        let depth = self.trees.iter().map(Tree::depth).max().unwrap_or(0);
        if depth > MOST_DEPTH {
            return Err(Error::TooDeep { depth, most: MOST_DEPTH });
        }
        let (outputs, features) = (self.outputs as usize, self.features as usize);
        let mut values = vec![0.0; rows * outputs * features];
        let workers = Workers::new(threads)?;
        let mut pieces: Vec<_> = values.chunks_mut(PIECE * outputs * features).enumerate().collect();
        let done = AtomicUsize::new(0);
        workers.each(&mut pieces, |(piece, values)| {
            let mut row = vec![0.0; features];
            let mut paths = Vec::with_capacity((depth + 2) * (depth + 3) / 2);
            for (i, values) in values.chunks_mut(outputs * features).enumerate() {
                if job.step(done.fetch_add(1, Ordering::Relaxed), rows).is_err() {
                    return;
                }
                row.iter_mut().zip(columns).for_each(|(value, column)| *value = column[*piece * PIECE + i]);
                for tree in &self.trees {
                    let mut search = Search { tree, row: &row, values, features, scale: self.scale, paths: &mut paths };
                    search.visit(0, 0, 0, Part { feature: u32::MAX, zero: 1.0, one: 1.0, weight: 0.0 });
                }
            }
        });
        job.step(1, 1)?;
        Ok(values)
    }
}

/// One row in one tree.
struct Search<'a> {
    tree: &'a Tree,
    row: &'a [f64],
    values: &'a mut [f64],
    features: usize,
    scale: f64,
    /// The paths of the nodes from the root to the present one, one after the other.
    paths: &'a mut Vec<Part>,
}

impl Search<'_> {
    /// Visits a node, reached from the path at `start..start + length` by `part`.
    fn visit(&mut self, at: usize, start: usize, length: usize, part: Part) {
        let tree = self.tree;
        let begin = start + length;
        self.paths.truncate(begin);
        self.paths.extend_from_within(start..begin);
        extend(self.paths, begin, part);
        let mut length = length + 1;
        if tree.left[at] == 0 {
            let width = tree.value.len() / tree.nodes();
            let path = &self.paths[begin..];
            for i in 1..length {
                let weight = unwound_sum(path, i) * (path[i].one - path[i].zero) * self.scale;
                for k in 0..width {
                    let output = tree.output as usize + k;
                    self.values[output * self.features + path[i].feature as usize] +=
                        weight * tree.value[at * width + k];
                }
            }
            return;
        }
        let feature = tree.feature[at];
        let value = self.row[feature as usize];
        let left = if value.is_nan() { tree.missing_left[at] } else { value <= tree.threshold[at] };
        let (mut zero, mut one) = (1.0, 1.0);
        // A feature met before counts once: its earlier part is taken out and its shares multiply.
        if let Some(i) = (1..length).find(|i| self.paths[begin + i].feature == feature) {
            (zero, one) = (self.paths[begin + i].zero, self.paths[begin + i].one);
            unwind(&mut self.paths[begin..], i);
            length -= 1;
            self.paths.truncate(begin + length);
        }
        for (child, taken) in [(tree.left[at] as usize, left), (tree.left[at] as usize + 1, !left)] {
            let share = f64::from(tree.cover[child]) / f64::from(tree.cover[at]);
            let one = if taken { one } else { 0.0 };
            self.visit(child, begin, length, Part { feature, zero: zero * share, one, weight: 0.0 });
        }
    }
}

/// Adds a part to the path from `begin` on, and its subsets to the weights.
fn extend(paths: &mut Vec<Part>, begin: usize, part: Part) {
    let length = paths.len() - begin;
    paths.push(Part { weight: if length == 0 { 1.0 } else { 0.0 }, ..part });
    let path = &mut paths[begin..];
    let whole = (length + 1) as f64;
    for i in (0..length).rev() {
        path[i + 1].weight += part.one * path[i].weight * (i + 1) as f64 / whole;
        path[i].weight *= part.zero * (length - i) as f64 / whole;
    }
}

/// Undoes the adding of part `i`; the last place is then free.
fn unwind(path: &mut [Part], i: usize) {
    let last = path.len() - 1;
    let (zero, one) = (path[i].zero, path[i].one);
    let whole = (last + 1) as f64;
    let mut next = path[last].weight;
    for j in (0..last).rev() {
        if one != 0.0 {
            let weight = path[j].weight;
            path[j].weight = next * whole / ((j + 1) as f64 * one);
            next = weight - path[j].weight * zero * (last - j) as f64 / whole;
        } else {
            path[j].weight *= whole / (zero * (last - j) as f64);
        }
    }
    for j in i..last {
        (path[j].feature, path[j].zero, path[j].one) = (path[j + 1].feature, path[j + 1].zero, path[j + 1].one);
    }
}

/// The sum of the weights with part `i` undone.
fn unwound_sum(path: &[Part], i: usize) -> f64 {
    let last = path.len() - 1;
    let (zero, one) = (path[i].zero, path[i].one);
    let whole = (last + 1) as f64;
    let mut next = path[last].weight;
    let mut sum = 0.0;
    for j in (0..last).rev() {
        if one != 0.0 {
            let weight = next * whole / ((j + 1) as f64 * one);
            sum += weight;
            next = path[j].weight - weight * zero * (last - j) as f64 / whole;
        } else {
            sum += path[j].weight * whole / (zero * (last - j) as f64);
        }
    }
    sum
}
