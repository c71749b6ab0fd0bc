//! Wilder's smoothed moving average.

use super::ema::{Chain, chain};

/// The exponential average with the weight 1 / n.
pub(in crate::ta) fn rma(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    chain(Chain::<1>::weighted(n, 1.0 / n as f64), x, settle, out, |[average]| average);
}
