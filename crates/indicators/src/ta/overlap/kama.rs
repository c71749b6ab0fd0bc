//! Kaufman's adaptive moving average.

/// The weights of a new value in the fastest average and in the slowest.
const FAST: f64 = 2.0 / 3.0;
const SLOW: f64 = 2.0 / 31.0;

/// The weight of a new value, from the move over the window and the sum of the moves from bar to bar.
#[inline(always)]
pub(super) fn weight(whole: f64, parts: f64) -> f64 {
    let ratio = if parts <= whole || parts.abs() < 1e-14 { 1.0 } else { (whole / parts).abs() };
    let root = ratio * (FAST - SLOW) + SLOW;
    root * root
}

/// Kaufman's average over n bars.
pub(in crate::ta) fn kama(x: &[f64], n: usize, settle: usize, out: &mut [f64]) {
    if n >= x.len() {
        return;
    }
    let mut parts: f64 = x[..=n].windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    let mut average = x[n - 1];
    average += (x[n] - average) * weight(x[n] - x[0], parts);
    if settle == 0 {
        out[n] = average;
    }
    for t in n + 1..x.len() {
        parts -= (x[t - n] - x[t - n - 1]).abs();
        parts += (x[t] - x[t - 1]).abs();
        average += (x[t] - average) * weight(x[t] - x[t - n], parts);
        if t >= n + settle {
            out[t] = average;
        }
    }
}
