//! Forecast oscillator.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

use super::lagged::{Lagged, append, stream};

pub(super) const FOSC: Indicator = Indicator {
    id: "ta.fosc",
    label: "Forecast oscillator",
    group: Group::Momentum,
    help: "How far the value lies above what a line through the n bars before it forecasts, in percent",
    formula: "100 (x[t] - forecast) / x[t]; forecast is the least squares line over x[t-n..t-1], continued to t",
    source: "TA-Lib 0.8.1; Chande and Kroll 1994",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(5, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Fosc::new(params), inputs, out)),
    stream: Some(|params| stream(Fosc::new(params))),
    ..TA
};

/// The sums of the last n bars: of the values, and of the values times their age in bars.
#[derive(Clone, Copy)]
struct Sums {
    plain: f64,
    aged: f64,
}

struct Fosc {
    bars: usize,
    n: f64,
    /// Of the ages 0 to n - 1, and what the slope is divided by.
    ages: f64,
    divisor: f64,
    sums: Sums,
    /// The next window's sums from its values alone, which replace those that slide, and the bars until then.
    fresh: Sums,
    until_fresh: usize,
}

/// TA-Lib sums afresh once in so many windows, which also ends what a missing value does.
const WINDOWS: usize = 32;

impl Fosc {
    fn new(params: &Params) -> Fosc {
        let bars = params.size("timeperiod");
        let n = bars as f64;
        let ages = n * (n - 1.0) * 0.5;
        let squares = n * (n - 1.0) * (2.0 * n - 1.0) / 6.0;
        let none = Sums { plain: 0.0, aged: 0.0 };
        Fosc { bars, n, ages, divisor: ages * ages - n * squares, sums: none, fresh: none, until_fresh: bars }
    }

    /// Makes x the newest value of the window.
    #[inline(always)]
    fn slide(&mut self, x: f64, oldest: f64) {
        self.sums.aged = self.sums.aged + self.sums.plain - self.n * oldest;
        self.sums.plain = self.sums.plain - oldest + x;
        self.until_fresh -= 1;
        if self.until_fresh < self.bars {
            self.refresh(x);
        }
    }

    #[inline(always)]
    fn refresh(&mut self, x: f64) {
        self.fresh.plain += x;
        self.fresh.aged += self.until_fresh as f64 * x;
        if self.until_fresh == 0 {
            self.sums = self.fresh;
            self.fresh = Sums { plain: 0.0, aged: 0.0 };
            self.until_fresh = WINDOWS * self.bars;
        }
    }
}

impl Lagged<2, 1> for Fosc {
    fn reads(&self) -> [(usize, usize); 2] {
        [(0, 0), (0, self.bars)]
    }

    fn warm_up(&self) -> usize {
        self.bars
    }

    fn warm(&mut self, _: usize, [x, _]: [f64; 2]) {
        self.until_fresh -= 1;
        self.refresh(x);
    }

    #[inline(always)]
    fn step(&mut self, [x, oldest]: [f64; 2]) -> [f64; 1] {
        let Sums { plain, aged } = self.sums;
        let slope = (self.n * aged - self.ages * plain) / self.divisor;
        let forecast = (plain - slope * self.ages) / self.n + slope * self.n;
        self.slide(x, oldest);
        [if x == 0.0 { 0.0 } else { 100.0 * (x - forecast) / x }]
    }
}
