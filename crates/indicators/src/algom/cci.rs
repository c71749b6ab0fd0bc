//! Commodity channel index.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{fill, rolling_mean, rolling_std, typical_price, undefined};

pub(super) const CCI: Indicator = Indicator {
    id: "algom.cci",
    label: "Commodity channel index",
    group: Group::Momentum,
    help: "How many deviations the typical price is from its mean",
    formula: "(p - mean(p)) / sd(p) over n bars, p the typical price, sample sd",
    source: "the framework's CCI; Lambert 1980 takes the mean deviation times 0.015",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[window(20).range(2, 100_000)],
    outputs: &[Output::new("cci", "CCI_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let n = params.size("n");
    let price = typical_price(inputs[0], inputs[1], inputs[2]);
    let (mut mean, mut sd) = (undefined(price.len()), undefined(price.len()));
    rolling_mean(&price, n, &mut mean);
    rolling_std(&price, n, &mut sd);
    fill(out[0], 0, |t| (price[t] - mean[t]) / sd[t]);
}
