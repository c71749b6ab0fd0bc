//! Vortex: one line of up less down movement.

use algomosaic_core::Params;

use super::{sizes, window};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, map_lagged, rolling, series, sums, true_range};

pub(super) const VORTEX: Indicator = Indicator {
    id: "algom.vortex",
    label: "Vortex",
    group: Group::Trend,
    help: "Movement up less movement down, against the true range",
    formula: "sum over n of (abs(high[t] - low[t-1]) - abs(low[t] - high[t-1])) / sum of the true range, both 0 at the first bar",
    source: "the framework's Vortex; Botes and Siepman 2010 keep the two lines apart",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[window(14)],
    outputs: &[Output::new("vortex", "Vortex_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    // The first bar has no move, which counts as none.
    memory: Memory::Beyond(|_| 1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    let (high, low) = (inputs[0], inputs[1]);
    let mut movement = series(high.len());
    map_lagged([(high, 0), (high, 1), (low, 0), (low, 1)], &mut movement, |[high, high_before, low, low_before]| {
        (high - low_before).abs() - (low - high_before).abs()
    });
    movement[0] = 0.0;
    let range = true_range(high, low, inputs[2]);
    let share = |_| |_, [moved, ranged]: [f64; 2]| [moved / ranged];
    rolling([&movement, &range], &sizes(params, "n"), |bar| bar, sums, share, out);
}
