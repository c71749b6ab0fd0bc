//! Kaufman's efficiency ratio.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

use super::lagged::{Lagged, append, stream};

pub(super) const ER: Indicator = Indicator {
    id: "ta.er",
    label: "Efficiency ratio",
    group: Group::Momentum,
    help: "How straight the way of the last n bars was, 0 to 1",
    formula: "|x[t] - x[t-n]| / sum(|x[i] - x[i-1]|) over n moves, 1 when nothing moved",
    source: "TA-Lib 0.8.1; Kaufman 1995",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(10, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    append: Some(|inputs, params, out| append(Er::new(params), inputs, out)),
    stream: Some(|params| stream(Er::new(params))),
    ..TA
};

struct Er {
    n: usize,
    path: f64,
    /// Bars since the last move: after n of them the path is 0 without the noise of adding and taking away.
    still: usize,
}

impl Er {
    fn new(params: &Params) -> Er {
        Er { n: params.size("timeperiod"), path: 0.0, still: 0 }
    }

    #[inline(always)]
    fn add(&mut self, x: f64, before: f64) {
        let size = (x - before).abs();
        self.path += size;
        self.still = if size == 0.0 { self.still + 1 } else { 0 };
        if self.still >= self.n {
            self.path = 0.0;
        }
    }
}

impl Lagged<4, 1> for Er {
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
    fn first(&mut self, [x, before, start, _]: [f64; 4]) -> [f64; 1] {
        self.add(x, before);
        let way = (x - start).abs();
        [if way >= self.path { 1.0 } else { way / self.path }]
    }

    #[inline(always)]
    fn step(&mut self, values: [f64; 4]) -> [f64; 1] {
        self.path -= (values[2] - values[3]).abs();
        self.first(values)
    }
}
