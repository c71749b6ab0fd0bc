//! Percentage volume oscillator.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, memory_of_quotient, moving_average};
use crate::ta::params::period;

pub(super) const PVO: Indicator = Indicator {
    id: "ta.pvo",
    label: "Percentage volume oscillator",
    group: Group::Volume,
    help: "A fast average of volume less a slow one, in percent of the slow one",
    formula: "100 (fast - slow) / slow, 0 where slow is 0",
    inputs: &[Input::Volume],
    params: &[
        period("fastperiod", "Fast period", 12, 2),
        period("slowperiod", "Slow period", 26, 2),
        ma_type("matype", "Moving average", "EMA"),
    ],
    outputs: &[Output::ta("real")],
    look_back: first,
    memory: Memory::Unbroken(|params| memory_of_quotient(params.text("matype"), periods(params)[1])),
    kernel: |inputs, params, out| {
        let (volume, kind) = (inputs[0], params.text("matype"));
        let [fast, slow] = periods(params);
        let mut slower = vec![f64::NAN; volume.len()];
        moving_average(kind, volume, fast, out[0]);
        moving_average(kind, volume, slow, &mut slower);
        for (place, slow) in out[0].iter_mut().zip(slower) {
            let share = 100.0 * ((*place - slow) / slow);
            *place = if slow == 0.0 { 0.0 } else { share };
        }
    },
    ..TA
};

/// The shorter period, then the longer one, however they are named.
fn periods(params: &Params) -> [usize; 2] {
    let (fast, slow) = (params.size("fastperiod"), params.size("slowperiod"));
    [fast.min(slow), fast.max(slow)]
}

fn first(params: &Params) -> usize {
    look_back(params.text("matype"), periods(params)[1])
}
