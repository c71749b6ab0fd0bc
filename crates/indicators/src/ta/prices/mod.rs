//! One price out of the bar's.

use crate::indicator::Indicator;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[];
