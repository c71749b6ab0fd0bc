//! Simple moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

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
    overlay: true,
    kernel: |inputs, params, out| mean(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

/// The mean of each window of n, from place n - 1 on.
pub(in crate::ta) fn mean(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let mut sum: f64 = x[..n - 1].iter().sum();
    for t in n - 1..x.len() {
        sum += x[t];
        let full = sum;
        sum -= x[t + 1 - n];
        out[t] = full / n as f64;
    }
}
