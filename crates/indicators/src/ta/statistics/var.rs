//! Variance.

use super::variances;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, real, time_period};

pub(super) const VAR: Indicator = Indicator {
    id: "ta.var",
    label: "Variance",
    group: Group::Statistics,
    help: "The mean square of the distances of the last n values from their mean",
    formula: "mean(x^2) - mean(x)^2 over n bars; nbdev changes nothing",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(5, 1), real("nbdev", "Deviations", 1.0).help("TA-Lib takes it and does not use it")],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| variances(inputs[0], params.size("timeperiod"), out[0], |variance| variance),
    ..TA
};
