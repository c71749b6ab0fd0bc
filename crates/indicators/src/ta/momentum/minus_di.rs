//! Minus directional indicator.

use crate::indicator::{Group, Indicator, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;

use super::directional::{BARS, FROM_ONE, Share};
use super::lagged::{Lagged, append, stream};

pub(super) const MINUS_DI: Indicator = Indicator {
    id: "ta.minus_di",
    label: "Minus directional indicator",
    group: Group::Momentum,
    help: "Which part of the true range the bars in which the low fell make up, in percent",
    formula: "100 sum(dm) / sum(true range), Wilder's sums over n bars; dm is the fall of the low where it is more than the rise of the high, else 0; n = 1 gives dm / true range",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: BARS,
    params: FROM_ONE,
    outputs: &[Output::ta("real")],
    look_back: |params| Share::<false>::new(params).warm_up() + Share::<false>::new(params).settling(),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Share::<false>::new(params), inputs, out)),
    stream: Some(|params| stream(Share::<false>::new(params))),
    ..TA
};
