//! Wilder's smoothed moving average.

use super::ema::{Chain, append, chain, chained};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};

pub(super) const RMA: Indicator = Indicator {
    id: "ta.rma",
    label: "Wilder's moving average",
    group: Group::Overlap,
    help: "An exponential average in which the newest value has the weight 1 / n",
    formula: "r[t-1] + (x[t] - r[t-1]) / n; begins with the mean of the first n values",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1 + unstable(params),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    overlay: true,
    append: Some(|inputs, params, out| {
        append(state(params.size("timeperiod")).quick(), inputs[0], unstable(params), out, |[r]| r);
    }),
    stream: Some(|params| chained(state(params.size("timeperiod")), unstable(params), |[r]| r)),
    ..TA
};

/// The exponential average with the weight 1 / n.
pub(in crate::ta) fn rma(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    chain(state(n), x, settle, out, |[average]| average);
}

fn state(n: usize) -> Chain<1> {
    Chain::weighted(n, 1.0 / n as f64)
}
