//! Vertical horizontal filter.

use super::extremes::{Searched, Window, extremes};
use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const VHF: Indicator = Indicator {
    id: "ta.vhf",
    label: "Vertical horizontal filter",
    group: Group::Momentum,
    help: "The range of the last bars as a share of the way gone: high in a trend, low without one",
    formula: "(highest - lowest) over n bars / sum of |x[t] - x[t-1]| over n moves, 0 without moves",
    source: "TA-Lib 0.8.1; White 1991",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(28, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let (x, n) = (inputs[0], params.size("timeperiod"));
        if n >= x.len() {
            return;
        }
        let mut way = Way::new(n);
        for (now, before) in x[1..n].iter().zip(x) {
            way.add(now - before);
        }
        let out = &mut out[0][n..];
        extremes::<Searched<true>, Searched<false>>(&x[1..], &x[1..], n, |from, highest, lowest| {
            let from = from + 1 - n;
            let new = x[from + n..].iter().zip(&x[from + n - 1..]);
            let old = x[from + 1..].iter().zip(&x[from..]);
            let places = out[from..].iter_mut().zip(highest).zip(lowest).zip(new).zip(old);
            for ((((place, highest), lowest), (new, before_new)), (old, before_old)) in places {
                way.add(new - before_new);
                *place = way.share(highest - lowest);
                way.take(old - before_old);
            }
        });
    },
    stream: Some(|params| {
        let n = params.size("timeperiod");
        stream(Vhf {
            highest: Searched::new(n),
            lowest: Searched::new(n),
            steps: Ring::new(n, 0.0),
            way: Way::new(n),
            last: None,
            wait: n,
        })
    }),
    ..TA
};

/// The sum of the sizes of the last n moves. The share of it is 0 while there is NaN among them.
struct Way {
    n: usize,
    sum: f64,
    /// Moves since the last NaN.
    sound: usize,
}

impl Way {
    fn new(n: usize) -> Way {
        Way { n, sum: 0.0, sound: n }
    }

    #[inline(always)]
    fn add(&mut self, step: f64) {
        self.sound = if step.is_nan() { 0 } else { self.sound + 1 };
        self.sum += if step.is_nan() { 0.0 } else { step.abs() };
    }

    #[inline(always)]
    fn take(&mut self, step: f64) {
        self.sum -= if step.is_nan() { 0.0 } else { step.abs() };
    }

    #[inline(always)]
    fn share(&self, range: f64) -> f64 {
        if self.sum > 0.0 && self.sound >= self.n { range / self.sum } else { 0.0 }
    }
}

struct Vhf {
    highest: Searched<true>,
    lowest: Searched<false>,
    steps: Ring,
    way: Way,
    last: Option<f64>,
    /// Bars until the first window is full.
    wait: usize,
}

impl Recurrence<1, 1> for Vhf {
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let Some(last) = self.last.replace(x) else { return [f64::NAN] };
        self.way.take(self.steps.swap(x - last));
        self.way.add(x - last);
        let range = self.highest.next(x) - self.lowest.next(x);
        self.wait = self.wait.saturating_sub(1);
        [if self.wait > 0 { f64::NAN } else { self.way.share(range) }]
    }
}
