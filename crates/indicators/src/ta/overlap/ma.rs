//! Moving average of any type.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, memory, moving_average};
use crate::ta::params::{PRICE, time_period};

use super::sma::quick_mean;

pub(super) const MA: Indicator = Indicator {
    id: "ta.ma",
    label: "Moving average",
    group: Group::Overlap,
    help: "The average of the last n values, of the type that you choose",
    formula: "the moving average of this type over n bars; x[t] for n = 1",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1), ma_type("matype", "Type", "SMA")],
    outputs: &[Output::ta("real")],
    look_back: |params| look_back(params.text("matype"), params.size("timeperiod")),
    memory: Memory::Unbroken(|params| memory(params.text("matype"), params.size("timeperiod"))),
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        match params.text("matype") {
            "SMA" | "DEFAULT" if n > 1 => quick_mean(inputs[0], n, out[0]),
            kind => moving_average(kind, inputs[0], n, out[0]),
        }
    },
    ..TA
};
