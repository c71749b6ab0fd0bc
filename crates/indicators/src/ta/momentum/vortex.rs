//! Vortex indicator.

use algomosaic_core::Params;

use super::ring::Ring;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const VORTEX: Indicator = Indicator {
    id: "ta.vortex",
    label: "Vortex indicator",
    group: Group::Momentum,
    help: "The upward and the downward reach of the bars as a share of the true range",
    formula: "plusvi = sum(|high[t] - low[t-1]|) / sum(true range), minusvi = sum(|low[t] - high[t-1]|) / sum(true range) over n bars, 0 without a range",
    source: "TA-Lib 0.8.1; Botes and Siepman 2010",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[time_period(14, 1)],
    outputs: &[Output::ta("plusvi"), Output::ta("minusvi")],
    look_back: |params| params.size("timeperiod"),
    kernel: |inputs, params, out| batch(Vortex::new(params), inputs, out),
    stream: Some(|params| stream(Vortex::new(params))),
    ..TA
};

struct Vortex {
    /// The upward reach, the downward reach and the true range of the last n bars.
    terms: [Ring; 3],
    sums: [f64; 3],
    last: Option<[f64; 3]>,
    /// Bars until the sums are full.
    wait: usize,
}

impl Vortex {
    fn new(params: &Params) -> Vortex {
        let n = params.size("timeperiod");
        Vortex { terms: [(); 3].map(|()| Ring::new(n, 0.0)), sums: [0.0; 3], last: None, wait: n }
    }
}

impl Recurrence<3, 2> for Vortex {
    #[inline(always)]
    fn next(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let Some([last_high, last_low, last_close]) = self.last.replace([high, low, close]) else {
            return [f64::NAN; 2];
        };
        let (up, down) = ((last_close - high).abs(), (last_close - low).abs());
        let range = high - low;
        let range = if up > range { up } else { range };
        let range = if down > range { down } else { range };
        let terms = [(high - last_low).abs(), (low - last_high).abs(), range];
        for ((sum, ring), term) in self.sums.iter_mut().zip(&mut self.terms).zip(terms) {
            *sum = *sum - ring.swap(term) + term;
        }
        self.wait = self.wait.saturating_sub(1);
        if self.wait > 0 {
            return [f64::NAN; 2];
        }
        let [plus, minus, range] = self.sums;
        if range > 0.0 { [plus / range, minus / range] } else { [0.0; 2] }
    }
}
