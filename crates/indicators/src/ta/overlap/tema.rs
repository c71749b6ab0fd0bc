//! Triple exponential moving average.

use super::ema::{Chain, chain};

/// 3 e1 - 3 e2 + e3, where each average is over the one before.
#[inline(always)]
pub(super) fn value([e1, e2, e3]: [f64; 3]) -> f64 {
    e3 + (3.0 * e1 - 3.0 * e2)
}

/// The triple exponential average.
pub(in crate::ta) fn tema(x: &[f64], n: usize, out: &mut [f64]) {
    chain(Chain::new(n), x, 0, out, value);
}
