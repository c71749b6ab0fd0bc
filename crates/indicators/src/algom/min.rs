//! Rolling minimum.

use algomosaic_core::Params;

use super::{COLUMN, sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_min};

pub(super) const MIN: Indicator = Indicator {
    id: "algom.min",
    label: "Rolling minimum",
    group: Group::Statistics,
    help: "The least of the last n values",
    formula: "min(x[t-n+1..t])",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20)],
    outputs: &[Output::new("min", "MIN_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    overlay: true,
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_min(inputs[0], &sizes(params, "n"), out);
}
