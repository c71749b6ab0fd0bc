//! Weighted moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
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
    weights: f64,
    sum: f64,
    weighted: f64,
}

impl Window {
    /// Of n values, begun with the first n - 1.
    fn new(n: usize, first: impl Iterator<Item = f64>) -> Window {
        let mut window = Window { n: n as f64, weights: (n * (n + 1) / 2) as f64, sum: 0.0, weighted: 0.0 };
        for (place, x) in first.enumerate() {
            window.sum += x;
            window.weighted += x * (place + 1) as f64;
        }
        window
    }

    /// The mean with the newest value; `oldest` is the last value of its window.
    #[inline(always)]
    fn next(&mut self, x: f64, oldest: f64) -> f64 {
        self.sum += x;
        self.weighted += x * self.n;
        let mean = self.weighted / self.weights;
        self.weighted -= self.sum;
        self.sum -= oldest;
        mean
    }
}

/// The mean of the last n values, weighted n, n - 1, ..., 1 from the newest.
pub(in crate::ta) fn wma(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    let mut begin = n - 1;
    let mut end = begin + RENEWED * n - 1;
    while begin < x.len() {
        end = end.min(x.len());
        let mut window = Window::new(n, x[begin + 1 - n..begin].iter().copied());
        for ((place, newest), oldest) in out[begin..end].iter_mut().zip(&x[begin..end]).zip(&x[begin + 1 - n..]) {
            *place = window.next(*newest, *oldest);
        }
        begin = end;
        end = begin + RENEWED * n;
    }
}

/// The same, value by value.
#[derive(Clone)]
pub(super) struct Weighted {
    n: usize,
    window: Window,
    ring: Ring,
    /// Values until the sums are formed anew.
    left: usize,
}

impl Weighted {
    pub(super) fn new(n: usize) -> Weighted {
        Weighted { n, window: Window::new(n, std::iter::empty()), ring: Ring::new(n), left: (RENEWED + 1) * n - 2 }
    }
}

impl Weighted {
    /// Whether there are n values.
    pub(super) fn begun(&self) -> bool {
        self.ring.is_full()
    }
}

impl Recurrence<1, 1> for Weighted {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        if self.n == 1 {
            self.ring.push(x);
            return [x];
        }
        let Some(oldest) = self.ring.push(x) else {
            self.window.sum += x;
            let place = (RENEWED + 1) * self.n - 2 - self.left;
            self.window.weighted += x * (place + 1) as f64;
            self.left -= 1;
            return [f64::NAN];
        };
        if self.left == 0 {
            self.window = Window::new(self.n, self.ring.values().take(self.n - 1));
            self.left = RENEWED * self.n;
        }
        self.left -= 1;
        [self.window.next(x, oldest)]
    }
}
