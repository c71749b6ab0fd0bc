//! Predictions. Some rows at a time go through tree after tree, so that the rows and the tree stay in the nearest cache.
//!
//! In a small tree all nodes are compared, without a branch: those where a row goes right rule out the leaves on their
//! left, and the first leaf that remains is the row's (Lucchese et al. 2015). In a large one several rows walk side by
//! side, so that none waits for the memory alone.

use super::{Ensemble, Link, Tree, softmax};
use crate::binned::check_columns;
use crate::workers::Workers;
use crate::{Columns, Error};

/// Rows that go through a tree side by side.
const LANES: usize = 64;
/// Of these, rows that walk side by side.
const WALKERS: usize = 8;
/// Rows that go through all trees together, a multiple of the above.
const BLOCK: usize = 256;
/// Rows of one piece of work.
const PIECE: usize = 4096;

/// The values of one feature in rows that go side by side.
type Lanes = [f64; LANES];

/// A tree made for predicting.
struct Fast<'a> {
    /// The output it adds to; all, when there is no single one.
    output: Option<usize>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Small(Small),
    Large(Large<'a>),
}

/// A node: its bits are the leaves that remain when a row goes right.
#[derive(Clone, Copy)]
struct Cut {
    threshold: f64,
    remain: u64,
    feature: u32,
}

/// A tree of at most 64 leaves.
struct Small {
    /// Nodes where missing values go left.
    missing_left: Vec<Cut>,
    /// The others.
    missing_right: Vec<Cut>,
    /// The values of the leaves, from left to right.
    values: Vec<f64>,
}

/// A node in 16 bytes. A leaf is its own left child and nothing is above its threshold.
#[derive(Clone, Copy)]
struct Step {
    threshold: f64,
    feature: u32,
    left: u32,
}

/// A tree for walking.
struct Large<'a> {
    tree: &'a Tree,
    steps: Vec<Step>,
    /// Splits above the nearest and above the farthest leaf.
    depth: (u32, u32),
}

impl<'a> Fast<'a> {
    fn new(tree: &'a Tree, outputs: usize) -> Self {
        let leaves = tree.nodes().div_ceil(2);
        let kind = if leaves <= 64 { Kind::Small(Small::new(tree)) } else { Kind::Large(Large::new(tree)) };
        let single = outputs == 1 || tree.value.len() == tree.nodes();
        Fast { output: single.then_some(tree.output as usize), kind }
    }

    /// Adds this tree's values to the sums of rows that go side by side.
    fn add(&self, rows: &[Lanes], sums: &mut [f64], outputs: usize) {
        match &self.kind {
            Kind::Small(small) => self.give(&small.values, small.leaves(rows), sums, outputs),
            Kind::Large(large) => self.give(&large.tree.value, large.leaves(rows), sums, outputs),
        }
    }

    #[inline(always)]
    fn give(&self, values: &[f64], places: [usize; LANES], sums: &mut [f64], outputs: usize) {
        match self.output {
            Some(output) => {
                for (sums, place) in sums.chunks_exact_mut(outputs).zip(places) {
                    sums[output] += values[place];
                }
            }
            None => {
                for (sums, place) in sums.chunks_exact_mut(outputs).zip(places) {
                    let values = &values[place * outputs..(place + 1) * outputs];
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                }
            }
        }
    }
}

impl Small {
    fn new(tree: &Tree) -> Self {
        let width = tree.value.len() / tree.nodes();
        let mut small = Small { missing_left: Vec::new(), missing_right: Vec::new(), values: Vec::new() };
        // The leaves below each node, children before parents; then from left to right, from the root down.
        let mut below = vec![1_u32; tree.nodes()];
        for at in (0..tree.nodes()).rev() {
            if let left @ 1.. = tree.left[at] as usize {
                below[at] = below[left] + below[left + 1];
            }
        }
        let mut first = vec![0_u32; tree.nodes()];
        small.values = vec![0.0; below[0] as usize * width];
        for at in 0..tree.nodes() {
            let left = tree.left[at] as usize;
            if left == 0 {
                let place = first[at] as usize;
                small.values[place * width..][..width].copy_from_slice(&tree.value[at * width..][..width]);
                continue;
            }
            (first[left], first[left + 1]) = (first[at], first[at] + below[left]);
            let ruled_out = ((1_u64 << below[left]) - 1) << first[left];
            let cut = Cut { threshold: tree.threshold[at], remain: !ruled_out, feature: tree.feature[at] };
            if tree.missing_left[at] { small.missing_left.push(cut) } else { small.missing_right.push(cut) }
        }
        small
    }

    /// The places of the rows' leaves among the values.
    #[inline(always)]
    fn leaves(&self, rows: &[Lanes]) -> [usize; LANES] {
        let mut remain = [u64::MAX; LANES];
        for cut in &self.missing_right {
            for (remain, value) in remain.iter_mut().zip(&rows[cut.feature as usize]) {
                *remain &= u64::from(*value <= cut.threshold).wrapping_neg() | cut.remain;
            }
        }
        for cut in &self.missing_left {
            for (remain, value) in remain.iter_mut().zip(&rows[cut.feature as usize]) {
                *remain &= (u64::from(*value > cut.threshold).wrapping_sub(1)) | cut.remain;
            }
        }
        remain.map(|remain| remain.trailing_zeros() as usize)
    }
}

impl<'a> Large<'a> {
    fn new(tree: &'a Tree) -> Self {
        let step = |at: usize| match tree.left[at] {
            0 => Step { threshold: f64::INFINITY, feature: 0, left: at as u32 },
            left => Step { threshold: tree.threshold[at], feature: tree.feature[at], left },
        };
        let (mut least, mut most) = (u32::MAX, 0);
        for (depth, left) in tree.depths().into_iter().zip(&tree.left) {
            if *left == 0 {
                (least, most) = (least.min(depth), most.max(depth));
            }
        }
        Large { tree, steps: (0..tree.nodes()).map(step).collect(), depth: (least, most) }
    }

    fn leaves(&self, rows: &[Lanes]) -> [usize; LANES] {
        let mut leaves = [0; LANES];
        for start in (0..LANES).step_by(WALKERS) {
            let mut at = [0_u32; WALKERS];
            for depth in 0..self.depth.1 {
                let moved = self.step(rows, start, &mut at);
                if depth >= self.depth.0 && !moved {
                    break;
                }
            }
            leaves[start..].iter_mut().zip(at).for_each(|(leaf, at)| *leaf = at as usize);
        }
        leaves
    }

    /// One step of every walker; whether any moved.
    #[inline(always)]
    fn step(&self, rows: &[Lanes], start: usize, at: &mut [u32; WALKERS]) -> bool {
        let mut moved = 0;
        for (lane, at) in at.iter_mut().enumerate() {
            let step = self.steps[*at as usize];
            let value = rows[step.feature as usize][(start + lane) % LANES];
            let mut right = value > step.threshold;
            // Rare, so that the branch costs less than the test.
            if value.is_nan() {
                right = step.left != *at && !self.tree.missing_left[*at as usize];
            }
            let next = step.left + u32::from(right);
            moved |= next ^ *at;
            *at = next;
        }
        moved != 0
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
        let outputs = self.outputs as usize;
        let trees: Vec<Fast> = self.trees.iter().map(|tree| Fast::new(tree, outputs)).collect();
        let mut values = vec![0.0; rows * outputs];
        let mut pieces: Vec<(usize, &mut [f64])> =
            values.chunks_mut(PIECE * outputs).enumerate().map(|(i, piece)| (i * PIECE, piece)).collect();
        workers.each(&mut pieces, |(start, sums)| {
            let features = self.features as usize;
            let mut block = vec![[0.0; LANES]; features * BLOCK / LANES];
            for (i, sums) in sums.chunks_mut(BLOCK * outputs).enumerate() {
                let start = *start + i * BLOCK;
                fill(&mut block, columns, start, sums.len() / outputs);
                for tree in &trees {
                    for (rows, sums) in block.chunks_exact(features).zip(sums.chunks_mut(LANES * outputs)) {
                        tree.add(rows, sums, outputs);
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

/// Copies `count` rows from `start` on, by group and feature.
fn fill(block: &mut [Lanes], columns: Columns, start: usize, count: usize) {
    for (feature, column) in columns.iter().enumerate() {
        for (group, values) in column[start..start + count].chunks(LANES).enumerate() {
            block[group * columns.len() + feature][..values.len()].copy_from_slice(values);
        }
    }
}
