//! Williams' accumulation and distribution.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const WAD: Indicator = Indicator {
    id: "ta.wad",
    label: "Williams' accumulation/distribution",
    group: Group::Momentum,
    help: "The running sum of the way from the true low on rises and to the true high on falls",
    formula: "sum of close - min(low, close[t-1]) where the close rises, of close - max(high, close[t-1]) where it falls",
    source: "TA-Lib 0.8.1; Williams 1972",
    inputs: &[Input::High, Input::Low, Input::Close],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| append(Wad { last_close: f64::NAN, sum: 0.0 }, inputs, out)),
    stream: Some(|_| stream(Wad { last_close: f64::NAN, sum: 0.0 })),
    ..TA
};

struct Wad {
    last_close: f64,
    sum: f64,
}

impl Recurrence<3, 1> for Wad {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let last = self.last_close;
        self.last_close = close;
        let rise = close - if low < last { low } else { last };
        let fall = close - if high > last { high } else { last };
        let fall = if close < last { fall } else { 0.0 };
        self.sum += if close > last { rise } else { fall };
        [self.sum]
    }
}
