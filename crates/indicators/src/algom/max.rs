//! Rolling maximum.

use algomosaic_core::Params;

use super::{COLUMN, sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_max};

pub(super) const MAX: Indicator = Indicator {
    id: "algom.max",
    label: "Rolling maximum",
    group: Group::Statistics,
    help: "The greatest of the last n values",
    formula: "max(x[t-n+1..t])",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20)],
    outputs: &[Output::new("max", "MAX_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    overlay: true,
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_max(inputs[0], &sizes(params, "n"), out);
}
