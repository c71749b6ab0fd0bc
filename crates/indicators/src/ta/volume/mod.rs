//! What volume adds.

use crate::indicator::Indicator;

mod ad;
mod adosc;
mod cmf;
mod efi;
mod marketfi;
mod nvi;
mod obv;
mod pvi;
mod pvo;
mod pvt;
mod rvol;
mod vwap;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    ad::AD,
    adosc::ADOSC,
    cmf::CMF,
    efi::EFI,
    marketfi::MARKETFI,
    nvi::NVI,
    obv::OBV,
    pvi::PVI,
    pvo::PVO,
    pvt::PVT,
    rvol::RVOL,
    vwap::VWAP,
];
