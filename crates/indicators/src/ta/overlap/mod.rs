//! Averages, bands and channels drawn over prices.

use crate::indicator::Indicator;

pub(super) mod sma;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[sma::SMA];
