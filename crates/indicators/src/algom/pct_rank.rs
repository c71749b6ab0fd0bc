//! Rolling rank as a share of the window.

use algomosaic_core::Params;

use super::{COLUMN, window};
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, map, rolling_rank, series};

pub(super) const PCT_RANK: Indicator = Indicator {
    id: "algom.pct_rank",
    label: "Rolling percent rank",
    group: Group::Statistics,
    help: "The place of the value among the last n as a share, 1 for the greatest",
    formula: "rank over the last n / n",
    source: "textbook definition, as pandas' rolling rank with pct",
    inputs: &[Input::Column("column")],
    params: &[COLUMN, window(20)],
    outputs: &[Output::new("pct_rank", "PCT_RANK_{column}_{n}")],
    look_back: |params| params.size("n").saturating_sub(1),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (n, mut rank) = (params.size("n"), series(inputs[0].len()));
    rolling_rank(inputs[0], n, &mut rank);
    map([&rank], [&mut out[0]], |[rank]| [rank / n as f64]);
}
