//! Runs a pattern, a condition over the last K candles and N levels, over whole series or bar by bar.
//!
//! A level comes from a running sum that begins where TA-Lib's does and is added to in the same order: then even
//! prices that stand right on a limit fall to the same side.

use std::array::from_fn;

use algomosaic_core::Params;

use super::candle::Candle;
use super::setting::{Level, Measure, Scale};
use crate::indicator::{Draw, Group, Indicator, Input, Output, Stream};
use crate::ta::TA;
use crate::ta::recurrence::{self, Recurrence};

/// What every pattern has in common.
pub(super) const PATTERN: Indicator = Indicator {
    group: Group::Patterns,
    inputs: &[Input::Open, Input::High, Input::Low, Input::Close],
    outputs: &[Output::ta("integer").whole().drawn(Draw::Marks)],
    ..TA
};

/// An entry of a condition and its levels, to which the words and the parameters are added.
macro_rules! pattern {
    ($condition:expr, $levels:expr) => {
        crate::indicator::Indicator {
            look_back: |params| crate::ta::patterns::shape::look_back(params, &$levels, $condition),
            kernel: |inputs, params, out| {
                crate::ta::patterns::shape::kernel(inputs, params, out, &$levels, $condition);
            },
            stream: Some(|params| crate::ta::patterns::shape::stream(params, &$levels, $condition)),
            ..crate::ta::patterns::shape::PATTERN
        }
    };
}
pub(super) use pattern;

/// From the candles, oldest first, and the levels to 0, or a number whose sign is the direction.
pub(super) trait Condition<const K: usize, const N: usize>:
    Fn([Candle; K], [f64; N]) -> f64 + Copy + Send + 'static
{
}

impl<const K: usize, const N: usize, F: Fn([Candle; K], [f64; N]) -> f64 + Copy + Send + 'static> Condition<K, N>
    for F
{
}

/// The longest period and the candles before the last.
pub(super) fn look_back<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    _: impl Condition<K, N>,
) -> usize {
    levels.iter().map(|level| Scale::new(level, params).period).max().unwrap_or(0) + K - 1
}

/// The first bar that has all candles that are read.
pub(super) fn first_bar<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    _: impl Condition<K, N>,
) -> usize {
    reach::<K>(&levels.each_ref().map(|level| Scale::new(level, params)))
}

/// How many bars before the last are read.
fn reach<const K: usize>(scales: &[Scale]) -> usize {
    scales.iter().map(|scale| scale.ago + scale.period).max().unwrap_or(0).max(K - 1)
}

pub(super) fn kernel<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut [&mut [f64]],
    levels: &[Level; N],
    condition: impl Condition<K, N>,
) {
    let start = look_back(params, levels, condition);
    scan(inputs, params, out, levels, start, condition);
}

/// Writes the condition's value at each bar from `start` on.
pub(super) fn scan<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut [&mut [f64]],
    levels: &[Level; N],
    start: usize,
    condition: impl Condition<K, N>,
) {
    let (Ok(prices), [out]) = (<[&[f64]; 4]>::try_from(inputs), out) else { return };
    if start < out.len() {
        blocks(prices, out, start, levels.each_ref().map(|level| Scale::new(level, params)), condition);
    }
}

/// Bars that are taken together, so that loops over them use the processor's vectors.
const BLOCK: usize = 128;

/// Open, high, low and close, oldest first.
type Prices<'a> = [&'a [f64]; 4];

// Not inlined: as parameters the slices are known not to overlap, without which the loops stay scalar.
#[inline(never)]
fn blocks<const K: usize, const N: usize>(
    prices: Prices,
    out: &mut [f64],
    start: usize,
    scales: [Scale; N],
    condition: impl Condition<K, N>,
) {
    let mut totals = scales.map(|scale| {
        let end = start - scale.ago;
        (end - scale.period..end).fold(0.0, |sum, t| sum + scale.measure.of(&candle(prices, t)))
    });
    let mut sums = [[0.0; BLOCK]; N];
    for from in (start..out.len()).step_by(BLOCK) {
        let out = &mut out[from..];
        let len = out.len().min(BLOCK);
        let out = &mut out[..len];
        for (scale, sums) in scales.iter().zip(&mut sums) {
            changes(prices, from - scale.ago, scale, &mut sums[..len]);
        }
        for t in 0..len {
            // All sums in one loop: each waits for its own addition only.
            for n in 0..N {
                let change = sums[n][t];
                sums[n][t] = if scales[n].period > 0 { totals[n] } else { change };
                totals[n] += change;
            }
        }
        let window: [Prices; K] = from_fn(|k| prices.map(|series| &series[from + k + 1 - K..][..len]));
        evaluate(window, &sums, &scales, out, condition);
    }
}

#[inline(never)]
fn evaluate<const K: usize, const N: usize>(
    window: [Prices; K],
    sums: &[[f64; BLOCK]; N],
    scales: &[Scale; N],
    out: &mut [f64],
    condition: impl Condition<K, N>,
) {
    let len = out.len().min(BLOCK);
    let window = window.map(|prices| prices.map(|series| &series[..len]));
    for t in 0..len {
        out[t] = condition(window.map(|prices| candle(prices, t)), from_fn(|n| scales[n].level(sums[n][t])));
    }
}

#[inline(always)]
fn candle([open, high, low, close]: Prices, t: usize) -> Candle {
    Candle { open: open[t], high: high[t], low: low[t], close: close[t] }
}

/// By how much the sum of measures changes after each bar from `from` on; without a period, the measures themselves.
fn changes(prices: Prices, from: usize, scale: &Scale, out: &mut [f64]) {
    match scale.measure {
        Measure::Body => differences(prices, from, scale.period, out, |candle| Measure::Body.of(candle)),
        Measure::HighLow => differences(prices, from, scale.period, out, |candle| Measure::HighLow.of(candle)),
        Measure::Shadows => differences(prices, from, scale.period, out, |candle| Measure::Shadows.of(candle)),
        Measure::One => out.fill(1.0),
    }
}

#[inline(always)]
fn differences(prices: Prices, from: usize, period: usize, out: &mut [f64], measure: impl Fn(&Candle) -> f64) {
    let len = out.len();
    let now = prices.map(|series| &series[from..][..len]);
    if period == 0 {
        for t in 0..len {
            out[t] = measure(&candle(now, t));
        }
    } else {
        let then = prices.map(|series| &series[from - period..][..len]);
        for t in 0..len {
            out[t] = measure(&candle(now, t)) - measure(&candle(then, t));
        }
    }
}

/// The same bar by bar.
pub(super) fn stream<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    condition: impl Condition<K, N>,
) -> Box<dyn Stream> {
    let start = look_back(params, levels, condition);
    recurrence::stream(Bars::new(params, levels, start, condition))
}

/// The last candles and the running sums.
pub(super) struct Bars<const K: usize, const N: usize, C> {
    /// As many candles as the longest window goes back, in a ring.
    ring: Vec<Candle>,
    full: usize,
    place: usize,
    seen: usize,
    start: usize,
    totals: [f64; N],
    scales: [Scale; N],
    condition: C,
}

impl<const K: usize, const N: usize, C: Condition<K, N>> Bars<K, N, C> {
    pub(super) fn new(params: &Params, levels: &[Level; N], start: usize, condition: C) -> Self {
        let scales = levels.each_ref().map(|level| Scale::new(level, params));
        let full = reach::<K>(&scales) + 1;
        Bars { ring: Vec::with_capacity(full), full, place: 0, seen: 0, start, totals: [0.0; N], scales, condition }
    }

    /// The candle so many bars before the last.
    fn ago(&self, bars: usize) -> &Candle {
        let place = if bars <= self.place { self.place - bars } else { self.place + self.ring.len() - bars };
        &self.ring[place]
    }
}

impl<const K: usize, const N: usize, C: Condition<K, N>> Recurrence<4, 1> for Bars<K, N, C> {
    fn next(&mut self, [open, high, low, close]: [f64; 4]) -> [f64; 1] {
        let last = Candle { open, high, low, close };
        if self.ring.len() < self.full {
            self.place = self.ring.len();
            self.ring.push(last);
        } else {
            self.place = if self.place + 1 == self.ring.len() { 0 } else { self.place + 1 };
            self.ring[self.place] = last;
        }
        self.seen += 1;
        if self.seen <= self.start {
            return [f64::NAN];
        }
        let first = self.seen == self.start + 1;
        let sums: [f64; N] = from_fn(|n| {
            let Scale { measure, period, ago, .. } = self.scales[n];
            let now = measure.of(self.ago(ago));
            if period == 0 {
                return now;
            }
            if first {
                self.totals[n] = (1..=period).rev().fold(0.0, |sum, t| sum + measure.of(self.ago(ago + t)));
            }
            let total = self.totals[n];
            self.totals[n] += now - measure.of(self.ago(ago + period));
            total
        });
        let levels = from_fn(|n| self.scales[n].level(sums[n]));
        [(self.condition)(from_fn(|k| *self.ago(K - 1 - k)), levels)]
    }
}
