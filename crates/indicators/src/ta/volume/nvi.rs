//! Negative volume index.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{Recurrence, batch, stream};

pub(super) const NVI: Indicator = Indicator {
    id: "ta.nvi",
    label: "Negative volume index",
    group: Group::Volume,
    help: "An index from 1000 on that follows the close at bars whose volume falls",
    formula: "nvi[t-1] close[t] / close[t-1] where volume[t] < volume[t-1], else nvi[t-1]; 1000 at first",
    source: "TA-Lib 0.8.1; Dysart 1936",
    inputs: &[Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    kernel: |inputs, _, out| batch(Index::new(Counts::Falls), inputs, out),
    stream: Some(|_| stream(Index::new(Counts::Falls))),
    ..TA
};

/// When the index follows the close.
#[derive(Clone, Copy)]
pub(super) enum Counts {
    Falls,
    Rises,
}

/// The index bar by bar.
pub(super) struct Index {
    counts: Counts,
    before: [f64; 2],
    value: f64,
}

impl Index {
    pub(super) fn new(counts: Counts) -> Index {
        // No close before: the first bar counts for nothing.
        Index { counts, before: [0.0; 2], value: 1000.0 }
    }
}

impl Recurrence<2, 1> for Index {
    #[inline(always)]
    fn next(&mut self, [close, volume]: [f64; 2]) -> [f64; 1] {
        let [close_before, volume_before] = std::mem::replace(&mut self.before, [close, volume]);
        let counts = match self.counts {
            Counts::Falls => volume < volume_before,
            Counts::Rises => volume > volume_before,
        };
        let change = (close - close_before) / close_before;
        self.value += if counts && close_before != 0.0 { self.value * change } else { 0.0 };
        [self.value]
    }
}
