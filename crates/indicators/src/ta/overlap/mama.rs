//! MESA adaptive moving average.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::hilbert::Hilbert;
use crate::ta::params::{PRICE, UNSTABLE, unstable};
use crate::ta::recurrence::{Recurrence, batch, stream};
use algomosaic_core::{Param, Params};

pub(super) const MAMA: Indicator = Indicator {
    id: "ta.mama",
    label: "MESA adaptive moving average",
    group: Group::Overlap,
    help: "An average that follows prices the faster, the less their cycle turns in a bar; the second line follows it at half the speed",
    formula: "mama[t-1] + a (x[t] - mama[t-1]) and fama[t-1] + a/2 (mama[t] - fama[t-1]); a = fastlimit / turn of the phase in degrees, between slowlimit and fastlimit",
    source: "TA-Lib 0.8.1; Ehlers 2001, MESA adaptive moving averages",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        limit("fastlimit", "Fast limit", 0.5).help("The greatest weight of a new value"),
        limit("slowlimit", "Slow limit", 0.05).help("The least weight of a new value"),
        UNSTABLE,
    ],
    outputs: &[Output::ta("mama"), Output::ta("fama").drawn(Draw::DashedLine)],
    look_back: |params| LOOK_BACK + unstable(params),
    overlay: true,
    kernel: |inputs, params, out| batch(state(params), inputs, out),
    stream: Some(|params| stream(state(params))),
    ..TA
};

const fn limit(name: &'static str, label: &'static str, default: f64) -> Param {
    Param::float(name, label, default, 0.01, 0.99)
}

fn state(params: &Params) -> Mama {
    Mama::new(params.float("fastlimit"), params.float("slowlimit"), unstable(params))
}

/// Bars before the first value.
pub(in crate::ta) const LOOK_BACK: usize = 32;

/// The state of the average and of the one that follows it.
#[derive(Clone)]
pub(super) struct Mama {
    cycle: Hilbert,
    /// Bars before values are shown.
    hidden: usize,
    fast: f64,
    slow: f64,
    phase: f64,
    mama: f64,
    fama: f64,
}

impl Mama {
    pub(super) fn new(fast: f64, slow: f64, settle: usize) -> Mama {
        Mama { cycle: Hilbert::new(12), hidden: LOOK_BACK + settle, fast, slow, phase: 0.0, mama: 0.0, fama: 0.0 }
    }

    #[inline(always)]
    fn shown(&mut self, values: [f64; 2]) -> [f64; 2] {
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN; 2];
        }
        values
    }
}

impl Recurrence<1, 2> for Mama {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 2] {
        let Some(cycle) = self.cycle.next(x) else { return self.shown([0.0; 2]) };
        let phase = if cycle.in_phase == 0.0 { 0.0 } else { (cycle.quadrature / cycle.in_phase).atan().to_degrees() };
        let turn = self.phase - phase;
        self.phase = phase;
        let weight = if turn > 1.0 {
            let weight = self.fast / turn;
            if weight < self.slow { self.slow } else { weight }
        } else {
            self.fast
        };
        self.mama = weight * x + (1.0 - weight) * self.mama;
        let half = 0.5 * weight;
        self.fama = half * self.mama + (1.0 - half) * self.fama;
        self.shown([self.mama, self.fama])
    }
}

/// The average with these limits of a new value's weight.
pub(in crate::ta) fn mama(x: &[f64], fast: f64, slow: f64, out: &mut [f64]) {
    let mut state = Mama::new(fast, slow, 0);
    for (place, x) in out.iter_mut().zip(x) {
        [*place, _] = state.next([*x]);
    }
}
