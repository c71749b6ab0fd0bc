//! Qstick.

use algomosaic_core::Params;

use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const QSTICK: Indicator = Indicator {
    id: "ta.qstick",
    label: "Qstick",
    group: Group::Momentum,
    help: "The mean body of the last n candles, positive when they close above their open",
    formula: "mean of close - open over n bars",
    source: "TA-Lib 0.8.1; Chande and Kroll 1994",
    inputs: &[Input::Open, Input::Close],
    params: &[time_period(10, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let ([open, close], n) = (inputs, params.size("timeperiod")) else { return };
        if n > open.len() {
            return;
        }
        let body = |(close, open): (&f64, &f64)| close - open;
        let mut sum: f64 = close[..n - 1].iter().zip(open.iter()).map(body).sum();
        let new = close[n - 1..].iter().zip(&open[n - 1..]).map(body);
        let old = close.iter().zip(open.iter()).map(body);
        for ((place, new), old) in out[0][n - 1..].iter_mut().zip(new).zip(old) {
            sum += new;
            *place = sum / n as f64;
            sum -= old;
        }
    },
    stream: Some(|params| stream(Qstick::new(params))),
    ..TA
};

struct Qstick {
    bodies: Ring,
    n: usize,
    seen: usize,
    sum: f64,
}

impl Qstick {
    fn new(params: &Params) -> Qstick {
        let n = params.size("timeperiod");
        Qstick { bodies: Ring::new(n, 0.0), n, seen: 0, sum: 0.0 }
    }
}

impl Recurrence<2, 1> for Qstick {
    fn next(&mut self, [open, close]: [f64; 2]) -> [f64; 1] {
        let body = close - open;
        self.sum = self.sum - self.bodies.swap(body) + body;
        self.seen += 1;
        [if self.seen < self.n { f64::NAN } else { self.sum / self.n as f64 }]
    }
}
