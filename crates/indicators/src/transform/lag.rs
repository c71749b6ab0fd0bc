//! The value n bars earlier; a negative n is a later bar, and a label.

use algomosaic_core::Params;

use super::{COLUMN, bars, later, not_zero};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map_lagged};

pub(super) const LAG: Indicator = Indicator {
    id: "transform.lag",
    label: "Lag",
    group: Group::Transforms,
    help: "The value n bars earlier; a negative n is a later bar, and a label",
    formula: "x[t-n]",
    source: "the framework's transforms",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, bars(1)],
    outputs: &[Output::new("lag", "LAG{n}_{column}")],
    rule: not_zero,
    look_back: |params| params.size("n"),
    looks_ahead: |params| later(params.int("n")),
    overlay: true,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    map_lagged([(inputs[0], params.int("n"))], &mut out[0], |[x]| x);
}
