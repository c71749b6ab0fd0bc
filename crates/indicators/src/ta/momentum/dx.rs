//! Directional movement index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{UNSTABLE, time_period, unstable};

use super::directional::{BARS, Dx};
use super::lagged::{append, stream};

pub(super) const DX: Indicator = Indicator {
    id: "ta.dx",
    label: "Directional movement index",
    group: Group::Momentum,
    help: "How much one direction outweighs the other, 0 to 100",
    formula: "100 |plus - minus| / (plus + minus) of the directional movements; the value before where nothing moved",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: BARS,
    params: &[time_period(14, 2), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") + unstable(params),
    memory: Memory::Unbroken(|params| Some(wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(dx(params), inputs, out)),
    stream: Some(|params| stream(dx(params))),
    ..TA
};

fn dx(params: &Params) -> Dx {
    Dx::new(params.size("timeperiod"), unstable(params))
}
