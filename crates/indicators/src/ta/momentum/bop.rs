//! Balance of power.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const BOP: Indicator = Indicator {
    id: "ta.bop",
    label: "Balance of power",
    group: Group::Momentum,
    help: "Which part of the bar's range lies between its open and its close, negative when it fell",
    formula: "(close - open) / (high - low), 0 when the range is not positive",
    source: "TA-Lib 0.8.1; Livshin 2001",
    inputs: &[Input::Open, Input::High, Input::Low, Input::Close],
    outputs: &[Output::ta("real")],
    memory: WINDOW,
    append: Some(|inputs, _, out| append(Bop, inputs, out)),
    stream: Some(|_| stream(Bop)),
    ..TA
};

struct Bop;

impl Recurrence<4, 1> for Bop {
    #[inline(always)]
    fn next(&mut self, [open, high, low, close]: [f64; 4]) -> [f64; 1] {
        let range = high - low;
        let share = (close - open) / range;
        [if range <= 0.0 { 0.0 } else { share }]
    }
}
