//! One column over another, each perhaps shifted.

use algomosaic_core::Params;

use super::{COLUMN, COLUMN2, SHIFT, SHIFT2, ahead_of_two, look_back_of_two, of_two, two_different};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::Column;

pub(super) const RATIO: Indicator = Indicator {
    id: "transform.ratio",
    label: "Ratio",
    group: Group::Transforms,
    help: "One column over another, each perhaps shifted",
    formula: "x[t-shift] / y[t-n]",
    source: "the framework's transforms",
    inputs: &[Input::Column("column"), Input::ColumnOr("column2", "column")],
    params: &[COLUMN, COLUMN2, SHIFT, SHIFT2],
    outputs: &[Output::new("ratio", "RATIO_{column}{_shift?}_{column2}{_n?}")],
    rule: two_different,
    look_back: look_back_of_two,
    looks_ahead: ahead_of_two,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    of_two(inputs, params, &mut out[0], |x, y| x / y);
}
