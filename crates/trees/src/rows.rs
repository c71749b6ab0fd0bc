//! The rows of a node, in place: a split moves those that go left to the front and keeps the order of both sides.

use crate::binned::{BINS, Bins};
use crate::split::Split;
use crate::workers::Workers;

/// Rows from which on the threads share the work.
const MANY: usize = 8_192;

/// Which bins go left.
fn lefts<S>(split: &Split<S>, bins: &Bins) -> [bool; BINS] {
    let mut left = [false; BINS];
    left[..=usize::from(split.bin)].fill(true);
    left[bins.missing_bin()] = split.missing_left;
    left
}

/// Divides `rows` by a split on `column`; how many go left. `scratch` is as long as `rows`.
pub(crate) fn partition<S>(
    rows: &mut [u32],
    scratch: &mut [u32],
    column: &[u8],
    (split, bins): (&Split<S>, &Bins),
    workers: &Workers,
) -> usize {
    let lefts = lefts(split, bins);
    let parts = if rows.len() < MANY { 1 } else { workers.threads };
    let size = rows.len().div_ceil(parts).max(1);
    let mut pieces: Vec<_> = rows.chunks_mut(size).zip(scratch.chunks_mut(size)).map(|piece| (piece, 0)).collect();
    workers.each(&mut pieces, |((rows, right), count)| {
        *count = divide(rows, right, column, |bin| lefts[usize::from(bin)])
    });
    let counts: Vec<usize> = pieces.iter().map(|(_, count)| *count).collect();
    let mut end = 0;
    for (piece, count) in counts.iter().enumerate() {
        rows.copy_within(piece * size..piece * size + count, end);
        end += count;
    }
    let left = end;
    for (piece, count) in counts.iter().enumerate() {
        let rest = size.min(rows.len() - piece * size) - count;
        rows[end..end + rest].copy_from_slice(&scratch[piece * size..piece * size + rest]);
        end += rest;
    }
    left
}

/// Moves the rows that go left to the front and copies the others to `right`; how many went left.
pub(crate) fn divide(rows: &mut [u32], right: &mut [u32], column: &[u8], goes_left: impl Fn(u8) -> bool) -> usize {
    let (mut left_end, mut right_end) = (0, 0);
    for i in 0..rows.len() {
        let row = rows[i];
        let left = goes_left(column[row as usize]);
        rows[left_end] = row;
        right[right_end] = row;
        left_end += usize::from(left);
        right_end += usize::from(!left);
    }
    left_end
}
