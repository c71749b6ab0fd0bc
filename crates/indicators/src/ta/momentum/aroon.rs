//! Aroon.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;

use super::since;

pub(super) const AROON: Indicator = Indicator {
    id: "ta.aroon",
    label: "Aroon",
    group: Group::Momentum,
    help: "How recent the lowest low and the highest high are, 100 for this bar and 0 for n bars ago",
    formula: "100 (n - bars since the extreme of the last n + 1 bars) / n",
    source: "TA-Lib 0.8.1; Chande 1995",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("aroondown").drawn(Draw::DashedLine), Output::ta("aroonup")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let [down, up] = out else { return };
        let n = params.size("timeperiod");
        let share = 100.0 / n as f64;
        since::each(inputs, params, |t, low, high| {
            down[t] = share * (n - low) as f64;
            up[t] = share * (n - high) as f64;
        });
    },
    stream: Some(|params| {
        since::stream(params, |n, low, high, out| {
            out[0] = 100.0 / n * (n - low as f64);
            out[1] = 100.0 / n * (n - high as f64);
        })
    }),
    ..TA
};
