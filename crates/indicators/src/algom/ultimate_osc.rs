//! Ultimate oscillator.

use algomosaic_core::{Param, Params};

use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, map, map_lagged, minimum, rolling, series, sums, true_range};

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
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (high, low, close) = (inputs[0], inputs[1], inputs[2]);
    let rows = high.len();
    let mut pressure = series(rows);
    map_lagged([(close, 0), (low, 0), (close, 1)], &mut pressure, |[close, low, before]| close - minimum(low, before));
    pressure[0] = 0.0;
    let range = true_range(high, low, close);
    let mut parts = [series(rows), series(rows), series(rows)];
    let windows = ["first", "second", "third"].map(|name| params.size(name));
    let share = |_| |_, [bought, ranged]: [f64; 2]| [bought / ranged];
    rolling([&pressure, &range], &windows, |bar| bar, sums, share, &mut parts);
    map(parts.each_ref().map(|part| &**part), [&mut out[0]], |[first, second, third]| {
        [4.0 * first + 2.0 * second + third]
    });
}
