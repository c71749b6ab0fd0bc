//! Moving average convergence and divergence.

use algomosaic_core::{Param, Params};

use super::{COLUMN, fast_before_slow};
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN, Scale};
use crate::kernels::{Column, decay, ewm};

pub(super) const MACD: Indicator = Indicator {
    id: "algom.macd",
    label: "MACD",
    group: Group::Momentum,
    help: "The gap between a fast and a slow average, with its sign line",
    formula: "ewm(x, fast) - ewm(x, slow), from slow - 1 values on; sign line ewm(x, sign); their difference",
    source: "the framework's MACD, whose sign line smooths x and not the gap (Appel 1979 smooths the gap)",
    inputs: &[Input::Column("column")],
    params: &[
        COLUMN,
        Param::int("fast", "Fast", 12).unit("bars").help("Bars of the fast average"),
        Param::int("slow", "Slow", 26).unit("bars").help("Bars of the slow average"),
        Param::int("sign", "Sign", 9).unit("bars").help("Bars of the sign line"),
    ],
    outputs: &[
        Output::new("macd", "MACD_{column_?}{fast}_{slow}"),
        Output::new("sign", "MACDsign_{column_?}{fast}_{slow}{_sign?}").on(Scale::Input),
        Output::new("diff", "MACDdiff_{column_?}{fast}_{slow}{_sign?}").on(Scale::Own),
    ],
    rule: fast_before_slow,
    look_back: |params| params.size("slow").max(params.size("sign")).saturating_sub(2),
    memory: Memory::Beyond(|params| decay(params.size("slow")).max(decay(params.size("sign")))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let x = inputs[0];
    let (fast, slow, sign) = (params.size("fast"), params.size("slow"), params.size("sign"));
    let [macd, signal, difference] = out else { return };
    let means = [(x, fast, slow - 1), (x, slow, slow - 1), (x, sign, sign - 1)];
    ewm(means, [macd, signal, difference], |[quick, steady, line]| {
        let macd = quick - steady;
        [macd, line, macd - line]
    });
}
