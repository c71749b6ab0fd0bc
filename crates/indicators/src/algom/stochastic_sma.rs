//! Stochastic oscillator with a plain mean.

use std::slice::from_mut;

use algomosaic_core::{Param, Params};

use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_mean, series, stochastic};

pub(super) const STOCHASTIC_SMA: Indicator = Indicator {
    id: "algom.stochastic_sma",
    label: "Stochastic oscillator, simple",
    group: Group::Momentum,
    help: "Where in the range of k bars the close is, and its mean, both smoothed",
    formula: "K = (close - min low) / (max high - min low) over k bars; D = mean of K over d; both then means over s",
    source: "the framework's STO; Lane 1984",
    inputs: &[Input::High, Input::Low, Input::Close],
    params: &[
        Param::int("k", "K", 14).unit("bars").help("Bars of the range"),
        Param::int("d", "D", 3).unit("bars").help("Bars of the mean"),
        Param::int("s", "Slowing", 2).unit("bars").help("Bars that smooth both lines again"),
    ],
    outputs: &[Output::new("k", "SO_pct_k_{k}{_s?}"), Output::new("d", "SO_SMA_{d}{_k?}{_s?}")],
    look_back: |params| (params.size("k") + params.size("d") + params.size("s")).saturating_sub(3),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let raw = stochastic(inputs[0], inputs[1], inputs[2], params.size("k"));
    let (d, s) = (params.size("d"), params.size("s"));
    let mut line = series(raw.len());
    rolling_mean(&raw, &[d], from_mut(&mut line));
    rolling_mean(&raw, &[s], &mut out[..1]);
    rolling_mean(&line, &[s], &mut out[1..]);
}
