//! Commodity channel index.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_deviation, typical_price};

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
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_deviation(
        [inputs[0], inputs[1], inputs[2]],
        &sizes(params, "n"),
        typical_price,
        |bar, mean, sd| [(typical_price(bar) - mean) / sd],
        out,
    );
}
