//! Donchian channels.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;

use super::extremes::extremes;

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
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| {
        let ([high, low], [upper, middle, lower]) = (inputs, out) else { return };
        let n = params.size("timeperiod");
        let (upper, middle, lower) = (&mut upper[..high.len()], &mut middle[..high.len()], &mut lower[..high.len()]);
        if high.iter().chain(*low).all(|x| !x.is_nan()) {
            extremes(high, low, n, |t, highest, lowest| {
                (upper[t], middle[t], lower[t]) = (highest, (highest + lowest) / 2.0, lowest);
            });
            return;
        }
        scan(high, n, |best, x| x > best, upper);
        scan(low, n, |best, x| x < best, lower);
        for ((middle, upper), lower) in middle.iter_mut().zip(upper).zip(lower) {
            *middle = (*upper + *lower) / 2.0;
        }
    },
    ..TA
};

/// The best of each window of n: kept until it leaves the window or is met again, then looked for anew. A missing value
/// at the start of a window is its best until it has left, as in TA-Lib.
fn scan(x: &[f64], n: usize, better: impl Fn(f64, f64) -> bool, out: &mut [f64]) {
    let look = |from: usize, to: usize| {
        let mut at = from;
        for place in from + 1..=to {
            if better(x[at], x[place]) {
                at = place;
            }
        }
        at
    };
    let mut at = 0;
    for t in n - 1..x.len() {
        if t == n - 1 || at + n <= t {
            at = look(t + 1 - n, t);
        } else if x[t] == x[at] || better(x[at], x[t]) {
            at = t;
        }
        out[t] = x[at];
    }
}
