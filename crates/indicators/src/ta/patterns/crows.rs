//! Two black candles over a long white one.

use super::candle::{Candle, bearish};
use super::setting::{BODY_LONG, BODY_SHORT, params};
use super::shape::pattern;
use crate::indicator::Indicator;

pub(super) const CDL2CROWS: Indicator = Indicator {
    id: "ta.cdl2crows",
    label: "Two crows",
    help: "Black candles that take a gap up back after a rise",
    formula: "1 long, white; 2 black, body over 1's; 3 black, opens in body 2, closes in body 1: -100",
    params: params!(BODY_LONG),
    ..pattern!(two_crows, two_crows_details, [BODY_LONG.ago(2)])
};

fn two_crows([first, second, third]: [Candle; 3]) -> f64 {
    bearish(first.is_white() & second.is_black() & second.body_over(&first) & third.is_black())
}

fn two_crows_details([first, second, third]: [Candle; 3], [long]: [f64; 1]) -> bool {
    first.body() > long
        && third.open < second.open
        && third.open > second.close
        && third.close > first.open
        && third.close < first.close
}

pub(super) const CDLUPSIDEGAP2CROWS: Indicator = Indicator {
    id: "ta.cdlupsidegap2crows",
    label: "Upside gap two crows",
    help: "Two black candles over a gap after a rise, the second around the first",
    formula: "1 long, white; 2 short, black, body over 1's; 3 black, its body around 2's, closes over 1's close: -100",
    params: params!(BODY_LONG, BODY_SHORT),
    ..pattern!(upside_gap_two_crows, upside_gap_two_crows_details, [BODY_LONG.ago(2), BODY_SHORT.ago(1)])
};

fn upside_gap_two_crows([first, second, third]: [Candle; 3]) -> f64 {
    bearish(first.is_white() & second.is_black() & second.body_over(&first) & third.is_black())
}

fn upside_gap_two_crows_details([first, second, third]: [Candle; 3], [long, short]: [f64; 2]) -> bool {
    third.open > second.open
        && third.close < second.close
        && third.close > first.close
        && first.body() > long
        && second.body() <= short
}
