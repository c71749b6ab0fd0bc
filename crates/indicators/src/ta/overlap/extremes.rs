//! The highest and the lowest of each window.

/// Calls `emit(t, highest, lowest)` for each bar with a full window of n, in TA-Lib's way with missing values: a
/// comparison with one is false. The series are cut into blocks of n: a window is the end of one block and the start of
/// the next (van Herk 1992).
#[inline(always)]
pub(super) fn extremes(high: &[f64], low: &[f64], n: usize, mut emit: impl FnMut(usize, f64, f64)) {
    let rows = high.len().min(low.len());
    // Lows are turned round, so that one instruction serves both. The extremes from each place of the block before to
    // its end:
    let mut ends = vec![[0.0; 2]; n];
    let mut start = 0;
    while start < rows {
        let length = n.min(rows - start);
        let (high, low) = (&high[start..start + length], &low[start..start + length]);
        let mut best = [high[0], -low[0]];
        for (t, ((high, low), end)) in high.iter().zip(low).zip(&ends[1..]).enumerate() {
            best = greater([*high, -low], best);
            if start > 0 {
                let [highest, lowest] = greater(best, *end);
                emit(start + t, highest, -lowest);
            }
        }
        if length < n {
            return;
        }
        let mut best = [high[n - 1], -low[n - 1]];
        for ((end, high), low) in ends.iter_mut().zip(high).zip(low).rev() {
            best = greater([*high, -low], best);
            *end = best;
        }
        emit(start + n - 1, best[0], -best[1]);
        start += n;
    }
}

#[inline(always)]
fn greater(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [if a[0] > b[0] { a[0] } else { b[0] }, if a[1] > b[1] { a[1] } else { b[1] }]
}
