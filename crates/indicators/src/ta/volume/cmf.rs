//! Chaikin money flow.

use algomosaic_core::Params;

use super::ad::money_flow;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;
use crate::ta::recurrence::{Recurrence, Ring, append, stream};

pub(super) const CMF: Indicator = Indicator {
    id: "ta.cmf",
    label: "Chaikin money flow",
    group: Group::Volume,
    help: "The share of volume in n bars that closed high in its range less the share that closed low, -1 to 1",
    formula: "sum(((close - low) - (high - close)) / (high - low) volume) / sum(volume) over n bars, 0 without volume",
    source: "TA-Lib 0.8.1; Chaikin",
    inputs: &[Input::High, Input::Low, Input::Close, Input::Volume],
    params: &[time_period(20, 2)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    append: Some(|inputs, params, out| append(Flow::new(params), inputs, out)),
    stream: Some(|params| stream(Flow::new(params))),
    ..TA
};

struct Flow {
    flows: Ring,
    volumes: Ring,
    flow: f64,
    volume: f64,
    /// Bars until the window is full.
    hidden: usize,
}

impl Flow {
    fn new(params: &Params) -> Flow {
        let n = params.size("timeperiod");
        Flow { flows: Ring::new(n, 0.0), volumes: Ring::new(n, 0.0), flow: 0.0, volume: 0.0, hidden: n - 1 }
    }
}

impl Recurrence<4, 1> for Flow {
    #[inline(always)]
    fn next(&mut self, bar: [f64; 4]) -> [f64; 1] {
        let flow = money_flow(bar);
        self.flow = self.flow - self.flows.replace(flow) + flow;
        self.volume = self.volume - self.volumes.replace(bar[3]) + bar[3];
        if self.hidden > 0 {
            self.hidden -= 1;
            return [f64::NAN];
        }
        let share = self.flow / self.volume;
        [if self.volume > 0.0 { share } else { 0.0 }]
    }
}
