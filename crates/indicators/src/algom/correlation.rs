//! Rolling correlation of two columns.

use algomosaic_core::{Param, Params};

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_correlation};

pub(super) const CORRELATION: Indicator = Indicator {
    id: "algom.correlation",
    label: "Rolling correlation",
    group: Group::Statistics,
    help: "How two columns move together over the last n bars, -1 to 1",
    formula: "sum((x - mean x)(y - mean y)) / sqrt(sum((x - mean x)^2) sum((y - mean y)^2)) over t-n+1..t",
    source: "Pearson's correlation; moments joined as in Chan, Golub and LeVeque 1979",
    inputs: &[Input::Column("column"), Input::Column("column2")],
    params: &[
        COLUMN,
        Param::column("column2", "Second column", "volume").help("The other column"),
        window(20).range(2, 100_000),
    ],
    outputs: &[Output::new("correlation", "SM_CORR_{column}_{column2}_{n}")],
    rule: |params| {
        (params.text("column") == params.text("column2"))
            .then(|| "column2 must be another column: a column always moves with itself".to_owned())
    },
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    rolling_correlation(inputs[0], inputs[1], params.size("n"), &mut out[0]);
}
