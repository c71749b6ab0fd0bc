//! Averages, bands and channels drawn over prices.

use crate::indicator::Indicator;

pub(super) mod dema;
pub(super) mod ema;
pub(super) mod hma;
pub(super) mod kama;
mod ma;
pub(super) mod mama;
pub(super) mod rma;
pub(super) mod sma;
pub(super) mod t3;
pub(super) mod tema;
pub(super) mod trima;
pub(super) mod wma;
pub(super) mod zlema;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[ma::MA, sma::SMA];
