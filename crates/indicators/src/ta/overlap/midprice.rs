//! Midpoint of the range of the last bars.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;

use super::extremes::extremes;

pub(super) const MIDPRICE: Indicator = Indicator {
    id: "ta.midprice",
    label: "Midpoint price",
    group: Group::Overlap,
    help: "The middle between the highest high and the lowest low of the last n bars",
    formula: "(max(high[t-n+1..t]) + min(low[t-n+1..t])) / 2",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        extremes(inputs[0], inputs[1], n, |t, highest, lowest| out[0][t] = (highest + lowest) / 2.0);
    },
    ..TA
};
