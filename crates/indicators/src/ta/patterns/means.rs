//! Means of candles' measures over the candles before each, a block of bars at a time.
//!
//! A mean comes from a running sum that begins where TA-Lib's does and is added to in the same order: then even
//! prices that stand right on a limit fall to the same side.

use std::array::from_fn;

use super::setting::{Mean, Measure};
use super::shape::{Prices, candle};

/// Bars that are taken together, so that loops over them use the processor's vectors.
pub(super) const BLOCK: usize = 128;

/// The means of N levels.
pub(super) struct Means<const N: usize> {
    means: [Mean; N],
    /// The sum of each, and the means of a block. Those of `same` are not kept twice.
    totals: [f64; N],
    rows: [[f64; BLOCK]; N],
    /// The first mean that is the same.
    same: [usize; N],
    measures: Vec<Measured>,
    /// Earlier bars that the measures go back, and later ones that are measured at a time.
    reach: usize,
    ahead: usize,
    /// The place of the block in the measures.
    place: usize,
}

/// A measure of consecutive candles.
struct Measured {
    measure: Measure,
    values: Vec<f64>,
}

static ONES: [f64; BLOCK] = [1.0; BLOCK];

impl<const N: usize> Means<N> {
    /// For blocks from the bar `start` on.
    pub(super) fn new(prices: Prices, start: usize, means: [Mean; N]) -> Self {
        let reach = means.iter().map(|mean| mean.ago + mean.period).max().unwrap_or(0);
        let ahead = reach.next_multiple_of(BLOCK).max(BLOCK);
        let mut measures: Vec<Measured> = Vec::new();
        for mean in means {
            if mean.measure != Measure::One && measures.iter().all(|known| known.measure != mean.measure) {
                let mut values = vec![0.0; reach + ahead];
                fill(mean.measure, prices, start - reach, &mut values[ahead..]);
                measures.push(Measured { measure: mean.measure, values });
            }
        }
        let totals = means.map(|mean| {
            let end = start - mean.ago;
            (end - mean.period..end).fold(0.0, |sum, t| sum + mean.measure.of(&candle(prices, t)))
        });
        let same = from_fn(|n| (0..n).find(|m| means[*m] == means[n]).unwrap_or(n));
        Means { means, totals, rows: [[0.0; BLOCK]; N], same, measures, reach, ahead, place: ahead }
    }

    /// The means at the block that begins at bar `from`; blocks come one after the other.
    pub(super) fn next(&mut self, prices: Prices, from: usize) -> [&[f64; BLOCK]; N] {
        if self.place == self.ahead {
            self.place = 0;
            for Measured { measure, values } in &mut self.measures {
                values.copy_within(self.ahead.., 0);
                fill(*measure, prices, from, &mut values[self.reach..]);
            }
        }
        let block = self.reach + self.place;
        self.place += BLOCK;
        for n in 0..N {
            let Mean { measure, period, ago } = self.means[n];
            if period == 0 || self.same[n] < n {
                continue;
            }
            let Some(now) = block_at(&self.measures, measure, block - ago) else { continue };
            let Some(then) = block_at(&self.measures, measure, block - ago - period) else { continue };
            let (mut total, row) = (self.totals[n], &mut self.rows[n]);
            for t in 0..BLOCK {
                row[t] = total;
                total += now[t] - then[t];
            }
            self.totals[n] = total;
            let period = period as f64;
            row.iter_mut().for_each(|sum| *sum /= period);
        }
        from_fn(|n| {
            let Mean { measure, period, ago } = self.means[n];
            if period > 0 {
                &self.rows[self.same[n]]
            } else {
                block_at(&self.measures, measure, block - ago).unwrap_or(&ONES)
            }
        })
    }
}

fn block_at(measures: &[Measured], measure: Measure, place: usize) -> Option<&[f64; BLOCK]> {
    let values = &measures.iter().find(|known| known.measure == measure)?.values;
    values.get(place..)?.first_chunk()
}

/// Measures the candles from bar `from` on, as far as there are.
fn fill(measure: Measure, prices: Prices, from: usize, out: &mut [f64]) {
    match measure {
        Measure::Body => fill_with(prices, from, out, Measure::Body),
        Measure::HighLow => fill_with(prices, from, out, Measure::HighLow),
        Measure::Shadows => fill_with(prices, from, out, Measure::Shadows),
        Measure::One => {}
    }
}

#[inline(always)]
fn fill_with(prices: Prices, from: usize, out: &mut [f64], measure: Measure) {
    let len = out.len().min(prices[0].len() - from);
    let (prices, out): (Prices, _) = (from_fn(|i| &prices[i][from..][..len]), &mut out[..len]);
    for t in 0..len {
        out[t] = measure.of(&candle(prices, t));
    }
}
