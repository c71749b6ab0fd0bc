//! Awesome oscillator.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::period;

use super::lagged::{Lagged, append, stream};

pub(super) const AO: Indicator = Indicator {
    id: "ta.ao",
    label: "Awesome oscillator",
    group: Group::Momentum,
    help: "How far the mean of the last few middles of the bars lies above that of many",
    formula: "mean(m, fast) - mean(m, slow); m = (high + low) / 2",
    source: "TA-Lib 0.8.1; Williams 1998",
    inputs: &[Input::High, Input::Low],
    params: &[period("fastperiod", "Fast period", 5, 2), period("slowperiod", "Slow period", 34, 2)],
    outputs: &[Output::ta("real").drawn(Draw::Histogram)],
    look_back: |params| Ao::new(params).warm_up(),
    memory: WINDOW,
    append: Some(|inputs, params, out| append(Ao::new(params), inputs, out)),
    stream: Some(|params| stream(Ao::new(params))),
    ..TA
};

pub(super) struct Ao {
    fast: usize,
    slow: usize,
    /// The sums of the middles of the last fast - 1 and slow - 1 bars.
    sums: [f64; 2],
}

impl Ao {
    pub(super) fn new(params: &Params) -> Ao {
        Ao { fast: params.size("fastperiod"), slow: params.size("slowperiod"), sums: [0.0; 2] }
    }
}

impl Lagged<6, 1> for Ao {
    fn reads(&self) -> [(usize, usize); 6] {
        let (fast, slow) = (self.fast - 1, self.slow - 1);
        [(0, 0), (1, 0), (0, fast), (1, fast), (0, slow), (1, slow)]
    }

    fn warm_up(&self) -> usize {
        self.fast.max(self.slow) - 1
    }

    fn warm(&mut self, t: usize, [high, low, ..]: [f64; 6]) {
        let middle = (high + low) / 2.0;
        let longer = self.warm_up() + 1;
        for (sum, n) in self.sums.iter_mut().zip([self.fast, self.slow]) {
            // Both sums begin at the first bar with a value, so neither carries the noise of sliding there.
            *sum += if t + n >= longer { middle } else { 0.0 };
        }
    }

    #[inline(always)]
    fn step(&mut self, [high, low, fast_high, fast_low, slow_high, slow_low]: [f64; 6]) -> [f64; 1] {
        let middle = (high + low) / 2.0;
        let (fast, slow) = (self.sums[0] + middle, self.sums[1] + middle);
        self.sums = [fast - (fast_high + fast_low) / 2.0, slow - (slow_high + slow_low) / 2.0];
        [fast / self.fast as f64 - slow / self.slow as f64]
    }
}
