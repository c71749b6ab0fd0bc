//! Pivot points of the bar.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map, typical_price};

pub(super) const PIVOT_POINTS: Indicator = Indicator {
    id: "algom.pivot_points",
    label: "Pivot points",
    group: Group::Levels,
    help: "Support and resistance from the bar's high, low and close",
    formula: "PP = (H + L + C) / 3; R1 = 2 PP - L; S1 = 2 PP - H; R2 = PP + H - L; S2 = PP - H + L; R3 = H + 2 (PP - L); S3 = L - 2 (H - PP)",
    source: "textbook definition of floor traders' pivots",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[],
    outputs: &[
        Output::new("pp", "PP"),
        Output::new("r1", "R1"),
        Output::new("s1", "S1"),
        Output::new("r2", "R2"),
        Output::new("s2", "S2"),
        Output::new("r3", "R3"),
        Output::new("s3", "S3"),
    ],
    look_back: |_| 0,
    overlay: true,
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], _: &Params, out: &mut [Column<'_>]) {
    let [pp, r1, s1, r2, s2, r3, s3] = out else { return };
    map([inputs[0], inputs[1], inputs[2]], [pp, r1, s1, r2, s2, r3, s3], |[high, low, close]| {
        let pivot = typical_price([high, low, close]);
        [
            pivot,
            2.0 * pivot - low,
            2.0 * pivot - high,
            pivot + high - low,
            pivot - high + low,
            high + 2.0 * (pivot - low),
            low - 2.0 * (high - pivot),
        ]
    });
}
