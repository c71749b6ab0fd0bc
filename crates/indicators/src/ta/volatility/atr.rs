//! Average true range.

use algomosaic_core::Params;

use super::trange::true_range;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const ATR: Indicator = Indicator {
    id: "ta.atr",
    label: "Average true range",
    group: Group::Volatility,
    help: "Wilder's average of the true range",
    formula: "(atr[t-1] (n - 1) + true range) / n, begun with the mean of the first n true ranges",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(14, 1), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") + unstable(params),
    kernel: |inputs, params, out| batch(AverageRange::new(params), inputs, out),
    stream: Some(|params| stream(AverageRange::new(params))),
    ..TA
};

/// Wilder's average, bar by bar.
pub(super) struct AverageRange {
    n: f64,
    keep: f64,
    per_n: f64,
    before: f64,
    average: f64,
    /// Bars without a value, and those of them at whose end the average begins.
    hidden: usize,
    settling: usize,
    begun: bool,
}

impl AverageRange {
    pub(super) fn new(params: &Params) -> AverageRange {
        let (n, settling) = (params.size("timeperiod"), unstable(params));
        AverageRange {
            n: n as f64,
            keep: (n as f64 - 1.0) / n as f64,
            per_n: 1.0 / n as f64,
            before: f64::NAN,
            average: 0.0,
            hidden: n + settling,
            settling,
            begun: false,
        }
    }

    fn warm(&mut self, range: f64) -> f64 {
        if self.hidden > self.settling {
            self.average += range;
        } else if self.hidden == self.settling {
            self.average = (self.average + range) / self.n;
        } else {
            self.average = self.average * self.keep + range * self.per_n;
        }
        if self.hidden > 0 {
            self.hidden -= 1;
            return f64::NAN;
        }
        self.begun = true;
        self.average
    }
}

impl Recurrence<3, 1> for AverageRange {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let range = true_range(high, low, self.before);
        self.before = close;
        if self.begun {
            self.average = self.average * self.keep + range * self.per_n;
            return [self.average];
        }
        [self.warm(range)]
    }
}
