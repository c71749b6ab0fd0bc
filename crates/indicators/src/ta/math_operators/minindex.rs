//! Place of the lowest value over a window.

use super::places::{below, places};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const MININDEX: Indicator = Indicator {
    id: "ta.minindex",
    label: "Place of the lowest value",
    group: Group::MathOperators,
    help: "The row of the least of the last n values, counted from 0",
    formula: "argmin(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("integer").rows()],
    look_back: |params| params.size("timeperiod") - 1,
    kernel: |inputs, params, out| places(inputs[0], params.size("timeperiod"), below, out[0]),
    ..TA
};
