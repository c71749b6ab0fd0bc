//! Place of the highest value over a window.

use super::places::{above, places};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const MAXINDEX: Indicator = Indicator {
    id: "ta.maxindex",
    label: "Place of the highest value",
    group: Group::MathOperators,
    help: "The row of the greatest of the last n values, counted from 0",
    formula: "argmax(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("integer").rows()],
    look_back: |params| params.size("timeperiod") - 1,
    kernel: |inputs, params, out| places(inputs[0], params.size("timeperiod"), above, out[0]),
    ..TA
};
