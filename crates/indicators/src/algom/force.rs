//! Force index.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map_lagged};

pub(super) const FORCE: Indicator = Indicator {
    id: "algom.force",
    label: "Force index",
    group: Group::Volume,
    help: "The change of the close times the change of volume",
    formula: "(close[t] - close[t-n]) * (volume[t] - volume[t-n])",
    source: "the framework's Force; Elder 1993 takes volume itself",
    inputs: &[Input::Close, Input::Volume],
    params: &[window(13)],
    outputs: &[Output::new("force", "Force_{n}")],
    look_back: |params| params.size("n"),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (close, volume, n) = (inputs[0], inputs[1], params.int("n"));
    map_lagged(
        [(close, 0), (close, n), (volume, 0), (volume, n)],
        &mut out[0],
        |[close, close_before, volume, volume_before]| (close - close_before) * (volume - volume_before),
    );
}
