//! Averages, bands and channels drawn over prices.

use crate::indicator::Indicator;

mod accbands;
mod bbands;
pub(super) mod dema;
mod donchian;
pub(super) mod ema;
mod extremes;
pub(super) mod hma;
mod ht_trendline;
pub(super) mod kama;
mod kc;
mod ma;
pub(super) mod mama;
mod mavp;
mod midpoint;
mod midprice;
mod range;
mod ring;
pub(super) mod rma;
mod sar;
mod sarext;
pub(super) mod sma;
mod spread;
mod supertrend;
pub(super) mod t3;
pub(super) mod tema;
pub(super) mod trima;
mod vwma;
pub(super) mod wma;
pub(super) mod zlema;

/// Series on the way from an input to an output are worked out in pieces of so many values, which stay in the
/// processor's nearest memory.
const CHUNK: usize = 512;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    accbands::ACCBANDS,
    bbands::BBANDS,
    dema::DEMA,
    donchian::DONCHIAN,
    ema::EMA,
    hma::HMA,
    ht_trendline::HT_TRENDLINE,
    kama::KAMA,
    kc::KC,
    ma::MA,
    mama::MAMA,
    mavp::MAVP,
    midpoint::MIDPOINT,
    midprice::MIDPRICE,
    rma::RMA,
    sar::SAR,
    sarext::SAREXT,
    sma::SMA,
    supertrend::SUPERTREND,
    t3::T3,
    tema::TEMA,
    trima::TRIMA,
    vwma::VWMA,
    wma::WMA,
    zlema::ZLEMA,
];
