//! Williams' fractals.

use algomosaic_core::Params;

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
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
    kernel: |inputs, params, out| {
        let [high, low] = out else { return };
        marks(inputs[0], params, high, |around, pivot| around >= pivot);
        marks(inputs[1], params, low, |around, pivot| around <= pivot);
    },
    ..TA
};

/// Bars that are looked at together.
const LANES: usize = 8;

/// 100 where no value around the pivot spoils it. A missing value spoils nothing, unless it is the pivot or the oldest.
#[inline(always)]
fn marks(x: &[f64], params: &Params, out: &mut [f64], spoils: impl Fn(f64, f64) -> bool) {
    let (left, right) = (params.size("leftbars"), params.size("rightbars"));
    let width = left + right;
    if x.len() <= width {
        return;
    }
    let mut t = width;
    while t + LANES <= x.len() {
        let window = &x[t - width..t + LANES];
        let pivots = lanes(window, left);
        let oldest = lanes(window, 0);
        let mut alive: [u64; LANES] =
            std::array::from_fn(|k| mask(!pivots[k].is_nan() && !oldest[k].is_nan() && !spoils(oldest[k], pivots[k])));
        for near in (1..left).rev().chain(left + 1..=width) {
            let around = lanes(window, near);
            for k in 0..LANES {
                alive[k] &= mask(!spoils(around[k], pivots[k]));
            }
            if alive == [0; LANES] {
                break;
            }
        }
        for (place, alive) in out[t..t + LANES].iter_mut().zip(alive) {
            *place = f64::from_bits(alive & 100.0_f64.to_bits());
        }
        t += LANES;
    }
    for t in t..x.len() {
        let window = &x[t - width..=t];
        let pivot = window[left];
        let spoilt = pivot.is_nan()
            || window[0].is_nan()
            || window[..left].iter().chain(&window[left + 1..]).any(|around| spoils(*around, pivot));
        out[t] = if spoilt { 0.0 } else { 100.0 };
    }
}

#[inline(always)]
fn lanes(window: &[f64], from: usize) -> [f64; LANES] {
    let mut values = [0.0; LANES];
    values.copy_from_slice(&window[from..from + LANES]);
    values
}

#[inline(always)]
fn mask(holds: bool) -> u64 {
    if holds { !0 } else { 0 }
}
