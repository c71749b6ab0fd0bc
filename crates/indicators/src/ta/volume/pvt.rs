//! Price volume trend.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const PVT: Indicator = Indicator {
    id: "ta.pvt",
    label: "Price volume trend",
    group: Group::Volume,
    help: "The sum of all volume, each bar's times the return of its close",
    formula: "pvt[t-1] + (close[t] - close[t-1]) / close[t-1] volume[t], nothing after a close of 0; 0 at first",
    inputs: &[Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| append(Trend::default(), inputs, out)),
    stream: Some(|_| stream(Trend::default())),
    ..TA
};

/// No close before: the first bar adds nothing.
#[derive(Default)]
struct Trend {
    before: f64,
    sum: f64,
}

impl Recurrence<2, 1> for Trend {
    #[inline(always)]
    fn next(&mut self, [close, volume]: [f64; 2]) -> [f64; 1] {
        let before = std::mem::replace(&mut self.before, close);
        let part = (close - before) / before * volume;
        self.sum += if before == 0.0 { 0.0 } else { part };
        [self.sum]
    }
}
