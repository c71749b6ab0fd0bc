//! Coppock's curve.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, period};

use super::lagged::{Lagged, Ring, append, stream};

pub(super) const COPPOCK: Indicator = Indicator {
    id: "ta.coppock",
    label: "Coppock curve",
    group: Group::Momentum,
    help: "The smoothed sum of a shorter and a longer rate of change, which turns up early in a recovery",
    formula: "wma(roc1 + roc2); roc is 100 (x[t] / x[t-n] - 1), 0 when x[t-n] is 0; the average has the weights 1 to n",
    source: "TA-Lib 0.8.1; Coppock 1962",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        period("wmaperiod", "Smoothing period", 10, 1),
        period("roc1period", "Shorter rate of change", 11, 1),
        period("roc2period", "Longer rate of change", 14, 1),
    ],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("roc1period").max(params.size("roc2period")) + params.size("wmaperiod") - 1,
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Coppock::new(params), inputs, out)),
    stream: Some(|params| stream(Coppock::new(params))),
    ..TA
};

/// TA-Lib sums afresh once in so many windows, which also ends what a missing value does.
const WINDOWS: usize = 8;

struct Coppock {
    lags: [usize; 2],
    n: usize,
    /// One by the sum of the weights.
    share: f64,
    /// The window without its newest value.
    past: Ring,
    /// The sum of the last n values, and the sum with the weights that the last n - 1 have beside a newer one.
    sum: f64,
    weighted: f64,
    oldest: f64,
    /// The same sums from a window's values alone, and the bars until they replace those that slide.
    fresh: [f64; 2],
    until_fresh: usize,
}

impl Coppock {
    fn new(params: &Params) -> Coppock {
        let n = params.size("wmaperiod");
        let lags = [params.size("roc1period"), params.size("roc2period")];
        let share = 1.0 / ((n * (n + 1) / 2) as f64);
        let (past, until_fresh) = (Ring::new(n - 1), WINDOWS * n);
        Coppock { lags, n, share, past, sum: 0.0, weighted: 0.0, oldest: 0.0, fresh: [0.0; 2], until_fresh }
    }
}

#[inline(always)]
fn rates([x, one, two]: [f64; 3]) -> f64 {
    let rate = |before: f64| if before == 0.0 { 0.0 } else { (x / before - 1.0) * 100.0 };
    rate(one) + rate(two)
}

impl Lagged<3, 1> for Coppock {
    fn reads(&self) -> [(usize, usize); 3] {
        [(0, 0), (0, self.lags[0]), (0, self.lags[1])]
    }

    fn warm_up(&self) -> usize {
        self.lags[0].max(self.lags[1]) + self.n - 1
    }

    fn warm(&mut self, t: usize, values: [f64; 3]) {
        let longest = self.lags[0].max(self.lags[1]);
        if t >= longest {
            let rate = rates(values);
            self.past.push(rate);
            self.sum += rate;
            self.weighted += rate * (t - longest + 1) as f64;
        }
    }

    #[inline(always)]
    fn step(&mut self, values: [f64; 3]) -> [f64; 1] {
        let rate = rates(values);
        if self.n == 1 {
            return [rate];
        }
        self.sum = self.sum + rate - self.oldest;
        self.weighted += rate * self.n as f64;
        self.until_fresh -= 1;
        if self.until_fresh < self.n {
            self.fresh[0] += rate;
            self.fresh[1] += rate * (self.n - self.until_fresh) as f64;
            if self.until_fresh == 0 {
                [self.sum, self.weighted] = std::mem::take(&mut self.fresh);
                self.until_fresh = WINDOWS * self.n;
            }
        }
        let full = self.weighted;
        self.weighted -= self.sum;
        self.oldest = self.past.push(rate);
        [full * self.share]
    }
}
