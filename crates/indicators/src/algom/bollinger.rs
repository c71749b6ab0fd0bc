//! Bollinger bands, as width and place.

use algomosaic_core::Params;

use super::{COLUMN, sizes, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, rolling_deviation};

pub(super) const BOLLINGER: Indicator = Indicator {
    id: "algom.bollinger",
    label: "Bollinger bands",
    group: Group::Volatility,
    help: "The width of the bands against their middle, and where between them the value is",
    formula: "4 sd / mean; (x - mean + 2 sd) / (4 sd), with the sample sd",
    source: "the framework's BollingerB; Bollinger 2001",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20).range(2, 100_000)],
    outputs: &[Output::new("width", "BollingerB_{column_?}{n}"), Output::new("pct_b", "Bollinger_pct_b_{column_?}{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_many: Some(append_many),
    ..PLAIN
};

fn append_many(inputs: &[&[f64]], params: &[&Params], out: &mut [Column<'_>]) {
    rolling_deviation(
        [inputs[0]],
        &sizes(params, "n"),
        |[x]| x,
        |[x], mean, sd| [4.0 * sd / mean, (x - mean + 2.0 * sd) / (4.0 * sd)],
        out,
    );
}
