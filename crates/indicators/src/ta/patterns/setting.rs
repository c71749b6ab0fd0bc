//! TA-Lib's candle settings: what counts as long, short, near or equal, by the average of earlier candles.

use algomosaic_core::{Param, Params};

use super::candle::Candle;
use crate::ta::params::positive;

/// What is measured on each candle, in the order of TA-Lib's numbers.
const RANGES: &[(&str, &str)] = &[("real_body", "Body"), ("high_low", "High to low"), ("shadows", "Shadows")];

/// A setting: three parameters of each pattern that uses it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// What is measured.
    pub(super) range: Param,
    /// Over how many earlier candles its average is taken; with 0, the candle's own measure stands for it.
    pub(super) period: Param,
    /// How many times the average is the limit.
    pub(super) factor: Param,
}

macro_rules! setting {
    ($name:literal, $label:literal, $range:literal, $period:literal, $factor:literal) => {
        Setting {
            range: Param::choice(concat!("candle_", $name, "_range"), concat!($label, ", measure"), $range, RANGES)
                .help("What is measured on each candle"),
            period: Param::int(concat!("candle_", $name, "_period"), concat!($label, ", period"), $period)
                .range(0, 100_000)
                .unit("bars")
                .help("Earlier candles in the average; 0 takes the candle itself"),
            factor: positive(concat!("candle_", $name, "_factor"), concat!($label, ", factor"), $factor)
                .help("How many times the average the limit is"),
        }
    };
}

pub(super) const BODY_LONG: Setting = setting!("body_long", "Long body", "real_body", 10, 1.0);
pub(super) const BODY_SHORT: Setting = setting!("body_short", "Short body", "real_body", 10, 1.0);
pub(super) const BODY_DOJI: Setting = setting!("body_doji", "Doji body", "high_low", 10, 0.1);
pub(super) const SHADOW_LONG: Setting = setting!("shadow_long", "Long shadow", "real_body", 0, 1.0);
pub(super) const SHADOW_VERY_LONG: Setting = setting!("shadow_very_long", "Very long shadow", "real_body", 0, 2.0);
pub(super) const SHADOW_SHORT: Setting = setting!("shadow_short", "Short shadow", "shadows", 10, 1.0);
pub(super) const SHADOW_VERY_SHORT: Setting = setting!("shadow_very_short", "Very short shadow", "high_low", 10, 0.1);
pub(super) const NEAR: Setting = setting!("near", "Near", "high_low", 5, 0.2);
pub(super) const FAR: Setting = setting!("far", "Far", "high_low", 5, 0.6);
pub(super) const EQUAL: Setting = setting!("equal", "Equal", "high_low", 5, 0.05);

/// How far a candle has to go back into the body of another.
pub(super) const fn penetration(default: f64) -> Param {
    positive("penetration", "Penetration", default)
        .help("The share of the first body that the last candle has to go back")
}

/// The parameters of settings, after the pattern's own.
macro_rules! params {
    ($($setting:ident),*) => { &[$($setting.range, $setting.period, $setting.factor,)*] };
    ($own:expr; $($setting:ident),*) => { &[$own, $($setting.range, $setting.period, $setting.factor,)*] };
}
pub(super) use params;

/// A number that a pattern compares candles with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    /// A setting's limit for the candle so many bars ago.
    Limit(&'static Setting, usize),
    /// A parameter.
    Value(&'static str),
}

impl Setting {
    /// The limit for the last candle.
    pub(super) const fn now(&'static self) -> Level {
        Level::Limit(self, 0)
    }

    /// The limit for the candle so many bars before the last.
    pub(super) const fn ago(&'static self, bars: usize) -> Level {
        Level::Limit(self, bars)
    }
}

/// What is measured on a candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Body,
    HighLow,
    Shadows,
    /// 1, of which a parameter is the multiple.
    One,
}

impl Measure {
    #[inline(always)]
    pub(super) fn of(self, candle: &Candle) -> f64 {
        match self {
            Measure::Body => candle.body(),
            Measure::HighLow => candle.range(),
            Measure::Shadows => candle.upper_shadow() + candle.lower_shadow(),
            Measure::One => 1.0,
        }
    }
}

/// The mean whose multiple a level is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mean {
    pub(super) measure: Measure,
    /// How many candles; 0 takes the measure of the candle itself.
    pub(super) period: usize,
    /// It is taken over the candles before the one so many bars before the last.
    pub(super) ago: usize,
}

impl Level {
    /// The mean, and how many times the mean the level is.
    pub(super) fn read(&self, params: &Params) -> (Mean, f64) {
        match *self {
            Level::Limit(setting, ago) => {
                let (measure, share) = match params.text(setting.range.name) {
                    "high_low" => (Measure::HighLow, 1.0),
                    // Two shadows are measured and one is compared.
                    "shadows" => (Measure::Shadows, 0.5),
                    _ => (Measure::Body, 1.0),
                };
                let period = params.size(setting.period.name);
                (Mean { measure, period, ago }, params.float(setting.factor.name) * share)
            }
            Level::Value(name) => (Mean { measure: Measure::One, period: 0, ago: 0 }, params.float(name)),
        }
    }
}
