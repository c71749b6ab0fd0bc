//! Double exponential moving average.

use super::ema::{Chain, chain, chained};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, time_period};

pub(super) const DEMA: Indicator = Indicator {
    id: "ta.dema",
    label: "Double exponential moving average",
    group: Group::Overlap,
    help: "An exponential average with its lag taken away once",
    formula: "2 e1 - e2; e1 is the exponential average over n bars, e2 that of e1",
    source: "TA-Lib 0.8.1; Mulloy 1994",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| 2 * (params.size("timeperiod") - 1),
    memory: Memory::Unbroken(|params| Some(2 * decay(params.size("timeperiod")))),
    overlay: true,
    kernel: |inputs, params, out| dema(inputs[0], params.size("timeperiod"), out[0]),
    stream: Some(|params| chained(Chain::new(params.size("timeperiod")), 0, value)),
    ..TA
};

/// 2 e1 - e2, where e2 is the exponential average of e1.
#[inline(always)]
pub(super) fn value([e1, e2]: [f64; 2]) -> f64 {
    2.0 * e1 - e2
}

/// The double exponential average.
pub(in crate::ta) fn dema(x: &[f64], n: usize, out: &mut [f64]) {
    chain(Chain::new(n), x, 0, out, value);
}
