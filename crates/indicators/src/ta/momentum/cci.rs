//! Commodity channel index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const CCI: Indicator = Indicator {
    id: "ta.cci",
    label: "Commodity channel index",
    group: Group::Momentum,
    help: "How far the typical price lies from its mean, measured by its mean distance from there",
    formula: "(p[t] - m) / (0.015 mean(|p[i] - m|)); p = (high + low + close) / 3, m its mean over n bars; 0 when p[t] is no more than 1e-14 of m away",
    source: "TA-Lib 0.8.1; Lambert 1980",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| cci(inputs, params.size("timeperiod"), out[0]),
    stream: Some(|params| stream(Cci::new(params))),
    ..TA
};

#[inline(always)]
fn typical(high: f64, low: f64, close: f64) -> f64 {
    (high + low + close) / 3.0
}

#[inline(always)]
fn index(typical: f64, mean: f64, distances: f64, n: f64) -> f64 {
    let away = typical - mean;
    let value = away / (0.015 * (distances / n));
    if away.abs() <= 1e-14 * mean.abs() { 0.0 } else { value }
}

/// Bars that are summed together.
const LANES: usize = 8;

/// TA-Lib sums a ring of the last n prices from its first place on, not from the oldest price. The order shows where
/// the mean meets the price, so it is the same here: bar t is at place t modulo n. A group of bars shares all of the
/// ring but the places that it fills itself.
fn cci(inputs: &[&[f64]], n: usize, out: &mut [f64]) {
    let rows = out.len();
    let (high, low, close) = (&inputs[0][..rows], &inputs[1][..rows], &inputs[2][..rows]);
    let price = |t: usize| typical(high[t], low[t], close[t]);
    if n > rows {
        return;
    }
    let mut ring: Vec<f64> = (0..n - 1).map(price).chain([0.0]).collect();
    let (mut t, mut place) = (n - 1, n - 1);
    while t < rows {
        let group = LANES.min(n - place).min(rows - t);
        // own[j][k] is what bar k of the group finds at place j of those that the group fills.
        let mut own = [[0.0; LANES]; LANES];
        let mut newest = [0.0; LANES];
        for (j, own) in own[..group].iter_mut().enumerate() {
            newest[j] = price(t + j);
            *own = [newest[j]; LANES];
            own[..j].fill(ring[place + j]);
        }
        let (start, end) = (&ring[..place], &ring[place + group..]);
        let mut means = [0.0; LANES];
        fold(&mut means, start, &own[..group], end, |x, _| x);
        for mean in &mut means {
            *mean /= n as f64;
        }
        let mut distances = [0.0; LANES];
        fold(&mut distances, start, &own[..group], end, |x, k| (x - means[k]).abs());
        for (k, value) in out[t..t + group].iter_mut().enumerate() {
            *value = index(newest[k], means[k], distances[k], n as f64);
        }
        ring[place..place + group].copy_from_slice(&newest[..group]);
        t += group;
        place = if place + group == n { 0 } else { place + group };
    }
}

/// Adds up the ring for each bar of a group.
#[inline(always)]
fn fold(sums: &mut [f64; LANES], start: &[f64], own: &[[f64; LANES]], end: &[f64], term: impl Fn(f64, usize) -> f64) {
    let mut sum = *sums;
    for x in start {
        for (k, sum) in sum.iter_mut().enumerate() {
            *sum += term(*x, k);
        }
    }
    for x in own {
        for (k, sum) in sum.iter_mut().enumerate() {
            *sum += term(x[k], k);
        }
    }
    for x in end {
        for (k, sum) in sum.iter_mut().enumerate() {
            *sum += term(*x, k);
        }
    }
    *sums = sum;
}

/// The ring for single bars.
struct Cci {
    ring: Vec<f64>,
    place: usize,
    taken: usize,
}

impl Cci {
    fn new(params: &Params) -> Cci {
        Cci { ring: vec![0.0; params.size("timeperiod")], place: 0, taken: 0 }
    }
}

impl Recurrence<3, 1> for Cci {
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let n = self.ring.len();
        let price = typical(high, low, close);
        self.ring[self.place] = price;
        self.place = if self.place + 1 == n { 0 } else { self.place + 1 };
        self.taken = n.min(self.taken + 1);
        if self.taken < n {
            return [f64::NAN];
        }
        let mean = self.ring.iter().sum::<f64>() / n as f64;
        let distances = self.ring.iter().map(|x| (x - mean).abs()).sum();
        [index(price, mean, distances, n as f64)]
    }
}
