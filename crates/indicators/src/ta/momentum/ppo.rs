//! Percentage price oscillator.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::memory_of_quotient;

use super::oscillator::{PARAMS, averages, look_back, slower};

pub(super) const PPO: Indicator = Indicator {
    id: "ta.ppo",
    label: "Percentage price oscillator",
    group: Group::Momentum,
    help: "How far the faster of two averages lies above the slower, in percent of the slower",
    formula: "100 (ma(x, fast) - ma(x, slow)) / ma(x, slow), 0 when that is less than 1e-14 from 0",
    inputs: &[Input::Column("price")],
    params: PARAMS,
    outputs: &[Output::ta("real")],
    look_back,
    memory: Memory::Unbroken(|params| memory_of_quotient(params.text("matype"), slower(params))),
    kernel: |inputs, params, out| averages(inputs[0], params, out[0], percent),
    ..TA
};

#[inline(always)]
fn percent(fast: f64, slow: f64) -> f64 {
    let share = (fast - slow) / slow * 100.0;
    if slow.abs() < 1e-14 { 0.0 } else { share }
}
