//! Where in its own range a bar closed.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map};

pub(super) const STOCHASTIC_K: Indicator = Indicator {
    id: "algom.stochastic_k",
    label: "Stochastic of one bar",
    group: Group::Momentum,
    help: "Where between its low and its high the bar closed, 0 to 1",
    formula: "(close - low) / (high - low)",
    source: "the framework's SO%k",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[],
    outputs: &[Output::new("k", "SO_pct_k")],
    look_back: |_| 0,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], _: &Params, out: &mut [Column<'_>]) {
    map([inputs[0], inputs[1], inputs[2]], [&mut out[0]], |[high, low, close]| [(close - low) / (high - low)]);
}
