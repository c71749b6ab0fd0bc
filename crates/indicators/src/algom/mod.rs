//! The framework's own indicators, one a file. Family `algom`.

use algomosaic_core::{Param, Params};

use crate::indicator::Indicator;

mod acc_dist_roc;
mod adx;
mod aror;
mod atr;
mod bollinger;
mod cci;
mod chaikin;
mod coppock;
mod correlation;
mod donchian;
mod ema;
mod eom;
mod force;
mod keltner;
mod kst;
mod kurtosis;
mod macd;
mod mass_index;
mod max;
mod median;
mod mfi;
mod min;
mod momentum;
mod ob_volume;
mod pct_rank;
mod pivot_points;
mod rank;
mod roc;
mod ror;
mod rsi;
mod skewness;
mod sma;
mod std;
mod stochastic_ema;
mod stochastic_k;
mod stochastic_sma;
mod trix;
mod tsi;
mod ultimate_osc;
mod vortex;

/// The family, in the order of the catalogue.
pub(crate) const FAMILY: &[Indicator] = &[
    acc_dist_roc::ACC_DIST_ROC,
    adx::ADX,
    aror::AROR,
    atr::ATR,
    bollinger::BOLLINGER,
    cci::CCI,
    chaikin::CHAIKIN,
    coppock::COPPOCK,
    correlation::CORRELATION,
    donchian::DONCHIAN,
    ema::EMA,
    eom::EOM,
    force::FORCE,
    keltner::KELTNER,
    kst::KST,
    kurtosis::KURTOSIS,
    macd::MACD,
    mass_index::MASS_INDEX,
    max::MAX,
    median::MEDIAN,
    mfi::MFI,
    min::MIN,
    momentum::MOMENTUM,
    ob_volume::OB_VOLUME,
    pct_rank::PCT_RANK,
    pivot_points::PIVOT_POINTS,
    rank::RANK,
    roc::ROC,
    ror::ROR,
    rsi::RSI,
    skewness::SKEWNESS,
    sma::SMA,
    std::STD,
    stochastic_ema::STOCHASTIC_EMA,
    stochastic_k::STOCHASTIC_K,
    stochastic_sma::STOCHASTIC_SMA,
    trix::TRIX,
    tsi::TSI,
    ultimate_osc::ULTIMATE_OSC,
    vortex::VORTEX,
];

/// The column that most indicators of one series read.
const COLUMN: Param = Param::column("column", "Column", "close").help("The column it is computed from");

/// A window of n bars.
const fn window(default: i64) -> Param {
    Param::int("n", "Window", default).unit("bars").help("Bars in the window")
}

/// A parameter of each of the sets.
fn sizes(params: &[&Params], name: &str) -> Vec<usize> {
    params.iter().map(|params| params.size(name)).collect()
}

/// Bars back, or forward when negative.
const fn forward(default: i64) -> Param {
    Param::int("n", "Bars", default).range(-100_000, 100_000).unit("bars").help("Bars back; negative looks forward")
}

fn reads_ahead(params: &Params) -> u32 {
    u32::try_from(params.int("n").saturating_neg()).unwrap_or(0)
}

fn not_zero(params: &Params) -> Option<String> {
    (params.int("n") == 0).then(|| "n must not be 0: a bar has no return over itself".to_owned())
}

fn fast_before_slow(params: &Params) -> Option<String> {
    let (fast, slow) = (params.int("fast"), params.int("slow"));
    (fast >= slow).then(|| format!("fast must be less than slow, but they are {fast} and {slow}"))
}
