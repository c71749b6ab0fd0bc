//! Chande's momentum oscillator over plain sums.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

use super::lagged::{Lagged, append, stream};

pub(super) const CMOU: Indicator = Indicator {
    id: "ta.cmou",
    label: "Chande momentum oscillator, unsmoothed",
    group: Group::Momentum,
    help: "How far the rises of the last n bars outweigh the falls, -100 to 100",
    formula: "100 (up - down) / (up + down); up and down are the sums of rises and falls over n bars, 0 when there are none",
    source: "TA-Lib 0.8.1; Chande and Kroll 1994",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Cmou::new(params), inputs, out)),
    stream: Some(|params| stream(Cmou::new(params))),
    ..TA
};

struct Cmou {
    n: usize,
    up: f64,
    down: f64,
    /// Bars since the last move: after n of them the sums are 0 without the noise of adding and taking away.
    still: usize,
}

impl Cmou {
    fn new(params: &Params) -> Cmou {
        Cmou { n: params.size("timeperiod"), up: 0.0, down: 0.0, still: 0 }
    }

    #[inline(always)]
    fn add(&mut self, x: f64, before: f64) {
        let change = x - before;
        self.up += if change > 0.0 { change } else { 0.0 };
        self.down += if change < 0.0 { -change } else { 0.0 };
        self.still = if change == 0.0 { self.still + 1 } else { 0 };
        if self.still >= self.n {
            (self.up, self.down) = (0.0, 0.0);
        }
    }
}

impl Lagged<4, 1> for Cmou {
    fn reads(&self) -> [(usize, usize); 4] {
        [(0, 0), (0, 1), (0, self.n), (0, self.n + 1)]
    }

    fn warm_up(&self) -> usize {
        self.n
    }

    fn warm(&mut self, t: usize, [x, before, ..]: [f64; 4]) {
        if t > 0 {
            self.add(x, before);
        }
    }

    #[inline(always)]
    fn first(&mut self, [x, before, ..]: [f64; 4]) -> [f64; 1] {
        self.add(x, before);
        let both = self.up + self.down;
        [if both == 0.0 { 0.0 } else { 100.0 * (self.up - self.down) / both }]
    }

    #[inline(always)]
    fn step(&mut self, values: [f64; 4]) -> [f64; 1] {
        let change = values[2] - values[3];
        self.up -= if change > 0.0 { change } else { 0.0 };
        self.down -= if change < 0.0 { -change } else { 0.0 };
        self.first(values)
    }
}
