//! Mass index.

use algomosaic_core::{Param, Params};

use super::window;
use crate::indicator::{Group, Indicator, Input, Memory, Output, PLAIN};
use crate::kernels::{Column, decay, each, ewm, rolling, series, sums};

pub(super) const MASS_INDEX: Indicator = Indicator {
    id: "algom.mass_index",
    label: "Mass index",
    group: Group::Volatility,
    help: "Whether ranges widen, a sign of a turn",
    formula: "sum over n of ewm(high - low, span) / ewm(ewm(high - low, span), span)",
    source: "the framework's Mass Index; Dorsey 1992",
    inputs: &[Input::High, Input::Low],
    params: &[Param::int("span", "Span", 9).unit("bars").help("Bars of the averages"), window(25)],
    outputs: &[Output::new("mass_index", "Mass_Index_{span}_{n}")],
    look_back: |params| 2 * params.size("span").saturating_sub(2) + params.size("n").saturating_sub(1),
    memory: Memory::Beyond(|params| params.size("n") + 2 * decay(params.size("span"))),
    append_all: Some(append_all),
    ..PLAIN
};

fn append_all(inputs: &[&[f64]], params: &Params, out: &mut [Column<'_>]) {
    let (high, low, span) = (inputs[0], inputs[1], params.size("span"));
    let rows = high.len();
    let (mut once, mut twice) = (series(rows), series(rows));
    let range = each([high, low], |[high, low]| high - low);
    ewm([(&range, span, span - 1)], [&mut once], |mean| mean);
    ewm([(&once, span, span - 1)], [&mut twice], |mean| mean);
    rolling([&once, &twice], &[params.size("n")], |[once, twice]| [once / twice], sums, |_| |_, sum| sum, out);
}
