//! Acceleration bands.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

use super::CHUNK;
use super::sma::{Mean, quick_mean};

pub(super) const ACCBANDS: Indicator = Indicator {
    id: "ta.accbands",
    label: "Acceleration bands",
    group: Group::Overlap,
    help: "Averages of the close and of highs and lows that are moved apart by four times the bar's range in parts of its price",
    formula: "mean over n bars of high (1 + w), close and low (1 - w); w = 4 (high - low) / (high + low)",
    source: "TA-Lib 0.8.1; Headley 2002",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(20, 2)],
    outputs: &[
        Output::ta("upperband").drawn(Draw::Upper),
        Output::ta("middleband"),
        Output::ta("lowerband").drawn(Draw::Lower),
    ],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    overlay: true,
    kernel: |inputs, params, out| bands(inputs, params.size("timeperiod"), out),
    stream: Some(|params| {
        let mean = Mean::new(params.size("timeperiod"));
        stream(Bands([mean.clone(), mean.clone(), mean]))
    }),
    ..TA
};

fn bands(inputs: &[&[f64]], n: usize, out: &mut [&mut [f64]]) {
    let ([high, low, close], [upper, middle, lower]) = (inputs, out) else { return };
    if n > high.len() {
        return;
    }
    quick_mean(close, n, middle);
    // The edges of the last n bars, then those of a piece.
    let (mut above, mut below) = (vec![0.0; n + CHUNK], vec![0.0; n + CHUNK]);
    let part = 1.0 / n as f64;
    let (mut over, mut under) = (0.0, 0.0);
    for t in 0..n {
        (above[t], below[t]) = edges(high[t], low[t]);
        over += above[t];
        under += below[t];
    }
    (upper[n - 1], lower[n - 1]) = (over * part, under * part);
    let mut start = n;
    while start < high.len() {
        let end = (start + CHUNK).min(high.len());
        let rows = end - start;
        let places = above[n..n + rows].iter_mut().zip(&mut below[n..n + rows]);
        for ((above, below), (high, low)) in places.zip(high[start..end].iter().zip(&low[start..end])) {
            (*above, *below) = edges(*high, *low);
        }
        let moved = above[n..n + rows].iter().zip(&above).zip(below[n..n + rows].iter().zip(&below));
        let places = upper[start..end].iter_mut().zip(&mut lower[start..end]);
        for ((upper, lower), ((above, gone_above), (below, gone_below))) in places.zip(moved) {
            over += above - gone_above;
            under += below - gone_below;
            (*upper, *lower) = (over * part, under * part);
        }
        above.copy_within(rows..rows + n, 0);
        below.copy_within(rows..rows + n, 0);
        start = end;
    }
}

/// The high and the low, moved apart.
#[inline(always)]
fn edges(high: f64, low: f64) -> (f64, f64) {
    let sum = high + low;
    let width = 4.0 * (high - low) / sum;
    let width = if sum.abs() < 1e-14 { 0.0 } else { width };
    (high * (1.0 + width), low * (1.0 - width))
}

struct Bands([Mean; 3]);

impl Recurrence<3, 3> for Bands {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 3] {
        let (above, below) = edges(high, low);
        let [upper, middle, lower] = &mut self.0;
        [upper.next([above])[0], middle.next([close])[0], lower.next([below])[0]]
    }
}
