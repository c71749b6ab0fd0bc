//! Moving average convergence and divergence of any averages.

use algomosaic_core::Params;

use super::macd::LINES;
use super::stoch::Smoothing;
use crate::indicator::{Group, Indicator, Input, Memory};
use crate::ta::TA;
use crate::ta::ma::ma_type;
use crate::ta::params::{PRICE, period};

pub(super) const MACDEXT: Indicator = Indicator {
    id: "ta.macdext",
    label: "MACD of any averages",
    group: Group::Momentum,
    help: "How far a fast moving average is above a slow one, and the average of that as a signal",
    formula: "macd = average(x, fast) - average(x, slow); macdsignal = average(macd, signal); macdhist = macd - macdsignal",
    source: "TA-Lib 0.8.1; Appel 1979",
    inputs: &[Input::Column("price")],
    params: &[
        PRICE,
        period("fastperiod", "Fast period", 12, 2),
        ma_type("fastmatype", "Fast average", "SMA"),
        period("slowperiod", "Slow period", 26, 2),
        ma_type("slowmatype", "Slow average", "SMA"),
        period("signalperiod", "Signal period", 9, 1),
        ma_type("signalmatype", "Signal average", "SMA"),
    ],
    outputs: LINES,
    look_back: |params| {
        let [fast, slow, signal] = averages(params);
        fast.look_back().max(slow.look_back()) + signal.look_back()
    },
    memory: Memory::Unbroken(|params| averages(params).iter().map(Smoothing::memory).sum()),
    kernel: |inputs, params, out| {
        let ([x], [macd, macdsignal, hist]) = (inputs, out) else { return };
        let [fast, slow, signal] = averages(params);
        let begin = fast.look_back().max(slow.look_back());
        fast.fill(x, begin - fast.look_back(), macd);
        slow.fill(x, begin - slow.look_back(), macdsignal);
        for (fast, slow) in macd.iter_mut().zip(macdsignal.iter()) {
            *fast -= slow;
        }
        signal.fill(macd, begin, macdsignal);
        let defined = (begin + signal.look_back()).min(x.len());
        macd[..defined].fill(f64::NAN);
        for ((hist, macd), signal) in hist.iter_mut().zip(macd.iter()).zip(macdsignal.iter()) {
            *hist = macd - signal;
        }
    },
    ..TA
};

/// The fast, the slow and the signal's; the longer of the first two is the slow one.
fn averages(params: &Params) -> [Smoothing<'_>; 3] {
    let average = |n, kind| Smoothing::new(params, n, kind);
    let (fast, slow) = (average("fastperiod", "fastmatype"), average("slowperiod", "slowmatype"));
    let signal = average("signalperiod", "signalmatype");
    if params.size("slowperiod") < params.size("fastperiod") { [slow, fast, signal] } else { [fast, slow, signal] }
}
