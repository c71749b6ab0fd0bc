//! Vertical horizontal filter.

use super::extremes::{Extreme, extremes};
use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
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
    kernel: |inputs, params, out| {
        let (x, n) = (inputs[0], params.size("timeperiod"));
        if n >= x.len() {
            return;
        }
        let step = |t: usize| (x[t] - x[t - 1]).abs();
        let mut way: f64 = (1..n).map(step).sum();
        let out = &mut out[0][n..];
        extremes(&x[1..], &x[1..], n, |from, highest, lowest| {
            let from = from + 1 - n;
            let new = x[from + n..].iter().zip(&x[from + n - 1..]);
            let old = x[from + 1..].iter().zip(&x[from..]);
            let places = out[from..].iter_mut().zip(highest).zip(lowest).zip(new).zip(old);
            for ((((place, highest), lowest), (new, before_new)), (old, before_old)) in places {
                way += (new - before_new).abs();
                *place = share(highest - lowest, way);
                way -= (old - before_old).abs();
            }
        });
    },
    stream: Some(|params| {
        let n = params.size("timeperiod");
        stream(Vhf {
            highest: Extreme::new(n),
            lowest: Extreme::new(n),
            steps: Ring::new(n, 0.0),
            way: 0.0,
            last: None,
            wait: n,
        })
    }),
    ..TA
};

fn share(range: f64, way: f64) -> f64 {
    if way > 0.0 { range / way } else { 0.0 }
}

struct Vhf {
    highest: Extreme<true>,
    lowest: Extreme<false>,
    steps: Ring,
    way: f64,
    last: Option<f64>,
    /// Bars until the first window is full.
    wait: usize,
}

impl Recurrence<1, 1> for Vhf {
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let Some(last) = self.last.replace(x) else { return [f64::NAN] };
        let step = (x - last).abs();
        self.way = self.way - self.steps.swap(step) + step;
        let range = self.highest.next(x) - self.lowest.next(x);
        self.wait = self.wait.saturating_sub(1);
        [if self.wait > 0 { f64::NAN } else { share(range, self.way) }]
    }
}
