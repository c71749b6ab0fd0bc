//! Money flow index.

use algomosaic_core::Params;

use super::extremes::same;
use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const MFI: Indicator = Indicator {
    id: "ta.mfi",
    label: "Money flow index",
    group: Group::Momentum,
    help: "The share of turnover on bars whose typical price rises, 0 to 100",
    formula: "100 up / (up + down); up and down are the sums over n bars of typical price times volume where the typical price rises and falls",
    source: "TA-Lib 0.8.1; Quong and Soudack 1989",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Mfi::new(params), inputs, out)),
    stream: Some(|params| stream(Mfi::new(params))),
    ..TA
};

struct Mfi {
    /// The flows of the last n bars.
    ups: Ring,
    downs: Ring,
    up: f64,
    down: f64,
    last: f64,
    /// Bars until the sums are full.
    wait: usize,
    n: usize,
    /// Bars without flow up to now.
    idle: usize,
}

impl Mfi {
    fn new(params: &Params) -> Mfi {
        let n = params.size("timeperiod");
        Mfi {
            ups: Ring::new(n, 0.0),
            downs: Ring::new(n, 0.0),
            up: 0.0,
            down: 0.0,
            last: f64::NAN,
            wait: n + 1,
            n,
            idle: 0,
        }
    }
}

impl Recurrence<4, 1> for Mfi {
    #[inline(always)]
    fn next(&mut self, [high, low, close, volume]: [f64; 4]) -> [f64; 1] {
        let typical = (high + low + close) / 3.0;
        let flow = typical * volume;
        // A missing flow is missing from both sums.
        let none = if flow.is_nan() { flow } else { 0.0 };
        let moves = !same(typical, self.last);
        let up = if moves & (typical > self.last) { flow } else { none };
        let down = if moves & (typical < self.last) { flow } else { none };
        self.last = typical;
        self.idle = if (up == 0.0) & (down == 0.0) { self.idle + 1 } else { 0 };
        self.up = self.up - self.ups.swap(up) + up;
        self.down = self.down - self.downs.swap(down) + down;
        if self.idle >= self.n {
            // What rounding has left of earlier flows.
            (self.up, self.down) = (0.0, 0.0);
        }
        self.wait = self.wait.saturating_sub(1);
        if self.wait > 0 {
            return [f64::NAN];
        }
        let both = self.up + self.down;
        let value = 100.0 * (self.up / both);
        [if both <= 0.0 { 0.0 } else { value.clamp(0.0, 100.0) }]
    }
}
