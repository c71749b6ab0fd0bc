//! End of the line of least squares.

use super::regression::lines;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const LINEARREG: Indicator = Indicator {
    id: "ta.linearreg",
    label: "Linear regression",
    group: Group::Statistics,
    help: "Where the straight line of least squares through the last n values ends",
    formula: "a + b (n - 1); a + b i fits x[t-n+1+i] for i in 0..n-1",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        let ahead = (n - 1) as f64;
        lines(inputs[0], n, out[0], |line| line.start + line.slope * ahead);
    },
    ..TA
};
