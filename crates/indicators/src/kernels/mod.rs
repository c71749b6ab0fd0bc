//! The loops that indicators are made of. Each takes slices of one length and appends as many values to `out`, NaN where
//! undefined. What a bar takes grows with the window no faster than its number of digits does.

mod bars;
mod ewm;
mod logarithm;
mod map;
mod median;
mod moments;
mod ordered;
mod rank;
mod rolling;
mod sink;

pub(crate) use bars::{accumulation, directional_moves, minimum, stochastic, true_range, typical_price};
pub(crate) use ewm::{decay, ewm};
pub(crate) use logarithm::{Logarithms, ln_ratios};
pub(crate) use map::{map, map_lagged};
pub(crate) use median::rolling_median;
pub(crate) use moments::{rolling_correlation, rolling_deviation, rolling_kurtosis, rolling_skewness, rolling_std};
pub(crate) use rank::rolling_rank;
pub(crate) use rolling::{over, rolling, rolling_max, rolling_mean, rolling_min, rolling_range, sums};
use sink::scratch;
pub(crate) use sink::{Column, Series, Sink, series};

use crate::fused::fused;

/// Appends so many undefined values and gives them.
pub(crate) fn undefined(out: &mut Vec<f64>, rows: usize) -> &mut [f64] {
    let first = out.len();
    out.resize(first + rows, f64::NAN);
    &mut out[first..]
}

/// A series from a function of the values that other series have at the bar.
pub(crate) fn each<const I: usize>(inputs: [&[f64]; I], value: impl Fn([f64; I]) -> f64) -> Series {
    let mut made = series(inputs.first().map_or(0, |series| series.len()));
    map(inputs, [&mut made], |x| [value(x)]);
    made
}

fused! {
    /// How many values are undefined.
    pub(crate) fn count_undefined[](series: &[f64]) -> usize {
        series.iter().filter(|value| value.is_nan()).count()
    }
}

fused! {
    /// Whether every value of a series is a finite number.
    pub fn is_finite[](series: &[f64]) -> bool {
        series.chunks(1024).all(all_finite)
    }
}

/// Whether no value is NaN or infinite.
#[inline(always)]
pub(crate) fn all_finite(x: &[f64]) -> bool {
    // One more at the last place of the exponent carries to the sign, where all places of the exponent are ones.
    const SIGN: u64 = 1 << 63;
    let carry = |x: &f64| (x.to_bits() & !SIGN).wrapping_add(1 << 52);
    x.iter().fold(0, |carries, x| carries | carry(x)) & SIGN == 0
}
