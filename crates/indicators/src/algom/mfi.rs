//! Money flow index.

use std::cmp::Ordering;

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{each, rolling_mean, typical_price};

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
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let volume = inputs[3];
    let price = typical_price(inputs[0], inputs[1], inputs[2]);
    let share = each(volume.len(), |t| {
        let before = if t == 0 { price[0] } else { price[t - 1] };
        let rising = match price[t].partial_cmp(&before) {
            Some(Ordering::Greater) => price[t] * volume[t],
            Some(_) => 0.0,
            None => f64::NAN,
        };
        rising / (price[t] * volume[t])
    });
    rolling_mean(&share, params.size("n"), out[0]);
}
