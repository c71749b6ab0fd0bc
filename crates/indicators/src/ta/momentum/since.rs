//! How long ago the last n + 1 bars had their highest high and their lowest low.

use algomosaic_core::Params;

use crate::indicator::Stream;

/// The place of the extreme of the last n + 1 values, of equal ones the newest.
struct Extreme<const HIGH: bool> {
    n: usize,
    /// The bar after the extreme's; at first none is.
    after: usize,
    value: f64,
}

impl<const HIGH: bool> Extreme<HIGH> {
    fn new(n: usize) -> Self {
        Extreme { n, after: 0, value: f64::NAN }
    }

    #[inline(always)]
    fn beats(x: f64, best: f64) -> bool {
        if HIGH { x >= best } else { x <= best }
    }

    /// How many bars before `t`, whose value is `x`, the extreme is. The window before `t` is only looked at when the
    /// extreme has left it, which also decides what a missing value does, as in TA-Lib.
    #[inline(always)]
    fn since(&mut self, t: usize, x: f64, window: impl Fn(usize) -> f64) -> usize {
        if t - self.after >= self.n {
            let oldest = t - self.n;
            (self.after, self.value) = (oldest + 1, window(oldest));
            for i in oldest + 1..=t {
                let x = window(i);
                if Self::beats(x, self.value) {
                    (self.after, self.value) = (i + 1, x);
                }
            }
        } else if Self::beats(x, self.value) {
            (self.after, self.value) = (t + 1, x);
        }
        t + 1 - self.after
    }
}

/// Calls `emit(t, since the lowest low, since the highest high)` for each bar with a full window.
#[inline(always)]
pub(super) fn each(inputs: &[&[f64]], params: &Params, mut emit: impl FnMut(usize, usize, usize)) {
    let n = params.size("timeperiod");
    let (mut lowest, mut highest) = (Extreme::<false>::new(n), Extreme::<true>::new(n));
    let (highs, lows) = (inputs[0], &inputs[1][..inputs[0].len()]);
    for t in n..highs.len() {
        let low = lowest.since(t, lows[t], |i| lows[i]);
        let high = highest.since(t, highs[t], |i| highs[i]);
        emit(t, low, high);
    }
}

/// Bar by bar; `value` writes the outputs from the bars since the lowest low and since the highest high.
pub(super) fn stream(params: &Params, value: fn(f64, usize, usize, &mut [f64])) -> Box<dyn Stream> {
    let n = params.size("timeperiod");
    let past = [vec![0.0; n + 1], vec![0.0; n + 1]];
    Box::new(Bars { t: 0, past, lowest: Extreme::new(n), highest: Extreme::new(n), value })
}

struct Bars {
    t: usize,
    /// Rings of n + 1 highs and lows; bar t is at place t modulo n + 1.
    past: [Vec<f64>; 2],
    lowest: Extreme<false>,
    highest: Extreme<true>,
    value: fn(f64, usize, usize, &mut [f64]),
}

impl Stream for Bars {
    fn update(&mut self, bar: &[f64], out: &mut [f64]) {
        out.fill(f64::NAN);
        if self.t == 0 && bar.iter().any(|value| value.is_nan()) {
            return;
        }
        let (t, n) = (self.t, self.lowest.n);
        self.t += 1;
        for (ring, x) in self.past.iter_mut().zip(bar) {
            ring[t % (n + 1)] = *x;
        }
        if t >= n {
            let [highs, lows] = &self.past;
            let low = self.lowest.since(t, bar[1], |i| lows[i % (n + 1)]);
            let high = self.highest.since(t, bar[0], |i| highs[i % (n + 1)]);
            (self.value)(n as f64, low, high, out);
        }
    }
}
