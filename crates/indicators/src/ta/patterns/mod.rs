//! Shapes of candles.

use crate::indicator::Indicator;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[];
