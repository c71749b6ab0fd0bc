//! Shapes of candles.
//!
//! Conditions join with `&`, not `&&`: they are evaluated whole, many bars at a time, and nothing waits on a branch.

use crate::indicator::Indicator;

mod baby_swallow;
mod bottoms;
mod breakaway;
mod candle;
mod cloud;
mod crows;
mod doji;
mod doji_stars;
mod engulfing;
mod gaps;
mod hammer;
mod harami;
mod hikkake;
mod kicking;
mod line_strike;
mod lines;
mod marubozu;
mod means;
mod meeting_lines;
mod methods;
mod necks;
mod setting;
mod shape;
mod soldiers;
mod stars;
mod stars_in_the_south;
mod three_crows;

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    crows::CDL2CROWS,
    three_crows::CDL3BLACKCROWS,
    harami::CDL3INSIDE,
    line_strike::CDL3LINESTRIKE,
    engulfing::CDL3OUTSIDE,
    stars_in_the_south::CDL3STARSINSOUTH,
    soldiers::CDL3WHITESOLDIERS,
    stars::CDLABANDONEDBABY,
    soldiers::CDLADVANCEBLOCK,
    marubozu::CDLBELTHOLD,
    breakaway::CDLBREAKAWAY,
    marubozu::CDLCLOSINGMARUBOZU,
    baby_swallow::CDLCONCEALBABYSWALL,
    meeting_lines::CDLCOUNTERATTACK,
    cloud::CDLDARKCLOUDCOVER,
    doji::CDLDOJI,
    doji_stars::CDLDOJISTAR,
    doji::CDLDRAGONFLYDOJI,
    engulfing::CDLENGULFING,
    stars::CDLEVENINGDOJISTAR,
    stars::CDLEVENINGSTAR,
    gaps::CDLGAPSIDESIDEWHITE,
    doji::CDLGRAVESTONEDOJI,
    hammer::CDLHAMMER,
    hammer::CDLHANGINGMAN,
    harami::CDLHARAMI,
    harami::CDLHARAMICROSS,
    lines::CDLHIGHWAVE,
    hikkake::CDLHIKKAKE,
    hikkake::CDLHIKKAKEMOD,
    harami::CDLHOMINGPIGEON,
    three_crows::CDLIDENTICAL3CROWS,
    necks::CDLINNECK,
    hammer::CDLINVERTEDHAMMER,
    kicking::CDLKICKING,
    kicking::CDLKICKINGBYLENGTH,
    bottoms::CDLLADDERBOTTOM,
    doji::CDLLONGLEGGEDDOJI,
    lines::CDLLONGLINE,
    marubozu::CDLMARUBOZU,
    bottoms::CDLMATCHINGLOW,
    methods::CDLMATHOLD,
    stars::CDLMORNINGDOJISTAR,
    stars::CDLMORNINGSTAR,
    necks::CDLONNECK,
    cloud::CDLPIERCING,
    doji::CDLRICKSHAWMAN,
    methods::CDLRISEFALL3METHODS,
    meeting_lines::CDLSEPARATINGLINES,
    hammer::CDLSHOOTINGSTAR,
    lines::CDLSHORTLINE,
    lines::CDLSPINNINGTOP,
    soldiers::CDLSTALLEDPATTERN,
    bottoms::CDLSTICKSANDWICH,
    doji::CDLTAKURI,
    gaps::CDLTASUKIGAP,
    necks::CDLTHRUSTING,
    doji_stars::CDLTRISTAR,
    bottoms::CDLUNIQUE3RIVER,
    crows::CDLUPSIDEGAP2CROWS,
    gaps::CDLXSIDEGAP3METHODS,
];
