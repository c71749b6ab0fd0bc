//! Acceleration bands.

use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

use super::sma::{Mean, mean};

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
    overlay: true,
    kernel: |inputs, params, out| {
        let ([high, low, close], [upper, middle, lower]) = (inputs, out) else { return };
        let n = params.size("timeperiod");
        let (above, below): (Vec<f64>, Vec<f64>) = high.iter().zip(*low).map(|(high, low)| edges(*high, *low)).unzip();
        mean(&above, n, upper);
        mean(close, n, middle);
        mean(&below, n, lower);
    },
    stream: Some(|params| {
        let mean = Mean::new(params.size("timeperiod"));
        stream(Bands([mean.clone(), mean.clone(), mean]))
    }),
    ..TA
};

/// The high and the low, moved apart.
#[inline(always)]
fn edges(high: f64, low: f64) -> (f64, f64) {
    let sum = high + low;
    if sum.abs() < 1e-14 {
        return (high, low);
    }
    let width = 4.0 * (high - low) / sum;
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
