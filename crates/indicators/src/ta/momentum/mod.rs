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
mod cmo;
mod cmou;
mod coppock;
mod directional;
mod dpo;
mod dx;
mod er;
mod eri;
mod fosc;
mod fractal;
mod imi;
mod lagged;
mod minus_di;
mod minus_dm;
mod oscillator;
mod plus_di;
mod plus_dm;
mod ppo;
mod rsi;
mod since;
mod swings;

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
    minus_di::MINUS_DI,
    minus_dm::MINUS_DM,
    plus_di::PLUS_DI,
    plus_dm::PLUS_DM,
    ppo::PPO,
    rsi::RSI,
];
