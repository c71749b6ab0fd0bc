//! Values over each window of n bars, without subtracting what leaves the window.
//!
//! A window of 2w bars is two windows of w bars joined, so each step doubles the window of every bar, many bars side by
//! side; windows of other lengths are joined from those of the powers of two in n, which windows of all lengths share. A
//! value is made of the bars of its window alone, always in the same order: nothing drifts, NaN is gone when it has left
//! the window, and it does not matter where the series begins or which other lengths are asked for.

use std::mem::swap;

use super::bars::{maximum, minimum};
use super::map::{TILE, append, write};
use super::{Sink, scratch};
use crate::fused::fused;

/// So many values are a line of the caches. Buffers begin with a line of no meaning, and end with a tile of it: a join
/// begins and ends where a line does, whatever the numbers of bars, and what it makes of these places is not read.
const LINE: usize = 8;
/// So many values are between at a time, so that they lie in the nearest cache.
const NEAR: usize = 4096;

fused! {
    /// Appends `finish(n)(inputs, window)` of each bar with a full window of n bars, and NaN before, for each n to O of
    /// `out`: `one` is the value of one bar, and `join` that of two windows on end, the older first, from their numbers of
    /// bars and their values.
    pub(crate) fn rolling[
        const I: usize,
        const K: usize,
        const O: usize,
        F: Fn([f64; I], [f64; K]) -> [f64; O],
        S: Sink,
    ](
        inputs: [&[f64]; I],
        windows: &[usize],
        one: impl Fn([f64; I]) -> [f64; K],
        join: impl Fn([f64; 2], [f64; K], [f64; K]) -> [f64; K],
        finish: impl Fn(usize) -> F,
        out: &mut [S],
    ) {
        let rows = inputs.first().map_or(0, |series| series.len());
        for (n, out) in windows.iter().zip(out.chunks_mut(O)) {
            out.iter_mut().for_each(|series| series.undefined(rows.min(n.saturating_sub(1))));
        }
        let Some(longest) = windows.iter().copied().filter(|n| *n <= rows).max() else { return };
        let count = levels_of(longest).max(1);
        let block = (NEAR / ((count + 2) * K)).max(4 * longest).next_multiple_of(TILE);
        let length = LINE + (block.min(rows) + longest).next_multiple_of(TILE) + TILE + LINE;
        let mut memory = scratch((count + 2) * K * length + LINE);
        let first_line = memory.as_ptr().align_offset(LINE * size_of::<f64>()) % LINE;
        let mut buffers = memory[first_line..].chunks_exact_mut(length);
        let mut buffer = |_| std::array::from_fn::<&mut [f64], K, _>(|_| buffers.next().unwrap_or_default());
        // The windows of 1, 2, 4 and so on bars up to each.
        let mut levels: Vec<[&mut [f64]; K]> = (0..count).map(&mut buffer).collect();
        let [mut newest, mut spare] = [0, 1].map(buffer);
        for begin in (0..rows).step_by(block) {
            let from = begin.saturating_sub(longest - 1);
            let bars = (begin + block).min(rows) - from;
            let inputs = inputs.map(|series| &series[from..][..bars]);
            write((inputs, [], []), levels[0].each_mut().map(|series| &mut series[LINE..][..bars]), |x, [], []| one(x));
            for level in 1..levels.len() {
                let w = 1 << (level - 1);
                let (shorter, longer) = levels.split_at_mut(level);
                join_all(bars, [w, w], &shorter[level - 1], &shorter[level - 1], &mut longer[0], &join);
            }
            for (n, out) in windows.iter().copied().zip(out.as_chunks_mut::<O>().0) {
                let first = begin.max(n - 1) - from;
                if first >= bars {
                    continue;
                }
                let (finish, out) = (finish(n), out.each_mut());
                let now = inputs.map(|series| &series[first..]);
                if n == 1 {
                    let window = levels[0].each_ref().map(|series| &series[LINE + first..][..bars - first]);
                    append(bars - first, (now, window, []), out, |x, window, []| finish(x, window));
                    continue;
                }
                // The last join is that of the windows of `last` bars and, after them, of the `done` newest.
                let last = 1 << (levels_of(n) - 1);
                let done = n - last;
                let mut parts = (0..levels.len()).filter(|level| done >> level & 1 == 1);
                let lowest = parts.next().unwrap_or(0);
                let mut made = 1 << lowest;
                for part in parts {
                    let newer = if made == 1 << lowest { &levels[lowest] } else { &newest };
                    join_all(bars, [1 << part, made], &levels[part], newer, &mut spare, &join);
                    swap(&mut newest, &mut spare);
                    made += 1 << part;
                }
                let newer = if made == 1 << lowest { &levels[lowest] } else { &newest };
                let newer = newer.each_ref().map(|series| &series[LINE + first..][..bars - first]);
                let older = levels[levels_of(n) - 1].each_ref();
                let older = older.map(|series| &series[LINE + first - done..][..bars - first]);
                let counts = [last as f64, done as f64];
                append(bars - first, (now, older, newer), out, |x, older, newer| finish(x, join(counts, older, newer)));
            }
        }
    }
}

/// How many powers of two are less than the length of a window: the last is the older part of its last join.
fn levels_of(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

/// Joins to each window of the newer bars the window of the older bars before it.
#[inline(always)]
fn join_all<const K: usize>(
    bars: usize,
    [older_bars, newer_bars]: [usize; 2],
    older: &[&mut [f64]; K],
    newer: &[&mut [f64]; K],
    to: &mut [&mut [f64]; K],
    join: &impl Fn([f64; 2], [f64; K], [f64; K]) -> [f64; K],
) {
    let first = newer_bars / LINE * LINE;
    let rows = bars.saturating_sub(first).next_multiple_of(TILE);
    let counts = [older_bars as f64, newer_bars as f64];
    let older = older.each_ref().map(|series| &series[LINE + first - newer_bars..][..rows]);
    let newer = newer.each_ref().map(|series| &series[LINE + first..][..rows]);
    let to = to.each_mut().map(|series| &mut series[LINE + first..][..rows]);
    write((older, newer, []), to, |older, newer, []| join(counts, older, newer));
}

/// The join of sums.
#[inline(always)]
pub(crate) fn sums<const K: usize>(_: [f64; 2], older: [f64; K], newer: [f64; K]) -> [f64; K] {
    let mut both = older;
    for (both, newer) in both.iter_mut().zip(newer) {
        *both += newer;
    }
    both
}

/// Division by a number of bars: one over it, and what that leaves, which takes less than dividing and rounds the same.
pub(crate) fn over(bars: usize) -> impl Fn(f64) -> f64 + Copy {
    let (count, share) = (bars as f64, 1.0 / bars as f64);
    move |sum: f64| {
        let mean = sum * share;
        (-mean).mul_add(count, sum).mul_add(share, mean)
    }
}

/// Means over the n bars up to each, for each n.
pub(crate) fn rolling_mean(x: &[f64], windows: &[usize], out: &mut [impl Sink]) {
    let finish = |n| {
        let mean = over(n);
        move |_, [sum]: [f64; 1]| [mean(sum)]
    };
    rolling([x], windows, |x| x, sums, finish, out);
}

/// Greatest of the n bars up to each, for each n.
pub(crate) fn rolling_max(x: &[f64], windows: &[usize], out: &mut [impl Sink]) {
    rolling([x], windows, |x| x, |_, [a], [b]| [maximum(a, b)], |_| |_, most| most, out);
}

/// Least of the n bars up to each, for each n.
pub(crate) fn rolling_min(x: &[f64], windows: &[usize], out: &mut [impl Sink]) {
    rolling([x], windows, |x| x, |_, [a], [b]| [minimum(a, b)], |_| |_, least| least, out);
}

/// A function of the inputs, the greatest and the least of two series over the n bars up to each, for each n.
pub(crate) fn rolling_range<const I: usize>(
    inputs: [&[f64]; I],
    windows: &[usize],
    ends: impl Fn([f64; I]) -> [f64; 2],
    finish: impl Fn([f64; I], [f64; 2]) -> f64 + Copy,
    out: &mut [impl Sink],
) {
    let join = |_, a: [f64; 2], b: [f64; 2]| [maximum(a[0], b[0]), minimum(a[1], b[1])];
    rolling(inputs, windows, ends, join, |_| move |x, ends| [finish(x, ends)], out);
}

#[cfg(test)]
mod tests {
    use super::{rolling_max, rolling_mean, rolling_min};

    #[test]
    fn windows_of_any_length_are_those_of_their_bars() {
        // Whole numbers, whose sums are exact.
        let x: Vec<f64> = (0..6_000_u32).map(|t| f64::from(t * 7_919 % 1_009)).collect();
        let lengths = (1..70).chain([127, 128, 129, 300, 1_023, 1_024, 1_025, 5_999, 6_000, 6_001]);
        let sevenths = |x: &[f64]| x.iter().sum::<f64>() / 7.0;
        for n in lengths {
            let [mut means, mut most, mut least] = [vec![vec![1.0]; 4], vec![vec![1.0]; 1], vec![vec![1.0]; 1]];
            rolling_mean(&x, &[n, 7, 6_001, 200], &mut means);
            rolling_max(&x, &[n], &mut most);
            rolling_min(&x, &[n], &mut least);
            let [mean, most, least] = [&means[0], &most[0], &least[0]];
            assert!(means.iter().chain([most, least]).all(|series| series.len() == 6_001 && series[0] == 1.0));
            assert!(means[1][500] == sevenths(&x[493..500]));
            for t in 0..6_000 {
                let found = [mean[t + 1], most[t + 1], least[t + 1]];
                if t + 1 < n {
                    assert!(found.iter().all(|value| value.is_nan()), "{n} at {t}");
                } else if t % 97 == 0 || t + 1 == n || t == 5_999 {
                    let window = &x[t + 1 - n..=t];
                    let sum: f64 = window.iter().sum();
                    let most = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let least = window.iter().copied().fold(f64::INFINITY, f64::min);
                    assert_eq!(found, [sum / n as f64, most, least], "{n} at {t}");
                }
            }
        }
    }
}
