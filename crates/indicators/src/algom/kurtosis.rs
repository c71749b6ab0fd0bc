//! Rolling kurtosis.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_kurtosis};

pub(super) const KURTOSIS: Indicator = Indicator {
    id: "algom.kurtosis",
    label: "Rolling kurtosis",
    group: Group::Statistics,
    help: "How heavy the tails of the last n values are; 0 for a normal distribution",
    formula: "n (n+1) (n-1) / ((n-2) (n-3)) * sum d^4 / (sum d^2)^2 - 3 (n-1)^2 / ((n-2) (n-3))",
    source: "adjusted Fisher-Pearson coefficient, as in pandas",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20).range(4, 100_000)],
    outputs: &[Output::new("kurtosis", "SM_KURT_{column}_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    rolling_kurtosis(inputs[0], params.size("n"), &mut out[0]);
}
