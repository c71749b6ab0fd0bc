//! Stochastic oscillator.

use algomosaic_core::Params;

use super::extremes::{Searched, extremes, same};
use crate::indicator::{Draw, Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::ma::{look_back, ma_type, memory, moving_average};
use crate::ta::params::period;

pub(super) const STOCH: Indicator = Indicator {
    id: "ta.stoch",
    label: "Stochastic oscillator",
    group: Group::Momentum,
    help: "Where the close stands in the range of the last bars, 0 to 100, smoothed twice",
    formula: "slowk = average of 100 (close - lowest low) / (highest high - lowest low), 0 without a range; slowd = average of slowk",
    source: "TA-Lib 0.8.1; Lane 1984",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        period("fastk_period", "Fast %K period", 5, 1),
        period("slowk_period", "Slow %K period", 3, 1),
        ma_type("slowk_matype", "Slow %K average", "SMA"),
        period("slowd_period", "Slow %D period", 3, 1),
        ma_type("slowd_matype", "Slow %D average", "SMA"),
    ],
    outputs: &[Output::ta("slowk").drawn(Draw::DashedLine), Output::ta("slowd").drawn(Draw::DashedLine)],
    look_back: |params| slow_look_back(params, smoothings(params)),
    memory: Memory::Unbroken(|params| smoothings(params).iter().map(Smoothing::memory).sum()),
    kernel: |inputs, params, out| {
        if let ([high, low, close], [k, d]) = (inputs, out) {
            percent_k(high, low, close, params.size("fastk_period"), d);
            slow(params, smoothings(params), k, d);
        }
    },
    ..TA
};

/// 100 (close - lowest low) / (highest high - lowest low) over n bars, 0 where there is no range.
pub(super) fn percent_k(high: &[f64], low: &[f64], close: &[f64], n: usize, out: &mut [f64]) {
    extremes::<Searched<true>, Searched<false>>(high, low, n, |from, highest, lowest| {
        let places = out[from..].iter_mut().zip(&close[from..]);
        for (((place, close), highest), lowest) in places.zip(highest).zip(lowest) {
            let range = highest - lowest;
            let value = 100.0 * ((close - lowest) / range);
            *place = if same(*highest, *lowest) { 0.0 } else { value };
        }
    });
}

/// A moving average that a function's parameters choose.
#[derive(Clone, Copy)]
pub(super) struct Smoothing<'a> {
    kind: &'a str,
    n: usize,
}

impl<'a> Smoothing<'a> {
    /// By the names of the parameters of its bars and its type.
    pub(super) fn new(params: &'a Params, n: &str, kind: &str) -> Smoothing<'a> {
        Smoothing { kind: params.text(kind), n: params.size(n) }
    }

    /// The same, but of this type where the parameters leave it to TA-Lib.
    pub(super) fn by_default(self, kind: &'a str) -> Smoothing<'a> {
        if self.kind == "DEFAULT" { Smoothing { kind, ..self } } else { self }
    }

    pub(super) fn look_back(&self) -> usize {
        look_back(self.kind, self.n)
    }

    pub(super) fn memory(&self) -> Option<usize> {
        memory(self.kind, self.n)
    }

    /// Over `x` from place `first` on, NaN before it is defined.
    pub(super) fn fill(&self, x: &[f64], first: usize, out: &mut [f64]) {
        let defined = (first + self.look_back()).min(x.len());
        if defined < x.len() {
            moving_average(self.kind, &x[first..], self.n, &mut out[first..]);
        }
        out[..defined].fill(f64::NAN);
    }
}

/// The look-back of the functions that smooth %K twice.
pub(super) fn slow_look_back(params: &Params, [k, d]: [Smoothing<'_>; 2]) -> usize {
    params.size("fastk_period") - 1 + k.look_back() + d.look_back()
}

/// How %K and then slow %K are smoothed.
pub(super) fn smoothings(params: &Params) -> [Smoothing<'_>; 2] {
    [Smoothing::new(params, "slowk_period", "slowk_matype"), Smoothing::new(params, "slowd_period", "slowd_matype")]
}

/// From %K in `d` to the slow lines.
pub(super) fn slow(params: &Params, [for_k, for_d]: [Smoothing<'_>; 2], k: &mut [f64], d: &mut [f64]) {
    let first = params.size("fastk_period") - 1;
    for_k.fill(d, first, k);
    for_d.fill(k, first + for_k.look_back(), d);
    let defined = slow_look_back(params, [for_k, for_d]).min(k.len());
    k[..defined].fill(f64::NAN);
}
