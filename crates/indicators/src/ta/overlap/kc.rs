//! Keltner channels.

use algomosaic_core::{Param, Params};

use crate::indicator::{Draw, Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::{decay, wilder};
use crate::ta::params::{period, real, time_period};
use crate::ta::recurrence::{Recurrence, stream};

use super::CHUNK;
use super::ema::Chain;
use super::range::AverageRange;

pub(super) const KC: Indicator = Indicator {
    id: "ta.kc",
    label: "Keltner channels",
    group: Group::Overlap,
    help: "An exponential average of the typical price, and bands some average true ranges above and below it",
    formula: "m, m + nbdev a and m - nbdev a; m is the exponential average of (high + low + close) / 3 over n bars, a Wilder's average true range over atrperiod bars",
    source: "TA-Lib 0.8.1; Keltner 1960, with the average true range of Raschke",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(20, 2), ATR_PERIOD, real("nbdev", "Ranges", 2.0).help("Average true ranges to each band")],
    outputs: &[
        Output::ta("upperband").drawn(Draw::Upper),
        Output::ta("middleband"),
        Output::ta("lowerband").drawn(Draw::Lower),
    ],
    look_back: |params| (params.size("timeperiod") - 1).max(params.size("atrperiod")),
    memory: Memory::Unbroken(|params| Some(decay(params.size("timeperiod")).max(wilder(params.size("atrperiod"))))),
    overlay: true,
    kernel: keltner,
    stream: Some(|params| stream(Keltner::new(params))),
    ..TA
};

const ATR_PERIOD: Param = period("atrperiod", "ATR period", 10, 1).help("Bars of the average true range");

fn keltner(inputs: &[&[f64]], params: &Params, out: &mut [&mut [f64]]) {
    let ([high, low, close], [upper, middle, lower]) = (inputs, out) else { return };
    let mut state = Keltner::new(params);
    let first = (KC.look_back)(params);
    if first >= high.len() {
        return;
    }
    for t in 0..=first {
        [upper[t], middle[t], lower[t]] = state.next([high[t], low[t], close[t]]);
    }
    let (mut typical, mut widths) = ([0.0; CHUNK], [0.0; CHUNK]);
    let mut start = first + 1;
    while start < high.len() {
        let end = (start + CHUNK).min(high.len());
        let (high, low) = (&high[start..end], &low[start..end]);
        let (typical, widths) = (&mut typical[..end - start], &mut widths[..end - start]);
        for (((typical, high), low), close) in typical.iter_mut().zip(high).zip(low).zip(&close[start..end]) {
            *typical = (high + low + close) / 3.0;
        }
        state.range.run(high, low, &close[start - 1..end - 1], widths);
        let middle = &mut middle[start..end];
        state.average.run(typical, middle, |[average]| average);
        let edges = upper[start..end].iter_mut().zip(&mut lower[start..end]);
        for (((upper, lower), middle), width) in edges.zip(middle.iter()).zip(widths.iter()) {
            let width = state.width * width;
            *upper = middle + width;
            *lower = middle - width;
        }
        start = end;
    }
}

struct Keltner {
    /// Bars until each average begins: both are there from one bar on.
    average_waits: usize,
    range_waits: usize,
    width: f64,
    average: Chain<1>,
    range: AverageRange,
}

impl Keltner {
    fn new(params: &Params) -> Keltner {
        let (n, m) = (params.size("timeperiod"), params.size("atrperiod"));
        let first = (n - 1).max(m);
        Keltner {
            average_waits: first + 1 - n,
            range_waits: first - m,
            width: params.float("nbdev"),
            average: Chain::new(n).quick(),
            range: AverageRange::new(m),
        }
    }
}

impl Recurrence<3, 3> for Keltner {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 3] {
        let mut middle = None;
        if self.average_waits > 0 {
            self.average_waits -= 1;
        } else {
            middle = self.average.next((high + low + close) / 3.0);
        }
        if self.range_waits > 0 {
            self.range_waits -= 1;
            return [f64::NAN; 3];
        }
        match (middle, self.range.next(high, low, close)) {
            (Some([middle]), Some(range)) => {
                let width = self.width * range;
                [middle + width, middle, middle - width]
            }
            _ => [f64::NAN; 3],
        }
    }
}
