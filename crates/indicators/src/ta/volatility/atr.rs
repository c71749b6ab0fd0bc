//! Average true range.

use algomosaic_core::Params;

use super::trange::true_range;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Decay, Recurrence, stream};

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
    kernel: |inputs, params, out| average_range(inputs, params, out, |average, _| average),
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
    /// Bars so far, while there is no value.
    bars: usize,
    hidden: usize,
    begun: bool,
}

impl AverageRange {
    pub(super) fn new(params: &Params) -> AverageRange {
        let n = params.size("timeperiod");
        AverageRange {
            n: n as f64,
            keep: (n as f64 - 1.0) / n as f64,
            per_n: 1.0 / n as f64,
            before: f64::NAN,
            average: 0.0,
            bars: 0,
            hidden: n + unstable(params),
            begun: false,
        }
    }

    fn warm(&mut self, range: f64) -> f64 {
        let (bar, n) = (self.bars as f64, self.n);
        if bar > n {
            self.average = self.average * self.keep + range * self.per_n;
        } else if bar > 0.0 {
            self.average += range;
            if bar == n {
                self.average /= n;
            }
        }
        self.begun = self.bars == self.hidden;
        self.bars += 1;
        if self.begun { self.average } else { f64::NAN }
    }
}

/// The average at each bar, as `value` makes it of the average and the close.
#[inline(always)]
pub(super) fn average_range(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut [&mut [f64]],
    value: impl Fn(f64, f64) -> f64,
) {
    let rows = inputs[0].len();
    let (high, low, close, out) = (&inputs[0][..rows], &inputs[1][..rows], &inputs[2][..rows], &mut out[0][..rows]);
    let mut state = AverageRange::new(params);
    let begin = rows.min(state.hidden + 1);
    for t in 0..begin {
        let [average] = state.next([high[t], low[t], close[t]]);
        if !average.is_nan() {
            out[t] = value(average, close[t]);
        }
    }
    let per_n = state.per_n;
    Decay::new(state.keep, state.average).run(
        begin,
        rows,
        |t| true_range(high[t], low[t], close[t - 1]) * per_n,
        |t, average| out[t] = value(average, close[t]),
    );
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
