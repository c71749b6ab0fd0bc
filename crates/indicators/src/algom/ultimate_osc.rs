//! Ultimate oscillator.

use algomosaic_core::{Param, Params};

use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{each, minimum, rolling_sum, true_range, undefined};

pub(super) const ULTIMATE_OSC: Indicator = Indicator {
    id: "algom.ultimate_osc",
    label: "Ultimate oscillator",
    group: Group::Momentum,
    help: "Buying pressure over three windows",
    formula: "4 b(first) / r(first) + 2 b(second) / r(second) + b(third) / r(third), sums of close - min(low, close[t-1]) and of the true range, both 0 at the first bar",
    source: "the framework's Ultimate_Osc; Williams 1985 divides by 7",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        Param::int("first", "First", 7).unit("bars").help("Bars of the short window"),
        Param::int("second", "Second", 14).unit("bars").help("Bars of the middle window"),
        Param::int("third", "Third", 28).unit("bars").help("Bars of the long window"),
    ],
    outputs: &[Output::new("ultimate_osc", "Ultimate_Osc_{first}_{second}_{third}")],
    look_back: |params| params.size("first").max(params.size("second")).max(params.size("third")).saturating_sub(1),
    // The first bar has no move, which counts as none.
    memory: Memory::Beyond(|_| 1),
    kernel,
    ..PLAIN
};

fn kernel(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let (high, low, close) = (inputs[0], inputs[1], inputs[2]);
    let rows = high.len();
    let pressure = each(rows, |t| if t == 0 { 0.0 } else { close[t] - minimum(low[t], close[t - 1]) });
    let range = true_range(high, low, close);
    let mut total = vec![0.0; rows];
    let (mut bought, mut ranged) = (undefined(rows), undefined(rows));
    for (name, weight) in [("first", 4.0), ("second", 2.0), ("third", 1.0)] {
        bought.fill(f64::NAN);
        ranged.fill(f64::NAN);
        rolling_sum(&pressure, params.size(name), &mut bought);
        rolling_sum(&range, params.size(name), &mut ranged);
        for (t, sum) in total.iter_mut().enumerate() {
            *sum += weight * bought[t] / ranged[t];
        }
    }
    out[0].copy_from_slice(&total);
}
