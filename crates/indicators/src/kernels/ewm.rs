//! The exponential mean that all smoothed columns use.

/// The bias-corrected exponential mean: weights (1-a)^i with a = 2 / (span + 1), undefined before `min_bars` values.
/// The same as pandas' `ewm(span, min_periods, adjust=True).mean()`, but for a bar without a finite value: the mean is
/// undefined there (pandas repeats the last one), its weight passes all the same, and the next bar is defined again.
pub(crate) fn ewm(x: &[f64], span: usize, min_bars: usize, out: &mut [f64]) {
    let keep = 1.0 - 2.0 / (span as f64 + 1.0);
    let (mut sum, mut weight, mut seen) = (0.0, 0.0, 0_usize);
    for (place, &value) in out.iter_mut().zip(x) {
        sum *= keep;
        weight *= keep;
        if !value.is_finite() {
            continue;
        }
        sum += value;
        weight += 1.0;
        seen += 1;
        if seen >= min_bars {
            *place = sum / weight;
        }
    }
}

/// So many bars back, the weight of a bar in [`ewm`] is less than 1e-17 of the newest's, below the precision of a mean.
pub(crate) fn decay(span: usize) -> usize {
    // ln(1e17) = 39.2, and -ln(keep) is above 2 / (span + 1).
    20 * (span + 1)
}
