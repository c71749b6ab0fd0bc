//! Feature columns as bins: at most 255 a feature and one more for missing values, cut at quantiles of a sample.
//! They are kept twice: row by row for what reads all features of some rows, column by column for what reads one.

use std::sync::atomic::{AtomicUsize, Ordering};

use algomosaic_core::Job;

use crate::workers::Workers;
use crate::{Columns, Error};

/// Bins a histogram has room for: 255 of values, one for missing.
pub(crate) const BINS: usize = 256;

/// A gradient sum and a count of rows share 63 bits.
pub(crate) const MOST_ROWS: usize = 1 << 24;

/// Rows that the cuts are computed from.
const SAMPLE: usize = 1_000_000;

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

const MOST_WIDTH: usize = 16;
const LEAST_WIDTH: usize = 4;
/// Rows turned at a time: what is written stays in the cache while the features take turns.
const CHUNK: usize = 2048;

/// Columns cut into bins: what every ensemble here is trained on.
pub struct Binned {
    rows: usize,
    pub(crate) features: Vec<Bins>,
    /// Features whose sums fit the nearest cache together.
    pub(crate) blocks: Vec<Block>,
    /// Rows by `stride`, from `begin` on.
    by_row: Vec<u8>,
    begin: usize,
    stride: usize,
    by_column: Vec<u8>,
}

/// The bins of one feature.
#[derive(Debug, Clone)]
pub(crate) struct Bins {
    /// Upper bound of each bin of values, ascending; the last is the largest number.
    pub(crate) bounds: Vec<f64>,
    /// Whether a row has none: its bin is `bounds.len()`.
    pub(crate) missing: bool,
    /// Least and greatest value of the sample.
    pub(crate) range: (f64, f64),
}

/// Neighbouring features.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Block {
    /// Index of the first.
    pub(crate) first: usize,
    /// How many, 1 to 16.
    pub(crate) width: usize,
}

impl Binned {
    /// Cuts each column into at most `max_bins` (2 to 255) bins of values: one a distinct value where they are few, else
    /// about equally many rows in each. The cuts come from at most a million evenly spaced rows.
    /// A value equal to a bound belongs to the bin below it.
    /// Reports its progress, and stops within a column when the job is cancelled.
    pub fn of(columns: Columns, max_bins: u16, threads: usize, job: &Job) -> Result<Binned, Error> {
        if !(2..=255).contains(&max_bins) {
            let rule = "between 2 and 255".to_owned();
            return Err(Error::Param { name: "max_bins", value: max_bins.to_string(), rule });
        }
        let rows = check_columns(columns)?;
        if rows > MOST_ROWS {
            return Err(Error::TooManyRows { rows, most: MOST_ROWS });
        }
        let workers = Workers::new(threads)?;
        let width = columns.len();
        let chunk_count = rows.div_ceil(CHUNK);
        let mut by_column = vec![0; rows * width];
        let done = AtomicUsize::new(0);
        let mut parts: Vec<_> = by_column.chunks_mut(rows).enumerate().map(|part| (part, None)).collect();
        workers.each(&mut parts, |((column, bins), found)| {
            let step = job.step(done.fetch_add(1, Ordering::Relaxed), 2 * width).map_err(Error::from);
            *found = Some(step.and_then(|()| fill(bins, *column, columns[*column], usize::from(max_bins), job)));
        });
        let features = parts.into_iter().filter_map(|(_, found)| found).collect::<Result<Vec<Bins>, Error>>()?;
        let stride = stride(width);
        let mut by_row = vec![0; rows * stride + LINE];
        let begin = by_row.as_ptr().align_offset(LINE);
        let done = AtomicUsize::new(chunk_count);
        let mut chunks: Vec<_> = by_row[begin..][..rows * stride].chunks_mut(CHUNK * stride).enumerate().collect();
        workers.each(&mut chunks, |(chunk, bins)| {
            if job.step(done.fetch_add(1, Ordering::Relaxed), 2 * chunk_count).is_err() {
                return;
            }
            for (column, values) in by_column.chunks(rows).enumerate() {
                let values = &values[*chunk * CHUNK..];
                bins.chunks_exact_mut(stride).zip(values).for_each(|(row, value)| row[column] = *value);
            }
        });
        job.step(1, 1)?;
        Ok(Binned { rows, features, blocks: layout(width, threads), by_row, begin, stride, by_column })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features.len()
    }

    /// The bins of one feature, row after row.
    pub(crate) fn column(&self, feature: usize) -> &[u8] {
        &self.by_column[feature * self.rows..(feature + 1) * self.rows]
    }

    /// The bins of all features, row after row, and the distance from one row to the next.
    pub(crate) fn by_row(&self) -> (&[u8], usize) {
        (&self.by_row[self.begin..], self.stride)
    }

    /// Every feature, by its place in its block.
    pub(crate) fn every(&self) -> Vec<Vec<u8>> {
        self.blocks.iter().map(|block| (0..block.width as u8).collect()).collect()
    }

    /// The features of `chosen` (ascending), by their places in their blocks.
    pub(crate) fn places(&self, chosen: &[u32]) -> Vec<Vec<u8>> {
        let inside = |block: &Block, feature: u32| (feature as usize).wrapping_sub(block.first) < block.width;
        let places = |block: &Block| -> Vec<u8> {
            let features = chosen.iter().filter(|feature| inside(block, **feature));
            features.map(|feature| (*feature as usize - block.first) as u8).collect()
        };
        self.blocks.iter().map(places).collect()
    }
}

/// The number of rows, when there are any and all columns have as many.
pub(crate) fn check_columns(columns: Columns) -> Result<usize, Error> {
    let rows = columns.first().ok_or(Error::NoColumns)?.len();
    if rows == 0 {
        return Err(Error::NoRows);
    }
    match columns.iter().position(|column| column.len() != rows) {
        Some(at) => Err(Error::Length { what: format!("column {at}"), found: columns[at].len(), rows }),
        None => Ok(rows),
    }
}

/// Bytes from one row to the next. Rows that nearly fill a cache line have one each, or most would lie in two.
fn stride(width: usize) -> usize {
    if (LINE * 3 / 4..LINE).contains(&width) { LINE } else { width }
}

/// Blocks of equal width, and as many that the threads have equal shares.
fn layout(features: usize, threads: usize) -> Vec<Block> {
    let least = features.div_ceil(MOST_WIDTH);
    let count = least.next_multiple_of(threads).min(features.div_ceil(LEAST_WIDTH)).max(least);
    let start = |block: usize| block * features / count;
    (0..count).map(|block| Block { first: start(block), width: start(block + 1) - start(block) }).collect()
}

impl Bins {
    fn of(column: &[f64], max_bins: usize) -> Bins {
        let count = column.len().min(SAMPLE);
        // Adding zero turns -0 into 0: they are equal as values and must be as bits.
        let sample = (0..count).map(|i| column[i * column.len() / count] + 0.0).filter(|value| value.is_finite());
        let mut keys: Vec<i64> = sample.map(key).collect();
        keys.sort_unstable();
        let mut distinct: Vec<(f64, usize)> = Vec::new();
        for same in keys.chunk_by(|a, b| a == b) {
            distinct.push((value(same[0]), same.len()));
        }
        let range = (distinct.first().map_or(0.0, |d| d.0), distinct.last().map_or(0.0, |d| d.0));
        Bins { bounds: cut(&distinct, max_bins), missing: false, range }
    }

    /// The bin of missing values.
    pub(crate) fn missing_bin(&self) -> usize {
        self.bounds.len()
    }
}

/// An integer that sorts as the number does.
fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn value(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

/// Upper bounds of the bins of `distinct` values with their counts.
fn cut(distinct: &[(f64, usize)], max_bins: usize) -> Vec<f64> {
    let mut bounds = Vec::new();
    if distinct.len() <= max_bins {
        bounds.extend(distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)));
    } else {
        let mut left: usize = distinct.iter().map(|(_, count)| count).sum();
        let mut inside = 0;
        for (i, (_, count)) in distinct.iter().enumerate() {
            let bins_left = max_bins - bounds.len();
            let share = left as f64 / bins_left as f64;
            // A value with the rows of a whole bin gets its own; else the bin ends where it is nearest its share.
            let full = inside as f64 + *count as f64 / 2.0 > share || *count as f64 >= share;
            if inside > 0 && bins_left > 1 && full {
                bounds.push(between(distinct[i - 1].0, distinct[i].0));
                left -= inside;
                inside = 0;
            }
            inside += count;
        }
    }
    bounds.push(f64::MAX);
    bounds
}

/// The midpoint of `a < b`, at least `a` and below `b`.
fn between(a: f64, b: f64) -> f64 {
    let middle = a / 2.0 + b / 2.0;
    if a <= middle && middle < b { middle } else { a }
}

/// Cuts the column of this index and bins its values.
fn fill(bins: &mut [u8], column: usize, values: &[f64], max_bins: usize, job: &Job) -> Result<Bins, Error> {
    let mut feature = Bins::of(values, max_bins);
    let table = table(&feature.bounds);
    let missing_bin = feature.missing_bin() as u8;
    for (chunk, (bins, values)) in bins.chunks_mut(CHUNK).zip(values.chunks(CHUNK)).enumerate() {
        job.check()?;
        for (row, (place, value)) in bins.iter_mut().zip(values).enumerate() {
            *place = bin(&table, *value);
            if !value.is_finite() {
                if value.is_infinite() {
                    return Err(Error::Infinite { column, row: chunk * CHUNK + row });
                }
                *place = missing_bin;
                feature.missing = true;
            }
        }
    }
    Ok(feature)
}

/// The bounds, filled up with infinity.
fn table(bounds: &[f64]) -> [f64; BINS] {
    let mut table = [f64::INFINITY; BINS];
    table[..bounds.len()].copy_from_slice(bounds);
    table
}

/// How many of the bounds lie below `value`, by halving without branches.
fn bin(table: &[f64; BINS], value: f64) -> u8 {
    let mut below = 0;
    for step in [128, 64, 32, 16, 8, 4, 2, 1] {
        below += if table[(below + step - 1) & 255] < value { step } else { 0 };
    }
    below as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(columns: Columns, max_bins: u16) -> (Vec<Vec<f64>>, Vec<Vec<u8>>) {
        let binned = Binned::of(columns, max_bins, 1, &Job::new()).unwrap();
        let bounds = binned.features.iter().map(|feature| feature.bounds.clone()).collect();
        (bounds, (0..columns.len()).map(|column| binned.column(column).to_vec()).collect())
    }

    #[test]
    fn few_values_get_a_bin_each_with_bounds_halfway_and_missing_comes_last() {
        let (bounds, bins) = bins(&[&[3.0, f64::NAN, -1.0, 3.0, 0.0, -0.0]], 255);
        assert_eq!(bounds, [[-0.5, 1.5, f64::MAX]]);
        assert_eq!(bins, [[2, 3, 0, 2, 1, 1]]);
    }

    #[test]
    fn many_values_are_shared_out_evenly_and_a_frequent_one_has_its_own_bin() {
        let mut column: Vec<f64> = (0..1000).map(|i| f64::from(i * 7 % 1000)).collect();
        let (_, even) = bins(&[&column], 10);
        let counts: Vec<usize> = (0..10).map(|bin| even[0].iter().filter(|b| **b == bin).count()).collect();
        assert_eq!(counts, [100; 10]);
        column.extend([500.0; 400]);
        let (_, bins) = bins(&[&column], 10);
        let own = bins[0][1000];
        assert_eq!(bins[0].iter().filter(|bin| **bin == own).count(), 401);
    }

    #[test]
    fn every_column_finds_its_place_in_the_blocks() {
        for (count, threads) in [(1, 1), (5, 1), (17, 1), (50, 2), (100, 1), (100, 3)] {
            let data: Vec<Vec<f64>> =
                (0..count).map(|c| (0..7).map(|r| f64::from((c * 3 + r * 5) % 7)).collect()).collect();
            let columns: Vec<&[f64]> = data.iter().map(Vec::as_slice).collect();
            let binned = Binned::of(&columns, 255, threads, &Job::new()).unwrap();
            let mut column = 0;
            for block in &binned.blocks {
                assert!(block.first == column && (1..=MOST_WIDTH).contains(&block.width));
                for _ in 0..block.width {
                    let expected: Vec<u8> = data[column].iter().map(|value| *value as u8).collect();
                    let (by_row, stride) = binned.by_row();
                    let by_row: Vec<u8> = by_row.iter().skip(column).step_by(stride).take(7).copied().collect();
                    assert_eq!(binned.column(column), expected);
                    assert_eq!(by_row, expected);
                    column += 1;
                }
            }
            assert_eq!(column, count as usize);
        }
    }

    #[test]
    fn extreme_neighbours_stay_apart() {
        let (low, high) = (1.0, 1.0_f64.next_up());
        let (bounds, found) = bins(&[&[low, high, f64::MAX, -f64::MAX, 5e-324, 0.0]], 255);
        assert_eq!(found, [[3, 4, 5, 0, 2, 1]]);
        assert!(bounds[0].is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_cannot_be_binned_is_named() {
        let error = |columns: Columns, max_bins, threads| Binned::of(columns, max_bins, threads, &Job::new()).err();
        assert_eq!(error(&[&[1.0, 2.0], &[1.0, f64::INFINITY]], 255, 1), Some(Error::Infinite { column: 1, row: 1 }));
        assert_eq!(error(&[], 255, 1), Some(Error::NoColumns));
        assert_eq!(error(&[&[]], 255, 1), Some(Error::NoRows));
        let uneven = Error::Length { what: "column 1".to_owned(), found: 1, rows: 2 };
        assert_eq!(error(&[&[1.0, 2.0], &[1.0]], 255, 1), Some(uneven));
        for (max_bins, threads, wrong) in [(1, 1, "max_bins"), (256, 1, "max_bins"), (255, 0, "threads")] {
            assert!(matches!(error(&[&[1.0]], max_bins, threads), Some(Error::Param { name, .. }) if name == wrong));
        }
        let job = Job::new();
        job.cancel();
        assert!(matches!(Binned::of(&[&[1.0]], 255, 1, &job).err(), Some(Error::Cancelled(_))));
    }
}
