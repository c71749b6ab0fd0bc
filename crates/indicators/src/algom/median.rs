//! Rolling median.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_median};

pub(super) const MEDIAN: Indicator = Indicator {
    id: "algom.median",
    label: "Rolling median",
    group: Group::Statistics,
    help: "The middle of the last n values",
    formula: "median(x[t-n+1..t])",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20).range(1, 10_000)],
    outputs: &[Output::new("median", "MEDIAN_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    overlay: true,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    rolling_median(inputs[0], params.size("n"), &mut out[0]);
}
