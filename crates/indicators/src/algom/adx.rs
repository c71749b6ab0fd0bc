//! Average directional movement.
//!
//! The framework puts the move from bar t to t+1 at bar t, so its column reads one later bar. Here the move is at the
//! bar that completes it: the value at bar t is the framework's at t-1, and nothing looks ahead. The ATR that both
//! lines are divided by cancels.

use algomosaic_core::{Param, Params};

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, directional_moves, ewm, series};

pub(super) const ADX: Indicator = Indicator {
    id: "algom.adx",
    label: "Average directional movement",
    group: Group::Trend,
    help: "How one-sided the moves are, 0 to 1, whichever the side",
    formula: "ewm(abs(p - d) / (p + d), span m); p, d = ewm(directional moves up, down, span n)",
    source: "the framework's ADX, a bar later, since the framework reads the next bar; Wilder 1978 smooths by 1/n",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[window(14), Param::int("m", "Smoothing", 14).unit("bars").help("Bars that smooth the result")],
    outputs: &[Output::new("adx", "ADX_{n}_{m}")],
    look_back: |params| 1 + params.size("n").saturating_sub(2) + params.size("m").saturating_sub(2),
    memory: Memory::Beyond(|params| decay(params.size("n")) + decay(params.size("m"))),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let [mut rises, mut falls] = directional_moves(inputs[0], inputs[1]);
    // No move leads to the first bar.
    (rises[0], falls[0]) = (f64::NAN, f64::NAN);
    for (params, out) in params.iter().zip(out) {
        let (n, m) = (params.size("n"), params.size("m"));
        let mut sides = series(rises.len());
        let side = |[up, down]: [f64; 2]| [(up - down).abs() / (up + down)];
        ewm([(&rises, n, n - 1), (&falls, n, n - 1)], [&mut sides], side);
        ewm([(&sides, m, m - 1)], [out], |mean| mean);
    }
}
