//! Williams' %R.

use super::extremes::{Joined, Window, extremes, same};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const WILLR: Indicator = Indicator {
    id: "ta.willr",
    label: "Williams' %R",
    group: Group::Momentum,
    help: "How far the close is below the high of the last bars, 0 to -100",
    formula: "-100 (highest high - close) / (highest high - lowest low) over n bars, held within -100 and 0, 0 without a range",
    source: "TA-Lib 0.8.1; Williams 1973",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(14, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| {
        let ([high, low, close], [out]) = (inputs, out) else { return };
        extremes::<Joined<true>, Joined<false>>(high, low, params.size("timeperiod"), |from, highest, lowest| {
            let places = out[from..].iter_mut().zip(&close[from..]);
            for (((place, close), highest), lowest) in places.zip(highest).zip(lowest) {
                *place = below(*highest, *lowest, *close);
            }
        });
    },
    stream: Some(|params| {
        let n = params.size("timeperiod");
        stream(Willr { highest: Joined::new(n), lowest: Joined::new(n), wait: n })
    }),
    ..TA
};

fn below(highest: f64, lowest: f64, close: f64) -> f64 {
    let range = highest - lowest;
    let value = -100.0 * ((highest - close) / range);
    let value = if value < -100.0 { -100.0 } else { value };
    let value = if value > 0.0 { 0.0 } else { value };
    if same(highest, lowest) { 0.0 } else { value }
}

struct Willr {
    highest: Joined<true>,
    lowest: Joined<false>,
    /// Bars until the first window is full.
    wait: usize,
}

impl Recurrence<3, 1> for Willr {
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let (highest, lowest) = (self.highest.next(high), self.lowest.next(low));
        self.wait = self.wait.saturating_sub(1);
        [if self.wait > 0 { f64::NAN } else { below(highest, lowest, close) }]
    }
}
