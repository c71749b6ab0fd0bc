//! TA-Lib's moving averages by their type, for the functions that let one choose.

use algomosaic_core::Param;

use super::memory::{decay, wilder};
use super::overlap::{dema, ema, hma, kama, mama, rma, sma, t3, tema, trima, wma, zlema};

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
    if n == 1 {
        return 0;
    }
    match kind {
        "DEMA" => 2 * (n - 1),
        "TEMA" => 3 * (n - 1),
        "KAMA" => n,
        "MAMA" => mama::LOOK_BACK,
        "T3" => 6 * (n - 1),
        "HMA" => hma::look_back(n),
        "DISABLED" => 0,
        "ZLEMA" => n - 1 + zlema::lag(n),
        _ => n - 1,
    }
}

/// How many bars beyond the look-back it remembers; none where that is all of them.
pub(super) fn memory(kind: &str, n: usize) -> Option<usize> {
    if n == 1 {
        return Some(0);
    }
    Some(match kind {
        "EMA" | "ZLEMA" => decay(n),
        "DEMA" => 2 * decay(n),
        "TEMA" => 3 * decay(n),
        "KAMA" => kama::SETTLED,
        // The state of the one never forgets, and the sums of the other drift.
        "MAMA" | "TRIMA" => return None,
        "T3" => 6 * decay(n),
        "RMA" => wilder(n),
        _ => 0,
    })
}

/// [`memory`] of a quotient of such averages: where all values of a window are 0, what is left of a running sum is divided
/// by what is left of another.
pub(super) fn memory_of_quotient(kind: &str, n: usize) -> Option<usize> {
    if matches!(kind, "EMA" | "RMA") { memory(kind, n) } else { None }
}

/// The moving average over n bars; `out` is as long as `x` and keeps its first [`look_back`] places as they are.
/// "DISABLED" gives `x`, and so does every type over one bar; "DEFAULT" is the simple average. A function that begins
/// its averages at a later bar, as TA-Lib's do whose averages begin together, hands in what its bars need of `x`.
pub(super) fn moving_average(kind: &str, x: &[f64], n: usize, out: &mut [f64]) {
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    match kind {
        "EMA" => ema::ema(x, n, 0, out),
        "WMA" => wma::wma(x, n, out),
        "DEMA" => dema::dema(x, n, out),
        "TEMA" => tema::tema(x, n, out),
        "TRIMA" => trima::trima(x, n, out),
        "KAMA" => kama::kama(x, n, 0, out),
        "MAMA" => mama::mama(x, 0.5, 0.05, out),
        "T3" => t3::t3(x, n, 0.7, 0, out),
        "HMA" => hma::hma(x, n, out),
        "DISABLED" => out.copy_from_slice(x),
        "ZLEMA" => zlema::zlema(x, n, out),
        "RMA" => rma::rma(x, n, 0, out),
        _ => sma::mean(x, n, out),
    }
}
