//! Running sums of candles' measures over the candles before each, a block of bars at a time.
//!
//! A sum begins where TA-Lib's does and is added to in the same order: then even prices that stand right on a limit
//! fall to the same side.

use std::array::from_fn;

use super::setting::{Mean, Measure};
use super::shape::{BEFORE, BLOCK, Prices, candle};

/// The sums of N means.
pub(super) struct Sums<const N: usize> {
    /// The sum of each at each bar of the block. Without a period, what is left from before.
    rows: [[f64; BLOCK]; N],
    /// The row of each mean: two means may have the same.
    row: [usize; N],
    /// The rows that are summed, and their sums.
    summed: Vec<Summed>,
    totals: [f64; N],
    changes: Vec<Changes>,
}

struct Summed {
    /// Its changes, and from which place on.
    changes: usize,
    place: usize,
}

/// By how much sums over a period change after each bar of the block and of those before.
struct Changes {
    measure: Measure,
    period: usize,
    /// Bars before the block that are needed.
    before: usize,
    values: [f64; BEFORE + BLOCK],
}

impl<const N: usize> Sums<N> {
    /// For blocks from the bar `start` on.
    pub(super) fn new(prices: Prices, start: usize, means: [Mean; N]) -> Self {
        let mut sums = Sums {
            rows: [[0.0; BLOCK]; N],
            row: [0; N],
            summed: Vec::with_capacity(N),
            totals: [0.0; N],
            changes: Vec::with_capacity(N),
        };
        for n in 0..N {
            let Mean { measure, period, ago } = means[n];
            if let Some(same) = means[..n].iter().position(|earlier| *earlier == means[n]) {
                sums.row[n] = sums.row[same];
            } else if period > 0 {
                let known = |changes: &Changes| changes.measure == measure && changes.period == period;
                let place = sums.changes.iter().position(known).unwrap_or(sums.changes.len());
                if place == sums.changes.len() {
                    let values = [0.0; BEFORE + BLOCK];
                    sums.changes.push(Changes { measure, period, before: ago, values });
                }
                sums.changes[place].before = sums.changes[place].before.max(ago);
                let end = start - ago;
                sums.row[n] = sums.summed.len();
                sums.totals[sums.row[n]] = (end - period..end).fold(0.0, |sum, t| sum + measure.of(&candle(prices, t)));
                sums.summed.push(Summed { changes: place, place: BEFORE - ago });
            }
        }
        sums
    }

    /// Sums up to each bar of the block that begins at bar `from`; blocks come one after the other.
    pub(super) fn next(&mut self, prices: Prices, from: usize) {
        for changes in &mut self.changes {
            changes.fill(prices, from);
        }
        let mut done = 0;
        for four in self.summed.chunks(4) {
            let (totals, rows) = (&mut self.totals[done..], &mut self.rows[done..]);
            match four.len() {
                1 => run::<1>(four, &self.changes, totals, rows),
                2 => run::<2>(four, &self.changes, totals, rows),
                3 => run::<3>(four, &self.changes, totals, rows),
                _ => run::<4>(four, &self.changes, totals, rows),
            }
            done += four.len();
        }
    }

    /// The sum of a mean at each bar of the block.
    #[inline(always)]
    pub(super) fn row(&self, n: usize) -> &[f64; BLOCK] {
        &self.rows[self.row[n]]
    }
}

/// M sums in one loop: each waits for its own addition only.
fn run<const M: usize>(summed: &[Summed], changes: &[Changes], totals: &mut [f64], rows: &mut [[f64; BLOCK]]) {
    let slices: [&[f64]; M] = from_fn(|m| &changes[summed[m].changes].values[summed[m].place..][..BLOCK]);
    let (Some(totals), Some(rows)) = (totals.first_chunk_mut::<M>(), rows.first_chunk_mut::<M>()) else { return };
    let mut sums = *totals;
    for t in 0..BLOCK {
        for m in 0..M {
            rows[m][t] = sums[m];
            sums[m] += slices[m][t];
        }
    }
    *totals = sums;
}

impl Changes {
    fn fill(&mut self, prices: Prices, from: usize) {
        match self.measure {
            Measure::Body => self.fill_with(prices, from, Measure::Body),
            Measure::HighLow => self.fill_with(prices, from, Measure::HighLow),
            Measure::Shadows => self.fill_with(prices, from, Measure::Shadows),
            Measure::One => {}
        }
    }

    #[inline(always)]
    fn fill_with(&mut self, prices: Prices, from: usize, measure: Measure) {
        let (first, values) = (from - self.before, &mut self.values[BEFORE - self.before..]);
        let len = values.len().min(prices[0].len() - first);
        let values = &mut values[..len];
        let now: Prices = from_fn(|i| &prices[i][first..][..len]);
        let then: Prices = from_fn(|i| &prices[i][first - self.period..][..len]);
        for (t, change) in values.iter_mut().enumerate() {
            *change = measure.of(&candle(now, t)) - measure.of(&candle(then, t));
        }
    }
}
