//! Ease of movement.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{fill, rolling_mean, undefined};

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
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let (high, low, volume) = (inputs[0], inputs[1], inputs[2]);
    let mut ease = undefined(high.len());
    fill(&mut ease, 1, |t| (high[t] - high[t - 1] + low[t] - low[t - 1]) * (high[t] - low[t]) / (2.0 * volume[t]));
    rolling_mean(&ease, params.size("n"), out[0]);
}
