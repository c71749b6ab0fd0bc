//! Lowest and highest values over a window.

use super::window::{above, below, extremes};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const MINMAX: Indicator = Indicator {
    id: "ta.minmax",
    label: "Lowest and highest value",
    group: Group::MathOperators,
    help: "The least and the greatest of the last n values",
    formula: "min(x[t-n+1..t]) and max(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("min"), Output::ta("max")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        extremes(inputs[0], n, below, out[0]);
        extremes(inputs[0], n, above, out[1]);
    },
    ..TA
};
