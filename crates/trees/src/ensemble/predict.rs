//! Predictions: some rows at a time go through tree after tree, so that the rows and the tree stay in the nearest cache,
//! and several rows walk a tree side by side, so that none waits for the memory alone.

use super::{Ensemble, Link, Tree, softmax};
use crate::binned::check_columns;
use crate::workers::Workers;
use crate::{Columns, Error};

/// Rows that walk side by side.
const LANES: usize = 8;
/// Rows that go through all trees together, a power of two.
const BLOCK: usize = 32;
/// Rows of one piece of work.
const PIECE: usize = 4096;

/// A node in 16 bytes. A leaf is its own left child and nothing is above its threshold.
#[derive(Clone, Copy)]
struct Step {
    threshold: f64,
    /// The feature, and in the highest bit whether a missing value goes right.
    feature: u32,
    left: u32,
}

const RIGHT: u32 = 1 << 31;

/// A tree made for walking.
struct Walk<'a> {
    tree: &'a Tree,
    steps: Vec<Step>,
    depth: u32,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a Tree) -> Self {
        let step = |at: usize| match tree.left[at] {
            0 => Step { threshold: f64::INFINITY, feature: 0, left: at as u32 },
            left => {
                let right = if tree.missing_left[at] { 0 } else { RIGHT };
                Step { threshold: tree.threshold[at], feature: tree.feature[at] | right, left }
            }
        };
        let depth = tree.depths().into_iter().max().unwrap_or(0);
        Walk { tree, steps: (0..tree.nodes()).map(step).collect(), depth }
    }
}

impl Ensemble {
    /// The prediction of each row: `outputs` numbers a row, row after row; classes as probabilities.
    pub fn predict(&self, columns: Columns, threads: usize) -> Result<Vec<f64>, Error> {
        let mut values = self.predict_raw(columns, threads)?;
        match self.link {
            Link::Identity => {}
            Link::Logistic => values.iter_mut().for_each(|value| *value = 1.0 / (1.0 + (-*value).exp())),
            Link::Softmax => values.chunks_mut(self.outputs as usize).for_each(softmax),
        }
        Ok(values)
    }

    /// The same before the link: the scaled sum of the trees over the base.
    pub fn predict_raw(&self, columns: Columns, threads: usize) -> Result<Vec<f64>, Error> {
        let rows = self.check_input(columns)?;
        let workers = Workers::new(threads)?;
        let walks: Vec<Walk> = self.trees.iter().map(Walk::new).collect();
        let outputs = self.outputs as usize;
        let mut values = vec![0.0; rows * outputs];
        let mut pieces: Vec<(usize, &mut [f64])> =
            values.chunks_mut(PIECE * outputs).enumerate().map(|(i, piece)| (i * PIECE, piece)).collect();
        workers.each(&mut pieces, |(start, sums)| {
            let mut block = vec![0.0; self.features as usize * BLOCK];
            for (i, sums) in sums.chunks_mut(BLOCK * outputs).enumerate() {
                let start = *start + i * BLOCK;
                let count = sums.len() / outputs;
                let mut missing = false;
                for (place, column) in block.chunks_exact_mut(BLOCK).zip(columns) {
                    place[..count].copy_from_slice(&column[start..start + count]);
                    missing |= place.iter().fold(false, |any, value| any | value.is_nan());
                }
                for walk in &walks {
                    if missing {
                        walk.add::<true>(&block, sums, outputs)
                    } else {
                        walk.add::<false>(&block, sums, outputs)
                    }
                }
            }
            for row in sums.chunks_mut(outputs) {
                row.iter_mut().zip(&self.base).for_each(|(sum, base)| *sum = base + self.scale * *sum);
            }
        });
        Ok(values)
    }

    /// The number of rows, when the columns fit this ensemble.
    pub(super) fn check_input(&self, columns: Columns) -> Result<usize, Error> {
        if columns.len() != self.features as usize {
            return Err(Error::Features { found: columns.len(), features: self.features as usize });
        }
        let rows = check_columns(columns)?;
        for (column, values) in columns.iter().enumerate() {
            if let Some(row) = values.iter().position(|value| value.is_infinite()) {
                return Err(Error::Infinite { column, row });
            }
        }
        Ok(rows)
    }
}

impl Walk<'_> {
    /// Adds this tree's values to the sums of a block of rows; `MISSING`: some of them have missing values.
    fn add<const MISSING: bool>(&self, block: &[f64], sums: &mut [f64], outputs: usize) {
        let rows = sums.len() / outputs;
        for start in (0..rows).step_by(LANES) {
            let mut at = [0_u32; LANES];
            for _ in 0..self.depth {
                let before = at;
                for (lane, at) in at.iter_mut().enumerate() {
                    let step = self.steps[*at as usize];
                    let value = block[(step.feature & !RIGHT) as usize * BLOCK + start + lane];
                    let mut right = value > step.threshold;
                    if MISSING {
                        right |= value.is_nan() & (step.feature & RIGHT != 0);
                    }
                    *at = step.left + u32::from(right);
                }
                if at == before {
                    break;
                }
            }
            for (lane, at) in at.iter().enumerate().take(rows - start) {
                let (at, row) = (*at as usize, start + lane);
                if self.tree.value.len() == self.steps.len() {
                    sums[row * outputs + self.tree.output as usize] += self.tree.value[at];
                } else {
                    let values = &self.tree.value[at * outputs..(at + 1) * outputs];
                    sums[row * outputs..(row + 1) * outputs].iter_mut().zip(values).for_each(|(sum, v)| *sum += v);
                }
            }
        }
    }
}
