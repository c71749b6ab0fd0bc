//! Functions whose value at a bar comes from a state and that bar alone: one step serves whole series and single bars.

use crate::indicator::Stream;

/// A state of fixed size, from I inputs a bar to O outputs a bar.
pub(super) trait Recurrence<const I: usize, const O: usize>: Send {
    /// The outputs at the next bar; NaN until they are defined.
    fn next(&mut self, bar: [f64; I]) -> [f64; O];
}

/// A function of the bar alone.
pub(super) struct Each<F>(pub(super) F);

impl<const I: usize, const O: usize, F: FnMut([f64; I]) -> [f64; O] + Send> Recurrence<I, O> for Each<F> {
    #[inline(always)]
    fn next(&mut self, bar: [f64; I]) -> [f64; O] {
        (self.0)(bar)
    }
}

/// The last values of a series, as many as it is made for.
pub(super) struct Ring {
    values: Vec<f64>,
    next: usize,
}

impl Ring {
    /// So many values, all of them `value` at first.
    pub(super) fn new(length: usize, value: f64) -> Ring {
        Ring { values: vec![value; length], next: 0 }
    }

    /// Takes a value in and the oldest out.
    #[inline(always)]
    pub(super) fn replace(&mut self, value: f64) -> f64 {
        let oldest = std::mem::replace(&mut self.values[self.next], value);
        self.next += 1;
        if self.next == self.values.len() {
            self.next = 0;
        }
        oldest
    }
}

/// Values that each keep a share of the one before: `value = keep * value before + part`.
///
/// Four at a time, what they owe to one another and what they owe to the value before are found side by side, so that a
/// value does not wait for the three before it.
#[derive(Clone, Copy)]
pub(super) struct Decay {
    keeps: [f64; 4],
    value: f64,
}

impl Decay {
    /// Begins after `value`.
    pub(super) fn new(keep: f64, value: f64) -> Decay {
        Decay { keeps: [keep, keep * keep, keep * keep * keep, keep * keep * (keep * keep)], value }
    }

    #[inline(always)]
    pub(super) fn next_four(&mut self, mut parts: [f64; 4]) -> [f64; 4] {
        for place in 1..4 {
            parts[place] += self.keeps[0] * parts[place - 1];
        }
        for (part, keep) in parts.iter_mut().zip(self.keeps) {
            *part += keep * self.value;
        }
        self.value = parts[3];
        parts
    }

    /// At most four, with the values that [`Decay::next_four`] gives them; what comes after them means nothing.
    #[inline(always)]
    pub(super) fn next_few(&mut self, parts: &[f64]) -> [f64; 4] {
        let mut four = [0.0; 4];
        four[..parts.len()].copy_from_slice(parts);
        let before = self.value;
        let values = self.next_four(four);
        self.value = parts.last().map_or(before, |_| values[parts.len() - 1]);
        values
    }

    /// Hands the value after each bar's `part` to `put`, from bar `begin` on, and gives the state after the last.
    #[inline(always)]
    pub(super) fn run(
        mut self,
        begin: usize,
        rows: usize,
        mut part: impl FnMut(usize) -> f64,
        mut put: impl FnMut(usize, f64),
    ) -> Decay {
        let mut t = begin;
        while t + 4 <= rows {
            let values = self.next_four([part(t), part(t + 1), part(t + 2), part(t + 3)]);
            for (place, value) in values.into_iter().enumerate() {
                put(t + place, value);
            }
            t += 4;
        }
        let mut parts = [0.0; 4];
        let parts = &mut parts[..rows.saturating_sub(t)];
        for (place, value) in parts.iter_mut().enumerate() {
            *value = part(t + place);
        }
        for (place, value) in self.next_few(parts).into_iter().take(parts.len()).enumerate() {
            put(t + place, value);
        }
        self
    }
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
