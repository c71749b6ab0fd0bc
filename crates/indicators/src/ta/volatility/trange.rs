//! True range.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const TRANGE: Indicator = Indicator {
    id: "ta.trange",
    label: "True range",
    group: Group::Volatility,
    help: "The bar's range, the gap from the close before included",
    formula: "max(high - low, |high - close[t-1]|, |low - close[t-1]|)",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: &[Input::High, Input::Low, Input::Close],
    outputs: &[Output::ta("real")],
    look_back: |_| 1,
    memory: WINDOW,
    kernel: |inputs, _, out| {
        let bars = inputs[0].iter().zip(inputs[1]).skip(1).zip(inputs[2]);
        for (place, ((high, low), before)) in out[0].iter_mut().skip(1).zip(bars) {
            *place = true_range(*high, *low, *before);
        }
    },
    stream: Some(|_| stream(Ranges::default())),
    ..TA
};

/// The range of high, low and the close before, which NaN leaves out.
#[inline(always)]
pub(super) fn true_range(high: f64, low: f64, before: f64) -> f64 {
    let (range, up, down) = (high - low, (high - before).abs(), (low - before).abs());
    let range = if up > range { up } else { range };
    if down > range { down } else { range }
}

/// True ranges bar by bar.
#[derive(Default)]
pub(super) struct Ranges {
    before: Option<f64>,
}

impl Recurrence<3, 1> for Ranges {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let before = self.before.replace(close);
        [before.map_or(f64::NAN, |before| true_range(high, low, before))]
    }
}
