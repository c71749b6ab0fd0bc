//! Highest value over a window.

use super::window::{above, extremes};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const MAX: Indicator = Indicator {
    id: "ta.max",
    label: "Highest value",
    group: Group::MathOperators,
    help: "The greatest of the last n values",
    formula: "max(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| extremes(inputs[0], params.size("timeperiod"), above, out[0]),
    ..TA
};
