//! Sum over a window.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const SUM: Indicator = Indicator {
    id: "ta.sum",
    label: "Sum",
    group: Group::MathOperators,
    help: "The sum of the last n values",
    formula: "sum(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| sum(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

fn sum(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let mut sum: f64 = x[..n - 1].iter().sum();
    for ((place, new), old) in out[n - 1..].iter_mut().zip(&x[n - 1..]).zip(x) {
        sum += new;
        *place = sum;
        sum -= old;
    }
}
