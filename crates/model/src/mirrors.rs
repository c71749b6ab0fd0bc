//! Outcomes without signal by mirroring: those of the training rows in their places, in blocks of time, half of which, at
//! random, are mirrored about the mean. How far outcomes go stays where it was; which way they go is lost.

use std::collections::BTreeMap;

use ndarray::Array1;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::rows::Row;

/// Mirrors blocks of time. All tickers share the blocks, so that what moves them together still does.
pub(crate) struct Mirrors {
    /// The number of the block of each row that trains in whatever fold, by the rows of the table.
    block_of: Vec<usize>,
    blocks: usize,
    seed: u32,
}

impl Mirrors {
    /// `train` are the positions among `rows` of those that train in whatever fold. In each block the ticker with most
    /// rows has `block_rows` of them, in the last one more.
    pub(crate) fn new(rows: &[Row], train: &[usize], block_rows: usize, seed: u32) -> Self {
        let mut order = train.to_vec();
        order.sort_by_key(|&row| rows[row].time);
        let (mut block_of, mut block) = (vec![0; rows.len()], 0);
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for bar in order.chunk_by(|a, b| rows[*a].time == rows[*b].time) {
            if bar.iter().any(|&row| counts.get(&rows[row].ticker).is_some_and(|count| *count >= block_rows)) {
                block += 1;
                counts.clear();
            }
            for &row in bar {
                *counts.entry(rows[row].ticker).or_default() += 1;
                block_of[row] = block;
            }
        }
        if block > 0 && counts.values().all(|count| *count < block_rows) {
            block -= 1;
            block_of.iter_mut().for_each(|of| *of = (*of).min(block));
        }
        Mirrors { block_of, blocks: block + 1, seed }
    }

    /// The blocks that some training rows are in.
    pub(crate) fn blocks(&self, train: &[usize]) -> usize {
        let mut within = vec![false; self.blocks];
        train.iter().for_each(|&row| within[self.block_of[row]] = true);
        within.into_iter().filter(|within| *within).count()
    }

    /// What a repeat makes of the outcomes of the training rows of a fold. Folds share what is mirrored, as they share
    /// rows; their mean stays, so that a model that is the mean scores the same.
    pub(crate) fn of_fold(&self, outcomes: &Array1<f64>, train: &[usize], repeat: usize) -> Array1<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(self.seed) | (repeat as u64) << 32);
        // Exactly half, so that no repeat keeps a share of the signal; of an odd number the odd one by chance.
        let even: bool = random.random();
        let mut mirrored: Vec<bool> = (0..self.blocks).map(|block| (block % 2 == 0) == even).collect();
        mirrored.shuffle(&mut random);
        let mean = |values: &Array1<f64>| values.sum() / values.len().max(1) as f64;
        let centre = mean(outcomes);
        let of = |(outcome, row): (&f64, &usize)| {
            if mirrored[self.block_of[*row]] { centre - outcome } else { outcome - centre }
        };
        let moved: Array1<f64> = outcomes.iter().zip(train).map(of).collect();
        let shift = centre - mean(&moved);
        moved + shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::normal;

    /// Bars of tickers: each from a first to before a last time.
    fn rows(spans: &[(i64, i64)]) -> Vec<Row> {
        let of = |(ticker, span): (usize, &(i64, i64))| {
            (span.0..span.1).map(move |time| Row { at: 0, ticker: ticker as u32, time, bar: 0, label_end: time })
        };
        spans.iter().enumerate().flat_map(of).collect()
    }

    fn all(rows: &[Row]) -> Vec<usize> {
        (0..rows.len()).collect()
    }

    #[test]
    fn blocks_are_of_time_and_never_shorter_than_asked() {
        // The second ticker begins later; the last three times make no block of their own.
        let rows = rows(&[(0, 23), (8, 23)]);
        let mirrors = Mirrors::new(&rows, &all(&rows), 5, 0);
        for (row, block) in rows.iter().zip(&mirrors.block_of) {
            assert_eq!(*block as i64, (row.time / 5).min(3));
        }
        assert_eq!(mirrors.blocks(&all(&rows)), 4);
        assert_eq!(mirrors.blocks(&[0, 4, 5]), 2);
        let few = self::rows(&[(0, 4)]);
        assert_eq!(Mirrors::new(&few, &all(&few), 5, 0).blocks(&all(&few)), 1);
    }

    #[test]
    fn a_block_holds_as_many_rows_of_a_ticker_when_another_trades_at_other_times() {
        let mut rows = rows(&[(0, 40), (0, 40)]);
        rows[40..].iter_mut().for_each(|row| row.time = row.time * 7 + 3);
        rows[..40].iter_mut().for_each(|row| row.time *= 7);
        let mirrors = Mirrors::new(&rows, &all(&rows), 10, 0);
        assert_eq!(mirrors.block_of[..40], (0..40).map(|row| row / 10).collect::<Vec<_>>());
        assert_eq!(mirrors.blocks, 4);
    }

    #[test]
    fn outcomes_keep_their_place_their_size_and_their_mean() {
        let rows = rows(&[(0, 400), (100, 400)]);
        let train = all(&rows);
        let outcomes: Array1<f64> = normal(3, 700).into_iter().map(|value| 5.0 + value).collect();
        let mean = outcomes.sum() / 700.0;
        let mirrors = Mirrors::new(&rows, &train, 10, 9);
        let found = mirrors.of_fold(&outcomes, &train, 0);
        assert!((found.sum() / 700.0 - mean).abs() < 1e-12);
        // Between neighbours of a block the step is as it was, or its opposite.
        let step = |values: &Array1<f64>, row: usize| values[row + 1] - values[row];
        let within = |row: &usize| rows[*row].time % 10 != 9;
        let mut mirrored = [None; 40];
        for row in (0..699).filter(within) {
            let is = step(&found, row) * step(&outcomes, row) < 0.0;
            assert!((step(&found, row).abs() - step(&outcomes, row).abs()).abs() < 1e-12);
            let block = &mut mirrored[rows[row].time as usize / 10];
            assert_eq!(*block.get_or_insert(is), is, "all tickers alike within a block");
        }
        let mirrored = mirrored.iter().filter(|is| **is == Some(true)).count();
        assert_eq!(mirrored, 20, "half of the blocks");
        assert_ne!(mirrors.of_fold(&outcomes, &train, 1), found);
        assert_eq!(Mirrors::new(&rows, &train, 10, 9).of_fold(&outcomes, &train, 0), found);
        assert_ne!(Mirrors::new(&rows, &train, 10, 8).of_fold(&outcomes, &train, 0), found);
        assert_ne!(Mirrors::new(&rows, &train, 20, 9).of_fold(&outcomes, &train, 0), found);
    }

    #[test]
    fn folds_mirror_the_same_blocks() {
        let rows = rows(&[(0, 200)]);
        let (whole, part): (Vec<usize>, Vec<usize>) = (all(&rows), (0..70).chain(90..200).collect());
        let outcomes: Array1<f64> = normal(5, 200).into_iter().collect();
        let own: Array1<f64> = part.iter().map(|&row| outcomes[row]).collect();
        let mirrors = Mirrors::new(&rows, &whole, 4, 1);
        let (a, b) = (mirrors.of_fold(&outcomes, &whole, 3), mirrors.of_fold(&own, &part, 3));
        let step = |values: &Array1<f64>, i: usize| values[i + 1] - values[i];
        for (i, &row) in part.iter().enumerate().filter(|(_, row)| **row % 4 != 3 && **row != 69) {
            assert!((step(&a, row) - step(&b, i)).abs() < 1e-12, "{row}");
        }
    }
}
