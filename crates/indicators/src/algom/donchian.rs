//! Donchian channel, as its width.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_range};

pub(super) const DONCHIAN: Indicator = Indicator {
    id: "algom.donchian",
    label: "Donchian channel",
    group: Group::Volatility,
    help: "The width of the range of n bars",
    formula: "max(high) - min(low) over n bars",
    source: "textbook definition; Donchian 1960",
    inputs: &[Input::High, Input::Low],
    params: &[window(20)],
    outputs: &[Output::new("donchian", "Donchian_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_range([inputs[0], inputs[1]], &sizes(params, "n"), |bar| bar, |_, [top, bottom]| top - bottom, out);
}
