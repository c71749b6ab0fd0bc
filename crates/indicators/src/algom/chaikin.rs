//! Chaikin oscillator.

use algomosaic_core::{Param, Params};

use super::fast_before_slow;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, accumulation, decay, ewm};

pub(super) const CHAIKIN: Indicator = Indicator {
    id: "algom.chaikin",
    label: "Chaikin oscillator",
    group: Group::Volume,
    help: "Whether accumulation speeds up",
    formula: "ewm(a, fast) - ewm(a, slow), a = (2 close - high - low) / (high - low) * volume",
    source: "the framework's Chaikin, of the bar's own flow; Chaikin takes its running sum",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[
        Param::int("fast", "Fast", 3).unit("bars").help("Bars of the fast average"),
        Param::int("slow", "Slow", 10).unit("bars").help("Bars of the slow average"),
    ],
    outputs: &[Output::new("chaikin", "Chaikin_{fast}_{slow}")],
    rule: fast_before_slow,
    look_back: |params| params.size("slow").saturating_sub(1),
    memory: Memory::Beyond(|params| decay(params.size("slow"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let a = accumulation(inputs[0], inputs[1], inputs[2], inputs[3]);
    let (fast, slow) = (params.size("fast"), params.size("slow"));
    ewm([(&a, fast, fast), (&a, slow, slow)], [&mut out[0]], |[quick, steady]| [quick - steady]);
}
