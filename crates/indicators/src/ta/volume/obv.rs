//! On balance volume.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::PRICE;
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const OBV: Indicator = Indicator {
    id: "ta.obv",
    label: "On balance volume",
    group: Group::Volume,
    help: "The sum of all volume, that of bars with a fall taken off",
    formula: "obv[t-1] + volume where price rises, - volume where it falls; volume at first",
    source: "TA-Lib 0.8.1; Granville 1963",
    inputs: &[Input::Column("price"), Input::Volume],
    params: &[PRICE],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| append(Balance::default(), inputs, out)),
    stream: Some(|_| stream(Balance::default())),
    ..TA
};

#[derive(Default)]
struct Balance {
    begun: bool,
    before: f64,
    sum: f64,
}

impl Recurrence<2, 1> for Balance {
    #[inline(always)]
    fn next(&mut self, [price, volume]: [f64; 2]) -> [f64; 1] {
        let before = std::mem::replace(&mut self.before, price);
        if !self.begun {
            self.begun = true;
            self.sum = volume;
            return [volume];
        }
        let rise = if price > before { volume } else { 0.0 };
        self.sum += if price < before { -volume } else { rise };
        [self.sum]
    }
}
