//! Absolute price oscillator.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;

use super::oscillator::{PARAMS, averages, look_back};

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
    kernel: |inputs, params, out| averages(inputs[0], params, out[0], |fast, slow| fast - slow),
    ..TA
};
