//! Zero-lag exponential moving average.

use super::ema::Chain;

/// How many bars the average looks back to take its lag away.
pub(in crate::ta) fn lag(n: usize) -> usize {
    (n - 1) / 2
}

/// The exponential average of 2 x[t] - x[t-lag].
pub(in crate::ta) fn zlema(x: &[f64], n: usize, out: &mut [f64]) {
    let lag = lag(n);
    if lag >= x.len() {
        return;
    }
    let mut state = Chain::<1>::new(n);
    for ((place, x), earlier) in out[lag..].iter_mut().zip(&x[lag..]).zip(x) {
        if let Some([average]) = state.next(2.0 * x - earlier) {
            *place = average;
        }
    }
}
