//! Elder's force index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const EFI: Indicator = Indicator {
    id: "ta.efi",
    label: "Force index",
    group: Group::Volume,
    help: "The smoothed move of the close times volume",
    formula: "the exponential average of (close[t] - close[t-1]) volume[t] over n bars, begun with the mean of the first n",
    source: "TA-Lib 0.8.1; Elder 1993",
    inputs: &[Input::Close, Input::Volume],
    params: &[time_period(13, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: Memory::Unbroken(|params| Some(decay(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Force::new(params), inputs, out)),
    stream: Some(|params| stream(Force::new(params))),
    ..TA
};

struct Force {
    n: usize,
    weight: f64,
    before: f64,
    average: f64,
    /// Bars so far, up to the first value.
    bars: usize,
}

impl Force {
    fn new(params: &Params) -> Force {
        let n = params.size("timeperiod");
        Force { n, weight: 2.0 / (n as f64 + 1.0), before: 0.0, average: 0.0, bars: 0 }
    }
}

impl Recurrence<2, 1> for Force {
    #[inline(always)]
    fn next(&mut self, [close, volume]: [f64; 2]) -> [f64; 1] {
        let force = (close - self.before) * volume;
        self.before = close;
        if self.bars > self.n {
            let average = self.average * (1.0 - self.weight) + force * self.weight;
            // Over one bar nothing is carried on, NaN neither.
            self.average = if self.n == 1 { force } else { average };
            return [self.average];
        }
        if self.bars > 0 {
            self.average += force;
        }
        self.bars += 1;
        if self.bars <= self.n {
            return [f64::NAN];
        }
        self.average /= self.n as f64;
        [self.average]
    }
}
