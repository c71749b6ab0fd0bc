//! Columns from columns: a shift, or two columns against each other. In a recipe, `transform = "lag"` and so on.

use algomosaic_core::{Param, Params};

use crate::indicator::Indicator;
use crate::kernels::{Sink, map_lagged};

mod date_part;
mod diff;
mod lag;
mod log_ratio;
mod one_hot;
mod ratio;
mod roc;

/// The family, in the order of the catalogue.
pub(crate) const FAMILY: &[Indicator] =
    &[lag::LAG, diff::DIFF, ratio::RATIO, log_ratio::LOG_RATIO, roc::ROC, one_hot::ONE_HOT, date_part::DATE_PART];

const COLUMN: Param = Param::column("column", "Column", "close").help("The column");
const COLUMN2: Param = Param::column("column2", "Second column", "").help("The other column; the same one when empty");
const SHIFT: Param = shift("shift", "Shift", "Bars by which the column lies back; negative looks forward");
const SHIFT2: Param =
    shift("n", "Shift of the second", "Bars by which the other column lies back; negative looks forward");

const fn shift(name: &'static str, label: &'static str, help: &'static str) -> Param {
    Param::int(name, label, 0).range(-100_000, 100_000).unit("bars").help(help)
}

const fn bars(default: i64) -> Param {
    Param::int("n", "Bars", default).range(-100_000, 100_000).unit("bars").help("Bars back; negative looks forward")
}

/// How many bars later a shift reads.
fn later(shift: i64) -> u32 {
    u32::try_from(shift.saturating_neg()).unwrap_or(0)
}

fn not_zero(params: &Params) -> Option<String> {
    (params.int("n") == 0).then(|| "n must not be 0: that is the column itself".to_owned())
}

fn two_different(params: &Params) -> Option<String> {
    let own = params.text("column2");
    let same = own.is_empty() || own == params.text("column");
    (same && params.int("n") == params.int("shift"))
        .then(|| "column2 or n must be given: a column against itself at the same bar says nothing".to_owned())
}

fn look_back_of_two(params: &Params) -> usize {
    params.size("shift").max(params.size("n"))
}

fn ahead_of_two(params: &Params) -> u32 {
    later(params.int("shift")).max(later(params.int("n")))
}

fn of_two(inputs: &[&[f64]], params: &Params, out: &mut impl Sink, value: impl Fn(f64, f64) -> f64) {
    let lagged = [(inputs[0], params.int("shift")), (inputs[1], params.int("n"))];
    map_lagged(lagged, out, |[x, y]| value(x, y));
}
