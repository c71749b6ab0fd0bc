//! Relative strength index.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};

use super::lagged::{append, stream};
use super::swings::Swings;

pub(super) const RSI: Indicator = Indicator {
    id: "ta.rsi",
    label: "Relative strength index",
    group: Group::Momentum,
    help: "The share of rises in the smoothed moves, 0 to 100",
    formula: "100 up / (up + down); up and down are Wilder's averages over n bars of rises and falls, 0 when there are none",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") + unstable(params),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Swings::new(params, share), inputs, out)),
    stream: Some(|params| stream(Swings::new(params, share))),
    ..TA
};

#[inline(always)]
fn share(up: f64, down: f64) -> f64 {
    let both = up + down;
    if both > 0.0 { 100.0 * (up / both) } else { 0.0 }
}
