//! Hilbert transform: sine wave.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::{Hidden, LONG_LOOK_BACK, Phase, waves};
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const HT_SINE: Indicator = Indicator {
    id: "ta.ht_sine",
    label: "Hilbert transform: sine wave",
    group: Group::Cycles,
    help: "The sine of the dominant cycle's phase and the sine an eighth of a cycle ahead; they cross at turns",
    formula: "sin(p) and sin(p + 45); p is the dominant cycle's phase in degrees",
    source: "TA-Lib 0.8.1; Ehlers 2001",
    inputs: &[Input::Column("price")],
    params: &[PRICE, UNSTABLE],
    outputs: &[Output::ta("sine"), Output::ta("leadsine").drawn(Draw::DashedLine)],
    look_back: |params| LONG_LOOK_BACK + unstable(params),
    kernel: |inputs, params, out| batch(Sine::new(unstable(params)), inputs, out),
    stream: Some(|params| stream(Sine::new(unstable(params)))),
    ..TA
};

struct Sine {
    hidden: Hidden,
    phase: Phase,
}

impl Sine {
    fn new(settle: usize) -> Sine {
        Sine { hidden: Hidden::new(LONG_LOOK_BACK + settle), phase: Phase::new() }
    }
}

impl Recurrence<1, 2> for Sine {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 2] {
        let waves = self.phase.next(x).map(|place| waves(place.degrees));
        self.hidden.show(waves)
    }
}
