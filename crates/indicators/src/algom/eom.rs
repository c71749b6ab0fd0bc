//! Ease of movement.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map_lagged, rolling_mean, series};

pub(super) const EOM: Indicator = Indicator {
    id: "algom.eom",
    label: "Ease of movement",
    group: Group::Volume,
    help: "How far prices move on how little volume",
    formula: "mean over n of (change of high + change of low) * (high - low) / (2 volume)",
    source: "the framework's EoM; Arms 1989",
    inputs: &[Input::High, Input::Low, Input::Volume],
    params: &[window(14)],
    outputs: &[Output::new("eom", "EoM_{n}")],
    look_back: |params| params.size("n"),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let (high, low, volume) = (inputs[0], inputs[1], inputs[2]);
    let mut ease = series(high.len());
    map_lagged(
        [(high, 0), (high, 1), (low, 0), (low, 1), (volume, 0)],
        &mut ease,
        |[high, high_before, low, low_before, volume]| {
            (high - high_before + low - low_before) * (high - low) / (2.0 * volume)
        },
    );
    rolling_mean(&ease, &sizes(params, "n"), out);
}
