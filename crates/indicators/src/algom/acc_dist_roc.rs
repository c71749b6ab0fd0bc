//! Rate of change of accumulation and distribution.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, accumulation, map_lagged};

pub(super) const ACC_DIST_ROC: Indicator = Indicator {
    id: "algom.acc_dist_roc",
    label: "Accumulation and distribution",
    group: Group::Volume,
    help: "The relative change of where bars close in their range times volume",
    formula: "(a[t] - a[t-n+1]) / a[t-n+1], a = (2 close - high - low) / (high - low) * volume",
    source: "the framework's Acc/Dist_ROC",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[window(10).range(2, 100_000)],
    outputs: &[Output::new("acc_dist_roc", "Acc_Dist_ROC_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let a = accumulation(inputs[0], inputs[1], inputs[2], inputs[3]);
    for (params, out) in params.iter().zip(out) {
        map_lagged([(&a, 0), (&a, params.int("n") - 1)], out, |[now, before]| (now - before) / before);
    }
}
