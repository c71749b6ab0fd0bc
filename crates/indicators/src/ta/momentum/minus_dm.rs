//! Minus directional movement.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;

use super::directional::{FROM_ONE, Movement};
use super::lagged::{Lagged, append, stream};

pub(super) const MINUS_DM: Indicator = Indicator {
    id: "ta.minus_dm",
    label: "Minus directional movement",
    group: Group::Momentum,
    help: "How much the low fell from bar to bar, smoothed",
    formula: "Wilder's sum of dm over n bars; dm is the fall of the low where it is more than the rise of the high, else 0",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::High, Input::Low],
    params: FROM_ONE,
    outputs: &[Output::ta("real")],
    look_back: |params| Movement::<false>::new(params).warm_up() + Movement::<false>::new(params).settling(),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(Movement::<false>::new(params), inputs, out)),
    stream: Some(|params| stream(Movement::<false>::new(params))),
    ..TA
};
