//! Normalized average true range.

use algomosaic_core::Params;

use super::atr::{AverageRange, average_range};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{UNSTABLE, time_period, unstable};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const NATR: Indicator = Indicator {
    id: "ta.natr",
    label: "Normalized average true range",
    group: Group::Volatility,
    help: "The average true range in percent of the close",
    formula: "100 atr / close, 0 where the close is 0; the true range itself for n = 1",
    source: "TA-Lib 0.8.1; Forman 2006",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(14, 1), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") + unstable(params),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| {
        if params.size("timeperiod") == 1 {
            average_range(inputs, params, out, |average, _| average);
        } else {
            average_range(inputs, params, out, share);
        }
    }),
    stream: Some(|params| stream(Normalized::new(params))),
    ..TA
};

#[inline(always)]
fn share(average: f64, close: f64) -> f64 {
    let share = average / close * 100.0;
    if close == 0.0 { 0.0 } else { share }
}

struct Normalized {
    range: AverageRange,
    /// TA-Lib gives the true range itself over one bar.
    is_plain: bool,
}

impl Normalized {
    fn new(params: &Params) -> Normalized {
        Normalized { range: AverageRange::new(params), is_plain: params.size("timeperiod") == 1 }
    }
}

impl Recurrence<3, 1> for Normalized {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 3]) -> [f64; 1] {
        let [average] = self.range.next(bar);
        if self.is_plain || average.is_nan() {
            return [average];
        }
        [share(average, bar[2])]
    }
}
