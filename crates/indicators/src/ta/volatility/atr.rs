//! Average true range.

use algomosaic_core::Params;

use super::trange::true_range;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Decay, Recurrence, longer, stream};

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
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| average_range(inputs, params, out, |average, _| average)),
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

/// Bars in a turn. A multiple of four.
const TURN: usize = 64;

fused! {
    /// The average at each bar, as `value` makes it of the average and the close.
    pub(super) fn average_range[](
        inputs: &[&[f64]],
        params: &Params,
        out: &mut Vec<f64>,
        value: impl Fn(f64, f64) -> f64,
    ) {
        let rows = inputs[0].len();
        let (high, low, close) = (&inputs[0][..rows], &inputs[1][..rows], &inputs[2][..rows]);
        let mut state = AverageRange::new(params);
        let begin = rows.min(state.hidden + 1);
        for t in 0..begin {
            let [average] = state.next([high[t], low[t], close[t]]);
            out.push(if average.is_nan() { average } else { value(average, close[t]) });
        }
        let (per_n, mut average) = (state.per_n, Decay::new(state.keep, state.average));
        // In short turns, so that the processor goes on to the next ranges while it makes values of these averages.
        for begin in (begin..rows).step_by(TURN) {
            let bars = begin..rows.min(begin + TURN);
            let turn = longer(out, bars.len());
            let before = &close[begin - 1..bars.end - 1];
            let ranges = high[bars.clone()].iter().zip(&low[bars.clone()]).zip(before);
            for (place, ((high, low), before)) in turn.iter_mut().zip(ranges) {
                *place = true_range(*high, *low, *before) * per_n;
            }
            average.smooth(turn);
            for (place, close) in turn.iter_mut().zip(&close[bars]) {
                *place = value(*place, *close);
            }
        }
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
