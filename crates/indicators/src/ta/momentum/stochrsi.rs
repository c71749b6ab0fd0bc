//! Stochastic oscillator of the relative strength index.

use super::stoch::percent_k;
use super::stochf::{fast, fast_look_back};
use crate::indicator::{Group, Indicator, Input, Output};
use crate::ta::TA;
use crate::ta::ma::ma_type;
use crate::ta::params::{PRICE, period, time_period};

pub(super) const STOCHRSI: Indicator = Indicator {
    id: "ta.stochrsi",
    label: "Stochastic RSI",
    group: Group::Momentum,
    help: "Where the relative strength index stands in its range of the last bars, 0 to 100, and its average",
    formula: "fastk = 100 (rsi - lowest rsi) / (highest rsi - lowest rsi), 0 without a range; fastd = average of fastk",
    source: "TA-Lib 0.8.1; Chande and Kroll 1994",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        time_period(14, 2),
        period("fastk_period", "Fast %K period", 5, 1),
        period("fastd_period", "Fast %D period", 3, 1),
        ma_type("fastd_matype", "Fast %D average", "SMA"),
    ],
    outputs: &[Output::ta("fastk"), Output::ta("fastd")],
    look_back: |params| params.size("timeperiod") + fast_look_back(params),
    kernel: |inputs, params, out| {
        let n = params.size("timeperiod");
        let ([x], [k, d]) = (inputs, out) else { return };
        if n >= x.len() {
            return;
        }
        rsi(x, n, d);
        let rsi = &d[n..];
        percent_k(rsi, rsi, rsi, params.size("fastk_period"), &mut k[n..]);
        fast(params, n + params.size("fastk_period") - 1, k, d);
    },
    ..TA
};

/// The relative strength index by TA-Lib's steps: the stochastic line stretches the least difference.
fn rsi(x: &[f64], n: usize, out: &mut [f64]) {
    let swing = |now: f64, before: f64| {
        let change = now - before;
        (if change < 0.0 { 0.0 } else { change }, if change < 0.0 { -change } else { 0.0 })
    };
    let share = |up: f64, down: f64| if up + down > 0.0 { 100.0 * (up / (up + down)) } else { 0.0 };
    let (mut up, mut down) = (0.0, 0.0);
    for (now, before) in x[1..=n].iter().zip(x) {
        let (rise, fall) = swing(*now, *before);
        up += rise;
        down += fall;
    }
    let (others, part) = (n as f64 - 1.0, 1.0 / n as f64);
    (up, down) = (up * part, down * part);
    out[n] = share(up, down);
    for ((place, now), before) in out[n + 1..].iter_mut().zip(&x[n + 1..]).zip(&x[n..]) {
        let (rise, fall) = swing(*now, *before);
        up = (up * others + rise) * part;
        down = (down * others + fall) * part;
        *place = share(up, down);
    }
}
