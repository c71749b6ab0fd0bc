//! Moving average convergence and divergence.

use algomosaic_core::Params;

use super::ema::{Ema, Settled, batch};
use crate::indicator::{Draw, Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, period};
use crate::ta::recurrence::{Recurrence, stream};

/// The three lines of every variant.
pub(super) const LINES: &[Output] = &[
    Output::ta("macd"),
    Output::ta("macdsignal").drawn(Draw::DashedLine),
    Output::ta("macdhist").drawn(Draw::Histogram),
];

pub(super) const MACD: Indicator = Indicator {
    id: "ta.macd",
    label: "MACD",
    group: Group::Momentum,
    help: "How far a fast exponential average is above a slow one, and the average of that as a signal",
    formula: "macd = ema(x, fast) - ema(x, slow); macdsignal = ema(macd, signal); macdhist = macd - macdsignal",
    source: "TA-Lib 0.8.1; Appel 1979",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        period("fastperiod", "Fast period", 12, 2),
        period("slowperiod", "Slow period", 26, 2),
        period("signalperiod", "Signal period", 9, 1),
    ],
    outputs: LINES,
    look_back,
    memory: Memory::Unbroken(|params| {
        Some(decay(params.size("fastperiod").max(params.size("slowperiod"))) + decay(params.size("signalperiod")))
    }),
    kernel: |inputs, params, out| batch(usual(params), look_back(params), inputs, out),
    stream: Some(|params| stream(usual(params))),
    ..TA
};

fn look_back(params: &Params) -> usize {
    params.size("fastperiod").max(params.size("slowperiod")) - 1 + params.size("signalperiod") - 1
}

fn usual(params: &Params) -> Macd {
    let (a, b) = (params.size("fastperiod"), params.size("slowperiod"));
    let (fast, slow) = (a.min(b), a.max(b));
    Macd::new(Ema::new(fast), Ema::new(slow), slow - fast, params.size("signalperiod"))
}

/// The three lines, bar by bar.
pub(super) struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    /// Whether the signal is over one bar, which is the line itself.
    same: bool,
    /// How many bars later the fast average begins, so that both are defined from the same bar on.
    wait: usize,
}

impl Macd {
    pub(super) fn new(fast: Ema, slow: Ema, wait: usize, signal: usize) -> Macd {
        Macd { fast, slow, signal: Ema::new(signal), same: signal == 1, wait }
    }
}

impl Recurrence<1, 3> for Macd {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 3] {
        let slow = self.slow.next(x);
        if self.wait > 0 {
            self.wait -= 1;
            return [f64::NAN; 3];
        }
        let (Some(fast), Some(slow)) = (self.fast.next(x), slow) else { return [f64::NAN; 3] };
        let macd = fast - slow;
        match self.signal.next(macd) {
            Some(average) => {
                let signal = if self.same { macd } else { average };
                [macd, signal, macd - signal]
            }
            None => [f64::NAN; 3],
        }
    }
}

impl Settled<1, 3> for Macd {
    #[inline(always)]
    fn step(&mut self, [x]: [f64; 1]) -> [f64; 3] {
        let macd = self.fast.step(x) - self.slow.step(x);
        let signal = if self.same { macd } else { self.signal.step(macd) };
        [macd, signal, macd - signal]
    }
}
