//! Average true range.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, ewm, true_range};

pub(super) const ATR: Indicator = Indicator {
    id: "algom.atr",
    label: "Average true range",
    group: Group::Volatility,
    help: "The usual range of a bar, gaps included, in the price's unit",
    formula: "ewm(max(high[t], close[t-1]) - min(low[t], close[t-1]), span n), the first range 0",
    source: "the framework's ATR; Wilder 1978 smooths by 1/n instead",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[window(14)],
    outputs: &[Output::new("atr", "ATR_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    memory: Memory::Beyond(|params| decay(params.size("n"))),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let range = true_range(inputs[0], inputs[1], inputs[2]);
    for (params, out) in params.iter().zip(out) {
        let n = params.size("n");
        ewm([(&range, n, n)], [out], |mean| mean);
    }
}
