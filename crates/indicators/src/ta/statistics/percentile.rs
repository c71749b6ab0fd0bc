//! Percentile by nearest rank.

use super::sorted::Sorted;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use algomosaic_core::Param;

pub(super) const PERCENTILE: Indicator = Indicator {
    id: "ta.percentile",
    label: "Percentile",
    group: Group::Statistics,
    help: "The least of the last n values that a given share of them does not exceed",
    formula: "the ceil(percentile n / 100)-th least of x[t-n+1..t], the least for 0",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        time_period(30, 2),
        Param::float("percentile", "Percentile", 50.0, 0.0, 100.0).unit("%").help("The share of the values"),
    ],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        percentile(inputs[0], params.size("timeperiod"), params.float("percentile"), out[0]);
    },
    ..TA
};

fn percentile(x: &[f64], n: usize, percentile: f64, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    // Exact: the percentile is at most 100.
    let rank = ((percentile * n as f64 / 100.0).ceil() as usize).clamp(1, n) - 1;
    let mut window = Sorted::new(&x[..n]);
    out[n - 1] = window.at(rank);
    for ((new, old), place) in x[n..].iter().zip(x).zip(&mut out[n..]) {
        window.replace(*old, *new);
        *place = window.at(rank);
    }
}
