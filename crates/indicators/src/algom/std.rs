//! Rolling deviation.

use algomosaic_core::Params;

use super::{COLUMN, sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_std};

pub(super) const STD: Indicator = Indicator {
    id: "algom.std",
    label: "Rolling deviation",
    group: Group::Statistics,
    help: "The sample standard deviation of the last n values",
    formula: "sd(x[t-n+1..t]), with n - 1 below",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20).range(2, 100_000)],
    outputs: &[Output::new("std", "STD_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_std(inputs[0], &sizes(params, "n"), out);
}
