//! True strength index.

use algomosaic_core::Params;

use super::ema::{Ema, Settled, append};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, period};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const TSI: Indicator = Indicator {
    id: "ta.tsi",
    label: "True strength index",
    group: Group::Momentum,
    help: "The doubly smoothed moves as a share of their doubly smoothed size, -100 to 100",
    formula: "100 smooth(x[t] - x[t-1]) / smooth(|x[t] - x[t-1]|), 0 without moves; smooth(y) = ema(ema(y, first), second)",
    source: "TA-Lib 0.8.1; Blau 1991",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        period("firstperiod", "First smoothing period", 25, 2),
        period("secondperiod", "Second smoothing period", 13, 2),
    ],
    outputs: &[Output::ta("real")],
    look_back,
    memory: Memory::Unbroken(|params| Some(decay(params.size("firstperiod")) + decay(params.size("secondperiod")))),
    append: Some(|inputs, params, out| append(Tsi::new(params), look_back(params), inputs, out)),
    stream: Some(|params| stream(Tsi::new(params))),
    ..TA
};

fn look_back(params: &Params) -> usize {
    params.size("firstperiod") + params.size("secondperiod") - 1
}

fn share(moves: f64, sizes: f64) -> f64 {
    if sizes > 0.0 { 100.0 * moves / sizes } else { 0.0 }
}

struct Tsi {
    first: bool,
    last: f64,
    /// The first and the second average of the moves, then of their size.
    moves: [Ema; 2],
    sizes: [Ema; 2],
}

impl Tsi {
    fn new(params: &Params) -> Tsi {
        let smooth = || [Ema::new(params.size("firstperiod")), Ema::new(params.size("secondperiod"))];
        Tsi { first: true, last: f64::NAN, moves: smooth(), sizes: smooth() }
    }
}

impl Recurrence<1, 1> for Tsi {
    #[inline(always)]
    fn next(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        if self.first {
            (self.first, self.last) = (false, x);
            return [f64::NAN];
        }
        let smooth = |[first, second]: &mut [Ema; 2], x: f64| second.next(first.next(x)?);
        let change = x - self.last;
        self.last = x;
        let (moves, sizes) = (smooth(&mut self.moves, change), smooth(&mut self.sizes, change.abs()));
        let (Some(moves), Some(sizes)) = (moves, sizes) else { return [f64::NAN] };
        [share(moves, sizes)]
    }
}

impl Settled<1, 1> for Tsi {
    #[inline(always)]
    fn step(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let smooth = |[first, second]: &mut [Ema; 2], x: f64| second.step(first.step(x));
        let change = x - self.last;
        self.last = x;
        [share(smooth(&mut self.moves, change), smooth(&mut self.sizes, change.abs()))]
    }
}
