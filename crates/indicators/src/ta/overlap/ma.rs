//! Moving average of any type.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, moving_average};
use crate::ta::params::{PRICE, time_period};

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
    overlay: true,
    kernel: |inputs, params, out| {
        moving_average(params.text("matype"), inputs[0], params.size("timeperiod"), out[0]);
    },
    ..TA
};
