//! Keltner channel.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Draw, Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, over, rolling, sums};

pub(super) const KELTNER: Indicator = Indicator {
    id: "algom.keltner",
    label: "Keltner channel",
    group: Group::Volatility,
    help: "The mean of the typical price, with lines a range away",
    formula: "means over n of (H + L + C) / 3, (4 H - 2 L + C) / 3, (-2 H + 4 L + C) / 3",
    source: "Keltner 1960",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[window(20)],
    outputs: &[
        Output::new("middle", "KelChM_{n}"),
        Output::new("upper", "KelChU_{n}").drawn(Draw::Upper),
        Output::new("lower", "KelChD_{n}").drawn(Draw::Lower),
    ],
    look_back: |params| params.size("n").saturating_sub(1),
    overlay: true,
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling(
        [inputs[0], inputs[1], inputs[2]],
        &sizes(params, "n"),
        |[high, low, close]| {
            [
                (high + low + close) / 3.0,
                (4.0 * high - 2.0 * low + close) / 3.0,
                (-2.0 * high + 4.0 * low + close) / 3.0,
            ]
        },
        sums,
        |n| {
            let mean = over(n);
            move |_, [middle, upper, lower]: [f64; 3]| [mean(middle), mean(upper), mean(lower)]
        },
        out,
    );
}
