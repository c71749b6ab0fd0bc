//! The length and the phase of a cycle.

use crate::indicator::Indicator;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[];
