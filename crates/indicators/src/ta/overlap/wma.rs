//! Weighted moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

use super::ring::Ring;

pub(super) const WMA: Indicator = Indicator {
    id: "ta.wma",
    label: "Weighted moving average",
    group: Group::Overlap,
    help: "The mean of the last n values, the newest with the weight n and each earlier one with one less",
    formula: "(n x[t] + (n-1) x[t-1] + ... + x[t-n+1]) / (n (n+1) / 2)",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| wma(inputs[0], params.size("timeperiod"), out[0]),
    stream: Some(|params| stream(Weighted::new(params.size("timeperiod")))),
    ..TA
};

/// After so many windows' lengths TA-Lib sums anew, so that a missing value is forgotten.
const RENEWED: usize = 8;

/// The sums of a window whose weights fall from n at the newest value by one a bar.
#[derive(Clone, Copy)]
struct Window {
    n: f64,
    /// The sum of the weights.
    weights: f64,
    sum: f64,
    weighted: f64,
}

impl Window {
    fn new(n: usize) -> Window {
        Window { n: n as f64, weights: (n * (n + 1) / 2) as f64, sum: 0.0, weighted: 0.0 }
    }

    /// The mean of these n values, oldest first, after which the sums go on.
    fn renew(&mut self, window: impl Iterator<Item = f64>) -> f64 {
        (self.sum, self.weighted) = (0.0, 0.0);
        for (place, x) in window.enumerate() {
            self.sum += x;
            self.weighted += x * (place + 1) as f64;
        }
        self.weighted / self.weights
    }

    /// The mean with the newest value; `gone` is the last value of the window before.
    #[inline(always)]
    fn slide(&mut self, x: f64, gone: f64) -> f64 {
        // In TA-Lib's order, so that nothing but its own rounding is left where one average is taken from another.
        self.weighted = self.weighted - self.sum + x * self.n;
        self.sum = self.sum + x - gone;
        self.weighted / self.weights
    }
}

/// The weighted means of a series that comes in pieces.
pub(super) struct Means {
    n: usize,
    window: Window,
    /// Values until the sums are formed anew.
    left: usize,
    begun: bool,
}

impl Means {
    pub(super) fn new(n: usize) -> Means {
        Means { n, window: Window::new(n), left: 0, begun: false }
    }

    /// The means of the windows of `x` that end at the places from `from` on. Each call goes on where the one before
    /// ended, though `x` may have moved.
    #[inline(always)]
    pub(super) fn run(&mut self, x: &[f64], from: usize, out: &mut [f64]) {
        let n = self.n;
        if n == 1 {
            out.copy_from_slice(&x[from..from + out.len()]);
            return;
        }
        let mut at = 0;
        while at < out.len() {
            let t = from + at;
            if self.left == 0 {
                out[at] = self.window.renew(x[t + 1 - n..=t].iter().copied());
                // The first sums last a value less: TA-Lib counts from before them.
                self.left = RENEWED * n - if self.begun { 1 } else { 2 };
                self.begun = true;
                at += 1;
                continue;
            }
            let end = out.len().min(at + self.left);
            let mut window = self.window;
            for ((place, newest), gone) in out[at..end].iter_mut().zip(&x[t..from + end]).zip(&x[t - n..]) {
                *place = window.slide(*newest, *gone);
            }
            self.window = window;
            self.left -= end - at;
            at = end;
        }
    }
}

/// The mean of the last n values, weighted n, n - 1, ..., 1 from the newest.
pub(in crate::ta) fn wma(x: &[f64], n: usize, out: &mut [f64]) {
    if n <= x.len() {
        Means::new(n).run(x, n - 1, &mut out[n - 1..]);
    }
}

/// The same, value by value.
#[derive(Clone)]
pub(super) struct Weighted {
    n: usize,
    window: Window,
    ring: Ring,
    gone: f64,
    /// Values until the sums are formed anew.
    left: usize,
}

impl Weighted {
    pub(super) fn new(n: usize) -> Weighted {
        Weighted { n, window: Window::new(n), ring: Ring::new(n), gone: 0.0, left: 0 }
    }

    /// Whether there are n values.
    pub(super) fn begun(&self) -> bool {
        self.ring.is_full()
    }
}

impl Recurrence<1, 1> for Weighted {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let begun = self.ring.is_full();
        let Some(oldest) = self.ring.push(x) else { return [f64::NAN] };
        let gone = std::mem::replace(&mut self.gone, oldest);
        if self.n == 1 {
            return [x];
        }
        if self.left == 0 {
            self.left = RENEWED * self.n - if begun { 1 } else { 2 };
            return [self.window.renew(self.ring.values())];
        }
        self.left -= 1;
        [self.window.slide(x, gone)]
    }
}
