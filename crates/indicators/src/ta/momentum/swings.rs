//! Wilder's averages of rises and falls, from which several oscillators take their values.

use algomosaic_core::Params;

use crate::ta::params::unstable;

use super::lagged::Lagged;

/// The averages, and the value that an oscillator makes of them.
pub(super) struct Swings<F> {
    n: usize,
    settling: usize,
    /// The weights of the average so far, and of what is twice the new rise or fall.
    keep: f64,
    take: f64,
    up: f64,
    down: f64,
    value: F,
}

impl<F: Fn(f64, f64) -> f64 + Send> Swings<F> {
    pub(super) fn new(params: &Params, value: F) -> Swings<F> {
        let n = params.size("timeperiod");
        let take = 1.0 / n as f64;
        Swings {
            n,
            settling: unstable(params),
            keep: (n as f64 - 1.0) * take,
            take: take * 0.5,
            up: 0.0,
            down: 0.0,
            value,
        }
    }
}

/// Twice the rise and the fall; both are NaN when the move is.
#[inline(always)]
fn swing(x: f64, before: f64) -> (f64, f64) {
    let (change, size) = (x - before, (x - before).abs());
    (size + change, size - change)
}

impl<F: Fn(f64, f64) -> f64 + Send> Lagged<2, 1> for Swings<F> {
    fn reads(&self) -> [(usize, usize); 2] {
        [(0, 0), (0, 1)]
    }

    fn warm_up(&self) -> usize {
        self.n
    }

    fn settling(&self) -> usize {
        self.settling
    }

    fn warm(&mut self, t: usize, [x, before]: [f64; 2]) {
        if t > 0 {
            let (up, down) = swing(x, before);
            self.up += up;
            self.down += down;
        }
    }

    #[inline(always)]
    fn first(&mut self, [x, before]: [f64; 2]) -> [f64; 1] {
        let (up, down) = swing(x, before);
        self.up = (self.up + up) * self.take;
        self.down = (self.down + down) * self.take;
        [(self.value)(self.up, self.down)]
    }

    #[inline(always)]
    fn step(&mut self, [x, before]: [f64; 2]) -> [f64; 1] {
        let (up, down) = swing(x, before);
        self.up = self.up * self.keep + up * self.take;
        self.down = self.down * self.keep + down * self.take;
        [(self.value)(self.up, self.down)]
    }
}
