//! The move from the price n bars before, in TA-Lib's five scales.

use algomosaic_core::Params;

use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

/// What the five have in common.
const CHANGE: Indicator = Indicator {
    group: Group::Momentum,
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(10, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: Memory::Window,
    ..TA
};

pub(super) const MOM: Indicator = Indicator {
    id: "ta.mom",
    label: "Momentum",
    help: "How far the value is from the one n bars before",
    formula: "x[t] - x[t-n]",
    append: Some(|inputs, params, out| fill(inputs, params, out, difference)),
    stream: Some(|params| stream(Change::new(params, difference))),
    ..CHANGE
};

pub(super) const ROC: Indicator = Indicator {
    id: "ta.roc",
    label: "Rate of change, percent",
    help: "The move over n bars in percent of where it began",
    formula: "100 (x[t] / x[t-n] - 1), 0 where x[t-n] is 0",
    append: Some(|inputs, params, out| fill(inputs, params, out, percent)),
    stream: Some(|params| stream(Change::new(params, percent))),
    ..CHANGE
};

pub(super) const ROCP: Indicator = Indicator {
    id: "ta.rocp",
    label: "Rate of change, share",
    help: "The move over n bars as a share of where it began",
    formula: "(x[t] - x[t-n]) / x[t-n], 0 where x[t-n] is 0",
    append: Some(|inputs, params, out| fill(inputs, params, out, share)),
    stream: Some(|params| stream(Change::new(params, share))),
    ..CHANGE
};

pub(super) const ROCR: Indicator = Indicator {
    id: "ta.rocr",
    label: "Rate of change, ratio",
    help: "The value divided by the one n bars before",
    formula: "x[t] / x[t-n], 0 where x[t-n] is 0",
    append: Some(|inputs, params, out| fill(inputs, params, out, ratio)),
    stream: Some(|params| stream(Change::new(params, ratio))),
    ..CHANGE
};

pub(super) const ROCR100: Indicator = Indicator {
    id: "ta.rocr100",
    label: "Rate of change, ratio of 100",
    help: "The value in percent of the one n bars before",
    formula: "100 x[t] / x[t-n], 0 where x[t-n] is 0",
    append: Some(|inputs, params, out| fill(inputs, params, out, ratio_of_100)),
    stream: Some(|params| stream(Change::new(params, ratio_of_100))),
    ..CHANGE
};

fn difference(now: f64, before: f64) -> f64 {
    now - before
}

/// [`ROC`] of two values.
pub(super) fn percent(now: f64, before: f64) -> f64 {
    or_zero(before, (now / before - 1.0) * 100.0)
}

fn share(now: f64, before: f64) -> f64 {
    or_zero(before, (now - before) / before)
}

fn ratio(now: f64, before: f64) -> f64 {
    or_zero(before, now / before)
}

fn ratio_of_100(now: f64, before: f64) -> f64 {
    or_zero(before, now / before * 100.0)
}

/// The value, which exists already so that there is nothing to branch for.
fn or_zero(before: f64, value: f64) -> f64 {
    if before == 0.0 { 0.0 } else { value }
}

#[inline(always)]
fn fill(inputs: &[&[f64]], params: &Params, out: &mut Vec<f64>, change: impl Fn(f64, f64) -> f64) {
    let x = inputs[0];
    let n = params.size("timeperiod").min(x.len());
    out.extend(std::iter::repeat_n(f64::NAN, n));
    out.extend(x[n..].iter().zip(x).map(|(now, before)| change(*now, *before)));
}

struct Change<F> {
    last: Ring,
    change: F,
}

impl<F: Fn(f64, f64) -> f64> Change<F> {
    fn new(params: &Params, change: F) -> Change<F> {
        Change { last: Ring::new(params.size("timeperiod"), f64::NAN), change }
    }
}

impl<F: Fn(f64, f64) -> f64 + Send> Recurrence<1, 1> for Change<F> {
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let before = self.last.swap(x);
        [(self.change)(x, before)]
    }
}
