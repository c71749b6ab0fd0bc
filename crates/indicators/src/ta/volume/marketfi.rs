//! Market facilitation index.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::recurrence::{Each, append, stream};

pub(super) const MARKETFI: Indicator = Indicator {
    id: "ta.marketfi",
    label: "Market facilitation index",
    group: Group::Volume,
    help: "The bar's range for each unit of volume",
    formula: "(high - low) / volume, 0 without volume",
    source: "TA-Lib 0.8.1; Williams 1995",
    inputs: &[Input::High, Input::Low, Input::Volume],
    outputs: &[Output::ta("real")],
    memory: WINDOW,
    append: Some(|inputs, _, out| append(Each(facilitation), inputs, out)),
    stream: Some(|_| stream(Each(facilitation))),
    ..TA
};

#[inline(always)]
fn facilitation([high, low, volume]: [f64; 3]) -> [f64; 1] {
    let range = (high - low) / volume;
    [if volume == 0.0 { 0.0 } else { range }]
}
