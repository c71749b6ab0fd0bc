//! Average deviation.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::{PRICE, time_period};

pub(super) const AVGDEV: Indicator = Indicator {
    id: "ta.avgdev",
    label: "Average deviation",
    group: Group::Prices,
    help: "How far the last n values are from their mean, on average",
    formula: "mean(|x[i] - mean(x[t-n+1..t])| for i in t-n+1..t)",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| average_deviation(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

/// So many windows are summed at a time, each oldest value first.
const LANES: usize = 8;

fn average_deviation(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let size = n as f64;
    let (lanes, rest) = out[n - 1..].as_chunks_mut::<LANES>();
    for (block, out) in lanes.iter_mut().enumerate() {
        let x = &x[block * LANES..block * LANES + n - 1 + LANES];
        let means = sums(x, |value, _| value).map(|sum| sum / size);
        *out = sums(x, |value, lane| (value - means[lane]).abs()).map(|sum| sum / size);
    }
    let begin = lanes.len() * LANES;
    for (place, window) in rest.iter_mut().zip(x[begin..].windows(n)) {
        let mean = window.iter().sum::<f64>() / size;
        *place = window.iter().map(|value| (value - mean).abs()).sum::<f64>() / size;
    }
}

#[inline(always)]
fn sums(x: &[f64], value: impl Fn(f64, usize) -> f64) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for x in x.array_windows::<LANES>() {
        for lane in 0..LANES {
            sums[lane] += value(x[lane], lane);
        }
    }
    sums
}
