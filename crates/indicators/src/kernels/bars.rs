//! Series that several indicators take from bars.

use super::{Series, Sink, each, map, map_lagged, rolling_range, series};

/// The greater; NaN when either is.
#[inline(always)]
pub(crate) fn maximum(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// The lesser; NaN when either is.
#[inline(always)]
pub(crate) fn minimum(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() { a } else { b }
}

/// max(high[t], close[t-1]) - min(low[t], close[t-1]); 0 at the first bar, as the framework has it.
pub(crate) fn true_range(high: &[f64], low: &[f64], close: &[f64]) -> Series {
    let mut range = series(high.len());
    map_lagged([(high, 0), (low, 0), (close, 1)], &mut range, |[high, low, before]| {
        maximum(high, before) - minimum(low, before)
    });
    range[0] = 0.0;
    range
}

/// (high + low + close) / 3.
#[inline(always)]
pub(crate) fn typical_price([high, low, close]: [f64; 3]) -> f64 {
    (high + low + close) / 3.0
}

/// (2 close - high - low) / (high - low) * volume: where in its range the bar closed, times volume.
pub(crate) fn accumulation(high: &[f64], low: &[f64], close: &[f64], volume: &[f64]) -> Series {
    each([high, low, close, volume], |[high, low, close, volume]| (2.0 * close - high - low) / (high - low) * volume)
}

/// Wilder's directional moves from bar t-1 to t: the rise of the high, and the fall of the low, whichever is greater
/// and positive, the other 0. Both 0 at the first bar.
pub(crate) fn directional_moves(high: &[f64], low: &[f64]) -> [Series; 2] {
    let one = |own: f64, other: f64| {
        let size = if (own > other) & (own > 0.0) { own } else { 0.0 };
        if own.is_nan() | other.is_nan() { f64::NAN } else { size }
    };
    let (mut rises, mut falls) = (series(high.len()), series(high.len()));
    rises.extend(&[0.0]);
    falls.extend(&[0.0]);
    if let ([_, high_now @ ..], [_, low_now @ ..]) = (high, low) {
        map(
            [high_now, &high[..high_now.len()], low_now, &low[..low_now.len()]],
            [&mut rises, &mut falls],
            |[high, high_before, low, low_before]| {
                let (up, down) = (high - high_before, low_before - low);
                [one(up, down), one(down, up)]
            },
        );
    }
    [rises, falls]
}

/// (close - min low) / (max high - min low) over the n bars up to each.
pub(crate) fn stochastic(high: &[f64], low: &[f64], close: &[f64], n: usize) -> Series {
    let mut place = series(high.len());
    rolling_range(
        [high, low, close],
        &[n],
        |[high, low, _]| [high, low],
        |[_, _, close], [top, bottom]| (close - bottom) / (top - bottom),
        std::slice::from_mut(&mut place),
    );
    place
}
