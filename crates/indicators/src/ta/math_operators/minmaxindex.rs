//! Places of the lowest and highest values over a window.

use super::places::{above, below, places};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const MINMAXINDEX: Indicator = Indicator {
    id: "ta.minmaxindex",
    label: "Places of the lowest and highest value",
    group: Group::MathOperators,
    help: "The rows of the least and the greatest of the last n values, counted from 0",
    formula: "argmin(x[t-n+1..t]) and argmax(x[t-n+1..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 2)],
    outputs: &[Output::ta("minidx").rows(), Output::ta("maxidx").rows()],
    look_back: |params| params.size("timeperiod") - 1,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        places(inputs[0], n, below, out[0]);
        places(inputs[0], n, above, out[1]);
    },
    ..TA
};
