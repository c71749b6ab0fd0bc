//! Width of the moves.

use crate::indicator::Indicator;

mod adr;
mod atr;
mod cvi;
mod massi;
mod natr;
mod rvi;
mod trange;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] =
    &[adr::ADR, atr::ATR, cvi::CVI, massi::MASSI, natr::NATR, rvi::RVI, trange::TRANGE];
