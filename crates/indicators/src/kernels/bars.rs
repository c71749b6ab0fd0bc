//! Series that several indicators take from bars.

use super::{each, rolling_max, rolling_min, undefined};

/// The greater; NaN when either is.
pub(crate) fn maximum(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// The lesser; NaN when either is.
pub(crate) fn minimum(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() { a } else { b }
}

/// max(high[t], close[t-1]) - min(low[t], close[t-1]); 0 at the first bar, as the framework has it.
pub(crate) fn true_range(high: &[f64], low: &[f64], close: &[f64]) -> Vec<f64> {
    each(high.len(), |t| if t == 0 { 0.0 } else { maximum(high[t], close[t - 1]) - minimum(low[t], close[t - 1]) })
}

/// (high + low + close) / 3.
pub(crate) fn typical_price(high: &[f64], low: &[f64], close: &[f64]) -> Vec<f64> {
    each(high.len(), |t| (high[t] + low[t] + close[t]) / 3.0)
}

/// (2 close - high - low) / (high - low) * volume: where in its range the bar closed, times volume.
pub(crate) fn accumulation(high: &[f64], low: &[f64], close: &[f64], volume: &[f64]) -> Vec<f64> {
    each(high.len(), |t| (2.0 * close[t] - high[t] - low[t]) / (high[t] - low[t]) * volume[t])
}

/// Wilder's directional moves from bar t-1 to t: the rise of the high, and the fall of the low, whichever is greater
/// and positive, the other 0. Both 0 at the first bar.
pub(crate) fn directional_moves(high: &[f64], low: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let moves = |t: usize| if t == 0 { (0.0, 0.0) } else { (high[t] - high[t - 1], low[t - 1] - low[t]) };
    let one = |own: f64, other: f64| {
        if own.is_nan() || other.is_nan() {
            f64::NAN
        } else if own > other && own > 0.0 {
            own
        } else {
            0.0
        }
    };
    let rows = high.len();
    (
        each(rows, |t| {
            let (up, down) = moves(t);
            one(up, down)
        }),
        each(rows, |t| {
            let (up, down) = moves(t);
            one(down, up)
        }),
    )
}

/// (close - min low) / (max high - min low) over the n bars up to each.
pub(crate) fn stochastic(high: &[f64], low: &[f64], close: &[f64], n: usize) -> Vec<f64> {
    let rows = high.len();
    let (mut top, mut bottom) = (undefined(rows), undefined(rows));
    rolling_max(high, n, &mut top);
    rolling_min(low, n, &mut bottom);
    each(rows, |t| (close[t] - bottom[t]) / (top[t] - bottom[t]))
}
