//! Sums of gradients by bin, in whole numbers: exact, and the same in any order.
//!
//! Where every row has the same hessian (squared loss, forests), a gradient sum and a count of rows share one `i64`;
//! else a second one holds the hessian sum and the count.

use std::ops::Range;

use crate::binned::{BINS, Binned, Block, LINE};
use crate::quantile::quantile;
use crate::workers::Workers;

/// What is summed: one row's share, and a sum of them.
pub(crate) trait Entry: Copy + Default + Send + Sync {
    /// Whether hessians differ between rows.
    const HESSIANS: bool;
    fn pack(gradient: i64, hessian: i64, shift: u32) -> Self;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    /// `count` rows like this one.
    fn times(self, count: i64) -> Self;
    fn gradient(self, shift: u32) -> f64;
    fn hessian(self, shift: u32) -> f64;
    fn rows(self, shift: u32) -> i64;
}

impl Entry for i64 {
    const HESSIANS: bool = false;

    fn pack(gradient: i64, _: i64, shift: u32) -> Self {
        (gradient << shift) + 1
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    fn times(self, count: i64) -> Self {
        self * count
    }

    #[inline(always)]
    fn gradient(self, shift: u32) -> f64 {
        (self >> shift) as f64
    }

    #[inline(always)]
    fn hessian(self, shift: u32) -> f64 {
        self.rows(shift) as f64
    }

    #[inline(always)]
    fn rows(self, shift: u32) -> i64 {
        self & ((1 << shift) - 1)
    }
}

impl Entry for [i64; 2] {
    const HESSIANS: bool = true;

    fn pack(gradient: i64, hessian: i64, shift: u32) -> Self {
        [gradient, (hessian << shift) + 1]
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        [self[0] + other[0], self[1] + other[1]]
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        [self[0] - other[0], self[1] - other[1]]
    }

    fn times(self, count: i64) -> Self {
        [self[0] * count, self[1] * count]
    }

    #[inline(always)]
    fn gradient(self, _: u32) -> f64 {
        self[0] as f64
    }

    #[inline(always)]
    fn hessian(self, shift: u32) -> f64 {
        (self[1] >> shift) as f64
    }

    #[inline(always)]
    fn rows(self, shift: u32) -> i64 {
        self[1] & ((1 << shift) - 1)
    }
}

/// What the whole numbers stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    /// Bits of the count.
    pub(crate) shift: u32,
    pub(crate) gradient: f64,
    pub(crate) hessian: f64,
}

/// 1.5 x 2^52: adding it to a number below 2^51 leaves the nearest whole number in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

fn round(value: f64) -> i64 {
    ((value + ROUND).to_bits() as i64) - (ROUND.to_bits() as i64)
}

/// The power of two that makes `rows` numbers of at most `most` sum to less than 2^`bits`.
fn scale(most: f64, rows: usize, bits: u32) -> f64 {
    let each = (bits - rows.next_power_of_two().trailing_zeros()).min(50);
    if most <= 0.0 || !most.is_finite() {
        return 1.0;
    }
    // Above the exponent of `most`, so that most * scale < 2^each; kept where powers of two are plain numbers.
    let exponent = (most.log2().floor() as i32 + 1).clamp(-900, 900);
    2.0_f64.powi(each as i32 - exponent)
}

/// Steps that the spread of the targets has at least.
const STEPS: f64 = 256.0;

/// Whether targets are even enough that sums of their distances from `centre` share a number with a count: one far from
/// the others makes their steps coarse.
pub(crate) fn fits(mut targets: Vec<f64>, centre: f64) -> bool {
    let most = targets.iter().fold(0.0_f64, |most, target| most.max((target - centre).abs()));
    let median = quantile(&mut targets, 0.5);
    targets.iter_mut().for_each(|target| *target = (*target - median).abs());
    quantile(&mut targets, 0.9) * scale(most, targets.len(), 62 - count_bits(targets.len())) >= STEPS
}

/// Bits that a count of rows takes.
fn count_bits(rows: usize) -> u32 {
    usize::BITS - rows.leading_zeros()
}

/// Rows rounded at a time by one thread.
const CHUNK: usize = 8_192;

/// Rounds gradients (and hessians, where they differ) to whole numbers that sum without overflow, `counts` rows in all.
pub(crate) fn quantise<E: Entry>(
    gradients: &[f64],
    hessians: &[f64],
    counts: usize,
    workers: &Workers,
    into: &mut Vec<E>,
) -> Unit {
    let shift = count_bits(counts);
    let most = |values: &[f64]| {
        let chunks: Vec<&[f64]> = values.chunks(CHUNK).collect();
        let most = |chunk: &[f64]| chunk.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        workers.map(chunks.len(), |chunk| most(chunks[chunk])).into_iter().fold(0.0, f64::max)
    };
    let gradient = scale(most(gradients), counts, if E::HESSIANS { 62 } else { 62 - shift });
    let hessian = if E::HESSIANS { scale(most(hessians), counts, 62 - shift) } else { 1.0 };
    into.resize(gradients.len(), E::default());
    let mut chunks: Vec<_> = into.chunks_mut(CHUNK).zip(gradients.chunks(CHUNK)).enumerate().collect();
    workers.each(&mut chunks, |(chunk, (into, gradients))| {
        if E::HESSIANS {
            let hessians = &hessians[*chunk * CHUNK..];
            for ((into, g), h) in into.iter_mut().zip(*gradients).zip(hessians) {
                *into = E::pack(round(g * gradient), round(h * hessian), shift);
            }
        } else {
            into.iter_mut().zip(*gradients).for_each(|(into, g)| *into = E::pack(round(g * gradient), 0, shift));
        }
    });
    Unit { shift, gradient: 1.0 / gradient, hessian: 1.0 / hessian }
}

/// The sums of features: one array a feature.
pub(crate) type Sums<E> = [[E; BINS]];

/// The sums of all features.
pub(crate) type Histogram<E> = Vec<[E; BINS]>;

fn add<E: Entry, const W: usize>(sums: &mut Sums<E>, bins: (&[u8], usize), rows: Rows, values: &[E]) {
    let Ok(sums) = <&mut [[E; BINS]; W]>::try_from(sums) else { return };
    let (bins, stride) = bins;
    let mut one = |row: usize, value: &E| {
        let Some(bins) = bins.get(row * stride..).and_then(|bins| bins.first_chunk::<W>()) else { return };
        for (sums, bin) in sums.iter_mut().zip(bins) {
            let sum = &mut sums[usize::from(*bin)];
            *sum = sum.plus(*value);
        }
    };
    match rows {
        Rows::These(rows) => rows.iter().zip(values).for_each(|(row, value)| one(*row as usize, value)),
        Rows::Range(start, end) => (start..end).zip(values).for_each(|(row, value)| one(row, value)),
    }
}

/// Rows that are added up.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    /// These, ascending.
    These(&'a [u32]),
    /// From this one to the one before that.
    Range(usize, usize),
}

impl<'a> Rows<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Rows::These(rows) => rows.len(),
            Rows::Range(start, end) => end - start,
        }
    }

    /// The same from place `start` on, at most `count`.
    pub(crate) fn part(&self, start: usize, count: usize) -> Rows<'a> {
        let start = self.len().min(start);
        let end = self.len().min(start + count);
        match self {
            Rows::These(rows) => Rows::These(&rows[start..end]),
            Rows::Range(first, _) => Rows::Range(first + start, first + end),
        }
    }

    /// The value of each, out of those of all rows; `space` has room for them.
    pub(crate) fn gather<'v, E: Copy>(&self, values: &'v [E], space: &'v mut [E]) -> &'v [E] {
        match self {
            Rows::These(rows) => {
                space.iter_mut().zip(*rows).for_each(|(place, row)| *place = values[*row as usize]);
                &space[..rows.len()]
            }
            Rows::Range(start, end) => &values[*start..*end],
        }
    }
}

/// Reads a byte of each cache line of these features of the rows. One after the other these reads overlap, while among
/// additions each would be waited for.
pub(crate) fn fetch(binned: &Binned, features: Range<usize>, rows: Rows) {
    let Rows::These(rows) = rows else { return };
    let (bins, stride) = binned.by_row();
    let mut any = 0;
    for row in rows {
        let start = *row as usize * stride;
        for place in features.clone().step_by(LINE) {
            any |= bins[start + place];
        }
        any |= bins[start + features.end - 1];
    }
    std::hint::black_box(any);
}

/// Adds rows to the sums of a block, one of `values` for each.
pub(crate) fn add_rows<E: Entry>(sums: &mut Sums<E>, binned: &Binned, block: &Block, rows: Rows, values: &[E]) {
    let (bins, stride) = binned.by_row();
    let bins = (&bins[block.first..], stride);
    match block.width {
        1 => add::<E, 1>(sums, bins, rows, values),
        2 => add::<E, 2>(sums, bins, rows, values),
        3 => add::<E, 3>(sums, bins, rows, values),
        4 => add::<E, 4>(sums, bins, rows, values),
        5 => add::<E, 5>(sums, bins, rows, values),
        6 => add::<E, 6>(sums, bins, rows, values),
        7 => add::<E, 7>(sums, bins, rows, values),
        8 => add::<E, 8>(sums, bins, rows, values),
        9 => add::<E, 9>(sums, bins, rows, values),
        10 => add::<E, 10>(sums, bins, rows, values),
        11 => add::<E, 11>(sums, bins, rows, values),
        12 => add::<E, 12>(sums, bins, rows, values),
        13 => add::<E, 13>(sums, bins, rows, values),
        14 => add::<E, 14>(sums, bins, rows, values),
        15 => add::<E, 15>(sums, bins, rows, values),
        _ => add::<E, 16>(sums, bins, rows, values),
    }
}

/// Adds rows to the sums of one feature.
pub(crate) fn add_column<E: Entry>(sums: &mut [E; BINS], column: &[u8], rows: Rows, values: &[E]) {
    let mut one = |bin: u8, value: &E| {
        let sum = &mut sums[usize::from(bin)];
        *sum = sum.plus(*value);
    };
    match rows {
        Rows::These(rows) => rows.iter().zip(values).for_each(|(row, value)| one(column[*row as usize], value)),
        Rows::Range(start, end) => column[start..end].iter().zip(values).for_each(|(bin, value)| one(*bin, value)),
    }
}

/// The sums of one feature over few rows, and which bins they touch: the cost follows the rows, not the bins.
pub(crate) struct Sparse<E> {
    pub(crate) sums: [E; BINS],
    met: [u8; BINS],
    /// The bins touched, ascending.
    pub(crate) order: Vec<u8>,
}

impl<E: Entry> Sparse<E> {
    pub(crate) fn new() -> Self {
        Sparse { sums: [E::default(); BINS], met: [0; BINS], order: Vec::with_capacity(BINS) }
    }

    /// Sums a feature over `rows`.
    pub(crate) fn fill(&mut self, column: &[u8], rows: &[u32], values: &[E]) {
        for bin in self.order.drain(..) {
            self.sums[usize::from(bin)] = E::default();
        }
        for (row, value) in rows.iter().zip(values) {
            let bin = usize::from(column[*row as usize]);
            self.sums[bin] = self.sums[bin].plus(*value);
            self.met[bin] = 1;
        }
        for (word, met) in self.met.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let mut bits = u64::from_le_bytes(*met);
            while bits != 0 {
                self.order.push((word * 8) as u8 + (bits.trailing_zeros() / 8) as u8);
                bits &= bits - 1;
            }
            *met = [0; 8];
        }
    }

    /// Adds up the bins to `end` in the last of them that was touched.
    pub(crate) fn fold(&mut self, end: usize) -> Option<u8> {
        let mut below = self.order.iter().filter(|bin| usize::from(**bin) <= end);
        let sum = below.clone().fold(E::default(), |sum, bin| sum.plus(self.sums[usize::from(*bin)]));
        let last = *below.next_back()?;
        self.sums[usize::from(last)] = sum;
        Some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_whole_numbers_do_not_overflow_and_keep_their_value() {
        let workers = Workers::new(2).unwrap();
        for rows in [1_usize, 2, 3, 1000, 1 << 17] {
            for most in [1e-100, 3e-8, 1.0, 0.999, 4096.0, 1e100] {
                for sign in [1.0, -1.0] {
                    let gradients = vec![sign * most; rows];
                    let (mut one, mut two) = (Vec::<i64>::new(), Vec::<[i64; 2]>::new());
                    let unit = quantise(&gradients, &[], rows, &workers, &mut one);
                    let sum = one.iter().fold(0, |sum: i64, value| sum.plus(*value));
                    assert_eq!(sum.rows(unit.shift), rows as i64);
                    let found = sum.gradient(unit.shift) * unit.gradient;
                    assert!((found / (sign * most * rows as f64) - 1.0).abs() < 1e-7, "{rows} {most} {found}");
                    let unit = quantise(&gradients, &vec![most; rows], rows, &workers, &mut two);
                    let sum = two.iter().fold([0; 2], |sum: [i64; 2], value| sum.plus(*value));
                    assert_eq!(sum.rows(unit.shift), rows as i64);
                    let found = sum.hessian(unit.shift) * unit.hessian;
                    assert!((found / (most * rows as f64) - 1.0).abs() < 1e-7, "{rows} {most} {found}");
                }
            }
        }
    }

    #[test]
    fn numbers_round_to_the_nearest() {
        for (value, expected) in [(0.4, 0), (-0.4, 0), (2.5, 2), (-7.6, -8), (1e15, 1_000_000_000_000_000)] {
            assert_eq!(round(value), expected);
        }
    }
}
