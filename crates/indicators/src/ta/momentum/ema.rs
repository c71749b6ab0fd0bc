//! Exponential moving average, value by value.

use crate::fused::fused;
use crate::ta::recurrence::{Recurrence, append_steps};

/// Begun with the mean of the first n values. The product and the sum of a step are rounded once, as in TA-Lib's build,
/// so that nothing else is left where two averages all but cancel.
pub(super) struct Ema {
    weight: f64,
    n: f64,
    /// Values until the average has begun, and the sum of those before.
    wait: usize,
    sum: f64,
    average: f64,
}

impl Ema {
    /// A new value has the weight 2 / (n + 1).
    pub(super) fn new(n: usize) -> Ema {
        Ema::weighted(n, 2.0 / (n as f64 + 1.0))
    }

    /// A new value has this weight.
    pub(super) fn weighted(n: usize, weight: f64) -> Ema {
        Ema { weight, n: n as f64, wait: n, sum: 0.0, average: 0.0 }
    }

    /// Takes a value; the average, once it has begun.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<f64> {
        if self.wait > 0 {
            self.wait -= 1;
            self.sum += x;
            if self.wait > 0 {
                return None;
            }
            self.average = self.sum / self.n;
        } else {
            self.step(x);
        }
        Some(self.average)
    }

    /// [`Ema::next`] of an average that has begun.
    #[inline(always)]
    pub(super) fn step(&mut self, x: f64) -> f64 {
        self.average = (x - self.average).mul_add(self.weight, self.average);
        self.average
    }
}

/// A state whose bars after the look-back all take the same short step.
pub(super) trait Settled<const I: usize, const O: usize>: Recurrence<I, O> {
    /// [`Recurrence::next`] after the look-back.
    fn step(&mut self, bar: [f64; I]) -> [f64; O];
}

fused! {
    /// Every bar of whole series.
    pub(super) fn batch[const I: usize, const O: usize](
        start: impl Settled<I, O>,
        look_back: usize,
        inputs: &[&[f64]],
        out: &mut [&mut [f64]],
    ) {
        let mut state = start;
        let Ok(inputs) = <[&[f64]; I]>::try_from(inputs) else { return };
        let Ok(out) = <&mut [&mut [f64]; O]>::try_from(out) else { return };
        let rows = inputs[0].len();
        let inputs = inputs.map(|series| &series[..rows]);
        let mut out = out.each_mut().map(|series| &mut series[..rows]);
        let head = rows.min(look_back + 1);
        for t in 0..head {
            let values = state.next(inputs.map(|series| series[t]));
            for (series, value) in out.iter_mut().zip(values) {
                series[t] = value;
            }
        }
        for t in head..rows {
            let values = state.step(inputs.map(|series| series[t]));
            for (series, value) in out.iter_mut().zip(values) {
                series[t] = value;
            }
        }
    }
}

fused! {
    /// The same for one output, appended, so that its memory is written once.
    pub(super) fn append[const I: usize](
        start: impl Settled<I, 1>,
        look_back: usize,
        inputs: &[&[f64]],
        out: &mut Vec<f64>,
    ) {
        let mut state = start;
        let Ok(inputs) = <[&[f64]; I]>::try_from(inputs) else { return };
        let rows = inputs[0].len();
        let inputs = inputs.map(|series| &series[..rows]);
        let head = rows.min(look_back + 1);
        for t in 0..head {
            let [value] = state.next(inputs.map(|series| series[t]));
            out.push(value);
        }
        append_steps!(state, step, inputs, head..rows, out);
    }
}
