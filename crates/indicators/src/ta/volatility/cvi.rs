//! Chaikin's volatility.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::overlap::ema::Chain;
use crate::ta::params::{period, time_period};
use crate::ta::recurrence::{Recurrence, Ring, batch, stream};

pub(super) const CVI: Indicator = Indicator {
    id: "ta.cvi",
    label: "Chaikin's volatility",
    group: Group::Volatility,
    help: "By how many percent the smoothed range has changed over m bars",
    formula: "100 (e[t] - e[t-m]) / e[t-m], 0 where e[t-m] is 0; e is the exponential average of high - low over n bars",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(10, 2), period("rocperiod", "Rate of change period", 10, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1 + params.size("rocperiod"),
    kernel: |inputs, params, out| batch(Volatility::new(params), inputs, out),
    stream: Some(|params| stream(Volatility::new(params))),
    ..TA
};

struct Volatility {
    range: Chain<1>,
    /// NaN until there are enough.
    before: Ring,
}

impl Volatility {
    fn new(params: &Params) -> Volatility {
        Volatility {
            range: Chain::new(params.size("timeperiod")),
            before: Ring::new(params.size("rocperiod"), f64::NAN),
        }
    }
}

impl Recurrence<2, 1> for Volatility {
    #[inline(always)]
    fn next(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        let Some([range]) = self.range.next(high - low) else { return [f64::NAN] };
        let before = self.before.replace(range);
        let change = (range - before) / before * 100.0;
        [if before == 0.0 { 0.0 } else { change }]
    }
}
