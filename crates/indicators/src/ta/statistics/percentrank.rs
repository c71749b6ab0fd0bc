//! Percent rank.

use super::sorted::Sorted;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const PERCENTRANK: Indicator = Indicator {
    id: "ta.percentrank",
    label: "Percent rank",
    group: Group::Statistics,
    help: "The share of the n values before that are less than the present one, 0 to 100",
    formula: "100 count(x[i] < x[t] for i in t-n..t-1) / n",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(100, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    kernel: |inputs, params, out| percent_rank(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

fn percent_rank(x: &[f64], n: usize, out: &mut [f64]) {
    if n >= x.len() {
        return;
    }
    let share = 100.0 / n as f64;
    let mut window = Sorted::new(&x[..n]);
    for ((new, old), place) in x[n..].iter().zip(x).zip(&mut out[n..]) {
        *place = window.below(*new) as f64 * share;
        window.replace(*old, *new);
    }
}
