//! Momentum: the change over n bars.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map_lagged};

pub(super) const MOMENTUM: Indicator = Indicator {
    id: "algom.momentum",
    label: "Momentum",
    group: Group::Momentum,
    help: "How far the value moved in n bars",
    formula: "x[t] - x[t-n]",
    source: "textbook definition",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(10)],
    outputs: &[Output::new("momentum", "Momentum_{column_?}{n}")],
    look_back: |params| params.size("n"),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (x, n) = (inputs[0], params.int("n"));
    map_lagged([(x, 0), (x, n)], &mut out[0], |[now, before]| now - before);
}
