//! Lowest value over a window.

use super::window::{below, extremes};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const MIN: Indicator = Indicator {
    id: "ta.min",
    label: "Lowest value",
    group: Group::MathOperators,
    help: "The least of the last n values",
    formula: "min(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| extremes(inputs[0], params.size("timeperiod"), below, out[0]),
    ..TA
};
