//! Average directional movement index rating.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::time_period;

use super::directional::{Adx, BARS};
use super::lagged::{Lagged, Ring, append, stream};

pub(super) const ADXR: Indicator = Indicator {
    id: "ta.adxr",
    label: "Directional index rating",
    group: Group::Momentum,
    help: "The strength of the trend now and n - 1 bars ago, in the middle",
    formula: "(adx[t] + adx[t-n+1]) / 2; adx is the average directional index",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: BARS,
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| 3 * params.size("timeperiod") - 2,
    memory: Memory::Unbroken(|params| Some(2 * wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Adxr::new(params), inputs, out)),
    stream: Some(|params| stream(Adxr::new(params))),
    ..TA
};

struct Adxr {
    n: usize,
    adx: Adx,
    past: Ring,
}

impl Adxr {
    fn new(params: &Params) -> Adxr {
        let n = params.size("timeperiod");
        Adxr { n, adx: Adx::new(n, 0), past: Ring::new(n - 1) }
    }
}

impl Lagged<3, 1> for Adxr {
    fn reads(&self) -> [(usize, usize); 3] {
        self.adx.reads()
    }

    fn warm_up(&self) -> usize {
        3 * self.n - 2
    }

    fn warm(&mut self, t: usize, bar: [f64; 3]) {
        let first = self.adx.warm_up();
        if t < first {
            self.adx.warm(t, bar);
        } else {
            let [adx] = if t == first { self.adx.first(bar) } else { self.adx.step(bar) };
            self.past.push(adx);
        }
    }

    #[inline(always)]
    fn step(&mut self, bar: [f64; 3]) -> [f64; 1] {
        let [adx] = self.adx.step(bar);
        [(adx + self.past.push(adx)) / 2.0]
    }
}
