//! Vortex: one line of up less down movement.

use algomosaic_core::Params;

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{each, fill, rolling_sum, true_range, undefined};

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
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let (high, low, n) = (inputs[0], inputs[1], params.size("n"));
    let rows = high.len();
    let movement =
        each(rows, |t| if t == 0 { 0.0 } else { (high[t] - low[t - 1]).abs() - (low[t] - high[t - 1]).abs() });
    let (mut moved, mut ranged) = (undefined(rows), undefined(rows));
    rolling_sum(&movement, n, &mut moved);
    rolling_sum(&true_range(high, low, inputs[2]), n, &mut ranged);
    fill(out[0], 0, |t| moved[t] / ranged[t]);
}
