//! Speed and turning of prices.

use crate::indicator::Indicator;

mod rsi;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[rsi::RSI];
