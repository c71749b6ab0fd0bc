//! Relative strength, from moves of high and low.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, directional_moves, ewm, map, series};

pub(super) const RSI: Indicator = Indicator {
    id: "algom.rsi",
    label: "Relative strength index",
    group: Group::Momentum,
    help: "The share of rises in the moves of highs and lows, 0 to 1",
    formula: "u / (u + d), ewm(span n) of the directional moves up and down",
    source: "the framework's RSI; its moves are those of Wilder's directional movement, not of closes",
    inputs: &[Input::High, Input::Low],
    params: &[window(14)],
    outputs: &[Output::new("rsi", "RSI_{n}")],
    look_back: |params| params.size("n").saturating_sub(2),
    memory: Memory::Beyond(|params| decay(params.size("n"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let n = params.size("n");
    let [rises, falls] = directional_moves(inputs[0], inputs[1]);
    let (mut up, mut down) = (series(rises.len()), series(falls.len()));
    ewm(&rises, n, n - 1, &mut up);
    ewm(&falls, n, n - 1, &mut down);
    map([&up, &down], [&mut out[0]], |[up, down]| [up / (up + down)]);
}
