//! Intraday momentum index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::kernels::rolling;
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
    kernel: |inputs, params, out| {
        let rows = out[0].len();
        let (open, close, out) = (&inputs[0][..rows], &inputs[1][..rows], &mut *out[0]);
        let n = params.size("timeperiod");
        rolling(rows, n, |t| body(open[t], close[t]), join, |t, sums| out[t] = share(sums));
    },
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
fn join(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
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
        [share(self.bodies.iter().copied().fold([0.0; 2], join))]
    }
}
