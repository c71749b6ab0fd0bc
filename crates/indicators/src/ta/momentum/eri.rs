//! Elder's ray.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::time_period;

use super::lagged::{Lagged, batch, stream};

pub(super) const ERI: Indicator = Indicator {
    id: "ta.eri",
    label: "Elder ray",
    group: Group::Momentum,
    help: "How far buyers and sellers carry the bar's high and low from the exponential average",
    formula: "bullpower = high - ema(close, n); bearpower = low - ema(close, n)",
    source: "TA-Lib 0.8.1; Elder 1993",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(13, 1)],
    outputs: &[Output::ta("bullpower"), Output::ta("bearpower")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: Memory::Unbroken(|params| Some(decay(params.size("timeperiod")))),
    kernel: |inputs, params, out| batch(Eri::new(params), inputs, out),
    stream: Some(|params| stream(Eri::new(params))),
    ..TA
};

struct Eri {
    n: usize,
    weight: f64,
    /// The average; before it begins, the sum of the closes.
    average: f64,
}

impl Eri {
    fn new(params: &Params) -> Eri {
        let n = params.size("timeperiod");
        Eri { n, weight: 2.0 / (n as f64 + 1.0), average: 0.0 }
    }
}

impl Lagged<3, 2> for Eri {
    fn reads(&self) -> [(usize, usize); 3] {
        [(0, 0), (1, 0), (2, 0)]
    }

    fn warm_up(&self) -> usize {
        self.n - 1
    }

    fn warm(&mut self, _: usize, [_, _, close]: [f64; 3]) {
        self.average += close;
    }

    fn first(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        self.average = (self.average + close) / self.n as f64;
        [high - self.average, low - self.average]
    }

    #[inline(always)]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        // Over one bar the average is the close, whatever was before it.
        self.average = if self.n == 1 { close } else { self.average + (close - self.average) * self.weight };
        [high - self.average, low - self.average]
    }
}
