//! Shapes of candles.
//!
//! A rare pattern has an outline, by prices alone, and details that are looked at only where the outline is. Outlines,
//! and the conditions of frequent patterns, join with `&`: they are evaluated whole, several bars at a time, and nothing
//! waits on a branch. Details join with `&&`.

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use algomosaic_core::Value;

    use super::GROUP;

    /// Open, high, low and close in quarters, with a bar that is not there.
    fn bars(rows: u32) -> [Vec<f64>; 4] {
        let mut bars: [Vec<f64>; 4] = Default::default();
        let mut state = 1_u32;
        let mut draw = |sides: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from((state >> 16) % sides) * 0.25
        };
        let mut close = 100.0;
        for _ in 0..rows {
            let open = close + draw(9) - 1.0;
            close = open + draw(17) - 2.0;
            let (high, low) = (open.max(close) + draw(4), open.min(close) - draw(4));
            bars.iter_mut().zip([open, high, low, close]).for_each(|(series, price)| series.push(price));
        }
        bars[3][0] = f64::NAN;
        bars
    }

    #[test]
    fn bar_by_bar_the_values_are_those_of_the_whole_series() {
        let bars = bars(400);
        let inputs = bars.each_ref().map(Vec::as_slice);
        for pattern in GROUP {
            for period in [None, Some(0), Some(3), Some(150)] {
                let periods = pattern.params.iter().filter(|param| param.name.ends_with("_period"));
                let given: BTreeMap<String, Value> =
                    periods.filter_map(|param| Some((param.name.to_owned(), Value::Int(period?)))).collect();
                let params = pattern.check(&given).unwrap();
                let whole = &pattern.compute(&inputs, &params).unwrap()[0];
                let mut stream = pattern.stream(&params).unwrap();
                for (t, value) in whole.iter().enumerate() {
                    let mut out = [0.0];
                    stream.update(&inputs.map(|series| series[t]), &mut out);
                    assert!(out[0] == *value || out[0].is_nan() && value.is_nan(), "{} at row {t}", pattern.id);
                }
                assert_eq!(whole.iter().filter(|value| value.is_nan()).count(), 1 + (pattern.look_back)(&params));
            }
        }
    }
}
