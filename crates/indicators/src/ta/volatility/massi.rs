//! Mass index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::overlap::ema::Chain;
use crate::ta::params::period;
use crate::ta::recurrence::{Recurrence, Ring, batch, stream};

pub(super) const MASSI: Indicator = Indicator {
    id: "ta.massi",
    label: "Mass index",
    group: Group::Volatility,
    help: "How far ranges have widened beside their own average, summed; a bulge above 27 is watched",
    formula: "sum over slowperiod bars of e / ema(e, fastperiod), 1 where that is 0; e = ema(high - low, fastperiod)",
    source: "TA-Lib 0.8.1; Dorsey 1992",
    inputs: &[Input::High, Input::Low],
    params: &[period("fastperiod", "Fast period", 9, 2), period("slowperiod", "Slow period", 25, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| 2 * (params.size("fastperiod") - 1) + params.size("slowperiod") - 1,
    kernel: |inputs, params, out| batch(Mass::new(params), inputs, out),
    stream: Some(|params| stream(Mass::new(params))),
    ..TA
};

struct Mass {
    ranges: Chain<2>,
    ratios: Ring,
    sum: f64,
    /// Ratios until the window is full.
    hidden: usize,
}

impl Mass {
    fn new(params: &Params) -> Mass {
        let window = params.size("slowperiod");
        Mass {
            ranges: Chain::new(params.size("fastperiod")),
            ratios: Ring::new(window, 0.0),
            sum: 0.0,
            hidden: window - 1,
        }
    }
}

impl Recurrence<2, 1> for Mass {
    #[inline(always)]
    fn next(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        let Some([once, twice]) = self.ranges.next(high - low) else { return [f64::NAN] };
        let ratio = once / twice;
        let ratio = if twice == 0.0 { 1.0 } else { ratio };
        self.sum = self.sum - self.ratios.replace(ratio) + ratio;
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        [self.sum]
    }
}
