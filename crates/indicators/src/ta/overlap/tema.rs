//! Triple exponential moving average.

use super::ema::{Chain, chain, chained};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, time_period};

pub(super) const TEMA: Indicator = Indicator {
    id: "ta.tema",
    label: "Triple exponential moving average",
    group: Group::Overlap,
    help: "An exponential average with its lag taken away twice",
    formula: "3 e1 - 3 e2 + e3; e1 is the exponential average over n bars, e2 that of e1, e3 that of e2",
    source: "TA-Lib 0.8.1; Mulloy 1994",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| 3 * (params.size("timeperiod") - 1),
    memory: Memory::Unbroken(|params| Some(3 * decay(params.size("timeperiod")))),
    overlay: true,
    kernel: |inputs, params, out| tema(inputs[0], params.size("timeperiod"), out[0]),
    stream: Some(|params| chained(Chain::new(params.size("timeperiod")), 0, value)),
    ..TA
};

/// 3 e1 - 3 e2 + e3, where each average is over the one before.
#[inline(always)]
pub(super) fn value([e1, e2, e3]: [f64; 3]) -> f64 {
    e3 + (3.0 * e1 - 3.0 * e2)
}

/// The triple exponential average.
pub(in crate::ta) fn tema(x: &[f64], n: usize, out: &mut [f64]) {
    chain(Chain::new(n), x, 0, out, value);
}
