//! The logarithm of one column over another, each perhaps shifted.

use algomosaic_core::Params;

use super::{COLUMN, COLUMN2, SHIFT, SHIFT2, ahead_of_two, look_back_of_two, two_different};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, Logarithms, ln_ratios};

pub(super) const LOG_RATIO: Indicator = Indicator {
    id: "transform.log_ratio",
    label: "Logarithmic ratio",
    group: Group::Transforms,
    help: "The logarithm of one column over another, each perhaps shifted",
    formula: "ln(x[t-shift] / y[t-n])",
    source: "the framework's transforms",
    inputs: &[Input::Column("column"), Input::ColumnOr("column2", "column")],
    params: &[COLUMN, COLUMN2, SHIFT, SHIFT2],
    outputs: &[Output::new("log_ratio", "RATIO_LOG_{column}{_shift?}_{column2}{_n?}")],
    rule: two_different,
    look_back: look_back_of_two,
    looks_ahead: ahead_of_two,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (x, y) = (Logarithms::of(inputs[0]), Logarithms::of(inputs[1]));
    ln_ratios((&x, params.int("shift")), (&y, params.int("n")), 1.0, &mut out[0]);
}
