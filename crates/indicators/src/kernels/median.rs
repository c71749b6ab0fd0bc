//! Rolling median, from the window kept in order.

/// Median of the n bars up to each. Finding a bar's place is logarithmic, moving its neighbours is one short copy.
pub(crate) fn rolling_median(x: &[f64], n: usize, out: &mut [f64]) {
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
            ordered.insert(ordered.partition_point(|value| *value < x[t]), x[t]);
        }
        if ordered.len() == n {
            *place = if n % 2 == 1 { ordered[n / 2] } else { (ordered[n / 2 - 1] + ordered[n / 2]) / 2.0 };
        }
    }
}
