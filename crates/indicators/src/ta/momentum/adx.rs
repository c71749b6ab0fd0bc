//! Average directional movement index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::wilder;
use crate::ta::params::{UNSTABLE, time_period, unstable};

use super::directional::{Adx, BARS};
use super::lagged::{append, stream};

pub(super) const ADX: Indicator = Indicator {
    id: "ta.adx",
    label: "Average directional index",
    group: Group::Momentum,
    help: "How strong the trend is, whichever way it goes, 0 to 100",
    formula: "Wilder's average of dx over n bars; dx is the directional movement index",
    source: "TA-Lib 0.8.1; Wilder 1978",
    inputs: BARS,
    params: &[time_period(14, 2), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| 2 * params.size("timeperiod") - 1 + unstable(params),
    memory: Memory::Unbroken(|params| Some(2 * wilder(params.size("timeperiod")))),
    append: Some(|inputs, params, out| append(adx(params), inputs, out)),
    stream: Some(|params| stream(adx(params))),
    ..TA
};

fn adx(params: &Params) -> Adx {
    Adx::new(params.size("timeperiod"), unstable(params))
}
