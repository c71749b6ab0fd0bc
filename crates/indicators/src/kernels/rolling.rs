//! Values over each window of n bars, without subtracting what leaves the window.
//!
//! The series is cut into blocks of n. A window is the end of one block and the start of the next, so its value is one
//! running value from the left joined to one from the right (van Herk 1992, for minima; it holds for anything that
//! joins). Nothing is ever taken away again, so nothing drifts, and NaN is gone when it has left the window.

use super::bars::{maximum, minimum};

/// Calls `emit(t, window)` for each bar with a full window; `one` is the value of one bar and `join` is associative.
pub(crate) fn rolling<S: Copy>(
    rows: usize,
    n: usize,
    one: impl Fn(usize) -> S,
    join: impl Fn(S, S) -> S,
    mut emit: impl FnMut(usize, S),
) {
    if n == 0 || n > rows {
        return;
    }
    // ends[k] is the value of the earlier block from its place k on.
    let mut ends: Vec<S> = Vec::with_capacity(n);
    let mut start = 0;
    while start < rows {
        let length = n.min(rows - start);
        let mut running = one(start);
        for k in 0..length {
            if k > 0 {
                running = join(running, one(start + k));
            }
            if k + 1 == n {
                emit(start + k, running);
            } else if start > 0 {
                emit(start + k, join(ends[k + 1], running));
            }
        }
        if length < n {
            return;
        }
        ends.clear();
        ends.resize(n, one(start + n - 1));
        for k in (0..n - 1).rev() {
            ends[k] = join(one(start + k), ends[k + 1]);
        }
        start += n;
    }
}

/// Sum over the n bars up to each.
pub(crate) fn rolling_sum(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(x.len(), n, |t| x[t], |a, b| a + b, |t, sum| out[t] = sum);
}

/// Mean over the n bars up to each.
pub(crate) fn rolling_mean(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(x.len(), n, |t| x[t], |a, b| a + b, |t, sum| out[t] = sum / n as f64);
}

/// Greatest of the n bars up to each.
pub(crate) fn rolling_max(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(x.len(), n, |t| x[t], maximum, |t, most| out[t] = most);
}

/// Least of the n bars up to each.
pub(crate) fn rolling_min(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(x.len(), n, |t| x[t], minimum, |t, least| out[t] = least);
}
