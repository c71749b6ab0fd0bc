//! KDJ.

use algomosaic_core::Params;

use super::stoch::{Smoothing, percent_k, slow, slow_look_back, smoothings};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::ma_type;
use crate::ta::params::period;

pub(super) const KDJ: Indicator = Indicator {
    id: "ta.kdj",
    label: "KDJ",
    group: Group::Momentum,
    help: "The smoothed stochastic lines K and D, and J, which runs ahead of them",
    formula: "k = average of 100 (close - lowest low) / (highest high - lowest low), 0 without a range; d = average of k; j = 3 k - 2 d",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        period("fastk_period", "Fast %K period", 9, 1),
        period("slowk_period", "Slow %K period", 3, 1),
        ma_type("slowk_matype", "Slow %K average", "RMA"),
        period("slowd_period", "Slow %D period", 3, 1),
        ma_type("slowd_matype", "Slow %D average", "RMA"),
    ],
    outputs: &[Output::ta("k"), Output::ta("d"), Output::ta("j")],
    look_back: |params| slow_look_back(params, averages(params)),
    memory: Memory::Unbroken(|params| averages(params).iter().map(Smoothing::memory).sum()),
    kernel: |inputs, params, out| {
        if let ([high, low, close], [k, d, j]) = (inputs, out) {
            percent_k(high, low, close, params.size("fastk_period"), d);
            slow(params, averages(params), k, d);
            for ((j, k), d) in j.iter_mut().zip(k.iter()).zip(d.iter()) {
                *j = 3.0 * k - 2.0 * d;
            }
        }
    },
    ..TA
};

/// Wilder's averages are what TA-Lib takes here by default.
fn averages(params: &Params) -> [Smoothing<'_>; 2] {
    smoothings(params).map(|average| average.by_default("RMA"))
}
