//! Moving average convergence and divergence of 12 and 26 bars.

use algomosaic_core::Params;

use super::ema::{Ema, batch};
use super::macd::{LINES, Macd};
use crate::indicator::{Group, Indicator, Input, Memory};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, period};
use crate::ta::recurrence::stream;

pub(super) const MACDFIX: Indicator = Indicator {
    id: "ta.macdfix",
    label: "MACD of 12 and 26 bars",
    group: Group::Momentum,
    help: "MACD with the weights 0.15 and 0.075 of its first publication",
    formula: "macd = ema(x, weight 0.15) - ema(x, weight 0.075); macdsignal = ema(macd, signal); macdhist = macd - macdsignal",
    source: "TA-Lib 0.8.1; Appel 1979",
    inputs: &[Input::Column("price")],
    params: &[PRICE, period("signalperiod", "Signal period", 9, 1)],
    outputs: LINES,
    look_back,
    memory: Memory::Unbroken(|params| Some(decay(26) + decay(params.size("signalperiod")))),
    kernel: |inputs, params, out| batch(fixed(params), look_back(params), inputs, out),
    stream: Some(|params| stream(fixed(params))),
    ..TA
};

const FAST: usize = 12;
const SLOW: usize = 26;

fn look_back(params: &Params) -> usize {
    SLOW - 1 + params.size("signalperiod") - 1
}

fn fixed(params: &Params) -> Macd {
    Macd::new(Ema::weighted(FAST, 0.15), Ema::weighted(SLOW, 0.075), SLOW - FAST, params.size("signalperiod"))
}
