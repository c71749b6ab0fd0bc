//! Functions whose value at a bar comes from a state and that bar alone: one step serves whole series and single bars.

use crate::fused::fused;
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

/// So many values are appended at a time: they are near while they are written a second time. A multiple of four.
pub(super) const BLOCK: usize = 1024;

/// Makes room for more values and gives it.
#[inline(always)]
pub(super) fn longer(out: &mut Vec<f64>, values: usize) -> &mut [f64] {
    let at = out.len();
    out.resize(at + values, 0.0);
    &mut out[at..]
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
            parts[place] = self.keeps[0].mul_add(parts[place - 1], parts[place]);
        }
        for (part, keep) in parts.iter_mut().zip(self.keeps) {
            *part = keep.mul_add(self.value, *part);
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

    /// Puts the values in the place of their parts. All but the last call take a multiple of four.
    #[inline(always)]
    pub(super) fn smooth(&mut self, parts: &mut [f64]) {
        let (fours, rest) = parts.as_chunks_mut::<4>();
        for four in fours {
            *four = self.next_four(*four);
        }
        let values = self.next_few(rest);
        rest.copy_from_slice(&values[..rest.len()]);
    }
}

fused! {
    /// Every bar of whole series.
    pub(super) fn batch[const I: usize, const O: usize](
        start: impl Recurrence<I, O>,
        inputs: &[&[f64]],
        out: &mut [&mut [f64]],
    ) {
        let mut state = start;
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
}

/// Appends what a method makes of a state and of what the series have at each of the bars. It stands in the body of the
/// function that [`fused`] compiles twice, as a function that is handed a method does not.
macro_rules! append_steps {
    ($state:expr, $method:ident, $series:expr, $bars:expr, $out:expr) => {
        let (mut state, series, rows) = ($state, $series, $bars);
        for begin in rows.clone().step_by($crate::ta::recurrence::BLOCK) {
            let bars = $crate::ta::recurrence::BLOCK.min(rows.end - begin);
            let series = series.map(|series| &series[begin..][..bars]);
            let block = $crate::ta::recurrence::longer($out, bars);
            // The loop's own state, which nothing else points to, stays in registers.
            let mut local = state;
            for t in 0..bars {
                [block[t]] = local.$method(series.map(|series| series[t]));
            }
            state = local;
        }
    };
}
pub(super) use append_steps;

fused! {
    /// The same for one output, appended, so that its memory is written once.
    pub(super) fn append[const I: usize](start: impl Recurrence<I, 1>, inputs: &[&[f64]], out: &mut Vec<f64>) {
        let Ok(inputs) = <[&[f64]; I]>::try_from(inputs) else { return };
        append_steps!(start, next, inputs, 0..inputs[0].len(), out);
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
