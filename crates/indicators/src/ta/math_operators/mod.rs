//! Sums, extremes and sums of two series.

use crate::indicator::Indicator;

mod arithmetic;
mod cumsum;
mod max;
mod maxindex;
mod min;
mod minindex;
mod minmax;
mod minmaxindex;
mod places;
mod sum;
mod window;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    arithmetic::ADD,
    cumsum::CUMSUM,
    arithmetic::DIV,
    max::MAX,
    maxindex::MAXINDEX,
    min::MIN,
    minindex::MININDEX,
    minmax::MINMAX,
    minmaxindex::MINMAXINDEX,
    arithmetic::MULT,
    arithmetic::SUB,
    sum::SUM,
];
