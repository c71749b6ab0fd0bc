//! Chaikin's accumulation and distribution oscillator.

use algomosaic_core::Params;

use super::ad::money_flow;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::period;
use crate::ta::recurrence::{Decay, Recurrence, stream};

pub(super) const ADOSC: Indicator = Indicator {
    id: "ta.adosc",
    label: "Accumulation and distribution oscillator",
    group: Group::Volume,
    help: "A fast average of the accumulation and distribution line less a slow one",
    formula: "ema(ad, fastperiod) - ema(ad, slowperiod), both begun with the first value of ad",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[period("fastperiod", "Fast period", 3, 2), period("slowperiod", "Slow period", 10, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("fastperiod").max(params.size("slowperiod")) - 1,
    kernel: |inputs, params, out| oscillator(inputs, params, out[0]),
    stream: Some(|params| stream(Oscillator::new(params))),
    ..TA
};

fused! {
    /// TA-Lib rounds a product and its sum once where the processor can, which safe code cannot ask for. Where the line
    /// stands still the two averages meet, and what is left of their difference is that rounding.
    fn oscillator[](inputs: &[&[f64]], params: &Params, out: &mut [f64]) {
        let Ok(inputs) = <[&[f64]; 4]>::try_from(inputs) else { return };
        let mut state = Oscillator::new(params);
        // The bars without a value, then four at a time, then what is left.
        let (weights, rows) = (state.weights, out.len());
        let begin = (state.hidden + 1).min(rows);
        for t in 0..begin {
            [out[t]] = state.next(inputs.map(|series| series[t]));
        }
        let (fours, rest) = out[begin..].as_chunks_mut::<4>();
        let [high, low, close, volume] = inputs.map(|series| &series[begin..].as_chunks::<4>().0[..fours.len()]);
        let [mut fast, mut slow] = [0, 1].map(|which| Decay::new(1.0 - weights[which], state.averages[which]));
        let mut line = state.line;
        for (block, four) in fours.iter_mut().enumerate() {
            let (high, low, close, volume) = (high[block], low[block], close[block], volume[block]);
            let flows: [f64; 4] =
                std::array::from_fn(|place| money_flow([high[place], low[place], close[place], volume[place]]));
            let lines = flows.map(|flow| {
                line += flow;
                line
            });
            let fasts = fast.next_four(lines.map(|line| weights[0] * line));
            let slows = slow.next_four(lines.map(|line| weights[1] * line));
            *four = std::array::from_fn(|place| fasts[place] - slows[place]);
        }
        let mut lines = [0.0; 4];
        let lines = &mut lines[..rest.len()];
        for (t, place) in (rows - rest.len()..rows).zip(lines.iter_mut()) {
            line += money_flow(inputs.map(|series| series[t]));
            *place = line;
        }
        let parts = weights.map(|weight| lines.iter().map(|line| weight * line).collect::<Vec<_>>());
        let (fasts, slows) = (fast.next_few(&parts[0]), slow.next_few(&parts[1]));
        for (place, (fast, slow)) in rest.iter_mut().zip(fasts.into_iter().zip(slows)) {
            *place = fast - slow;
        }
    }
}

struct Oscillator {
    /// Bars until the first value.
    hidden: usize,
    begun: bool,
    weights: [f64; 2],
    line: f64,
    averages: [f64; 2],
}

impl Oscillator {
    fn new(params: &Params) -> Oscillator {
        let periods = ["fastperiod", "slowperiod"].map(|name| params.size(name));
        Oscillator {
            hidden: periods[0].max(periods[1]) - 1,
            begun: false,
            weights: periods.map(|n| 2.0 / (n as f64 + 1.0)),
            line: 0.0,
            averages: [0.0; 2],
        }
    }
}

impl Recurrence<4, 1> for Oscillator {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        self.line += money_flow(bar);
        if !self.begun {
            self.begun = true;
            self.averages = [self.line; 2];
        }
        for (average, weight) in self.averages.iter_mut().zip(self.weights) {
            *average = weight * self.line + (1.0 - weight) * *average;
        }
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        [self.averages[0] - self.averages[1]]
    }
}
