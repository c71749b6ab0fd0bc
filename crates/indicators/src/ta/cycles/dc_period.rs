//! Hilbert transform: dominant cycle period.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, SHORT_LOOK_BACK, SmoothCycle};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const HT_DCPERIOD: Indicator = Indicator {
    id: "ta.ht_dcperiod",
    label: "Hilbert transform: dominant cycle period",
    group: Group::Cycles,
    help: "How many bars the dominant cycle of prices takes",
    formula: "360 / the turn of the phase in a bar in degrees, smoothed; from 6 to 50 bars",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| SHORT_LOOK_BACK + unstable(params),
    append: Some(|inputs, params, out| append(Length::new(unstable(params)), inputs, out)),
    stream: Some(|params| stream(Length::new(unstable(params)))),
    ..TA
};

struct Length {
    hidden: Hidden,
    cycle: SmoothCycle,
}

impl Length {
    fn new(settle: usize) -> Length {
        Length { hidden: Hidden::new(SHORT_LOOK_BACK + settle), cycle: SmoothCycle::short() }
    }
}

impl Recurrence<1, 1> for Length {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let length = self.cycle.next(x).map(|(_, length)| [length]);
        self.hidden.show(length)
    }
}
