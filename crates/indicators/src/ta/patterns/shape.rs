//! Runs a pattern, a condition over the last K candles and N levels, over whole series or bar by bar.

use std::array::from_fn;

use algomosaic_core::Params;

use super::candle::Candle;
use super::means::{BLOCK, Means};
use super::setting::{Level, Mean};
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
    read(params, levels).0.iter().map(|mean| mean.period).max().unwrap_or(0) + K - 1
}

/// The first bar that has all candles that are read.
pub(super) fn first_bar<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    _: impl Condition<K, N>,
) -> usize {
    reach::<K>(&read(params, levels).0)
}

/// How many bars before the last are read.
fn reach<const K: usize>(means: &[Mean]) -> usize {
    means.iter().map(|mean| mean.ago + mean.period).max().unwrap_or(0).max(K - 1)
}

/// The means, and how many times each the levels are.
fn read<const N: usize>(params: &Params, levels: &[Level; N]) -> ([Mean; N], [f64; N]) {
    (from_fn(|n| levels[n].read(params).0), from_fn(|n| levels[n].read(params).1))
}

pub(super) fn kernel<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut [&mut [f64]],
    levels: &[Level; N],
    condition: impl Condition<K, N>,
) {
    let start = look_back(params, levels, condition);
    scan(inputs, params, out, levels, start, condition, |_, _, _| {});
}

/// Writes the condition's value at each bar from `start` on. `then` is shown every block of bars when it is written:
/// the prices, its first bar and its values.
pub(super) fn scan<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut [&mut [f64]],
    levels: &[Level; N],
    start: usize,
    condition: impl Condition<K, N>,
    mut then: impl FnMut(Prices, usize, &mut [f64]),
) {
    let (Ok(prices), [out]) = (<Prices>::try_from(inputs), out) else { return };
    if start >= out.len() {
        return;
    }
    let (means, factors) = read(params, levels);
    let mut means = Means::new(prices, start, means);
    for (place, out) in out[start..].chunks_mut(BLOCK).enumerate() {
        let from = start + place * BLOCK;
        let means = means.next(prices, from);
        let whole: Option<Window> = all(|i| prices[i].get(from.checked_sub(BEFORE)?..)?.first_chunk());
        match (whole, <&mut [f64; BLOCK]>::try_from(&mut *out)) {
            (Some(window), Ok(out)) => evaluate(window, means, &factors, out, condition),
            _ => {
                // At either end of the series.
                let (mut copies, mut values) = ([[f64::NAN; BEFORE + BLOCK]; 4], [0.0; BLOCK]);
                for (copy, series) in copies.iter_mut().zip(prices) {
                    let (missing, first) = (BEFORE.saturating_sub(from), from.saturating_sub(BEFORE));
                    copy[missing..].iter_mut().zip(&series[first..]).for_each(|(copy, price)| *copy = *price);
                }
                evaluate(copies.each_ref(), means, &factors, &mut values, condition);
                out.copy_from_slice(&values[..out.len()]);
            }
        }
        then(prices, from, out);
    }
}

fn all<'a>(one: impl Fn(usize) -> Option<&'a [f64; BEFORE + BLOCK]>) -> Option<Window<'a>> {
    Some([one(0)?, one(1)?, one(2)?, one(3)?])
}

/// Open, high, low and close, oldest first.
pub(super) type Prices<'a> = [&'a [f64]; 4];

/// The prices of a block and of the candles before it that a pattern may read.
type Window<'a> = [&'a [f64; BEFORE + BLOCK]; 4];

/// A pattern has this many candles before the last, or fewer.
const BEFORE: usize = 4;

// Not inlined: as parameters the values are known not to overlap the prices, without which the loop stays scalar.
#[inline(never)]
fn evaluate<const K: usize, const N: usize>(
    [open, high, low, close]: Window,
    means: [&[f64; BLOCK]; N],
    factors: &[f64; N],
    out: &mut [f64; BLOCK],
    condition: impl Condition<K, N>,
) {
    for t in 0..BLOCK {
        let candles = from_fn(|k| {
            let t = t + BEFORE + 1 + k - K;
            Candle { open: open[t], high: high[t], low: low[t], close: close[t] }
        });
        out[t] = condition(candles, from_fn(|n| factors[n] * means[n][t]));
    }
}

#[inline(always)]
pub(super) fn candle([open, high, low, close]: Prices, t: usize) -> Candle {
    Candle { open: open[t], high: high[t], low: low[t], close: close[t] }
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
    means: [Mean; N],
    factors: [f64; N],
    condition: C,
}

impl<const K: usize, const N: usize, C: Condition<K, N>> Bars<K, N, C> {
    pub(super) fn new(params: &Params, levels: &[Level; N], start: usize, condition: C) -> Self {
        let (means, factors) = read(params, levels);
        let full = reach::<K>(&means) + 1;
        let ring = Vec::with_capacity(full);
        Bars { ring, full, place: 0, seen: 0, start, totals: [0.0; N], means, factors, condition }
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
            self.place = if self.place + 1 == self.full { 0 } else { self.place + 1 };
            self.ring[self.place] = last;
        }
        self.seen += 1;
        if self.seen <= self.start {
            return [f64::NAN];
        }
        let first = self.seen == self.start + 1;
        let levels = from_fn(|n| {
            let Mean { measure, period, ago } = self.means[n];
            let now = measure.of(self.ago(ago));
            if period == 0 {
                return self.factors[n] * now;
            }
            if first {
                self.totals[n] = (1..=period).rev().fold(0.0, |sum, t| sum + measure.of(self.ago(ago + t)));
            }
            let mean = self.totals[n] / period as f64;
            self.totals[n] += now - measure.of(self.ago(ago + period));
            self.factors[n] * mean
        });
        [(self.condition)(from_fn(|k| *self.ago(K - 1 - k)), levels)]
    }
}
