//! MESA adaptive moving average.

use crate::ta::hilbert::Hilbert;

/// Bars before the first value.
pub(in crate::ta) const LOOK_BACK: usize = 32;

/// The state of the average and of the one that follows it.
#[derive(Clone)]
pub(super) struct Mama {
    cycle: Hilbert,
    fast: f64,
    slow: f64,
    phase: f64,
    mama: f64,
    fama: f64,
}

impl Mama {
    pub(super) fn new(fast: f64, slow: f64) -> Mama {
        Mama { cycle: Hilbert::new(12), fast, slow, phase: 0.0, mama: 0.0, fama: 0.0 }
    }

    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> [f64; 2] {
        let Some(cycle) = self.cycle.next(x) else { return [self.mama, self.fama] };
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
        [self.mama, self.fama]
    }
}

/// The average with these limits of a new value's weight.
pub(in crate::ta) fn mama(x: &[f64], fast: f64, slow: f64, out: &mut [f64]) {
    let mut state = Mama::new(fast, slow);
    for (t, (place, x)) in out.iter_mut().zip(x).enumerate() {
        let [mama, _] = state.next(*x);
        if t >= LOOK_BACK {
            *place = mama;
        }
    }
}
