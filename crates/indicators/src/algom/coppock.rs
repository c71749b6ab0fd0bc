//! Coppock curve.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, ewm, map_lagged, series};

pub(super) const COPPOCK: Indicator = Indicator {
    id: "algom.coppock",
    label: "Coppock curve",
    group: Group::Momentum,
    help: "The sum of two rates of change, smoothed",
    formula: "ewm(roc(floor(11 n / 10)) + roc(floor(14 n / 10)), span n), roc(k) = (x[t] - x[t-k+1]) / x[t-k+1]",
    source: "the framework's Copp; Coppock 1962 smooths by weights",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(10).range(2, 70_000)],
    outputs: &[Output::new("coppock", "Copp_{column_?}{n}")],
    look_back: |params| (params.size("n") * 14 / 10 + params.size("n")).saturating_sub(2),
    memory: Memory::Beyond(|params| 2 * params.size("n") + decay(params.size("n"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (x, n) = (inputs[0], params.size("n"));
    let bars = params.int("n");
    let (near, far) = (bars * 11 / 10 - 1, bars * 14 / 10 - 1);
    let mut rates = series(x.len());
    map_lagged([(x, 0), (x, near), (x, far)], &mut rates, |[now, near, far]| (now - near) / near + (now - far) / far);
    ewm([(&rates, n, n)], [&mut out[0]], |mean| mean);
}
