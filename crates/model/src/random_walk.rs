//! Bars of a random walk, made from the returns of true ones: in blocks, so that calm and wild times stay together, and
//! each up or down by chance, so that nothing says which. Whole bars move, each with its shape and its volume.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, IdxCa, IdxSize, NamedFrom as _, Series};
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::Error;
use crate::columns::numbers;
use crate::rows::rows;

/// What a bar has at its price, in its ticker's currency.
const PRICES: [&str; 5] = ["open", "high", "low", "close", "adj_close"];
/// Times and names, which stay where they are.
const FIXED: [&str; 6] = ["ticker_time", "ticker_time_sec", "ticker", "exchange", "interval", "partition_date"];

/// New bars in the order of ticker, then time. The bars of each ticker but its first are cut into blocks of `block_bars`,
/// the blocks put in random order, and half of the bars, at random, mirrored: prices are built anew from each bar's
/// returns on the close before it, or from their opposites. Tickers of equally many bars are permuted and mirrored alike,
/// so that they still move together. Prices must be above 0.
pub fn random_walk(bars: &DataFrame, block_bars: usize, seed: u32, repeat: u32) -> Result<DataFrame, Error> {
    let rows = rows(bars, 0)?;
    let order: Vec<IdxSize> = rows.iter().map(|row| row.at as IdxSize).collect();
    let bars = bars.take(&IdxCa::new("at".into(), &order))?;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(seed) | u64::from(repeat) << 32);
    // Another stream than that of a control that permutes outcomes.
    random.jump();
    let mut moves: BTreeMap<usize, Vec<Move>> = BTreeMap::new();
    let mut walk: Vec<Move> = Vec::with_capacity(rows.len());
    let closes = prices(&bars, "close")?;
    let mut path = closes.clone();
    for ticker in rows.chunk_by(|a, b| a.ticker == b.ticker) {
        let start = walk.len();
        let own = moves.entry(ticker.len()).or_insert_with(|| draw(ticker.len(), block_bars, &mut random));
        walk.extend(own.iter().map(|own| Move { from: start + own.from, ..*own }));
        for bar in start + 1..walk.len() {
            path[bar] = path[bar - 1] * walk[bar].ratio(&closes, &closes);
        }
    }
    let from: Vec<IdxSize> = walk.iter().map(|bar| bar.from as IdxSize).collect();
    let mut made = bars.take(&IdxCa::new("at".into(), &from))?;
    for name in FIXED.into_iter().filter(|name| bars.column(name).is_ok()) {
        made.with_column(bars.column(name)?.clone())?;
    }
    for name in PRICES.into_iter().filter(|name| bars.column(name).is_ok()) {
        let mirror = match name {
            "high" => "low",
            "low" => "high",
            other => other,
        };
        let of_bar = prices(&bars, name)?;
        let mirrored = if bars.column(mirror).is_ok() { prices(&bars, mirror)? } else { of_bar.clone() };
        let price = |bar: usize| match walk[bar] {
            // An adjusted price keeps its share of the close.
            _ if name == "adj_close" => path[bar] * of_bar[walk[bar].from] / closes[walk[bar].from],
            Move { first: true, from, .. } => of_bar[from],
            drawn => path[bar - 1] * drawn.ratio(if drawn.mirrored { &mirrored } else { &of_bar }, &closes),
        };
        let values: Vec<f64> = (0..walk.len()).map(price).collect();
        made.with_column(Column::from(Series::new(name.into(), values)))?;
    }
    Ok(made)
}

/// Which bar comes at a place of the walk.
#[derive(Debug, Clone, Copy)]
struct Move {
    from: usize,
    /// Whether its returns are taken as their opposites.
    mirrored: bool,
    /// Whether it is its ticker's first, which stays as it is.
    first: bool,
}

impl Move {
    /// A price of the bar over the close before, or the inverse.
    fn ratio(&self, prices: &[f64], closes: &[f64]) -> f64 {
        let ratio = prices[self.from] / closes[self.from - 1];
        if self.mirrored { 1.0 / ratio } else { ratio }
    }
}

/// A column of prices, all above 0.
fn prices(bars: &DataFrame, name: &str) -> Result<Vec<f64>, Error> {
    let values = numbers(bars, name)?;
    match values.iter().filter(|value| **value <= 0.0 || value.is_nan()).count() {
        0 => Ok(values),
        wrong => Err(Error::NoWalk(format!(
            "a random walk takes prices above 0 in every bar, but {name} is not in {}",
            crate::check::count(wrong, "bar")
        ))),
    }
}

/// A walk over so many bars.
fn draw(bars: usize, block_bars: usize, random: &mut Xoshiro256PlusPlus) -> Vec<Move> {
    let rest: Vec<usize> = (1..bars).collect();
    let mut blocks: Vec<&[usize]> = rest.chunks(block_bars.max(1)).collect();
    blocks.shuffle(random);
    let first = (0..bars.min(1)).map(|from| Move { from, mirrored: false, first: true });
    let others = blocks.into_iter().flatten().map(|&from| Move { from, mirrored: random.random(), first: false });
    first.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, days, frame, normal};

    fn bars() -> DataFrame {
        let mut at = days("B", 50);
        at.extend(days("A", 50));
        at.extend(days("C", 31));
        let steps = normal(3, at.len());
        let mut closes: Vec<f64> = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            closes.push(if i % 50 == 0 { 100.0 } else { closes[i - 1] * (0.02 * step).exp() });
        }
        let times = |factor: &dyn Fn(f64) -> f64| -> Vec<f64> {
            closes.iter().zip(&steps).map(|(close, step)| close * factor(0.001 * step.abs())).collect()
        };
        let columns = [
            ("open", times(&|part| 1.0 + part)),
            ("high", times(&|part| 1.0 + 2.0 * part)),
            ("low", times(&|part| 1.0 - 3.0 * part)),
            ("adj_close", times(&|_| 0.5)),
            ("close", closes),
            ("volume", (0..at.len()).map(|i| i as f64).collect()),
        ];
        frame(&at, &columns, &[]).frame
    }

    #[test]
    fn a_walk_has_the_bars_of_the_true_one_in_another_order_and_half_of_them_mirrored() {
        let bars = bars();
        let walk = random_walk(&bars, 7, 1, 2).unwrap();
        assert_eq!((walk.height(), walk.width()), (bars.height(), bars.width()));
        let old = |name: &str| numbers(&bars, name).unwrap();
        let new = |name: &str| numbers(&walk, name).unwrap();
        // Of the frame of bars B comes first, of the walk A. Volumes are the numbers of the bars.
        let (before, after, volume) = (old("close"), new("close"), new("volume"));
        let mut mirrored = 0;
        for (start, first, bars) in [(0, 50, 50), (50, 0, 50), (100, 100, 31)] {
            close(after[start], before[first], 1e-12, "the first bar stays");
            let mut seen = std::collections::BTreeSet::new();
            for bar in start + 1..start + bars {
                let from = volume[bar] as usize;
                assert!(from > first && from < first + bars && seen.insert(from), "each of its ticker once");
                let sign = if (after[bar] > after[bar - 1]) == (before[from] > before[from - 1]) { 1.0 } else { -1.0 };
                mirrored += usize::from(sign < 0.0);
                for (name, opposite) in [("close", "close"), ("open", "open"), ("high", "low"), ("low", "high")] {
                    let from_name = if sign > 0.0 { name } else { opposite };
                    let expected = sign * (old(from_name)[from] / before[from - 1]).ln();
                    close((new(name)[bar] / after[bar - 1]).ln(), expected, 1e-12, name);
                }
                assert!(new("low")[bar] <= new("close")[bar] && new("close")[bar] <= new("high")[bar]);
                close(new("adj_close")[bar] / after[bar], 0.5, 1e-12, "adj_close");
            }
        }
        assert!((40..90).contains(&mirrored), "{mirrored} of 128");
        assert!(
            walk.column("ticker_time").unwrap().equals_missing(&random_walk(&bars, 9, 5, 0).unwrap()["ticker_time"])
        );
        assert!(random_walk(&bars, 7, 1, 2).unwrap().equals_missing(&walk));
        assert!(!random_walk(&bars, 7, 1, 3).unwrap().equals_missing(&walk));
        assert!((1..50).all(|at| volume[at] - volume[at + 50] == 50.0), "A and B move together");
    }

    #[test]
    fn nothing_follows_from_the_return_before() {
        // Each return repeats most of the one before, and wild times follow calm ones: of a walk the sizes still go
        // together, and the returns do not.
        let noise = normal(5, 3000);
        let mut logs = vec![(0.0, 0.0)];
        for (i, step) in noise.iter().enumerate().skip(1) {
            let (level, last) = logs[logs.len() - 1];
            let step = 0.9 * last + if i % 1000 < 500 { 0.002 } else { 0.02 } * step;
            logs.push((level + step, step));
        }
        let closes: Vec<f64> = logs.iter().map(|(level, _)| level.exp()).collect();
        let bars = frame(&days("A", 3000), &[("close", closes)], &[]).frame;
        let tie = |bars: &DataFrame, of: fn(f64) -> f64| {
            let closes = numbers(bars, "close").unwrap();
            let returns: Vec<f64> = closes.windows(2).map(|pair| of((pair[1] / pair[0]).ln())).collect();
            crate::scores::correlation(&returns[1..], &returns[..returns.len() - 1]).unwrap()
        };
        assert!(tie(&bars, |value| value) > 0.85);
        let walk = random_walk(&bars, 20, 0, 0).unwrap();
        assert!(tie(&walk, |value| value).abs() < 0.06, "{}", tie(&walk, |value| value));
        assert!(tie(&walk, f64::abs) > 0.5, "{}", tie(&walk, f64::abs));
    }

    #[test]
    fn what_has_no_prices_is_refused() {
        let none = random_walk(&bars().drop("close").unwrap(), 5, 0, 0).unwrap_err().to_string();
        assert_eq!(none, "the data has no column close");
        let zero = frame(&days("A", 3), &[("close", vec![1.0, 0.0, f64::NAN])], &[]).frame;
        let refused = algomosaic_core::Problem::from(random_walk(&zero, 5, 0, 0).unwrap_err());
        assert!(refused.message.contains("but close is not in 2 bars") && !refused.hint.is_empty(), "{refused:?}");
        let empty = frame(&[], &[("close", Vec::new())], &[]).frame;
        assert_eq!(random_walk(&empty, 5, 0, 0).unwrap().height(), 0);
    }
}
