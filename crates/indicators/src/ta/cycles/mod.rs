//! The length and the phase of a cycle.

use crate::indicator::Indicator;

mod dc_period;
mod dc_phase;
mod phasor;
mod sine;
mod trend_mode;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] =
    &[dc_period::HT_DCPERIOD, dc_phase::HT_DCPHASE, phasor::HT_PHASOR, sine::HT_SINE, trend_mode::HT_TRENDMODE];
