//! Functions whose value at a bar comes from a state and from bars at fixed distances before it: one step serves whole
//! series and single bars. It knows nothing of what a step computes.

use crate::fused::fused;
use crate::indicator::Stream;
use crate::ta::recurrence::append_steps;

/// A state that reads V values a bar, for O outputs.
pub(super) trait Lagged<const V: usize, const O: usize>: Send {
    /// What a step takes: the place of an input, and of how many bars ago. No more than the warm-up and one.
    fn reads(&self) -> [(usize, usize); V];

    /// The bars that have no value for want of earlier ones.
    fn warm_up(&self) -> usize;

    /// The bars after them whose values are left out.
    fn settling(&self) -> usize {
        0
    }

    /// Takes bar `t` of the warm-up. What lies before the first bar reads as 0.
    fn warm(&mut self, t: usize, values: [f64; V]);

    /// Takes the first bar that has a value.
    #[inline(always)]
    fn first(&mut self, values: [f64; V]) -> [f64; O] {
        self.step(values)
    }

    /// Takes a later bar.
    fn step(&mut self, values: [f64; V]) -> [f64; O];
}

fused! {
    /// Every bar of whole series.
    pub(super) fn batch[const V: usize, const O: usize](
        start: impl Lagged<V, O>,
        inputs: &[&[f64]],
        out: &mut [&mut [f64]],
    ) {
        let mut state = start;
        let rows = inputs.first().map_or(0, |series| series.len());
        let Ok(out) = <&mut [&mut [f64]; O]>::try_from(out) else { return };
        let reads = state.reads();
        let at = |t: usize| reads.map(|(input, lag)| if t < lag { 0.0 } else { inputs[input][t - lag] });
        let (first, begin) = (state.warm_up(), state.warm_up() + state.settling());
        for t in 0..first.min(rows) {
            state.warm(t, at(t));
        }
        if first >= rows {
            return;
        }
        let values = state.first(at(first));
        if begin == first {
            out.iter_mut().zip(values).for_each(|(series, value)| series[first] = value);
        }
        for t in first + 1..begin.min(rows) {
            state.step(at(t));
        }
        let hot = begin.max(first + 1);
        if hot >= rows {
            return;
        }
        // Slices of one length let the compiler leave the checks of bounds out of the loop.
        // The loop's own state, which nothing else points to, stays in registers.
        let mut state = state;
        let bars = rows - hot;
        let series = reads.map(|(input, lag)| &inputs[input][hot - lag..][..bars]);
        let mut places = out.each_mut().map(|series| &mut series[hot..][..bars]);
        for t in 0..bars {
            let mut values = [0.0; V];
            for (value, x) in values.iter_mut().zip(&series) {
                *value = x[t];
            }
            let values = state.step(values);
            for (place, value) in places.iter_mut().zip(values) {
                place[t] = value;
            }
        }
    }
}

fused! {
    /// The same for one output, appended, so that its memory is written once.
    pub(super) fn append[const V: usize](start: impl Lagged<V, 1>, inputs: &[&[f64]], out: &mut Vec<f64>) {
        let mut state = start;
        let rows = inputs.first().map_or(0, |series| series.len());
        let reads = state.reads();
        let at = |t: usize| reads.map(|(input, lag)| if t < lag { 0.0 } else { inputs[input][t - lag] });
        let (first, begin) = (state.warm_up(), state.warm_up() + state.settling());
        for t in 0..first.min(rows) {
            state.warm(t, at(t));
        }
        out.extend(std::iter::repeat_n(f64::NAN, begin.min(rows)));
        if first >= rows {
            return;
        }
        let [value] = state.first(at(first));
        if begin == first {
            out.push(value);
        }
        for t in first + 1..begin.min(rows) {
            state.step(at(t));
        }
        let hot = begin.max(first + 1);
        let bars = rows.saturating_sub(hot);
        let series = reads.map(|(input, lag)| &inputs[input][(hot - lag).min(rows)..][..bars]);
        append_steps!(state, step, series, 0..bars, out);
    }
}

/// Single bars. Nothing is defined before the first bar that has every input, as for whole series.
pub(super) fn stream<const V: usize, const O: usize>(state: impl Lagged<V, O> + 'static) -> Box<dyn Stream> {
    let reads = state.reads();
    let inputs = reads.iter().map(|(input, _)| input + 1).max().unwrap_or(0);
    let bars = reads.iter().map(|(_, lag)| lag + 1).max().unwrap_or(1);
    Box::new(Bars { state, past: vec![0.0; bars * inputs], newest: 0, taken: 0 })
}

struct Bars<S, const V: usize, const O: usize> {
    state: S,
    /// A ring of bars.
    past: Vec<f64>,
    /// Where the newest begins.
    newest: usize,
    taken: usize,
}

impl<S: Lagged<V, O>, const V: usize, const O: usize> Stream for Bars<S, V, O> {
    fn update(&mut self, bar: &[f64], out: &mut [f64]) {
        out.fill(f64::NAN);
        if self.taken == 0 && bar.iter().any(|value| value.is_nan()) {
            return;
        }
        self.newest += bar.len();
        if self.newest >= self.past.len() {
            self.newest = 0;
        }
        self.past[self.newest..][..bar.len()].copy_from_slice(bar);
        let values = self.state.reads().map(|(input, lag)| {
            let back = lag * bar.len();
            let begin = if back <= self.newest { self.newest - back } else { self.newest + self.past.len() - back };
            self.past[begin + input]
        });
        let (t, first) = (self.taken, self.state.warm_up());
        self.taken += 1;
        if t < first {
            self.state.warm(t, values);
            return;
        }
        let values = if t == first { self.state.first(values) } else { self.state.step(values) };
        if t >= first + self.state.settling() {
            out.copy_from_slice(&values);
        }
    }
}

/// The last n numbers that were pushed, 0 for those before the first.
pub(super) struct Ring {
    values: Vec<f64>,
    place: usize,
}

impl Ring {
    /// Of n numbers.
    pub(super) fn new(n: usize) -> Ring {
        Ring { values: vec![0.0; n], place: 0 }
    }

    /// Takes a number; gives back the one that was pushed n pushes ago.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let old = std::mem::replace(&mut self.values[self.place], value);
        self.place += 1;
        if self.place >= self.values.len() {
            self.place = 0;
        }
        old
    }
}
