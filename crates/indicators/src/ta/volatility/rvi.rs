//! Relative volatility index.

use algomosaic_core::Params;

use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE, UNSTABLE, period, time_period, unstable};
use crate::ta::statistics::variances;

pub(super) const RVI: Indicator = Indicator {
    id: "ta.rvi",
    label: "Relative volatility index",
    group: Group::Volatility,
    help: "The share of rising bars in the smoothed deviation, 0 to 100",
    formula: "100 up / (up + down), 50 where both are 0; up and down are Wilder's averages over n bars of the standard deviation at bars that rise and fall",
    source: "TA-Lib 0.8.1; Dorsey 1993",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(14, 1), period("stddevperiod", "Deviation period", 10, 2), UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| params.size("stddevperiod") - 1 + params.size("timeperiod") - 1 + unstable(params),
    kernel: |inputs, params, out| relative_volatility(inputs[0], params, out[0]),
    ..TA
};

fn relative_volatility(x: &[f64], params: &Params, out: &mut [f64]) {
    let (n, window) = (params.size("timeperiod"), params.size("stddevperiod"));
    if window > x.len() {
        return;
    }
    // The deviations stand where the values will.
    variances(x, window, out, |variance| if variance > 0.0 || variance.is_nan() { variance.sqrt() } else { 0.0 });
    let (size, per_n) = (n as f64, 1.0 / n as f64);
    let keep = (size - 1.0) * per_n;
    let parts = |deviation: f64, before: f64, x: f64| {
        (if x > before { deviation } else { 0.0 }, if x < before { deviation } else { 0.0 })
    };
    let (x, out) = (&x[window - 2..], &mut out[window - 1..]);
    let warm_up = n.min(out.len());
    let (mut up, mut down) = (0.0, 0.0);
    for (place, [before, x]) in out[..warm_up].iter_mut().zip(x.array_windows::<2>()) {
        let (rise, fall) = parts(std::mem::replace(place, f64::NAN), *before, *x);
        up += rise;
        down += fall;
    }
    if warm_up < n {
        return;
    }
    (up, down) = (up / size, down / size);
    let value = |up: f64, down: f64| {
        let both = up + down;
        let share = 100.0 * up / both;
        if both == 0.0 { 50.0 } else { share }
    };
    out[n - 1] = value(up, down);
    for (place, [before, x]) in out[n..].iter_mut().zip(x[n..].array_windows::<2>()) {
        let (rise, fall) = parts(*place, *before, *x);
        up = up * keep + rise * per_n;
        down = down * keep + fall * per_n;
        *place = value(up, down);
    }
    let hidden = unstable(params).min(out.len() - (n - 1));
    out[n - 1..n - 1 + hidden].fill(f64::NAN);
}
