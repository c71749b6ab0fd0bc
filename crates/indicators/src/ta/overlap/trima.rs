//! Triangular moving average.

/// The mean of the last n values with weights that rise to the middle of the window and fall again.
pub(in crate::ta) fn trima(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let half = n.div_ceil(2);
    let total = (half * (n + 1 - half)) as f64;
    // From a bar to the next, each of the newest `half` values gains 1 in weight and each of the oldest loses 1.
    let mut newest: f64 = x[n - half..n].iter().sum();
    let mut oldest: f64 = x[..half].iter().sum();
    let weight = |place: usize| (place + 1).min(n - place) as f64;
    let mut weighted: f64 = x[..n].iter().enumerate().map(|(place, x)| x * weight(place)).sum();
    out[n - 1] = weighted / total;
    for t in n..x.len() {
        newest += x[t] - x[t - half];
        weighted += newest - oldest;
        oldest += x[t - n + half] - x[t - n];
        out[t] = weighted / total;
    }
}
