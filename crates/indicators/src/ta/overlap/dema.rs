//! Double exponential moving average.

use super::ema::{Chain, chain};

/// 2 e1 - e2, where e2 is the exponential average of e1.
#[inline(always)]
pub(super) fn value([e1, e2]: [f64; 2]) -> f64 {
    2.0 * e1 - e2
}

/// The double exponential average.
pub(in crate::ta) fn dema(x: &[f64], n: usize, out: &mut [f64]) {
    chain(Chain::new(n), x, 0, out, value);
}
