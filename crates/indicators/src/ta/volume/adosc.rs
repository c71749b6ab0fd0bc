//! Chaikin's accumulation and distribution oscillator.

use algomosaic_core::Params;

use super::ad::money_flow;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::period;
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const ADOSC: Indicator = Indicator {
    id: "ta.adosc",
    label: "Accumulation and distribution oscillator",
    group: Group::Volume,
    help: "A fast average of the accumulation and distribution line less a slow one",
    formula: "ema(ad, fastperiod) - ema(ad, slowperiod), both begun with the first value of ad",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[period("fastperiod", "Fast period", 3, 2), period("slowperiod", "Slow period", 10, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("fastperiod").max(params.size("slowperiod")) - 1,
    kernel: |inputs, params, out| batch(Oscillator::new(params), inputs, out),
    stream: Some(|params| stream(Oscillator::new(params))),
    ..TA
};

struct Oscillator {
    /// Bars until the first value.
    hidden: usize,
    begun: bool,
    weights: [f64; 2],
    line: f64,
    averages: [f64; 2],
}

impl Oscillator {
    fn new(params: &Params) -> Oscillator {
        let periods = ["fastperiod", "slowperiod"].map(|name| params.size(name));
        Oscillator {
            hidden: periods[0].max(periods[1]) - 1,
            begun: false,
            weights: periods.map(|n| 2.0 / (n as f64 + 1.0)),
            line: 0.0,
            averages: [0.0; 2],
        }
    }
}

impl Recurrence<4, 1> for Oscillator {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        self.line += money_flow(bar);
        if !self.begun {
            self.begun = true;
            self.averages = [self.line; 2];
        }
        for (average, weight) in self.averages.iter_mut().zip(self.weights) {
            *average = weight * self.line + (1.0 - weight) * *average;
        }
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        [self.averages[0] - self.averages[1]]
    }
}
