//! The squared error of numbers: a node is worth its mean.

use super::Params;
use super::grow::{Criterion, drawn_bin};
use crate::Data;
use crate::binned::BINS;
use crate::grow::FEW;
use crate::histogram::{Entry, Rows, Sparse, Unit, add_column};
use crate::random::Random;
use crate::split::{Candidate, Node, Order, Rules, Split};

pub(super) struct Variance<'a, E> {
    data: &'a Data<'a>,
    values: &'a [E],
    unit: Unit,
    centre: f64,
    rules: Rules,
    counts: Option<Vec<u32>>,
    /// Least and greatest target of the tree's rows.
    range: (f64, f64),
    /// The shares of the node's rows, in their order.
    ordered: Vec<E>,
    sparse: Sparse<E>,
    dense: [E; BINS],
}

impl<'a, E: Entry> Variance<'a, E> {
    pub(super) fn new(data: &'a Data<'a>, values: &'a [E], unit: Unit, centre: f64, params: &Params) -> Self {
        let rules = Rules { min_rows: params.min_samples_leaf as i64, min_gain: 0.0, l1: 0.0, l2: 0.0 };
        let (counts, range, ordered, dense) = (None, (0.0, 0.0), Vec::new(), [E::default(); BINS]);
        Variance { data, values, unit, centre, rules, counts, range, ordered, sparse: Sparse::new(), dense }
    }

    fn value(&self, row: u32) -> E {
        let value = self.values[row as usize];
        self.counts.as_ref().map_or(value, |counts| value.times(i64::from(counts[row as usize])))
    }
}

impl<E: Entry> Criterion for Variance<'_, E> {
    type Sum = E;

    fn begin(&mut self, rows: &[u32], counts: Option<Vec<u32>>) -> E {
        self.counts = counts;
        let targets = rows.iter().map(|row| self.data.target[*row as usize]);
        self.range = targets.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (y.min(low), y.max(high)));
        rows.iter().fold(E::default(), |sum, row| sum.plus(self.value(*row)))
    }

    fn rows(&self, sum: &E) -> usize {
        sum.rows(self.unit.shift) as usize
    }

    fn push_values(&self, sum: &E, values: &mut Vec<f64>) {
        let hessian = sum.hessian(self.unit.shift) * self.unit.hessian;
        let mean = if hessian > 0.0 { sum.gradient(self.unit.shift) * self.unit.gradient / hessian } else { 0.0 };
        // A mean lies among its numbers, also after rounding.
        values.push((self.centre - mean).clamp(self.range.0, self.range.1));
    }

    fn enter(&mut self, rows: &[u32], _: &E) -> bool {
        let mut ordered = std::mem::take(&mut self.ordered);
        ordered.clear();
        ordered.extend(rows.iter().map(|row| self.value(*row)));
        self.ordered = ordered;
        let target = self.data.target;
        rows.iter().any(|row| target[*row as usize] != target[rows[0] as usize])
    }

    fn split(&mut self, feature: usize, rows: &[u32], sum: &E, random: Option<&mut Random>) -> Option<Split<E>> {
        let bins = &self.data.binned.features[feature];
        let column = self.data.binned.column(feature);
        let node = Node { total: *sum, low: f64::NEG_INFINITY, high: f64::INFINITY };
        let few = rows.len() <= FEW || random.is_some();
        if few {
            self.sparse.fill(column, rows, &self.ordered);
        } else {
            self.dense.fill(E::default());
            add_column(&mut self.dense, column, Rows::These(rows), &self.ordered);
        }
        let drawn = match random {
            None => None,
            Some(random) => Some(drawn_bin(bins, &self.sparse.order, random)?),
        };
        // All that lies at or below a drawn threshold, as if in one bin.
        let last = match drawn {
            None => None,
            Some(bin) => Some([self.sparse.fold(bin)?]),
        };
        let met = last.as_ref().map_or(&self.sparse.order[..], |last| last);
        let (sums, order) = if few { (&self.sparse.sums, Order::Met(met)) } else { (&self.dense, Order::All) };
        let candidate = Candidate { feature: feature as u32, bins, sums, order, monotone: 0 };
        let split = candidate.best(&node, &self.rules, &self.unit)?;
        Some(Split { bin: drawn.map_or(split.bin, |bin| bin as u8), ..split })
    }

    fn rest(&self, sum: &E, left: &E) -> E {
        sum.minus(*left)
    }
}
