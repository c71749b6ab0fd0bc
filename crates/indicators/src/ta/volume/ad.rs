//! Chaikin's accumulation and distribution line.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const AD: Indicator = Indicator {
    id: "ta.ad",
    label: "Accumulation and distribution line",
    group: Group::Volume,
    help: "The sum of all volume, each bar's weighted by where in its range it closed",
    formula: "sum(((close - low) - (high - close)) / (high - low) volume), bars without a range left out",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| append(Line(0.0), inputs, out)),
    stream: Some(|_| stream(Line(0.0))),
    ..TA
};

/// The bar's volume times where in its range it closed, -1 to 1; 0 when it has no range.
#[inline(always)]
pub(super) fn money_flow([high, low, close, volume]: [f64; 4]) -> f64 {
    let range = high - low;
    let flow = ((close - low) - (high - close)) / range * volume;
    if range > 0.0 { flow } else { 0.0 }
}

struct Line(f64);

impl Recurrence<4, 1> for Line {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        self.0 += money_flow(bar);
        [self.0]
    }
}
