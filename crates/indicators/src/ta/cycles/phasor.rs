//! Hilbert transform: phasor components.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, SHORT_LOOK_BACK, SmoothCycle};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const HT_PHASOR: Indicator = Indicator {
    id: "ta.ht_phasor",
    label: "Hilbert transform: phasor components",
    group: Group::Cycles,
    help: "The part of prices in phase with their dominant cycle and the part a quarter of a cycle ahead",
    formula: "i[t] = d[t-3], q[t] = hilbert(d)[t]; d is the smoothed price without its trend",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("inphase"), Output::ta("quadrature").drawn(Draw::DashedLine)],
    look_back: |params| SHORT_LOOK_BACK + unstable(params),
    kernel: |inputs, params, out| batch(Phasor::new(unstable(params)), inputs, out),
    stream: Some(|params| stream(Phasor::new(unstable(params)))),
    ..TA
};

struct Phasor {
    hidden: Hidden,
    cycle: SmoothCycle,
}

impl Phasor {
    fn new(settle: usize) -> Phasor {
        Phasor { hidden: Hidden::new(SHORT_LOOK_BACK + settle), cycle: SmoothCycle::short() }
    }
}

impl Recurrence<1, 2> for Phasor {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 2] {
        let parts = self.cycle.next(x).map(|(cycle, _)| [cycle.in_phase, cycle.quadrature]);
        self.hidden.show(parts)
    }
}
