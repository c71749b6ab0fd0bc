//! Tillson's T3 moving average.

use super::ema::{Chain, chain, chained};
use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::memory::decay;
use crate::ta::params::{PRICE, UNSTABLE, time_period, unstable};
use algomosaic_core::Param;

pub(super) const T3: Indicator = Indicator {
    id: "ta.t3",
    label: "T3 moving average",
    group: Group::Overlap,
    help: "Six exponential averages in a row, joined so that the result is smooth and lags little",
    formula: "c6 e6 + c5 e5 + c4 e4 + c3 e3; e1 is the exponential average over n bars, each next one that of the one before; c3 = 1 + 3v + 3v^2 + v^3, c4 = -3v - 6v^2 - 3v^3, c5 = 3v^2 + 3v^3, c6 = -v^3",
    source: "TA-Lib 0.8.1; Tillson 1998",
    inputs: &[Input::Column("price")],
    params: &[PRICE, time_period(5, 1), VOLUME_FACTOR, UNSTABLE],
    outputs: &[Output::ta("real")],
    look_back: |params| 6 * (params.size("timeperiod") - 1) + unstable(params),
    memory: Memory::Unbroken(|params| Some(6 * decay(params.size("timeperiod")))),
    overlay: true,
    kernel: |inputs, params, out| {
        t3(inputs[0], params.size("timeperiod"), params.float("vfactor"), unstable(params), out[0]);
    },
    stream: Some(|params| {
        let weights = Weights::new(params.float("vfactor"));
        chained(Chain::new(params.size("timeperiod")).kept(), unstable(params), move |averages| weights.value(averages))
    }),
    ..TA
};

const VOLUME_FACTOR: Param = Param::float("vfactor", "Volume factor", 0.7, 0.0, 1.0)
    .help("0 gives an exponential average of exponential averages, 1 takes the most lag away");

/// The weights of the third to the sixth of six exponential averages, from the volume factor.
#[derive(Clone, Copy)]
pub(super) struct Weights([f64; 4]);

impl Weights {
    pub(super) fn new(v: f64) -> Weights {
        let (v2, v3) = (v * v, v * v * v);
        Weights([1.0 + 3.0 * v + v3 + 3.0 * v2, -6.0 * v2 - 3.0 * (v + v3), 3.0 * (v2 + v3), -v3])
    }

    #[inline(always)]
    pub(super) fn value(self, [_, _, e3, e4, e5, e6]: [f64; 6]) -> f64 {
        let [w3, w4, w5, w6] = self.0;
        w3.mul_add(e3, w4.mul_add(e4, w6.mul_add(e6, w5 * e5)))
    }
}

/// T3 with the volume factor v.
pub(in crate::ta) fn t3(x: &[f64], n: usize, v: f64, settle: usize, out: &mut [f64]) {
    let weights = Weights::new(v);
    chain(Chain::new(n).kept(), x, settle, out, |averages| weights.value(averages));
}
