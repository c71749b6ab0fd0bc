//! SuperTrend.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{positive, time_period};
use crate::ta::recurrence::{Recurrence, stream};

use super::CHUNK;
use super::range::AverageRange;

pub(super) const SUPERTREND: Indicator = Indicator {
    id: "ta.supertrend",
    label: "SuperTrend",
    group: Group::Overlap,
    help: "A stop that only moves with the trend and changes sides when the close crosses it; 1 while the trend is up, -1 while it is down",
    formula: "(high + low) / 2 - multiplier a, never lowered, while the trend is up; (high + low) / 2 + multiplier a, never raised, while it is down; a is Wilder's average true range over n bars",
    source: "TA-Lib 0.8.1; Seban",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        time_period(10, 2),
        positive("multiplier", "Multiplier", 3.0).help("Average true ranges from the middle of the bar to the stop"),
    ],
    outputs: &[Output::ta("supertrend"), Output::ta("trend").whole()],
    look_back: |params| params.size("timeperiod"),
    overlay: true,
    kernel: supertrend,
    stream: Some(|params| stream(SuperTrend::new(params))),
    ..TA
};

fn supertrend(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let ([high, low, close], [stop, trend]) = (inputs, out) else { return };
    let mut state = SuperTrend::new(params);
    let first = (SUPERTREND.look_back)(params);
    if first >= high.len() {
        return;
    }
    for t in 0..=first {
        [stop[t], trend[t]] = state.next([high[t], low[t], close[t]]);
    }
    let mut ranges = [0.0; CHUNK];
    let mut start = first + 1;
    while start < high.len() {
        let end = (start + CHUNK).min(high.len());
        let (high, low) = (&high[start..end], &low[start..end]);
        let ranges = &mut ranges[..end - start];
        state.range.run(high, low, &close[start - 1..end - 1], ranges);
        let places = stop[start..end].iter_mut().zip(&mut trend[start..end]);
        let bars = high.iter().zip(low).zip(&close[start..end]).zip(ranges.iter());
        for ((stop, trend), (((high, low), close), range)) in places.zip(bars) {
            [*stop, *trend] = state.turn((high + low) / 2.0, *close, *range);
        }
        start = end;
    }
}

struct SuperTrend {
    width: f64,
    range: AverageRange,
    begun: bool,
    up: bool,
    /// The stops over and under prices.
    over: f64,
    under: f64,
    close: f64,
}

impl SuperTrend {
    fn new(params: &Params) -> SuperTrend {
        SuperTrend {
            width: params.float("multiplier"),
            range: AverageRange::new(params.size("timeperiod")),
            begun: false,
            up: true,
            over: f64::INFINITY,
            under: f64::NEG_INFINITY,
            close: f64::NAN,
        }
    }
}

impl SuperTrend {
    /// The stop and the trend at a bar with this middle, close and average range.
    #[inline(always)]
    fn turn(&mut self, middle: f64, close: f64, range: f64) -> [f64; 2] {
        let (over, under) = (middle + self.width * range, middle - self.width * range);
        if over < self.over || self.close > self.over {
            self.over = over;
        }
        if under > self.under || self.close < self.under {
            self.under = under;
        }
        self.close = close;
        if !self.begun {
            self.begun = true;
        } else if self.up {
            self.up = close >= self.under || close.is_nan() || self.under.is_nan();
        } else {
            self.up = close > self.over;
        }
        if self.up { [self.under, 1.0] } else { [self.over, -1.0] }
    }
}

impl Recurrence<3, 2> for SuperTrend {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        match self.range.next(high, low, close) {
            Some(range) => self.turn((high + low) / 2.0, close, range),
            None => [f64::NAN; 2],
        }
    }
}
