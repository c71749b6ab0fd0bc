//! Stochastic oscillator with exponential means.

use algomosaic_core::{Param, Params};

use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, ewm, series, stochastic};

pub(super) const STOCHASTIC_EMA: Indicator = Indicator {
    id: "algom.stochastic_ema",
    label: "Stochastic oscillator, exponential",
    group: Group::Momentum,
    help: "Where in the range of k bars the close is, smoothed twice",
    formula: "K = (close - min low) / (max high - min low) over k bars; D = ewm(K, d); both then ewm(s)",
    source: "the framework's STO; Lane 1984",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        Param::int("k", "K", 14).unit("bars").help("Bars of the range"),
        Param::int("d", "D", 3).unit("bars").help("Bars of the smoothed line"),
        Param::int("s", "Slowing", 2).unit("bars").help("Bars that smooth both lines again"),
    ],
    outputs: &[Output::new("k", "SO_EMA_nK{k}_nS{s}"), Output::new("d", "SO_EMA_nD{d}_nS{s}{_k?}")],
    look_back: |params| {
        params.size("k").saturating_sub(1) + params.size("d").saturating_sub(2) + params.size("s").saturating_sub(2)
    },
    memory: Memory::Beyond(|params| params.size("k") + decay(params.size("d")) + decay(params.size("s"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let [slow_k, slow_d] = out else { return };
    let (k, d, s) = (params.size("k"), params.size("d"), params.size("s"));
    let raw = stochastic(inputs[0], inputs[1], inputs[2], k);
    let mut line = series(raw.len());
    ewm([(&raw, d, d - 1)], [&mut line], |mean| mean);
    ewm([(&raw, s, s - 1), (&line, s, s - 1)], [slow_k, slow_d], |means| means);
}
