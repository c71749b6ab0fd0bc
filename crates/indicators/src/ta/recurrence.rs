//! Functions whose value at a bar comes from a state and that bar alone: one step serves whole series and single bars.

use crate::indicator::Stream;

/// A state of fixed size, from I inputs a bar to O outputs a bar.
pub(super) trait Recurrence<const I: usize, const O: usize>: Send {
    /// The outputs at the next bar; NaN until they are defined.
    fn next(&mut self, bar: [f64; I]) -> [f64; O];
}

/// Every bar of whole series.
#[inline(always)]
pub(super) fn batch<const I: usize, const O: usize>(
    mut state: impl Recurrence<I, O>,
    inputs: &[&[f64]],
    out: &mut [&mut [f64]],
) {
    let Ok(inputs) = <[&[f64]; I]>::try_from(inputs) else { return };
    let Ok(out) = <&mut [&mut [f64]; O]>::try_from(out) else { return };
    let rows = inputs[0].len();
    // Slices of one length let the compiler leave the checks of bounds out of the loop.
    let inputs = inputs.map(|series| &series[..rows]);
    let mut out = out.each_mut().map(|series| &mut series[..rows]);
    for t in 0..rows {
        let values = state.next(inputs.map(|series| series[t]));
        for (series, value) in out.iter_mut().zip(values) {
            series[t] = value;
        }
    }
}

/// Single bars. Nothing is defined before the first bar that has every input, as for whole series.
pub(super) fn stream<const I: usize, const O: usize>(state: impl Recurrence<I, O> + 'static) -> Box<dyn Stream> {
    Box::new(Bars { state, begun: false })
}

struct Bars<S, const I: usize, const O: usize> {
    state: S,
    begun: bool,
}

impl<S: Recurrence<I, O>, const I: usize, const O: usize> Stream for Bars<S, I, O> {
    fn update(&mut self, bar: &[f64], out: &mut [f64]) {
        let values = match <[f64; I]>::try_from(bar) {
            Ok(bar) if self.begun || bar.iter().all(|value| !value.is_nan()) => {
                self.begun = true;
                self.state.next(bar)
            }
            _ => [f64::NAN; O],
        };
        out.copy_from_slice(&values);
    }
}
