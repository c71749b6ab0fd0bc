//! Hilbert transform: dominant cycle phase.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, LONG_LOOK_BACK, Phase};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, append, stream};

pub(super) const HT_DCPHASE: Indicator = Indicator {
    id: "ta.ht_dcphase",
    label: "Hilbert transform: dominant cycle phase",
    group: Group::Cycles,
    help: "Where prices stand in their dominant cycle, in degrees",
    formula: "atan(sum(sin(360 i / d) s[t-i]) / sum(cos(360 i / d) s[t-i])) + 90 + 360 / d, from -45 to 315; s is the smoothed price, d the dominant cycle's length",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| LONG_LOOK_BACK + unstable(params),
    append: Some(|inputs, params, out| append(Degrees::new(unstable(params)), inputs, out)),
    stream: Some(|params| stream(Degrees::new(unstable(params)))),
    ..TA
};

struct Degrees {
    hidden: Hidden,
    phase: Phase,
}

impl Degrees {
    fn new(settle: usize) -> Degrees {
        Degrees { hidden: Hidden::new(LONG_LOOK_BACK + settle), phase: Phase::new() }
    }
}

impl Recurrence<1, 1> for Degrees {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let degrees = self.phase.next(x).map(|place| [place.degrees]);
        self.hidden.show(degrees)
    }
}
