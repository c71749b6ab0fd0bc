//! Parameters that many functions share.

use algomosaic_core::{Param, Params};

/// The series of a function of one.
pub(super) const PRICE: Param = Param::column("price", "Price", "close").help("The column it is computed from");
/// The first series of a function of two.
pub(super) const PRICE0: Param = Param::column("price0", "First price", "high").help("The first column");
/// The second series of a function of two.
pub(super) const PRICE1: Param = Param::column("price1", "Second price", "low").help("The second column");

/// TA-Lib's unstable period, which it keeps for each function: so many more bars at the start are left out.
pub(super) const UNSTABLE: Param = Param::int("unstable_period", "Unstable period", 0)
    .range(0, 100_000)
    .unit("bars")
    .help("Bars left out at the start until the values have settled");

/// A number of bars, from `least` on.
pub(super) const fn period(name: &'static str, label: &'static str, default: i64, least: i64) -> Param {
    Param::int(name, label, default).range(least, 100_000).unit("bars").help("Bars in the window")
}

/// `timeperiod`, from `least` on.
pub(super) const fn time_period(default: i64, least: i64) -> Param {
    period("timeperiod", "Time period", default, least)
}

/// TA-Lib's widest range of a real number.
pub(super) const fn real(name: &'static str, label: &'static str, default: f64) -> Param {
    Param::float(name, label, default, -3e37, 3e37)
}

/// A real number that is not negative.
pub(super) const fn positive(name: &'static str, label: &'static str, default: f64) -> Param {
    Param::float(name, label, default, 0.0, 3e37)
}

/// The values that leave `unstable_period` more bars out.
pub(super) fn unstable(params: &Params) -> usize {
    params.size(UNSTABLE.name)
}
