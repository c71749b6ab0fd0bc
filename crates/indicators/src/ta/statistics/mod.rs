//! Rolling regressions, deviations and ranks.

use crate::indicator::Indicator;

mod beta;
mod correl;
mod linearreg;
mod linearreg_angle;
mod linearreg_intercept;
mod linearreg_slope;
mod percentile;
mod percentrank;
mod regression;
mod sorted;
mod spread;
mod spread_of_two;
mod stddev;
mod tsf;
mod var;

pub(super) use spread::variances;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    beta::BETA,
    correl::CORREL,
    linearreg::LINEARREG,
    linearreg_angle::LINEARREG_ANGLE,
    linearreg_intercept::LINEARREG_INTERCEPT,
    linearreg_slope::LINEARREG_SLOPE,
    percentile::PERCENTILE,
    percentrank::PERCENTRANK,
    stddev::STDDEV,
    tsf::TSF,
    var::VAR,
];
