//! Donchian channels.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;

use super::extremes::{Greatest, Least, Order};

pub(super) const DONCHIAN: Indicator = Indicator {
    id: "ta.donchian",
    label: "Donchian channels",
    group: Group::Overlap,
    help: "The highest high and the lowest low of the last n bars, and the middle between them",
    formula: "max(high[t-n+1..t]), min(low[t-n+1..t]) and half their sum",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(20, 2)],
    outputs: &[
        Output::ta("upperband").drawn(Draw::Upper),
        Output::ta("middleband"),
        Output::ta("lowerband").drawn(Draw::Lower),
    ],
    look_back: |params| params.size("timeperiod") - 1,
    overlay: true,
    kernel: |inputs, params, out| {
        let ([high, low], [upper, middle, lower]) = (inputs, out) else { return };
        let n = params.size("timeperiod");
        scan(high, Greatest, n, upper);
        scan(low, Least, n, lower);
        for ((middle, upper), lower) in middle.iter_mut().zip(upper.iter()).zip(lower.iter()) {
            *middle = (upper + lower) / 2.0;
        }
    },
    ..TA
};

/// The best of each window of n: kept until it leaves the window, then looked for anew. A missing value at the start of
/// a window is its best until it has left, as in TA-Lib.
fn scan(x: &[f64], order: impl Order, n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let look = |from: usize, to: usize| {
        let (mut best, mut at) = (x[from], from);
        for (place, x) in x[from + 1..=to].iter().enumerate() {
            if order.beats(*x, best) {
                (best, at) = (*x, from + 1 + place);
            }
        }
        (best, at)
    };
    let (mut best, mut at) = look(0, n - 1);
    out[n - 1] = best;
    for t in n..x.len() {
        if at + n <= t {
            (best, at) = look(t + 1 - n, t);
        } else if !order.beats(best, x[t]) && x[t] == x[t] && best == best {
            (best, at) = (x[t], t);
        }
        out[t] = best;
    }
}
