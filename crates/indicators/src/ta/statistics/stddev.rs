//! Standard deviation.

use super::variances;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, real, time_period};

pub(super) const STDDEV: Indicator = Indicator {
    id: "ta.stddev",
    label: "Standard deviation",
    group: Group::Statistics,
    help: "How far the last n values are spread, as of a whole population",
    formula: "nbdev sqrt(mean(x^2) - mean(x)^2) over n bars",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(5, 2), real("nbdev", "Deviations", 1.0).help("The result is times this")],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let times = params.float("nbdev");
        variances(inputs[0], params.size("timeperiod"), out[0], |variance| {
            if variance > 0.0 || variance.is_nan() { variance.sqrt() * times } else { 0.0 }
        });
    },
    ..TA
};
