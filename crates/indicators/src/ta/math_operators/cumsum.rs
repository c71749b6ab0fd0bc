//! Cumulative sum.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::PRICE;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const CUMSUM: Indicator = Indicator {
    id: "ta.cumsum",
    label: "Cumulative sum",
    group: Group::MathOperators,
    help: "The sum of all values from the first bar on",
    formula: "sum(x[0..t])",
    inputs: &[Input::Column("price")],
    params: &[PRICE],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| append(Total(0.0), inputs, out)),
    stream: Some(|_| stream(Total(0.0))),
    ..TA
};

struct Total(f64);

impl Recurrence<1, 1> for Total {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        self.0 += x;
        [self.0]
    }
}
