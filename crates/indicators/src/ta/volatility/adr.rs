//! Average day range.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::memory::WINDOW;
use crate::ta::params::time_period;

pub(super) const ADR: Indicator = Indicator {
    id: "ta.adr",
    label: "Average day range",
    group: Group::Volatility,
    help: "The mean range of the last n bars",
    formula: "mean(high[i] - low[i] for i in t-n+1..t)",
    inputs: &[Input::High, Input::Low],
    params: &[time_period(14, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    memory: WINDOW,
    kernel: |inputs, params, out| mean_range(inputs[0], inputs[1], params.size("timeperiod"), out[0]),
    ..TA
};

fn mean_range(high: &[f64], low: &[f64], n: usize, out: &mut [f64]) {
    if n > high.len() {
        return;
    }
    let ranges = || high.iter().zip(low).map(|(high, low)| high - low);
    let mut sum: f64 = ranges().take(n - 1).sum();
    let per_n = 1.0 / n as f64;
    for ((place, new), old) in out[n - 1..].iter_mut().zip(ranges().skip(n - 1)).zip(ranges()) {
        sum += new;
        *place = sum * per_n;
        sum -= old;
    }
}
