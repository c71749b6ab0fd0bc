//! Rolling skewness.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_skewness};

pub(super) const SKEWNESS: Indicator = Indicator {
    id: "algom.skewness",
    label: "Rolling skewness",
    group: Group::Statistics,
    help: "How lopsided the last n values are",
    formula: "n sqrt(n-1) / (n-2) * sum d^3 / (sum d^2)^1.5, d from the mean",
    source: "adjusted Fisher-Pearson coefficient, as in pandas",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20).range(3, 100_000)],
    outputs: &[Output::new("skewness", "SM_SKEW_{column}_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    rolling_skewness(inputs[0], params.size("n"), &mut out[0]);
}
