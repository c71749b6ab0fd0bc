//! Absolute price oscillator.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::memory;

use super::oscillator::{PARAMS, averages, look_back, slower};

pub(super) const APO: Indicator = Indicator {
    id: "ta.apo",
    label: "Absolute price oscillator",
    group: Group::Momentum,
    help: "How far the faster of two averages lies above the slower",
    formula: "ma(x, fast) - ma(x, slow)",
    inputs: &[Input::Column("price")],
    params: PARAMS,
    outputs: &[Output::ta("real")],
    look_back,
    memory: Memory::Unbroken(|params| memory(params.text("matype"), slower(params))),
    kernel: |inputs, params, out| averages(inputs[0], params, out[0], |fast, slow| fast - slow),
    ..TA
};
