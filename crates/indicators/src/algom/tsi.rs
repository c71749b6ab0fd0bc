//! True strength index.

use algomosaic_core::{Param, Params};

use super::COLUMN;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, each, ewm, map, map_lagged, series};

pub(super) const TSI: Indicator = Indicator {
    id: "algom.tsi",
    label: "True strength index",
    group: Group::Momentum,
    help: "The change smoothed twice, against its size smoothed twice, -1 to 1",
    formula: "ewm(ewm(d, r), s) / ewm(ewm(abs(d), r), s), d[t] = x[t] - x[t-1]",
    source: "Blau 1991, Technical Analysis of Stocks and Commodities",
    inputs: &[Input::Column("column")],
    params: &[
        COLUMN,
        Param::int("r", "First", 25).unit("bars").help("Bars of the first smoothing"),
        Param::int("s", "Second", 13).unit("bars").help("Bars of the second smoothing"),
    ],
    outputs: &[Output::new("tsi", "TSI_{column_?}{r}_{s}")],
    look_back: |params| (params.size("r") + params.size("s")).saturating_sub(1),
    memory: Memory::Beyond(|params| decay(params.size("r")) + decay(params.size("s"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let x = inputs[0];
    let (r, s) = (params.size("r"), params.size("s"));
    let twice = |moves: &[f64]| {
        let (mut once, mut twice) = (series(moves.len()), series(moves.len()));
        ewm([(moves, r, r)], [&mut once], |mean| mean);
        ewm([(&once, s, s)], [&mut twice], |mean| mean);
        twice
    };
    let mut moves = series(x.len());
    map_lagged([(x, 0), (x, 1)], &mut moves, |[now, before]| now - before);
    let (net, gross) = (twice(&moves), twice(&each([&moves], |[change]| change.abs())));
    map([&net, &gross], [&mut out[0]], |[net, gross]| [net / gross]);
}
