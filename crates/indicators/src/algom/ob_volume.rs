//! On-balance volume, as a mean.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, map_lagged, rolling_mean, series};

pub(super) const OB_VOLUME: Indicator = Indicator {
    id: "algom.ob_volume",
    label: "On-balance volume",
    group: Group::Volume,
    help: "The mean of volume, counted up on a rise and down on a fall",
    formula: "mean over n of volume * sign(close[t] - close[t-1]), 0 at the first bar",
    source: "the framework's OBV; Granville 1963 sums without end",
    inputs: &[Input::Close, Input::Volume],
    params: &[window(10)],
    outputs: &[Output::new("ob_volume", "OB_Volume_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    // The first bar has no move, which counts as none.
    memory: Memory::Beyond(|_| 1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let (close, volume) = (inputs[0], inputs[1]);
    let mut signed = series(close.len());
    map_lagged([(close, 0), (close, 1), (volume, 0)], &mut signed, |[close, before, volume]| {
        let change = close - before;
        if change == 0.0 { 0.0 } else { change.signum() * volume }
    });
    signed[0] = 0.0;
    rolling_mean(&signed, &sizes(params, "n"), out);
}
