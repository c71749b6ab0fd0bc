//! A body around the one before it.

use super::candle::{Candle, signed};
use super::shape::pattern;
use crate::indicator::Indicator;
use crate::ta::memory::WINDOW;

pub(super) const CDLENGULFING: Indicator = Indicator {
    id: "ta.cdlengulfing",
    label: "Engulfing pattern",
    help: "A body around the one before it, of the other colour",
    formula: "1 and 2 of other colours, body 2 around body 1: 100 when 2 is white, -100 when black; 80 and -80 where an end of the bodies is the same",
    memory: WINDOW,
    ..pattern!(engulfing, [])
};

// TA-Lib begins a bar later than two candles need.
fn engulfing([_, first, second]: [Candle; 3], []: [f64; 0]) -> f64 {
    let covers = (second.top() >= first.top()) & (second.bottom() <= first.bottom());
    let (open, close) = (second.open != first.close, second.close != first.open);
    let holds = (first.colour() != second.colour()) & covers & (open | close);
    let strength = if open & close { 100.0 } else { 80.0 };
    if holds { second.colour() * strength } else { 0.0 }
}

pub(super) const CDL3OUTSIDE: Indicator = Indicator {
    id: "ta.cdl3outside",
    label: "Three outside up or down",
    help: "An engulfing pattern that the third candle confirms",
    formula: "1 and 2 of other colours, body 2 around body 1; 3 closes beyond 2's close: 100 up, -100 down",
    memory: WINDOW,
    ..pattern!(three_outside, [])
};

// TA-Lib begins a bar later than three candles need.
fn three_outside([_, first, second, third]: [Candle; 4], []: [f64; 0]) -> f64 {
    let up = second.is_white()
        & first.is_black()
        & (second.close > first.open)
        & (second.open < first.close)
        & (third.close > second.close);
    let down = second.is_black()
        & first.is_white()
        & (second.open > first.close)
        & (second.close < first.open)
        & (third.close < second.close);
    signed(up | down, second.colour())
}
