//! Rolling rank, from the window kept in order.

/// The place of each bar's value among the n bars up to it: 1 for the least, n for the greatest; equal values share the
/// mean of their places. Finding a place is logarithmic, moving its neighbours is one short copy.
pub(crate) fn rolling_rank(x: &[f64], n: usize, out: &mut [f64]) {
    if n == 0 || n > x.len() {
        return;
    }
    let mut ordered: Vec<f64> = Vec::with_capacity(n);
    for (t, place) in out.iter_mut().enumerate() {
        if t >= n && x[t - n].is_finite() {
            let leaving = x[t - n];
            ordered.remove(ordered.partition_point(|value| *value < leaving));
        }
        if x[t].is_finite() {
            let below = ordered.partition_point(|value| *value < x[t]);
            let equal = ordered[below..].partition_point(|value| *value <= x[t]);
            ordered.insert(below, x[t]);
            if ordered.len() == n {
                *place = below as f64 + (equal as f64 + 2.0) / 2.0;
            }
        }
    }
}
