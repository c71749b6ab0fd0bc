//! Chaikin's accumulation and distribution oscillator.

use algomosaic_core::Params;

use super::ad::money_flow;
use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::period;
use crate::ta::recurrence::{Recurrence, longer, stream};

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
    look_back,
    memory: Memory::Unbroken(|params| Some(decay(params.size("fastperiod").max(params.size("slowperiod"))))),
    append: Some(oscillator),
    stream: Some(|params| stream(Oscillator::new(params))),
    ..TA
};

/// Bars in a turn: while the averages of one are made, the processor goes on to the flows of the next.
const TURN: usize = 64;

fused! {
    fn oscillator[](inputs: &[&[f64]], params: &Params, out: &mut Vec<f64>) {
        let Ok(inputs) = <[&[f64]; 4]>::try_from(inputs) else { return };
        let rows = inputs[0].len();
        let mut state = Oscillator::new(params);
        let begin = rows.min(state.hidden + 1);
        for t in 0..begin {
            let [value] = state.next(inputs.map(|series| series[t]));
            out.push(value);
        }
        for begin in (begin..rows).step_by(TURN) {
            let bars = TURN.min(rows - begin);
            let [high, low, close, volume] = inputs.map(|series| &series[begin..][..bars]);
            let turn = longer(out, bars);
            for ((((place, high), low), close), volume) in turn.iter_mut().zip(high).zip(low).zip(close).zip(volume) {
                *place = money_flow([*high, *low, *close, *volume]);
            }
            let mut local = state;
            for place in turn {
                *place = local.take(*place);
            }
            state = local;
        }
    }
}

#[derive(Clone, Copy)]
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
            hidden: look_back(params),
            begun: false,
            weights: periods.map(|n| 2.0 / (n as f64 + 1.0)),
            line: 0.0,
            averages: [0.0; 2],
        }
    }
}

impl Oscillator {
    /// The value after one more bar's flow of money.
    #[inline(always)]
    fn take(&mut self, flow: f64) -> f64 {
        self.line += flow;
        for (average, weight) in self.averages.iter_mut().zip(self.weights) {
            *average = (1.0 - weight).mul_add(*average, weight * self.line);
        }
        self.averages[0] - self.averages[1]
    }
}

impl Recurrence<4, 1> for Oscillator {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        let flow = money_flow(bar);
        if !self.begun {
            self.begun = true;
            self.averages = [flow; 2];
        }
        let value = self.take(flow);
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        [value]
    }
}

fn look_back(params: &Params) -> usize {
    params.size("fastperiod").max(params.size("slowperiod")) - 1
}
