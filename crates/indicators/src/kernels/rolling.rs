//! Values over each window of n bars, without subtracting what leaves the window.
//!
//! A window of 2w bars is two windows of w bars joined, so each step doubles the window of every bar, many bars side by
//! side; windows of other lengths are joined from those of the powers of two in n. A value is made of the bars of its
//! window alone, always in the same order: nothing drifts, NaN is gone when it has left the window, and it does not
//! matter where the series begins.

use std::mem::swap;

use super::Sink;
use super::bars::{maximum, minimum};
use super::map::{append, write};
use crate::fused::fused;

/// So many windows at a time, so that what is between lies in the nearest cache.
const BLOCK: usize = 1024;

fused! {
    /// Appends `finish(inputs, window)` of each bar with a full window, and NaN before: `one` is the value of one bar, and
    /// `join` that of two windows on end, the older first, from their numbers of bars and their values.
    pub(crate) fn rolling[const I: usize, const K: usize, const O: usize, S: Sink](
        inputs: [&[f64]; I],
        n: usize,
        one: impl Fn([f64; I]) -> [f64; K],
        join: impl Fn([f64; 2], [f64; K], [f64; K]) -> [f64; K],
        finish: impl Fn([f64; I], [f64; K]) -> [f64; O],
        out: [&mut S; O],
    ) {
        let mut out = out;
        let rows = inputs.first().map_or(0, |series| series.len());
        for series in &mut out {
            series.undefined(rows.min(n.saturating_sub(1)));
        }
        if n == 0 || n > rows {
            return;
        }
        let block = BLOCK.max(4 * n).min(rows - n + 1);
        let [mut level, mut newest, mut spare]: [[Vec<f64>; K]; 3] =
            std::array::from_fn(|_| std::array::from_fn(|_| vec![0.0; block + n - 1]));
        for begin in (0..rows - n + 1).step_by(block) {
            let end = (begin + block + n - 1).min(rows);
            let bars = end - begin;
            let own = level.each_mut().map(|series| &mut series[..bars]);
            write((inputs.map(|series| &series[begin..end]), []), own, |x, []| one(x));
            // level[t] is the window of w bars up to bar begin + t, newest[t] that of `done` bars.
            let (mut w, mut done) = (1, 0);
            loop {
                let is_part = n & w != 0;
                if is_part && done > 0 {
                    join_all(bars, w, &level, done, &newest, &mut spare, &join);
                    swap(&mut newest, &mut spare);
                }
                if done + w == n {
                    break;
                }
                join_all(bars, w, &level, w, &level, &mut spare, &join);
                swap(&mut level, &mut spare);
                if is_part && done == 0 {
                    swap(&mut newest, &mut spare);
                }
                done += if is_part { w } else { 0 };
                w *= 2;
            }
            let windows = if done > 0 { &newest } else { &level };
            let first = begin + n - 1;
            let inputs = inputs.map(|series| &series[first..end]);
            let windows = windows.each_ref().map(|series| &series[n - 1..bars]);
            append(end - first, (inputs, windows), out.each_mut().map(|series| &mut **series), &finish);
        }
    }
}

/// Joins to each window of `newer_bars` the window of `older_bars` before it.
#[inline(always)]
fn join_all<const K: usize>(
    bars: usize,
    older_bars: usize,
    older: &[Vec<f64>; K],
    newer_bars: usize,
    newer: &[Vec<f64>; K],
    to: &mut [Vec<f64>; K],
    join: &impl Fn([f64; 2], [f64; K], [f64; K]) -> [f64; K],
) {
    let counts = [older_bars as f64, newer_bars as f64];
    let older = older.each_ref().map(|series| &series[..bars - newer_bars]);
    let newer = newer.each_ref().map(|series| &series[newer_bars..bars]);
    let to = to.each_mut().map(|series| &mut series[newer_bars..bars]);
    write((older, newer), to, |older, newer| join(counts, older, newer));
}

/// The join of sums.
#[inline(always)]
pub(crate) fn sums<const K: usize>(_: [f64; 2], older: [f64; K], newer: [f64; K]) -> [f64; K] {
    std::array::from_fn(|k| older[k] + newer[k])
}

/// Division by a number of bars: one over it, and what that leaves, which takes less than dividing and rounds the same.
pub(crate) fn over(bars: usize) -> impl Fn(f64) -> f64 + Copy {
    let (count, share) = (bars as f64, 1.0 / bars as f64);
    move |sum: f64| {
        let mean = sum * share;
        (-mean).mul_add(count, sum).mul_add(share, mean)
    }
}

/// Mean over the n bars up to each.
pub(crate) fn rolling_mean(x: &[f64], n: usize, out: &mut impl Sink) {
    let mean = over(n);
    rolling([x], n, |x| x, sums, |_, [sum]| [mean(sum)], [out]);
}

/// Greatest of the n bars up to each.
pub(crate) fn rolling_max(x: &[f64], n: usize, out: &mut impl Sink) {
    rolling([x], n, |x| x, |_, [a], [b]| [maximum(a, b)], |_, most| most, [out]);
}

/// Least of the n bars up to each.
pub(crate) fn rolling_min(x: &[f64], n: usize, out: &mut impl Sink) {
    rolling([x], n, |x| x, |_, [a], [b]| [minimum(a, b)], |_, least| least, [out]);
}

/// A function of the inputs, the greatest and the least of two series over the n bars up to each.
pub(crate) fn rolling_range<const I: usize>(
    inputs: [&[f64]; I],
    n: usize,
    ends: impl Fn([f64; I]) -> [f64; 2],
    finish: impl Fn([f64; I], [f64; 2]) -> f64,
    out: &mut impl Sink,
) {
    rolling(inputs, n, ends, |_, a, b| [maximum(a[0], b[0]), minimum(a[1], b[1])], |x, ends| [finish(x, ends)], [out]);
}

#[cfg(test)]
mod tests {
    use super::{rolling_max, rolling_mean, rolling_min};

    #[test]
    fn windows_of_any_length_are_those_of_their_bars() {
        // Whole numbers, whose sums are exact.
        let x: Vec<f64> = (0..6_000_u32).map(|t| f64::from(t * 7_919 % 1_009)).collect();
        let lengths = (1..70).chain([127, 128, 129, 300, 1_023, 1_024, 1_025, 5_999, 6_000, 6_001]);
        for n in lengths {
            let [mut mean, mut most, mut least] = [vec![1.0], vec![1.0], vec![1.0]];
            rolling_mean(&x, n, &mut mean);
            rolling_max(&x, n, &mut most);
            rolling_min(&x, n, &mut least);
            assert!([&mean, &most, &least].iter().all(|series| series.len() == 6_001 && series[0] == 1.0));
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
