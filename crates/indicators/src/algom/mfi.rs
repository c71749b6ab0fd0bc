//! Money flow index.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, each, map_lagged, rolling_mean, series, typical_price};

pub(super) const MFI: Indicator = Indicator {
    id: "algom.mfi",
    label: "Money flow index",
    group: Group::Volume,
    help: "The share of the traded value that came with rising prices",
    formula: "mean over n of p * volume where p rose, else 0, against p * volume; p the typical price; 0 at the first bar",
    source: "the framework's MFI, the mean of each bar's share; Quong and Soudack 1989 take sums",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[window(14)],
    outputs: &[Output::new("mfi", "MFI_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    // The first bar has no move, which counts as none.
    memory: Memory::Beyond(|_| 1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let (price, volume) = (each([inputs[0], inputs[1], inputs[2]], typical_price), inputs[3]);
    let share = |[price, before, volume]: [f64; 3]| {
        let flow = price * volume;
        let rising = if price > before { flow } else { 0.0 };
        if price.is_nan() || before.is_nan() { f64::NAN } else { rising / flow }
    };
    let mut shares = series(price.len());
    map_lagged([(&price, 0), (&price, 1), (volume, 0)], &mut shares, share);
    shares[0] = share([price[0], price[0], volume[0]]);
    rolling_mean(&shares, &sizes(params, "n"), out);
}
