//! Relative strength, from moves of high and low.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, directional_moves, ewm};

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
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let [rises, falls] = directional_moves(inputs[0], inputs[1]);
    for (params, out) in params.iter().zip(out) {
        let n = params.size("n");
        ewm([(&rises, n, n - 1), (&falls, n, n - 1)], [out], |[up, down]| [up / (up + down)]);
    }
}
