//! Simple moving average.

use algomosaic_core::Params;

use super::{COLUMN, sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_mean};

pub(super) const SMA: Indicator = Indicator {
    id: "algom.sma",
    label: "Simple moving average",
    group: Group::Trend,
    help: "The mean of the last n values",
    formula: "mean(x[t-n+1..t])",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(10)],
    outputs: &[Output::new("sma", "SMA_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    overlay: true,
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_mean(inputs[0], &sizes(params, "n"), out);
}
