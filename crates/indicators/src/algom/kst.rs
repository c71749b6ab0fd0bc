//! Know sure thing.

use algomosaic_core::{Param, Params};

use super::COLUMN;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map, map_lagged, rolling_mean, series};

pub(super) const KST: Indicator = Indicator {
    id: "algom.kst",
    label: "Know sure thing",
    group: Group::Momentum,
    help: "Four smoothed rates of change in one, the longer ones weighing more",
    formula: "sum over i = 1..4 of i sma(100 (x[t] / x[t-r_i] - 1), n_i)",
    source: "Pring 1992, Stocks and Commodities 10:9",
    inputs: &[Input::Column("column")],
    params: &[
        COLUMN,
        rate("r1", "First rate", 10),
        rate("r2", "Second rate", 15),
        rate("r3", "Third rate", 20),
        rate("r4", "Fourth rate", 30),
        mean("n1", "First mean", 10),
        mean("n2", "Second mean", 10),
        mean("n3", "Third mean", 10),
        mean("n4", "Fourth mean", 15),
    ],
    outputs: &[Output::new("kst", "KST_{column_?}{r1}_{r2}_{r3}_{r4}_{n1}_{n2}_{n3}_{n4}")],
    look_back: |params| PARTS.iter().map(|(r, n)| params.size(r) + params.size(n) - 1).max().unwrap_or(0),
    append_all: Some(append_all),
    ..PLAIN
};

/// The parameters of each part, the shortest first.
const PARTS: [(&str, &str); 4] = [("r1", "n1"), ("r2", "n2"), ("r3", "n3"), ("r4", "n4")];

const fn rate(name: &'static str, label: &'static str, default: i64) -> Param {
    Param::int(name, label, default).unit("bars").help("Bars of the rate of change")
}

const fn mean(name: &'static str, label: &'static str, default: i64) -> Param {
    Param::int(name, label, default).unit("bars").help("Bars of its mean")
}

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let x = inputs[0];
    let parts = PARTS.map(|(r, n)| {
        let (mut rates, mut smooth) = (series(x.len()), series(x.len()));
        map_lagged([(x, 0), (x, params.int(r))], &mut rates, |[now, before]| 100.0 * (now / before - 1.0));
        rolling_mean(&rates, &[params.size(n)], std::slice::from_mut(&mut smooth));
        smooth
    });
    map(parts.each_ref().map(|part| &**part), [&mut out[0]], |[a, b, c, d]| [a + 2.0 * b + 3.0 * c + 4.0 * d]);
}
