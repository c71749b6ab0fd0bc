//! Accelerator oscillator.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::period;

use super::ao::Ao;
use super::lagged::{Lagged, Ring, batch, stream};

pub(super) const AC: Indicator = Indicator {
    id: "ta.ac",
    label: "Accelerator oscillator",
    group: Group::Momentum,
    help: "How far the awesome oscillator lies above its own mean: whether the drive grows or fades",
    formula: "ao - mean(ao, signal); ao is the awesome oscillator",
    source: "TA-Lib 0.8.1; Williams 1998",
    inputs: &[Input::High, Input::Low],
    params: &[
        period("fastperiod", "Fast period", 5, 2),
        period("slowperiod", "Slow period", 34, 2),
        period("signalperiod", "Signal period", 5, 2),
    ],
    outputs: &[Output::ta("real").drawn(Draw::Histogram)],
    look_back: |params| Ac::new(params).warm_up(),
    memory: WINDOW,
    kernel: |inputs, params, out| {
        batch(Ao::new(params), inputs, out);
        Ac::new(params).replace(out[0]);
    },
    stream: Some(|params| stream(Ac::new(params))),
    ..TA
};

struct Ac {
    ao: Ao,
    n: usize,
    /// The last n - 1 values, and their sum.
    past: Ring,
    sum: f64,
}

impl Ac {
    fn new(params: &Params) -> Ac {
        let n = params.size("signalperiod");
        Ac { ao: Ao::new(params), n, past: Ring::new(n - 1), sum: 0.0 }
    }

    /// Puts this oscillator in the place of whole series of the awesome one, which is faster than one pass for both.
    fn replace(mut self, values: &mut [f64]) {
        let rows = values.len();
        let (begin, first) = (self.ao.warm_up().min(rows), self.warm_up().min(rows));
        let (head, tail) = values[begin..].split_at_mut(first - begin);
        for value in head {
            self.begin(*value);
            *value = f64::NAN;
        }
        for value in tail {
            *value = self.next(*value);
        }
    }

    /// Takes a value of the awesome oscillator of the warm-up.
    fn begin(&mut self, ao: f64) {
        self.past.push(ao);
        self.sum += ao;
    }

    #[inline(always)]
    fn next(&mut self, ao: f64) -> f64 {
        let full = self.sum + ao;
        self.sum = full - self.past.push(ao);
        ao - full / self.n as f64
    }
}

impl Lagged<6, 1> for Ac {
    fn reads(&self) -> [(usize, usize); 6] {
        self.ao.reads()
    }

    fn warm_up(&self) -> usize {
        self.ao.warm_up() + self.n - 1
    }

    fn warm(&mut self, t: usize, values: [f64; 6]) {
        if t < self.ao.warm_up() {
            self.ao.warm(t, values);
        } else {
            let [ao] = self.ao.step(values);
            self.begin(ao);
        }
    }

    #[inline(always)]
    fn step(&mut self, values: [f64; 6]) -> [f64; 1] {
        let [ao] = self.ao.step(values);
        [self.next(ao)]
    }
}
