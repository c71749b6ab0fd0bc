//! Simple moving average.

use std::ops::Range;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

use super::ring::Ring;

pub(in crate::ta) const SMA: Indicator = Indicator {
    id: "ta.sma",
    label: "Simple moving average",
    group: Group::Overlap,
    help: "The mean of the last n values",
    formula: "mean(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| quick_mean(inputs[0], params.size("timeperiod"), out[0]),
    stream: Some(|params| stream(Mean::new(params.size("timeperiod")))),
    ..TA
};

/// The mean of each window of n, from place n - 1 on.
pub(in crate::ta) fn mean(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let mut sum: f64 = x[..n - 1].iter().sum();
    let size = n as f64;
    for ((place, newest), oldest) in out[n - 1..].iter_mut().zip(&x[n - 1..]).zip(x) {
        sum += newest;
        *place = sum / size;
        sum -= oldest;
    }
}

/// The same in half the time. The sums run in another order: a function that takes one average from another needs
/// [`mean`], whose rounding is TA-Lib's.
pub(super) fn quick_mean(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    mean_on(0.0, x, n, n - 1..x.len(), out);
}

/// The means of these rows, which follow rows whose last window has this sum; from row n - 1 on. The last window's sum.
#[inline(always)]
pub(super) fn mean_on(mut sum: f64, x: &[f64], n: usize, mut rows: Range<usize>, out: &mut [f64]) -> f64 {
    let part = 1.0 / n as f64;
    if rows.start == n - 1 {
        sum = x[..n].iter().sum();
        out[n - 1] = sum / n as f64;
        rows.start = n;
    }
    let windows = x[rows.clone()].iter().zip(&x[rows.start - n..]);
    for (place, (newest, oldest)) in out[rows].iter_mut().zip(windows) {
        sum += newest - oldest;
        *place = sum * part;
    }
    sum
}

/// The same, value by value.
#[derive(Clone)]
pub(in crate::ta) struct Mean {
    size: f64,
    sum: f64,
    ring: Ring,
}

impl Mean {
    pub(in crate::ta) fn new(n: usize) -> Mean {
        Mean { size: n as f64, sum: 0.0, ring: Ring::new(n) }
    }
}

impl Recurrence<1, 1> for Mean {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        self.sum += x;
        let Some(oldest) = self.ring.push(x) else { return [f64::NAN] };
        let mean = self.sum / self.size;
        self.sum -= oldest;
        [mean]
    }
}
