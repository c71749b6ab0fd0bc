//! Beta.

use super::spread::FEW;
use super::spread_of_two::{Measure, Rolling, Sums};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE0, PRICE1, time_period};

pub(super) const BETA: Indicator = Indicator {
    id: "ta.beta",
    label: "Beta",
    group: Group::Statistics,
    help: "By how much the second series moves for a move of the first, from n returns",
    formula: "cov(r, s) / var(r) over n bars, 0 where var(r) is 0; r and s are the returns of both series from bar to bar",
    source: "TA-Lib 0.8.1; Sharpe 1964",
    inputs: &[Input::Column("price0"), Input::Column("price1")],
    params: &[PRICE0, PRICE1, time_period(5, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    kernel: |inputs, params, out| beta(inputs[0], inputs[1], params.size("timeperiod"), out[0]),
    ..TA
};

/// Returns are taken for so many bars at a time, so that they stay near.
const BARS: usize = 2048;

fn beta(x: &[f64], y: &[f64], n: usize, out: &mut [f64]) {
    let rows = x.len();
    if n >= rows {
        return;
    }
    let bars = BARS.max(n);
    let mut returns = [x, y].map(|series| {
        let mut returns = vec![0.0; n - 1 + bars];
        write_returns(&series[..=n], &mut returns[..n]);
        returns
    });
    let measure = Slope { size: n as f64 };
    let mut rolling = Rolling::new(measure, n, &returns[0], &returns[1]);
    for begin in (n..rows).step_by(bars) {
        let end = rows.min(begin + bars);
        for (returns, series) in returns.iter_mut().zip([x, y]) {
            write_returns(&series[begin - 1..end], &mut returns[n - 1..]);
        }
        let window = n - 1 + end - begin;
        rolling.advance(&returns[0][..window], &returns[1][..window], &mut out[begin..end]);
        for returns in &mut returns {
            returns.copy_within(bars.., 0);
        }
    }
}

/// The return from each bar to the next, 0 from a bar of 0.
fn write_returns(series: &[f64], out: &mut [f64]) {
    for (place, [before, now]) in out.iter_mut().zip(series.array_windows::<2>()) {
        let change = (now - before) / before;
        *place = if *before == 0.0 { 0.0 } else { change };
    }
}

/// How much more than the window's sum of squares is too much to have left it.
const MUCH: f64 = 1000.0;

struct Slope {
    size: f64,
}

impl Measure for Slope {
    #[inline(always)]
    fn mean(&self, sum: f64) -> f64 {
        sum / self.size
    }

    #[inline(always)]
    fn is_worn(&self, sums: &Sums, _: [f64; 2], _: &Sums, left: [f64; 2]) -> bool {
        (self.size * sums.xx - sums.x * sums.x < FEW * (self.size * sums.xx))
            | (left[0] * left[0] > MUCH * sums.xx)
            | (left[1] * left[1] > MUCH * sums.yy)
    }

    #[inline(always)]
    fn value(&self, sums: &Sums) -> f64 {
        let spread = self.size * sums.xx - sums.x * sums.x;
        if spread > 0.0 { (self.size * sums.xy - sums.x * sums.y) / spread } else { 0.0 }
    }
}
