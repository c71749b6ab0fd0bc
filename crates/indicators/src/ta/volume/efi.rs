//! Elder's force index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, batch, stream};

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
    kernel: |inputs, params, out| batch(Force::new(params), inputs, out),
    stream: Some(|params| stream(Force::new(params))),
    ..TA
};

struct Force {
    n: f64,
    weight: f64,
    keep: f64,
    before: f64,
    average: f64,
    /// Bars until the first value.
    hidden: usize,
    begun: bool,
}

impl Force {
    fn new(params: &Params) -> Force {
        let n = params.size("timeperiod");
        let weight = 2.0 / (n as f64 + 1.0);
        Force {
            n: n as f64,
            weight,
            keep: 1.0 - weight,
            before: f64::NAN,
            average: 0.0,
            hidden: n,
            begun: false,
        }
    }

    fn warm(&mut self, force: f64) -> f64 {
        if self.before.is_nan() && self.hidden == self.n as usize {
            self.hidden -= 1;
            return f64::NAN;
        }
        self.average += force;
        if self.hidden > 0 {
            self.hidden -= 1;
            return f64::NAN;
        }
        self.average /= self.n;
        self.begun = true;
        self.average
    }
}

impl Recurrence<2, 1> for Force {
    #[inline(always)]
    fn next(&mut self, [close, volume]: [f64; 2]) -> [f64; 1] {
        let force = (close - self.before) * volume;
        if self.begun {
            self.before = close;
            self.average = self.average * self.keep + force * self.weight;
            return [self.average];
        }
        let value = self.warm(force);
        self.before = close;
        [value]
    }
}
