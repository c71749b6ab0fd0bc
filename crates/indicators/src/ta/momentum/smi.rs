//! Stochastic momentum index.

use algomosaic_core::Params;

use super::ema::Ema;
use super::extremes::{Searched, Window, extremes};
use crate::fused::fused;
use crate::indicator::{Draw, Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{period, time_period};
use crate::ta::recurrence::{Recurrence, stream};

pub(super) const SMI: Indicator = Indicator {
    id: "ta.smi",
    label: "Stochastic momentum index",
    group: Group::Momentum,
    help: "How far the close is from the middle of the range of the last bars, -100 to 100, smoothed twice",
    formula: "smi = 100 smooth(close - (highest + lowest) / 2) / (smooth(highest - lowest) / 2), 0 without a range; smooth(x) = ema(ema(x, slow), fast); smisignal = ema(smi, signal)",
    source: "TA-Lib 0.8.1; Blau 1993",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        time_period(13, 2),
        period("fastperiod", "Fast period", 2, 2),
        period("slowperiod", "Slow period", 25, 2),
        period("signalperiod", "Signal period", 9, 2),
    ],
    outputs: &[Output::ta("smi"), Output::ta("smisignal").drawn(Draw::DashedLine)],
    look_back: |params| params.size("timeperiod") - 1 + look_back(params),
    kernel: |inputs, params, out| {
        let ([high, low, close], [smi, signal]) = (inputs, out) else { return };
        let mut lines = Lines::new(params);
        let head = params.size("timeperiod") + look_back(params);
        extremes::<Searched<true>, Searched<false>>(high, low, params.size("timeperiod"), |from, highest, lowest| {
            let bars = [highest, lowest, &close[from..]];
            smooth(&mut lines, head.saturating_sub(from), bars, &mut smi[from..], &mut signal[from..]);
        });
    },
    stream: Some(|params| {
        let n = params.size("timeperiod");
        stream(Smi { highest: Searched::new(n), lowest: Searched::new(n), wait: n, lines: Lines::new(params) })
    }),
    ..TA
};

/// Two averages, one over the other.
struct Smooth {
    first: Ema,
    second: Ema,
}

impl Smooth {
    #[inline(always)]
    fn next(&mut self, x: f64) -> Option<f64> {
        self.second.next(self.first.next(x)?)
    }

    #[inline(always)]
    fn step(&mut self, x: f64) -> f64 {
        self.second.step(self.first.step(x))
    }
}

fused! {
    /// The lines of bars (highest, lowest, close), of which the first `head` may come before the lines have begun.
    fn smooth[](lines: &mut Lines, head: usize, bars: [&[f64]; 3], smi: &mut [f64], signal: &mut [f64]) {
        let [highest, lowest, close] = bars;
        let mut bars = smi.iter_mut().zip(signal).zip(close).zip(highest).zip(lowest);
        for ((((smi, signal), close), highest), lowest) in bars.by_ref().take(head) {
            [*smi, *signal] = lines.next(*highest, *lowest, *close);
        }
        for ((((smi, signal), close), highest), lowest) in bars {
            [*smi, *signal] = lines.step(*highest, *lowest, *close);
        }
    }
}

/// Bars from the first range to the signal.
fn look_back(params: &Params) -> usize {
    params.size("slowperiod") + params.size("fastperiod") + params.size("signalperiod") - 3
}

fn share(distance: f64, range: f64) -> f64 {
    if range > 0.0 { 100.0 * distance / (range / 2.0) } else { 0.0 }
}

struct Lines {
    distance: Smooth,
    range: Smooth,
    signal: Ema,
}

impl Lines {
    fn new(params: &Params) -> Lines {
        let smooth =
            || Smooth { first: Ema::new(params.size("slowperiod")), second: Ema::new(params.size("fastperiod")) };
        Lines { distance: smooth(), range: smooth(), signal: Ema::new(params.size("signalperiod")) }
    }

    #[inline(always)]
    fn next(&mut self, highest: f64, lowest: f64, close: f64) -> [f64; 2] {
        let distance = self.distance.next(close - (highest + lowest) / 2.0);
        let range = self.range.next(highest - lowest);
        let (Some(distance), Some(range)) = (distance, range) else { return [f64::NAN; 2] };
        let smi = share(distance, range);
        match self.signal.next(smi) {
            Some(signal) => [smi, signal],
            None => [f64::NAN; 2],
        }
    }

    /// [`Lines::next`] after the look-back.
    #[inline(always)]
    fn step(&mut self, highest: f64, lowest: f64, close: f64) -> [f64; 2] {
        let distance = self.distance.step(close - (highest + lowest) / 2.0);
        let smi = share(distance, self.range.step(highest - lowest));
        [smi, self.signal.step(smi)]
    }
}

struct Smi {
    highest: Searched<true>,
    lowest: Searched<false>,
    /// Bars until the first window is full.
    wait: usize,
    lines: Lines,
}

impl Recurrence<3, 2> for Smi {
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let (highest, lowest) = (self.highest.next(high), self.lowest.next(low));
        self.wait = self.wait.saturating_sub(1);
        if self.wait > 0 { [f64::NAN; 2] } else { self.lines.next(highest, lowest, close) }
    }
}
