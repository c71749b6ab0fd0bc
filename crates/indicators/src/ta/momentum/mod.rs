//! Speed and turning of prices.

use crate::indicator::Indicator;

mod ac;
mod adx;
mod adxr;
mod ao;
mod apo;
mod aroon;
mod aroonosc;
mod bop;
mod cci;
mod changes;
mod cmo;
mod cmou;
mod coppock;
mod directional;
mod dpo;
mod dx;
mod ema;
mod er;
mod eri;
mod extremes;
mod fosc;
mod fractal;
mod imi;
mod kdj;
mod lagged;
mod macd;
mod macdext;
mod macdfix;
mod mfi;
mod minus_di;
mod minus_dm;
mod oscillator;
mod plus_di;
mod plus_dm;
mod ppo;
mod qstick;
mod ring;
mod rsi;
mod since;
mod smi;
mod stoch;
mod stochf;
mod stochrsi;
mod swings;
mod trix;
mod tsi;
mod ultosc;
mod vhf;
mod vortex;
mod wad;
mod willr;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    ac::AC,
    adx::ADX,
    adxr::ADXR,
    ao::AO,
    apo::APO,
    aroon::AROON,
    aroonosc::AROONOSC,
    bop::BOP,
    cci::CCI,
    cmo::CMO,
    cmou::CMOU,
    coppock::COPPOCK,
    dpo::DPO,
    dx::DX,
    er::ER,
    eri::ERI,
    fosc::FOSC,
    fractal::FRACTAL,
    imi::IMI,
    kdj::KDJ,
    macd::MACD,
    macdext::MACDEXT,
    macdfix::MACDFIX,
    mfi::MFI,
    minus_di::MINUS_DI,
    minus_dm::MINUS_DM,
    changes::MOM,
    plus_di::PLUS_DI,
    plus_dm::PLUS_DM,
    ppo::PPO,
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
