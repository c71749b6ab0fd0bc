//! The best cut of one feature in one node, from the sums of its bins (Chen and Guestrin 2016, equations 6 and 7).

use crate::binned::{BINS, Bins};
use crate::histogram::{Entry, Unit};

/// Hessian that each side of a split needs, where hessians differ between rows: less says nothing about its value.
const LEAST_HESSIAN: f64 = 1e-3;

/// What every split has to keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) min_rows: i64,
    pub(crate) min_gain: f64,
    pub(crate) l1: f64,
    pub(crate) l2: f64,
}

/// A node that looks for its split.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<E> {
    pub(crate) total: E,
    /// Between these the values of its leaves must stay, for monotone features above it.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// A way to divide a node: bins up to `bin` go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split<E> {
    pub(crate) gain: f64,
    pub(crate) feature: u32,
    pub(crate) bin: u8,
    pub(crate) missing_left: bool,
    pub(crate) left: E,
}

impl Rules {
    /// The best value of a leaf (its Newton step), before the bounds.
    fn free_value(&self, g: f64, h: f64) -> f64 {
        let weight = h + self.l2;
        if weight > 0.0 { -shrink(g, self.l1) / weight } else { 0.0 }
    }

    /// The value of a leaf.
    pub(crate) fn value<E: Entry>(&self, node: &Node<E>, unit: &Unit) -> f64 {
        let (g, h) = real(node.total, unit);
        self.free_value(g, h).clamp(node.low, node.high)
    }

    /// How much a leaf of that value lowers the loss, twice.
    fn score(&self, g: f64, h: f64, value: f64) -> f64 {
        -(2.0 * shrink(g, self.l1) * value + (h + self.l2) * value * value)
    }
}

/// Towards zero by `l1`.
fn shrink(g: f64, l1: f64) -> f64 {
    if g > l1 {
        g - l1
    } else if g < -l1 {
        g + l1
    } else {
        0.0
    }
}

fn real<E: Entry>(sum: E, unit: &Unit) -> (f64, f64) {
    (sum.gradient(unit.shift) * unit.gradient, sum.hessian(unit.shift) * unit.hessian)
}

/// Which bins of a feature are looked at.
#[derive(Clone, Copy)]
pub(crate) enum Order<'a> {
    /// All.
    All,
    /// These, ascending: the others are empty.
    Met(&'a [u8]),
}

/// One feature of one node.
pub(crate) struct Candidate<'a, E> {
    pub(crate) feature: u32,
    pub(crate) bins: &'a Bins,
    pub(crate) sums: &'a [E; BINS],
    pub(crate) order: Order<'a>,
    /// 1: the prediction may not fall as the feature grows; -1: may not grow; 0: free.
    pub(crate) monotone: i8,
}

impl<E: Entry> Candidate<'_, E> {
    /// The best split of the node by this feature that the rules allow.
    pub(crate) fn best(&self, node: &Node<E>, rules: &Rules, unit: &Unit) -> Option<Split<E>> {
        let values = self.bins.bounds.len();
        let missing = if self.bins.missing { self.sums[values] } else { E::default() };
        let with_missing = missing.rows(unit.shift) > 0;
        // The last bin of values ends a split only when missing values are on the other side.
        let end = if with_missing { values } else { values - 1 };
        let right = self.from(E::default(), end, node, rules, unit);
        let left = if with_missing { self.from(missing, values - 1, node, rules, unit) } else { None };
        let (found, missing_left) = match (right, left) {
            (Some(right), Some(left)) if left.0 > right.0 => (left, true),
            (Some(right), _) => (right, false),
            (None, Some(left)) => (left, true),
            (None, None) => return None,
        };
        let (gain, bin, left) = found;
        // Without missing values here, later ones follow the larger side.
        let rows = left.rows(unit.shift);
        let missing_left = if with_missing { missing_left } else { 2 * rows >= node.total.rows(unit.shift) };
        (gain > rules.min_gain).then_some(Split { gain, feature: self.feature, bin, missing_left, left })
    }

    /// The best of the bins below `end`, when `start` is on the left already: gain, bin, left sum.
    fn from(&self, start: E, end: usize, node: &Node<E>, rules: &Rules, unit: &Unit) -> Option<(f64, u8, E)> {
        let free = rules.l1 == 0.0 && self.monotone == 0 && node.low == f64::NEG_INFINITY && node.high == f64::INFINITY;
        match (self.order, free) {
            (Order::All, true) => self.free(0..end, start, node, rules, unit),
            (Order::All, false) => self.bound(0..end, start, node, rules, unit),
            (Order::Met(met), true) => self.free(below(met, end), start, node, rules, unit),
            (Order::Met(met), false) => self.bound(below(met, end), start, node, rules, unit),
        }
    }

    /// Without L1 and bounds. With `X = H + 2 l2`, `x` the left share of it, `y = X - x` and `d = GL - x G / X`, the gain
    /// of a split is `d² X / (x y)` and what does not depend on the split; fractions are compared without dividing.
    #[inline(always)]
    fn free(
        &self,
        order: impl Iterator<Item = usize>,
        start: E,
        node: &Node<E>,
        rules: &Rules,
        unit: &Unit,
    ) -> Option<(f64, u8, E)> {
        let shift = unit.shift;
        let (total, sums) = (node.total, self.sums);
        let room = total.rows(shift) - 2 * rules.min_rows;
        if room < 0 {
            return None;
        }
        let whole = total.hessian(shift) * unit.hessian + 2.0 * rules.l2;
        let mean = total.gradient(shift) / whole;
        let least = LEAST_HESSIAN + rules.l2;
        let mut left = start;
        let mut best = (0.0, 1.0, usize::MAX, start);
        for bin in order {
            left = left.plus(sums[bin & (BINS - 1)]);
            // Both sides have the rows they need: one comparison, as what lies below 0 turns large.
            if (left.rows(shift) - rules.min_rows) as u64 > room as u64 {
                continue;
            }
            let x = left.hessian(shift) * unit.hessian + rules.l2;
            let y = whole - x;
            if E::HESSIANS && (x < least || y < least) {
                continue;
            }
            let d = left.gradient(shift) - mean * x;
            let (above, under) = (d * d, x * y);
            if above * best.1 > best.0 * under {
                best = (above, under, bin, left);
            }
        }
        if best.2 == usize::MAX {
            return None;
        }
        let g = total.gradient(shift);
        let mut gain = best.0 * whole / best.1;
        if rules.l2 > 0.0 {
            gain += g * g / whole - g * g / (whole - rules.l2);
        }
        Some((gain * unit.gradient * unit.gradient, best.2 as u8, best.3))
    }

    #[inline(always)]
    fn bound(
        &self,
        order: impl Iterator<Item = usize>,
        start: E,
        node: &Node<E>,
        rules: &Rules,
        unit: &Unit,
    ) -> Option<(f64, u8, E)> {
        let rows = node.total.rows(unit.shift);
        let (g, h) = real(node.total, unit);
        let parent = rules.score(g, h, rules.value(node, unit));
        let mut left = start;
        let mut best: Option<(f64, u8, E)> = None;
        for bin in order {
            left = left.plus(self.sums[bin]);
            let count = left.rows(unit.shift);
            if count < rules.min_rows || rows - count < rules.min_rows {
                continue;
            }
            let (gl, hl) = real(left, unit);
            let (gr, hr) = (g - gl, h - hl);
            if E::HESSIANS && (hl < LEAST_HESSIAN || hr < LEAST_HESSIAN) {
                continue;
            }
            let value = |g, h| rules.free_value(g, h).clamp(node.low, node.high);
            let (below, above) = (value(gl, hl), value(gr, hr));
            if f64::from(self.monotone) * (below - above) > 0.0 {
                continue;
            }
            let gain = rules.score(gl, hl, below) + rules.score(gr, hr, above) - parent;
            if gain > best.map_or(0.0, |best| best.0) {
                best = Some((gain, bin as u8, left));
            }
        }
        best
    }
}

fn below(met: &[u8], end: usize) -> impl Iterator<Item = usize> {
    met.iter().map(|bin| usize::from(*bin)).take_while(move |bin| *bin < end)
}
