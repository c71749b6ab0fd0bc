//! Tillson's T3 moving average.

use super::ema::{Chain, chain};

/// The weights of the third to the sixth of six exponential averages, from the volume factor.
#[derive(Clone, Copy)]
pub(super) struct Weights([f64; 4]);

impl Weights {
    pub(super) fn new(v: f64) -> Weights {
        let (v2, v3) = (v * v, v * v * v);
        Weights([1.0 + 3.0 * v + v3 + 3.0 * v2, -6.0 * v2 - 3.0 * (v + v3), 3.0 * (v2 + v3), -v3])
    }

    #[inline(always)]
    pub(super) fn value(self, [_, _, e3, e4, e5, e6]: [f64; 6]) -> f64 {
        let [w3, w4, w5, w6] = self.0;
        w6 * e6 + w5 * e5 + w4 * e4 + w3 * e3
    }
}

/// T3 with the volume factor v.
pub(in crate::ta) fn t3(x: &[f64], n: usize, v: f64, settle: usize, out: &mut [f64]) {
    let weights = Weights::new(v);
    chain(Chain::new(n), x, settle, out, |averages| weights.value(averages));
}
