//! Relative strength index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const RSI: Indicator = Indicator {
    id: "ta.rsi",
    label: "Relative strength index",
    group: Group::Momentum,
    help: "The share of rises in the smoothed moves, 0 to 100",
    formula: "100 up / (up + down); up and down are Wilder's averages over n bars of rises and falls, 0 when there are none",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") + unstable(params),
    kernel: |inputs, params, out| batch(Rsi::new(params), inputs, out),
    stream: Some(|params| stream(Rsi::new(params))),
    ..TA
};

struct Rsi {
    n: f64,
    /// Moves until the averages are full, then bars until the values have settled.
    warm_up: usize,
    settling: usize,
    last: f64,
    up: f64,
    down: f64,
}

impl Rsi {
    fn new(params: &Params) -> Rsi {
        let n = params.size("timeperiod");
        Rsi { n: n as f64, warm_up: n, settling: unstable(params), last: f64::NAN, up: 0.0, down: 0.0 }
    }
}

impl Recurrence<1, 1> for Rsi {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let move_ = x - self.last;
        let first = self.last.is_nan();
        self.last = x;
        if first {
            return [f64::NAN];
        }
        let (up, down) = (move_.max(0.0), (-move_).max(0.0));
        if self.warm_up > 0 {
            self.up += up;
            self.down += down;
            self.warm_up -= 1;
            if self.warm_up > 0 {
                return [f64::NAN];
            }
            self.up /= self.n;
            self.down /= self.n;
        } else {
            self.up = (self.up * (self.n - 1.0) + up) / self.n;
            self.down = (self.down * (self.n - 1.0) + down) / self.n;
        }
        if self.settling > 0 {
            self.settling -= 1;
            return [f64::NAN];
        }
        let both = self.up + self.down;
        [if both > 0.0 { 100.0 * (self.up / both) } else { 0.0 }]
    }
}
