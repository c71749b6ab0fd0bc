//! Rate of return.

use algomosaic_core::Params;

use super::{COLUMN, forward, not_zero, reads_ahead};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, Logarithms, ln_ratios};

pub(super) const ROR: Indicator = Indicator {
    id: "algom.ror",
    label: "Rate of return",
    group: Group::Returns,
    help: "The logarithmic return over n bars; a negative n is the return of the next n bars, and a label",
    formula: "ln(x[t] / x[t-n]); for n = -k: ln(x[t+k] / x[t])",
    source: "the framework's ROR",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, forward(1)],
    outputs: &[Output::new("ror", "ROR_{column_?}{n}")],
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
        let sign = if n < 0 { -1.0 } else { 1.0 };
        ln_ratios((&x, 0), (&x, n), sign, out);
    }
}
