//! Donchian channel, as its width.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{fill, rolling_max, rolling_min, undefined};

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
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let (rows, n) = (inputs[0].len(), params.size("n"));
    let (mut top, mut bottom) = (undefined(rows), undefined(rows));
    rolling_max(inputs[0], n, &mut top);
    rolling_min(inputs[1], n, &mut bottom);
    fill(out[0], 0, |t| top[t] - bottom[t]);
}
