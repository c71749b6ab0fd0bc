//! Average rate of return.

use algomosaic_core::Params;

use super::{COLUMN, forward, not_zero, reads_ahead};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, Logarithms, ln_ratios};

pub(super) const AROR: Indicator = Indicator {
    id: "algom.aror",
    label: "Average rate of return",
    group: Group::Returns,
    help: "The logarithmic return a bar over n bars; a negative n is that of the next n bars, and a label",
    formula: "ln(x[t] / x[t-n]) / n; for n = -k: ln(x[t+k] / x[t]) / k",
    source: "the framework's AROR",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, forward(10)],
    outputs: &[Output::new("aror", "AROR_{column_?}{n}")],
    rule: not_zero,
    look_back: |params| params.size("n"),
    looks_ahead: reads_ahead,
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let x = Logarithms::of(inputs[0]);
    for (params, out) in params.iter().zip(out) {
        let n = params.int("n");
        ln_ratios((&x, 0), (&x, n), 1.0 / n as f64, out);
    }
}
