//! Midpoint of a window.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

use super::extremes::extremes;

pub(super) const MIDPOINT: Indicator = Indicator {
    id: "ta.midpoint",
    label: "Midpoint",
    group: Group::Overlap,
    help: "The middle between the greatest and the least of the last n values",
    formula: "(max(x[t-n+1..t]) + min(x[t-n+1..t])) / 2",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        extremes(inputs[0], inputs[0], n, |t, highest, lowest| out[0][t] = (highest + lowest) / 2.0);
    },
    ..TA
};
