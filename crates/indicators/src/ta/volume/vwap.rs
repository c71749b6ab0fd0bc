//! Volume weighted average price.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const VWAP: Indicator = Indicator {
    id: "ta.vwap",
    label: "Volume weighted average price",
    group: Group::Volume,
    help: "The mean typical price of all bars so far, weighted by volume",
    formula: "sum((high + low + close) / 3 volume) / sum(volume), as before where there is no volume yet",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    overlay: true,
    append: Some(|inputs, _, out| append(Mean::default(), inputs, out)),
    stream: Some(|_| stream(Mean::default())),
    ..TA
};

#[derive(Default)]
struct Mean {
    traded: f64,
    volume: f64,
    value: f64,
}

impl Recurrence<4, 1> for Mean {
    #[inline(always)]
    fn next(&mut self, [high, low, close, volume]: [f64; 4]) -> [f64; 1] {
        let traded = (high + low + close) * (1.0 / 3.0) * volume;
        // A bar that is not complete counts for nothing.
        let counts = traded.is_finite();
        self.traded += if counts { traded } else { 0.0 };
        self.volume += if counts { volume } else { 0.0 };
        let mean = self.traded / self.volume;
        self.value = if self.volume > 0.0 { mean } else { self.value };
        [self.value]
    }
}
