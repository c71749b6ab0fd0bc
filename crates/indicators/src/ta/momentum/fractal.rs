//! Williams' fractals.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::period;

pub(super) const FRACTAL: Indicator = Indicator {
    id: "ta.fractal",
    label: "Williams fractals",
    group: Group::Momentum,
    help: "Marks the bar that confirms a swing: a high above, or a low below, all that surround it",
    formula: "swinghigh = 100 where high[t-right] exceeds the highs of the left bars before it and the right bars after it, else 0; swinglow likewise with lows",
    source: "TA-Lib 0.8.1; Williams 1998",
    inputs: &[Input::High, Input::Low],
    params: &[period("leftbars", "Bars before", 2, 1), period("rightbars", "Bars after", 2, 1)],
    outputs: &[Output::ta("swinghigh").drawn(Draw::Marks).whole(), Output::ta("swinglow").drawn(Draw::Marks).whole()],
    look_back: |params| params.size("leftbars") + params.size("rightbars"),
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let [high, low] = out else { return };
        marks(inputs[0], params, high, |a, b| a > b);
        marks(inputs[1], params, low, |a, b| a < b);
    },
    ..TA
};

/// Bars that are looked at together.
const LANES: usize = 8;

/// 100 where the pivot exceeds the most of the values around it. A missing value is passed over, unless it is the pivot
/// or the oldest.
#[inline(always)]
fn marks(x: &[f64], params: &Params, out: &mut [f64], exceeds: impl Fn(f64, f64) -> bool) {
    let (left, right) = (params.size("leftbars"), params.size("rightbars"));
    let width = left + right;
    let mut t = width;
    while t + LANES <= x.len() {
        let window = &x[t - width..t + LANES];
        let (pivots, mut most) = (lanes(window, left), lanes(window, 0));
        for near in (1..left).rev() {
            most = further(most, lanes(window, near), &exceeds);
            if near % 8 == 0 && most.iter().zip(&pivots).all(|(most, pivot)| !exceeds(*pivot, *most)) {
                break;
            }
        }
        for near in left + 1..=width {
            most = further(most, lanes(window, near), &exceeds);
            if near % 8 == 0 && most.iter().zip(&pivots).all(|(most, pivot)| !exceeds(*pivot, *most)) {
                break;
            }
        }
        for (k, place) in out[t..t + LANES].iter_mut().enumerate() {
            *place = if exceeds(pivots[k], most[k]) { 100.0 } else { 0.0 };
        }
        t += LANES;
    }
    for t in t..x.len() {
        let window = &x[t - width..=t];
        let around = window[1..left].iter().chain(&window[left + 1..]);
        let most = around.fold(window[0], |most, around| if exceeds(*around, most) { *around } else { most });
        out[t] = if exceeds(window[left], most) { 100.0 } else { 0.0 };
    }
}

#[inline(always)]
fn further(most: [f64; LANES], around: [f64; LANES], exceeds: impl Fn(f64, f64) -> bool) -> [f64; LANES] {
    std::array::from_fn(|k| if exceeds(around[k], most[k]) { around[k] } else { most[k] })
}

#[inline(always)]
fn lanes(window: &[f64], from: usize) -> [f64; LANES] {
    let mut values = [0.0; LANES];
    values.copy_from_slice(&window[from..from + LANES]);
    values
}
