//! Negative volume index.

use crate::fused::fused;
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::recurrence::{BLOCK, Recurrence, longer, stream};

pub(super) const NVI: Indicator = Indicator {
    id: "ta.nvi",
    label: "Negative volume index",
    group: Group::Volume,
    help: "An index from 1000 on that follows the close at bars whose volume falls",
    formula: "nvi[t-1] close[t] / close[t-1] where volume[t] < volume[t-1], else nvi[t-1]; 1000 at first",
    source: "TA-Lib 0.8.1; Dysart 1936",
    inputs: &[Input::Close, Input::Volume],
    outputs: &[Output::ta("real")],
    append: Some(|inputs, _, out| index(inputs[0], inputs[1], out, |now, before| now < before)),
    stream: Some(|_| stream(Index::new(Counts::Falls))),
    ..TA
};

/// When the index follows the close.
#[derive(Clone, Copy)]
pub(super) enum Counts {
    Falls,
    Rises,
}

fused! {
    /// The index at each bar, which follows the close where `counts` says so of the volume and the one before.
    pub(super) fn index[](close: &[f64], volume: &[f64], out: &mut Vec<f64>, counts: impl Fn(f64, f64) -> bool) {
        let mut value = BEGIN;
        if !close.is_empty() {
            out.push(value);
        }
        for begin in (1..close.len()).step_by(BLOCK) {
            let bars = BLOCK.min(close.len() - begin);
            let block = longer(out, bars);
            // The changes, then what the index makes of them, so that it waits for nothing else.
            let closes = close[begin..][..bars].iter().zip(&close[begin - 1..]);
            let volumes = volume[begin..][..bars].iter().zip(&volume[begin - 1..]);
            for ((place, (close, close_before)), (volume, volume_before)) in block.iter_mut().zip(closes).zip(volumes) {
                let change = (close - close_before) / close_before;
                *place = if counts(*volume, *volume_before) & (*close_before != 0.0) { change } else { 0.0 };
            }
            for place in block {
                value = value.mul_add(*place, value);
                *place = value;
            }
        }
    }
}

const BEGIN: f64 = 1000.0;

/// The index bar by bar.
pub(super) struct Index {
    counts: Counts,
    before: [f64; 2],
    value: f64,
}

impl Index {
    pub(super) fn new(counts: Counts) -> Index {
        // No close before: the first bar counts for nothing.
        Index { counts, before: [0.0; 2], value: BEGIN }
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
        let change = if counts & (close_before != 0.0) { change } else { 0.0 };
        self.value = self.value.mul_add(change, self.value);
        [self.value]
    }
}
