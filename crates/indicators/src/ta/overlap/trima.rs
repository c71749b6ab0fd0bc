//! Triangular moving average.

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, time_period};

pub(super) const TRIMA: Indicator = Indicator {
    id: "ta.trima",
    label: "Triangular moving average",
    group: Group::Overlap,
    help: "The mean of the last n values with weights that rise to the middle of the window and fall again",
    formula: "sum(w[i] x[t-i]) / sum(w); w[i] = min(i + 1, n - i) for i = 0..n-1",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(30, 1)],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("timeperiod") - 1,
    overlay: true,
    kernel: |inputs, params, out| trima(inputs[0], params.size("timeperiod"), out[0]),
    ..TA
};

/// The mean of the last n values with weights that rise to the middle of the window and fall again.
pub(in crate::ta) fn trima(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let half = n.div_ceil(2);
    let total = (half * (n + 1 - half)) as f64;
    // From a bar to the next, each of the newest `half` values gains 1 in weight and each of the oldest loses 1.
    let mut newest: f64 = x[n - half..n].iter().sum();
    let mut oldest: f64 = x[..half].iter().sum();
    let weight = |place: usize| (place + 1).min(n - place) as f64;
    let mut weighted: f64 = x[..n].iter().enumerate().map(|(place, x)| x * weight(place)).sum();
    out[n - 1] = weighted / total;
    let part = 1.0 / total;
    let arriving = x[n..].iter().zip(&x[n - half..]);
    let leaving = x[half..].iter().zip(x);
    for (place, ((new, newer), (old, older))) in out[n..].iter_mut().zip(arriving.zip(leaving)) {
        newest += new - newer;
        weighted += newest - oldest;
        oldest += old - older;
        *place = weighted * part;
    }
}
