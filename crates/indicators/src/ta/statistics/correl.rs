//! Pearson's correlation coefficient.

use super::spread::FEW;
use super::spread_of_two::{Measure, Rolling, Sums};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE0, PRICE1, time_period};

pub(super) const CORREL: Indicator = Indicator {
    id: "ta.correl",
    label: "Correlation coefficient",
    group: Group::Statistics,
    help: "How far two series move on a straight line with each other over n bars, -1 to 1",
    formula: "cov(x, y) / sqrt(var(x) var(y)) over n bars, 0 where a variance is 0",
    source: "TA-Lib 0.8.1; Pearson 1895",
    inputs: &[Input::Column("price0"), Input::Column("price1")],
    params: &[PRICE0, PRICE1, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        let (x, y) = (inputs[0], inputs[1]);
        if n <= x.len() {
            Rolling::new(Correlation { per_n: 1.0 / n as f64 }, n, x, y).advance(x, y, &mut out[0][n - 1..]);
        }
    },
    ..TA
};

struct Correlation {
    per_n: f64,
}

impl Correlation {
    /// n times both variances.
    #[inline(always)]
    fn spreads(&self, sums: &Sums) -> [f64; 2] {
        [sums.xx - sums.x * sums.x * self.per_n, sums.yy - sums.y * sums.y * self.per_n]
    }
}

impl Measure for Correlation {
    #[inline(always)]
    fn mean(&self, sum: f64) -> f64 {
        sum * self.per_n
    }

    #[inline(always)]
    fn is_worn(&self, sums: &Sums, leaving: [f64; 2], remains: &Sums, _: [f64; 2]) -> bool {
        let [x, y] = self.spreads(sums);
        (x < FEW * remains.xx)
            | (y < FEW * remains.yy)
            | (remains.xx < FEW * (leaving[0] * leaving[0]))
            | (remains.yy < FEW * (leaving[1] * leaving[1]))
    }

    #[inline(always)]
    fn value(&self, sums: &Sums) -> f64 {
        let [x, y] = self.spreads(sums);
        let both = x * y;
        if both > 0.0 { (sums.xy - sums.x * sums.y * self.per_n) / both.sqrt() } else { 0.0 }
    }
}
