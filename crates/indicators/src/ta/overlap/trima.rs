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
    let (half, rest) = (n.div_ceil(2), n / 2);
    let part = 1.0 / (half * (rest + 1)) as f64;
    // The sums of the older half with the middle and of the newer half, each of which the weights count from its end.
    let (mut older, mut newer, mut weighted) = (0.0, 0.0, 0.0);
    for x in x[..half].iter().rev() {
        older += x;
        weighted += older;
    }
    for x in &x[half..n] {
        newer += x;
        weighted += newer;
    }
    out[n - 1] = weighted * part;
    let odd = n % 2 == 1;
    for (((place, newest), middle), gone) in out[n..].iter_mut().zip(&x[n..]).zip(&x[half..]).zip(x) {
        // In TA-Lib's order, so that nothing but its own rounding is left where one average is taken from another.
        weighted -= older;
        older = older - gone + middle;
        let before = newer;
        newer -= middle;
        weighted += if odd { before } else { newer };
        newer += newest;
        weighted += newest;
        *place = weighted * part;
    }
}
