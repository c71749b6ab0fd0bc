//! Rate of change.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map_lagged};

pub(super) const ROC: Indicator = Indicator {
    id: "algom.roc",
    label: "Rate of change",
    group: Group::Momentum,
    help: "The relative change across a window of n bars",
    formula: "(x[t] - x[t-n+1]) / x[t-n+1]",
    source: "the framework's ROC, whose window counts both ends",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(10).range(2, 100_000)],
    outputs: &[Output::new("roc", "ROC_{column}_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (x, back) = (inputs[0], params.int("n") - 1);
    map_lagged([(x, 0), (x, back)], &mut out[0], |[now, before]| (now - before) / before);
}
