//! Positive volume index.

use super::nvi::{Counts, Index, index};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::stream;

pub(super) const PVI: Indicator = Indicator {
    id: "ta.pvi",
    label: "Positive volume index",
    group: Group::Volume,
    help: "An index from 1000 on that follows the close at bars whose volume rises",
    formula: "pvi[t-1] close[t] / close[t-1] where volume[t] > volume[t-1], else pvi[t-1]; 1000 at first",
    source: "TA-Lib 0.8.1; Dysart 1936",
    inputs: &[Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| index(inputs[0], inputs[1], out, |now, before| now > before)),
    stream: Some(|_| stream(Index::new(Counts::Rises))),
    ..TA
};
