//! Trix: the change of a triple smoothed value.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, Sink, decay, ewm, map, series};

pub(super) const TRIX: Indicator = Indicator {
    id: "algom.trix",
    label: "Trix",
    group: Group::Momentum,
    help: "The relative change of the value smoothed three times",
    formula: "(e[t] - e[t-1]) / e[t-1], e = ewm three times over, span n, each from n - 1 values on; 0 at the first bar",
    source: "the framework's Trix; Hutson 1983 smooths logarithms",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(15)],
    outputs: &[Output::new("trix", "Trix_{column_?}{n}")],
    look_back: |params| 3 * params.size("n").saturating_sub(2) + 1,
    memory: Memory::Beyond(|params| 3 * decay(params.size("n"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (x, n) = (inputs[0], params.size("n"));
    let (mut once, mut twice, mut thrice) = (series(x.len()), series(x.len()), series(x.len()));
    ewm([(x, n, n - 1)], [&mut once], |mean| mean);
    ewm([(&once, n, n - 1)], [&mut twice], |mean| mean);
    ewm([(&twice, n, n - 1)], [&mut thrice], |mean| mean);
    let [_, now @ ..] = &*thrice else { return };
    // The framework starts its list with 0, whatever the span.
    out[0].extend(&[0.0]);
    map([now, &thrice[..now.len()]], [&mut out[0]], |[now, before]| [(now - before) / before]);
}
