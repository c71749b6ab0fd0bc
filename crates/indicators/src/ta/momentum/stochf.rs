//! Fast stochastic oscillator.

use algomosaic_core::Params;

use super::stoch::{Smoothing, percent_k};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::ma_type;
use crate::ta::params::period;

pub(super) const STOCHF: Indicator = Indicator {
    id: "ta.stochf",
    label: "Fast stochastic oscillator",
    group: Group::Momentum,
    help: "Where the close stands in the range of the last bars, 0 to 100, and its average",
    formula: "fastk = 100 (close - lowest low) / (highest high - lowest low), 0 without a range; fastd = average of fastk",
    source: "TA-Lib 0.8.1; Lane 1984",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        period("fastk_period", "Fast %K period", 5, 1),
        period("fastd_period", "Fast %D period", 3, 1),
        ma_type("fastd_matype", "Fast %D average", "SMA"),
    ],
    outputs: &[Output::ta("fastk"), Output::ta("fastd")],
    look_back: fast_look_back,
    memory: Memory::Unbroken(|params| smoothing(params).memory()),
    kernel: |inputs, params, out| {
        if let ([high, low, close], [k, d]) = (inputs, out) {
            percent_k(high, low, close, params.size("fastk_period"), k);
            fast(params, params.size("fastk_period") - 1, k, d);
        }
    },
    ..TA
};

fn smoothing(params: &Params) -> Smoothing<'_> {
    Smoothing::new(params, "fastd_period", "fastd_matype")
}

/// The look-back of %K and its average.
pub(super) fn fast_look_back(params: &Params) -> usize {
    params.size("fastk_period") - 1 + smoothing(params).look_back()
}

/// From %K, defined from place `first` on, to the fast lines, which begin together.
pub(super) fn fast(params: &Params, first: usize, k: &mut [f64], d: &mut [f64]) {
    smoothing(params).fill(k, first, d);
    let defined = (first + smoothing(params).look_back()).min(k.len());
    k[..defined].fill(f64::NAN);
}
