//! Intraday momentum index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::kernels::{rolling, sums};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const IMI: Indicator = Indicator {
    id: "ta.imi",
    label: "Intraday momentum index",
    group: Group::Momentum,
    help: "The share of rises in what the last n bars moved from open to close, 0 to 100",
    formula: "100 up / (up + down); up and down are the sums over n bars of rises and falls from open to close, 50 when there are none",
    source: "TA-Lib 0.8.1; Chande and Kroll 1994",
    inputs: &[Input::Open, Input::Close],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    append: Some(|inputs, params, out| {
        let n = params.size("timeperiod");
        let body = |[open, close]: [f64; 2]| body(open, close);
        rolling([inputs[0], inputs[1]], &[n], body, sums, |_| |_, sums| [share(sums)], std::slice::from_mut(out));
    }),
    stream: Some(|params| stream(Imi::new(params))),
    ..TA
};

/// The rise and the fall of a bar; a missing value is a missing fall.
#[inline(always)]
fn body(open: f64, close: f64) -> [f64; 2] {
    let change = close - open;
    if change > 0.0 { [change, 0.0] } else { [0.0, -change] }
}

#[inline(always)]
fn share([up, down]: [f64; 2]) -> f64 {
    let both = up + down;
    if both == 0.0 { 50.0 } else { 100.0 * (up / both) }
}

/// The last n bodies, for single bars.
struct Imi {
    n: usize,
    bodies: Vec<[f64; 2]>,
    place: usize,
}

impl Imi {
    fn new(params: &Params) -> Imi {
        Imi { n: params.size("timeperiod"), bodies: Vec::new(), place: 0 }
    }
}

impl Recurrence<2, 1> for Imi {
    fn next(&mut self, [open, close]: [f64; 2]) -> [f64; 1] {
        let body = body(open, close);
        if self.bodies.len() < self.n {
            self.bodies.push(body);
        } else {
            self.bodies[self.place] = body;
            self.place = if self.place + 1 == self.n { 0 } else { self.place + 1 };
        }
        if self.bodies.len() < self.n {
            return [f64::NAN];
        }
        [share(self.bodies.iter().copied().fold([0.0; 2], |older, newer| sums([0.0; 2], older, newer)))]
    }
}
