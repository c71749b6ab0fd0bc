//! Detrended price oscillator.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

use super::lagged::{Lagged, append, stream};

pub(super) const DPO: Indicator = Indicator {
    id: "ta.dpo",
    label: "Detrended price oscillator",
    group: Group::Momentum,
    help: "How far the value of half a cycle ago lies above the mean of the last n bars",
    formula: "x[t-n/2-1] - mean(x[t-n+1..t]), n/2 without its fraction",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(20, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| Dpo::new(params).warm_up(),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Dpo::new(params), inputs, out)),
    stream: Some(|params| stream(Dpo::new(params))),
    ..TA
};

struct Dpo {
    n: usize,
    /// The sum of the last n - 1 bars.
    sum: f64,
}

impl Dpo {
    fn new(params: &Params) -> Dpo {
        Dpo { n: params.size("timeperiod"), sum: 0.0 }
    }
}

impl Lagged<3, 1> for Dpo {
    fn reads(&self) -> [(usize, usize); 3] {
        [(0, 0), (0, self.n - 1), (0, self.n / 2 + 1)]
    }

    fn warm_up(&self) -> usize {
        (self.n - 1).max(self.n / 2 + 1)
    }

    fn warm(&mut self, t: usize, values: [f64; 3]) {
        if t + self.n > self.warm_up() {
            self.sum += values[0];
        }
    }

    #[inline(always)]
    fn step(&mut self, [x, oldest, before]: [f64; 3]) -> [f64; 1] {
        let full = self.sum + x;
        self.sum = full - oldest;
        [before - full / self.n as f64]
    }
}
