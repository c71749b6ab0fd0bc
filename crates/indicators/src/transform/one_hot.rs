//! A column of 0 and 1 for one value of a column.

use algomosaic_core::{Param, Params};

use super::COLUMN;
use crate::indicator::{Group, Indicator, Input, Output, PLAIN};
use crate::kernels::{Column, Sink};

pub(super) const ONE_HOT: Indicator = Indicator {
    id: "transform.one_hot",
    label: "One-hot",
    group: Group::Transforms,
    help: "1 where the column holds this value, else 0; a list of values makes a column each",
    formula: "1 if x[t] = value, 0 if it is another, undefined if there is none",
    source: "textbook definition of indicator variables",
    inputs: &[Input::Equals("column", "value")],
    params: &[COLUMN, Param::text("value", "Value", "").help("The text or the number to tell from all others")],
    outputs: &[Output::new("one_hot", "{column}_{value}").whole()],
    rule: |params| {
        params.text("value").is_empty().then(|| "value must be given: the one that the column is 1 for".to_owned())
    },
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], _: &Params, out: &mut [Column<'_>]) {
    out[0].extend(inputs[0]);
}
