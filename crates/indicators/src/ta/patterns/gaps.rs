//! Two candles after a gap.

use super::candle::{Candle, bearish, is_near, signed};
use super::setting::{EQUAL, NEAR, params};
use super::shape::pattern;
use crate::indicator::Indicator;
use crate::ta::memory::WINDOW;

pub(super) const CDLGAPSIDESIDEWHITE: Indicator = Indicator {
    id: "ta.cdlgapsidesidewhite",
    label: "Up or down gap side-by-side white lines",
    help: "Two white candles of one size side by side after a gap",
    formula: "2 and 3 white, bodies beyond 1's on one side, bodies near in size, opens equal: 100 over, -100 under",
    params: params!(NEAR, EQUAL),
    ..pattern!(side_by_side, side_by_side_details, [NEAR.ago(1), EQUAL.ago(1)])
};

fn side_by_side([first, second, third]: [Candle; 3]) -> f64 {
    let white = second.is_white() & third.is_white();
    let over = second.body_over(&first) & third.body_over(&first);
    let under = second.body_under(&first) & third.body_under(&first);
    if white & over { 100.0 } else { bearish(white & under) }
}

fn side_by_side_details([_, second, third]: [Candle; 3], [near, equal]: [f64; 2]) -> bool {
    is_near(third.body(), second.body(), near) && is_near(third.open, second.open, equal)
}

pub(super) const CDLTASUKIGAP: Indicator = Indicator {
    id: "ta.cdltasukigap",
    label: "Tasuki gap",
    help: "A gap that a candle of the other colour does not close",
    formula: "2's body beyond 1's in 2's direction; 3 of the other colour, opens in body 2, closes in the gap, body near 2's in size: 100 up, -100 down",
    params: params!(NEAR),
    ..pattern!(tasuki_gap, tasuki_gap_details, [NEAR.ago(1)])
};

fn tasuki_gap([first, second, third]: [Candle; 3]) -> f64 {
    let up = second.body_over(&first) & second.is_white() & third.is_black() & (third.close < second.open);
    let down = second.body_under(&first) & second.is_black() & third.is_white() & (third.close > second.open);
    signed(up | down, second.colour())
}

fn tasuki_gap_details([first, second, third]: [Candle; 3], [near]: [f64; 1]) -> bool {
    let in_gap = if second.is_white() { third.close > first.top() } else { third.close < first.bottom() };
    in_gap && third.open < second.top() && third.open > second.bottom() && (second.body() - third.body()).abs() < near
}

pub(super) const CDLXSIDEGAP3METHODS: Indicator = Indicator {
    id: "ta.cdlxsidegap3methods",
    label: "Upside or downside gap three methods",
    help: "A gap between two candles of one colour that one of the other colour closes",
    formula: "1 and 2 of one colour, body 2 beyond body 1 in its direction; 3 of the other colour, opens in body 2, closes in body 1: 100 when 1 is white, -100 when black",
    memory: WINDOW,
    ..pattern!(gap_three_methods, gap_three_methods_details, [])
};

fn gap_three_methods([first, second, third]: [Candle; 3]) -> f64 {
    let up = first.is_white() & second.is_white() & third.is_black() & second.body_over(&first);
    let down = first.is_black() & second.is_black() & third.is_white() & second.body_under(&first);
    if up { 100.0 } else { bearish(down) }
}

fn gap_three_methods_details([first, second, third]: [Candle; 3], []: [f64; 0]) -> bool {
    third.open < second.top()
        && third.open > second.bottom()
        && third.close < first.top()
        && third.close > first.bottom()
}
