//! The loops that indicators are made of. Each takes slices of one length and writes every defined place of `out`,
//! which comes in full of NaN; each does a constant amount of work a bar, whatever the window.

mod bars;
mod ewm;
mod median;
mod moments;
mod rank;
mod rolling;

pub(crate) use bars::{accumulation, directional_moves, minimum, stochastic, true_range, typical_price};
pub(crate) use ewm::{decay, ewm};
pub(crate) use median::rolling_median;
pub(crate) use moments::{rolling_correlation, rolling_kurtosis, rolling_skewness, rolling_std};
pub(crate) use rank::rolling_rank;
pub(crate) use rolling::{rolling, rolling_max, rolling_mean, rolling_min, rolling_sum};

/// A series of `rows` undefined values.
pub(crate) fn undefined(rows: usize) -> Vec<f64> {
    vec![f64::NAN; rows]
}

/// A series from a function of the bar.
pub(crate) fn each(rows: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..rows).map(value).collect()
}

/// Writes `value(t)` from bar `first` on.
pub(crate) fn fill(out: &mut [f64], first: usize, value: impl Fn(usize) -> f64) {
    for (t, place) in out.iter_mut().enumerate().skip(first) {
        *place = value(t);
    }
}

/// x at `t - bars`, where that bar exists; negative `bars` look forward.
pub(crate) fn shifted(x: &[f64], t: usize, bars: i64) -> f64 {
    isize::try_from(bars)
        .ok()
        .and_then(|bars| t.checked_add_signed(bars.checked_neg()?))
        .and_then(|place| x.get(place))
        .copied()
        .unwrap_or(f64::NAN)
}
