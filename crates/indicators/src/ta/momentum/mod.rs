//! Speed and turning of prices.

use crate::indicator::Indicator;

mod changes;
mod ema;
mod extremes;
mod kdj;
mod macd;
mod macdext;
mod macdfix;
mod mfi;
mod qstick;
mod ring;
mod rsi;
mod smi;
mod stoch;
mod stochf;
mod stochrsi;
mod trix;
mod tsi;
mod ultosc;
mod vhf;
mod vortex;
mod wad;
mod willr;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    kdj::KDJ,
    macd::MACD,
    macdext::MACDEXT,
    macdfix::MACDFIX,
    mfi::MFI,
    changes::MOM,
    qstick::QSTICK,
    changes::ROC,
    changes::ROCP,
    changes::ROCR,
    changes::ROCR100,
    rsi::RSI,
    smi::SMI,
    stoch::STOCH,
    stochf::STOCHF,
    stochrsi::STOCHRSI,
    trix::TRIX,
    tsi::TSI,
    ultosc::ULTOSC,
    vhf::VHF,
    vortex::VORTEX,
    wad::WAD,
    willr::WILLR,
];
