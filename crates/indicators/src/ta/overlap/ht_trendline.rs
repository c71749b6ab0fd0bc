//! Trendline of the dominant cycle.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, LONG_LOOK_BACK, TrendlineCycle};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const HT_TRENDLINE: Indicator = Indicator {
    id: "ta.ht_trendline",
    label: "Hilbert transform: trendline",
    group: Group::Overlap,
    help: "The mean of prices over the length of their dominant cycle, which leaves the trend",
    formula: "(4 m[t] + 3 m[t-1] + 2 m[t-2] + m[t-3]) / 10; m is the mean of the last d values, d the dominant cycle's length",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| LONG_LOOK_BACK + unstable(params),
    overlay: true,
    append: Some(|inputs, params, out| append(Line::new(unstable(params)), inputs, out)),
    stream: Some(|params| stream(Line::new(unstable(params)))),
    ..TA
};

struct Line {
    hidden: Hidden,
    cycle: TrendlineCycle,
}

impl Line {
    fn new(settle: usize) -> Line {
        Line { hidden: Hidden::new(LONG_LOOK_BACK + settle), cycle: TrendlineCycle::new() }
    }
}

impl Recurrence<1, 1> for Line {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let line = self.cycle.next(x);
        self.hidden.show(line.map(|line| [line]))
    }
}
