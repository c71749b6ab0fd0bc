//! Exponential moving average.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, ewm};

pub(super) const EMA: Indicator = Indicator {
    id: "algom.ema",
    label: "Exponential moving average",
    group: Group::Trend,
    help: "A mean in which recent bars weigh more",
    formula: "ewm(x, span n), from n - 1 values on",
    source: "the framework's EMA; pandas ewm(span, adjust=True)",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20)],
    outputs: &[Output::new("ema", "EMA_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(2),
    memory: Memory::Beyond(|params| decay(params.size("n"))),
    overlay: true,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let n = params.size("n");
    ewm([(inputs[0], n, n - 1)], [&mut out[0]], |mean| mean);
}
