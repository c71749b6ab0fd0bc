//! An inside bar, a false break of it, and the turn that confirms.

use algomosaic_core::Params;

use super::candle::{Candle, bearish};
use super::setting::{Level, NEAR, params};
use super::shape::{BEFORE, Bars, Details, Outline, PATTERN, both, first_bar, rare_from};
use crate::indicator::{Indicator, Stream};
use crate::ta::recurrence::{self, Recurrence};

pub(super) const CDLHIKKAKE: Indicator = Indicator {
    id: "ta.cdlhikkake",
    label: "Hikkake pattern",
    help: "An inside bar and a break of it that may be false: against the break, and again when the turn confirms it",
    formula: "2 inside 1; 3 lower than 2 by high and low: 100; 3 higher: -100; a close beyond 2 in that direction within 3 bars of 3: 200 or -200",
    source: "TA-Lib 0.8.1; Chesler 2003",
    look_back: |params| look_back(params, &[], inside_bar, always),
    append: Some(|inputs, params, out| append(inputs, params, out, &[], inside_bar, always)),
    stream: Some(|params| stream(params, &[], inside_bar, always)),
    ..PATTERN
};

fn inside_bar([first, second, third]: [Candle; 3]) -> f64 {
    against(is_inside(&second, &first), &third, &second)
}

fn always(_: [Candle; 3], []: [f64; 0]) -> bool {
    true
}

pub(super) const CDLHIKKAKEMOD: Indicator = Indicator {
    id: "ta.cdlhikkakemod",
    label: "Modified hikkake pattern",
    help: "Two inside bars and a break that may be false: against the break, and again when the turn confirms it",
    formula: "2 inside 1 and 3 inside 2; 4 lower than 3 by high and low and 2 closes near its low: 100; 4 higher and 2 closes near its high: -100; a close beyond 3 in that direction within 3 bars of 4: 200 or -200",
    source: "TA-Lib 0.8.1; Chesler 2004",
    params: params!(NEAR),
    look_back: |params| look_back(params, &MODIFIED, two_inside_bars, closes_near),
    append: Some(|inputs, params, out| append(inputs, params, out, &MODIFIED, two_inside_bars, closes_near)),
    stream: Some(|params| stream(params, &MODIFIED, two_inside_bars, closes_near)),
    ..PATTERN
};

const MODIFIED: [Level; 1] = [NEAR.ago(2)];

fn two_inside_bars([first, second, third, fourth]: [Candle; 4]) -> f64 {
    against(is_inside(&second, &first) & is_inside(&third, &second), &fourth, &third)
}

fn closes_near([_, second, third, fourth]: [Candle; 4], [near]: [f64; 1]) -> bool {
    if fourth.high < third.high { second.close <= second.low + near } else { second.close >= second.high - near }
}

#[inline(always)]
fn is_inside(candle: &Candle, other: &Candle) -> bool {
    (candle.high < other.high) & (candle.low > other.low)
}

/// 100 where the last candle breaks out below, -100 above.
#[inline(always)]
fn against(inside: bool, last: &Candle, before: &Candle) -> f64 {
    let down = (last.high < before.high) & (last.low < before.low);
    let up = (last.high > before.high) & (last.low > before.low);
    if inside & down { 100.0 } else { bearish(inside & up) }
}

/// Bars after the break in which a close may confirm it. TA-Lib looks for breaks so many bars before its first value.
const CONFIRMATION: usize = 3;

fn look_back<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    _: impl Outline<K>,
    _: impl Details<K, N>,
) -> usize {
    first_bar::<K, N>(params, levels) + CONFIRMATION
}

fn append<const K: usize, const N: usize>(
    inputs: &[&[f64]],
    params: &Params,
    out: &mut Vec<f64>,
    levels: &[Level; N],
    outline: impl Outline<K>,
    details: impl Details<K, N>,
) {
    let (start, begin) = (first_bar::<K, N>(params, levels), out.len());
    let mut turn = Turn::default();
    rare_from(inputs, params, out, levels, start, outline, details, |[_, high, low, close], values| {
        let before = high[BEFORE - 1..].iter().zip(&low[BEFORE - 1..]);
        for ((value, close), (high, low)) in values.iter_mut().zip(&close[BEFORE..]).zip(before) {
            *value = turn.next(*value, *high, *low, *close);
        }
    });
    let defined = (begin + start + CONFIRMATION).min(out.len());
    out[begin..defined].fill(f64::NAN);
}

/// A break that waits for its confirmation.
#[derive(Default)]
struct Turn {
    /// Bars left in which to confirm.
    left: usize,
    direction: f64,
    /// The price that a close has to pass.
    limit: f64,
}

impl Turn {
    /// The value at a bar, from the break seen there, the high and the low of the bar before, and its close.
    #[inline(always)]
    fn next(&mut self, seen: f64, high: f64, low: f64, close: f64) -> f64 {
        if seen != 0.0 {
            *self = Turn { left: CONFIRMATION, direction: seen, limit: if seen > 0.0 { high } else { low } };
            return seen;
        }
        if self.left == 0 {
            return 0.0;
        }
        self.left -= 1;
        if (self.direction > 0.0 && close > self.limit) || (self.direction < 0.0 && close < self.limit) {
            self.left = 0;
            return 2.0 * self.direction;
        }
        0.0
    }
}

fn stream<const K: usize, const N: usize>(
    params: &Params,
    levels: &[Level; N],
    outline: impl Outline<K>,
    details: impl Details<K, N>,
) -> Box<dyn Stream> {
    let condition = move |candles, levels| both(candles, levels, outline, details);
    let bars = Bars::new(params, levels, first_bar::<K, N>(params, levels), condition);
    recurrence::stream(Confirmed { bars, turn: Turn::default(), settling: CONFIRMATION, high: f64::NAN, low: f64::NAN })
}

struct Confirmed<B> {
    bars: B,
    turn: Turn,
    /// Bars left at which breaks are seen and nothing is given out.
    settling: usize,
    high: f64,
    low: f64,
}

impl<B: Recurrence<4, 1>> Recurrence<4, 1> for Confirmed<B> {
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        let [seen] = self.bars.next(bar);
        let [_, high, low, close] = bar;
        let before = (std::mem::replace(&mut self.high, high), std::mem::replace(&mut self.low, low));
        if seen.is_nan() {
            return [f64::NAN];
        }
        let value = self.turn.next(seen, before.0, before.1, close);
        if self.settling > 0 {
            self.settling -= 1;
            return [f64::NAN];
        }
        [value]
    }
}
