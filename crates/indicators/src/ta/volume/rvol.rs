//! Relative volume.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::time_period;

pub(super) const RVOL: Indicator = Indicator {
    id: "ta.rvol",
    label: "Relative volume",
    group: Group::Volume,
    help: "Volume beside the mean of the n bars before",
    formula: "volume[t] / mean(volume[t-n..t-1])",
    inputs: &[Input::Volume],
    params: &[time_period(20, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod"),
    kernel: |inputs, params, out| relative(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

fn relative(volume: &[f64], n: usize, out: &mut [f64]) {
    if n >= volume.len() {
        return;
    }
    let mut sum: f64 = volume[..n].iter().sum();
    for ((place, new), old) in out[n..].iter_mut().zip(&volume[n..]).zip(volume) {
        *place = new / (sum / n as f64);
        sum += new;
        sum -= old;
    }
}
