//! Aroon oscillator.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;

use super::since;

pub(super) const AROONOSC: Indicator = Indicator {
    id: "ta.aroonosc",
    label: "Aroon oscillator",
    group: Group::Momentum,
    help: "Whether the highest high or the lowest low is more recent, -100 to 100",
    formula: "100 (bars since the lowest low - bars since the highest high) / n, both of the last n + 1 bars",
    source: "TA-Lib 0.8.1; Chande 1995",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let share = 100.0 / params.size("timeperiod") as f64;
        since::each(inputs, params, |t, low, high| out[0][t] = share * (low as f64 - high as f64));
    },
    stream: Some(|params| since::stream(params, |n, low, high, out| out[0] = 100.0 / n * (low as f64 - high as f64))),
    ..TA
};
