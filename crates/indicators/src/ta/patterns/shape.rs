//! Runs a pattern, a condition over the last K candles and N levels, over whole series or bar by bar.

use std::array::from_fn;

use algomosaic_core::Params;

use super::candle::Candle;
use super::means::Sums;
use super::setting::{Level, Mean, Measure};
use crate::indicator::{Draw, Group, Indicator, Input, Output, Stream};
use crate::ta::TA;
use crate::ta::recurrence::{self, Recurrence};

/// What every pattern has in common. Where a price stands right on a limit, the last digit of the running sum decides, so
/// that all earlier bars count; a pattern without limits says so.
pub(super) const PATTERN: Indicator = Indicator {
    group: Group::Patterns,
    inputs: &[Input::Open, Input::High, Input::Low, Input::Close],
    outputs: &[Output::ta("integer").whole().drawn(Draw::Marks)],
    ..TA
};

/// An entry of a condition and its levels, to which the words and the parameters are added. Or of an outline, which
/// tells by prices alone where the pattern may be and its value there, and details, which are looked at only there.
macro_rules! pattern {
    ($outline:ident, $details:ident, $levels:expr) => {
        crate::indicator::Indicator {
            append: Some(|inputs, params, out| {
                crate::ta::patterns::shape::rare(inputs, params, out, &$levels, $outline, $details);
            }),
            ..pattern!(|candles, levels| crate::ta::patterns::shape::both(candles, levels, $outline, $details), $levels)
        }
    };
    ($condition:expr, $levels:expr) => {
        crate::indicator::Indicator {
            look_back: |params| crate::ta::patterns::shape::look_back(params, &$levels, $condition),
            append: Some(|inputs, params, out| {
                crate::ta::patterns::shape::frequent(inputs, params, out, &$levels, $condition);
            }),
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

/// From the candles to 0 where the pattern can not be.
pub(super) trait Outline<const K: usize>: Fn([Candle; K]) -> f64 + Copy + Send + 'static {}

impl<const K: usize, F: Fn([Candle; K]) -> f64 + Copy + Send + 'static> Outline<K> for F {}

/// Whether the pattern is where its outline is.
pub(super) trait Details<const K: usize, const N: usize>:
    Fn([Candle; K], [f64; N]) -> bool + Copy + Send + 'static
{
}

impl<const K: usize, const N: usize, F: Fn([Candle; K], [f64; N]) -> bool + Copy + Send + 'static> Details<K, N> for F {}

/// The value of an outline where the details hold.
pub(super) fn both<const K: usize, const N: usize>(
    candles: [Candle; K],
    levels: [f64; N],
    outline: impl Outline<K>,
    details: impl Details<K, N>,
) -> f64 {
    let value = outline(candles);
    if value != 0.0 && details(candles, levels) { value } else { 0.0 }
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
pub(super) fn first_bar<const K: usize, const N: usize>(params: &Params, levels: &[Level; N]) -> usize {
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

/// Every value of a condition, worked out at each bar.
pub(super) fn frequent<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut Vec<f64>,
    levels: &[Level; N],
    condition: impl Condition<K, N>,
) {
    let start = look_back(params, levels, condition);
    let (means, factors) = read(params, levels);
    let mut rows = [[1.0; BLOCK]; N];
    scan(inputs, out, start, means, |sums, window, out| {
        for n in 0..N {
            let Mean { measure, period, ago } = means[n];
            if period > 0 {
                let divisor = period as f64;
                let sums = sums.row(n);
                for t in 0..BLOCK {
                    rows[n][t] = sums[t] / divisor;
                }
            } else {
                measure_block(measure, window, ago, &mut rows[n]);
            }
        }
        evaluate(window, out, |candles, t| condition(candles, from_fn(|n| factors[n] * rows[n][t])));
    });
}

/// Every value of a pattern by its outline, and the details only where that is not 0.
pub(super) fn rare<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut Vec<f64>,
    levels: &[Level; N],
    outline: impl Outline<K>,
    details: impl Details<K, N>,
) {
    let condition = move |candles, levels| both(candles, levels, outline, details);
    rare_from(inputs, params, out, levels, look_back(params, levels, condition), outline, details, |_, _| {});
}

/// The same from the bar `start` on. `then` is shown every block of bars when it is written: the prices and the values.
#[expect(clippy::too_many_arguments, reason = "the parts of a pattern, which are known where it is declared")]
pub(super) fn rare_from<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut Vec<f64>,
    levels: &[Level; N],
    start: usize,
    outline: impl Outline<K>,
    details: impl Details<K, N>,
    mut then: impl FnMut(Window, &mut [f64; BLOCK]),
) {
    let (means, factors) = read(params, levels);
    scan(inputs, out, start, means, |sums, window, out| {
        evaluate(window, out, |candles, _| outline(candles));
        for (group, values) in out.chunks_mut(GROUP).enumerate() {
            if !values.iter().fold(false, |any, value| any | (*value != 0.0)) {
                continue;
            }
            for (place, value) in values.iter_mut().enumerate().filter(|(_, value)| **value != 0.0) {
                let t = group * GROUP + place;
                let levels = from_fn(|n| {
                    let Mean { measure, period, ago } = means[n];
                    let mean = if period > 0 {
                        sums.row(n)[t] / period as f64
                    } else {
                        measure.of(&window_candle(window, t + BEFORE - ago))
                    };
                    factors[n] * mean
                });
                if !details(candles(window, t), levels) {
                    *value = 0.0;
                }
            }
        }
        then(window, out);
    });
}

/// Bars that are passed over together where an outline is nowhere.
const GROUP: usize = 8;

/// Bars that are taken together, so that loops over them use the processor's vectors and stay in its nearest memory.
pub(super) const BLOCK: usize = 32;

/// A pattern has this many candles before the last, or fewer.
pub(super) const BEFORE: usize = 4;

/// Open, high, low and close, oldest first.
pub(super) type Prices<'a> = [&'a [f64]; 4];

/// The prices of a block and of the candles before it that a pattern may read.
pub(super) type Window<'a> = [&'a [f64; BEFORE + BLOCK]; 4];

/// Goes over the bars from `start` on by blocks, with the sums, the prices, and the values to write.
fn scan<const N: usize>(
    inputs: &[&[f64]],
    out: &mut Vec<f64>,
    start: usize,
    means: [Mean; N],
    mut block: impl FnMut(&Sums<N>, Window, &mut [f64; BLOCK]),
) {
    let Ok(prices) = <Prices>::try_from(inputs) else { return };
    let (rows, undefined) = (prices[0].len(), out.len());
    out.resize(undefined + start.min(rows), f64::NAN);
    if start >= rows {
        return;
    }
    let mut sums = Sums::new(prices, start, means);
    let mut values = [0.0; BLOCK];
    for from in (start..rows).step_by(BLOCK) {
        sums.next(prices, from);
        let mut copies = [[f64::NAN; BEFORE + BLOCK]; 4];
        let window = window(prices, from).unwrap_or_else(|| {
            // At either end of the series.
            for (copy, series) in copies.iter_mut().zip(prices) {
                let (missing, first) = (BEFORE.saturating_sub(from), from.saturating_sub(BEFORE));
                copy[missing..].iter_mut().zip(&series[first..]).for_each(|(copy, price)| *copy = *price);
            }
            copies.each_ref()
        });
        block(&sums, window, &mut values);
        if from + BLOCK <= rows {
            out.extend_from_slice(&values);
        } else {
            out.extend_from_slice(&values[..rows - from]);
        }
    }
}

/// None where the series does not have all these bars.
fn window(prices: Prices, from: usize) -> Option<Window> {
    let first = from.checked_sub(BEFORE)?;
    let [open, high, low, close] = prices;
    Some([
        open.get(first..)?.first_chunk()?,
        high.get(first..)?.first_chunk()?,
        low.get(first..)?.first_chunk()?,
        close.get(first..)?.first_chunk()?,
    ])
}

// Not inlined: as parameters the values are known not to overlap the prices, without which the loop stays scalar.
#[inline(never)]
fn evaluate<const K: usize>(window: Window, out: &mut [f64; BLOCK], value: impl Fn([Candle; K], usize) -> f64) {
    for (t, place) in out.iter_mut().enumerate() {
        *place = value(candles(window, t), t);
    }
}

#[inline(never)]
fn measure_block(measure: Measure, window: Window, ago: usize, out: &mut [f64; BLOCK]) {
    let each = |out: &mut [f64; BLOCK], measure: Measure| {
        for (t, place) in out.iter_mut().enumerate() {
            *place = measure.of(&window_candle(window, t + BEFORE - ago));
        }
    };
    match measure {
        Measure::Body => each(out, Measure::Body),
        Measure::HighLow => each(out, Measure::HighLow),
        Measure::Shadows => each(out, Measure::Shadows),
        Measure::One => out.fill(1.0),
    }
}

/// The last K candles at place t of a block.
#[inline(always)]
fn candles<const K: usize>(window: Window, t: usize) -> [Candle; K] {
    from_fn(|k| window_candle(window, t + BEFORE + 1 + k - K))
}

#[inline(always)]
fn window_candle([open, high, low, close]: Window, t: usize) -> Candle {
    Candle { open: open[t], high: high[t], low: low[t], close: close[t] }
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
