//! Rolling rank.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_rank};

pub(super) const RANK: Indicator = Indicator {
    id: "algom.rank",
    label: "Rolling rank",
    group: Group::Statistics,
    help: "The place of the value among the last n, 1 for the least",
    formula: "1 + count(x[i] < x[t]) + (count(x[i] = x[t]) - 1) / 2 over i in t-n+1..t",
    source: "textbook definition with tied places shared, as pandas' rolling rank",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20)],
    outputs: &[Output::new("rank", "RANK_{column}_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    rolling_rank(inputs[0], params.size("n"), &mut out[0]);
}
