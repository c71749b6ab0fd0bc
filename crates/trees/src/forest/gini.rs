//! The Gini impurity of several classes: a node is worth the share of each.

use super::Params;
use super::grow::{Criterion, drawn_bin};
use crate::binned::{BINS, Binned};
use crate::random::Random;
use crate::split::Split;

/// Weights as whole numbers, whose sums do not depend on the order of adding; 1 without weights.
pub(super) fn whole_weights(weights: Option<&[f64]>, rows: usize) -> Vec<u64> {
    let Some(weights) = weights else { return vec![1; rows] };
    let most = weights.iter().copied().fold(0.0, f64::max);
    // Sums stay below 2^53, where every whole number is exact as a float.
    let scale = ((1_u64 << 52) / rows.next_power_of_two() as u64) as f64 / most;
    weights.iter().map(|weight| (weight * scale).round() as u64).collect()
}

/// Rows, and the weight of each class among them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Classes {
    rows: u32,
    weights: Vec<u64>,
}

pub(super) struct Gini<'a> {
    binned: &'a Binned,
    labels: &'a [u16],
    weights: &'a [u64],
    classes: usize,
    min_rows: u32,
    counts: Option<Vec<u32>>,
    /// By bin: rows, and weight by class.
    rows: [u32; BINS],
    sums: Vec<u64>,
    met: Vec<u8>,
}

impl<'a> Gini<'a> {
    pub(super) fn new(
        binned: &'a Binned,
        labels: &'a [u16],
        weights: &'a [u64],
        classes: usize,
        params: &Params,
    ) -> Self {
        let min_rows = params.min_samples_leaf.min(u32::MAX as usize) as u32;
        let (rows, sums, met) = ([0; BINS], vec![0; BINS * classes], Vec::new());
        Gini { binned, labels, weights, classes, min_rows, counts: None, rows, sums, met }
    }

    fn count(&self, row: u32) -> u32 {
        self.counts.as_ref().map_or(1, |counts| counts[row as usize])
    }

    fn bin_sums(&self, bin: usize) -> Classes {
        let weights = self.sums[bin * self.classes..(bin + 1) * self.classes].to_vec();
        Classes { rows: self.rows[bin], weights }
    }

    /// Sums the feature over the rows, in the bins they meet.
    fn fill(&mut self, column: &[u8], rows: &[u32]) {
        for bin in self.met.drain(..).map(usize::from) {
            self.rows[bin] = 0;
            self.sums[bin * self.classes..(bin + 1) * self.classes].fill(0);
        }
        for row in rows {
            let (bin, count) = (usize::from(column[*row as usize]), self.count(*row));
            self.rows[bin] += count;
            let class = usize::from(self.labels[*row as usize]);
            self.sums[bin * self.classes + class] += self.weights[*row as usize] * u64::from(count);
        }
        self.met.extend((0..=255).filter(|bin| self.rows[usize::from(*bin)] > 0));
    }

    /// The best cut with `start` on the left already, at `only` where it is given: gain, bin and left side.
    fn best(
        &self,
        start: Classes,
        sum: &Classes,
        missing_bin: usize,
        only: Option<usize>,
    ) -> Option<(f64, u8, Classes)> {
        let parent = sum.worth();
        let mut left = start;
        let mut best: Option<(f64, u8, Classes)> = None;
        let bins = self.met.iter().map(|bin| usize::from(*bin)).take_while(|bin| *bin < missing_bin);
        let last = bins.clone().take_while(|bin| only.is_none_or(|only| *bin <= only)).last();
        for bin in bins.take_while(|bin| last.is_some_and(|last| *bin <= last)) {
            left.rows += self.rows[bin];
            let classes = &self.sums[bin * self.classes..(bin + 1) * self.classes];
            left.weights.iter_mut().zip(classes).for_each(|(sum, weight)| *sum += weight);
            if only.is_some() && Some(bin) != last || left.rows < self.min_rows || sum.rows - left.rows < self.min_rows
            {
                continue;
            }
            let gain = left.worth() + rest(sum, &left).worth() - parent;
            // Sums of squares lose their last digits; a gain below them is none.
            if gain > best.as_ref().map_or(1e-12 * parent, |best| best.0) {
                best = Some((gain, only.unwrap_or(bin) as u8, left.clone()));
            }
        }
        best
    }
}

impl Classes {
    /// Weight less the Gini impurity times the weight.
    fn worth(&self) -> f64 {
        let whole: u64 = self.weights.iter().sum();
        let squares: f64 = self.weights.iter().map(|weight| *weight as f64 * *weight as f64).sum();
        if whole > 0 { squares / whole as f64 } else { 0.0 }
    }
}

fn rest(sum: &Classes, left: &Classes) -> Classes {
    let weights = sum.weights.iter().zip(&left.weights).map(|(sum, left)| sum - left).collect();
    Classes { rows: sum.rows - left.rows, weights }
}

impl Criterion for Gini<'_> {
    type Sum = Classes;

    fn begin(&mut self, rows: &[u32], counts: Option<Vec<u32>>) -> Classes {
        self.counts = counts;
        let mut sum = Classes { rows: 0, weights: vec![0; self.classes] };
        for row in rows {
            let count = self.count(*row);
            sum.rows += count;
            sum.weights[usize::from(self.labels[*row as usize])] += self.weights[*row as usize] * u64::from(count);
        }
        sum
    }

    fn rows(&self, sum: &Classes) -> usize {
        sum.rows as usize
    }

    fn enter(&mut self, _: &[u32], sum: &Classes) -> bool {
        sum.weights.iter().filter(|weight| **weight > 0).count() > 1
    }

    fn push_values(&self, sum: &Classes, values: &mut Vec<f64>) {
        let whole: u64 = sum.weights.iter().sum();
        values.extend(sum.weights.iter().map(|weight| match whole {
            // Rows of weight 0 only: they say nothing.
            0 => 1.0 / self.classes as f64,
            _ => *weight as f64 / whole as f64,
        }));
    }

    fn split(
        &mut self,
        feature: usize,
        rows: &[u32],
        sum: &Classes,
        random: Option<&mut Random>,
    ) -> Option<Split<Classes>> {
        let bins = &self.binned.features[feature];
        self.fill(self.binned.column(feature), rows);
        let only = match random {
            None => None,
            Some(random) => Some(drawn_bin(bins, &self.met, random)?),
        };
        let missing_bin = bins.missing_bin();
        let none = Classes { rows: 0, weights: vec![0; self.classes] };
        let missing = self.bin_sums(missing_bin);
        let with_missing = missing.rows > 0;
        let right = self.best(none, sum, missing_bin, only);
        let left = if with_missing { self.best(missing, sum, missing_bin, only) } else { None };
        let missing_gains = matches!((&left, &right), (Some(l), Some(r)) if l.0 > r.0) || right.is_none();
        let (gain, bin, left) = if missing_gains { left? } else { right? };
        let missing_left = if with_missing { missing_gains } else { 2 * left.rows >= sum.rows };
        Some(Split { gain, feature: feature as u32, bin, missing_left, left })
    }

    fn rest(&self, sum: &Classes, left: &Classes) -> Classes {
        rest(sum, left)
    }
}
