//! Places of the extremes of each window.
//!
//! The place is kept until a value as good arrives or it leaves the window; then it is the first of the best in the
//! window, counted from the oldest, where NaN is passed over unless it is the oldest itself.

/// Whether the new value is greater.
#[inline(always)]
pub(super) fn above(new: f64, old: f64) -> bool {
    new > old
}

/// Whether the new value is less.
#[inline(always)]
pub(super) fn below(new: f64, old: f64) -> bool {
    new < old
}

/// The place of the best of each window, from place n - 1 on.
#[inline(always)]
pub(super) fn places(x: &[f64], n: usize, better: impl Fn(f64, f64) -> bool, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    let (mut best, mut value) = first_best(&x[..n], &better);
    out[n - 1] = best as f64;
    for (t, (new, place)) in x[n..].iter().zip(&mut out[n..]).enumerate() {
        let oldest = t + 1;
        if best < oldest {
            // All others of the window are no better than what has left. When the oldest is as good, it is the first.
            if x[oldest] == value {
                best = oldest;
                if better(*new, value) {
                    (best, value) = (oldest + n - 1, *new);
                }
            } else {
                (best, value) = first_best(&x[oldest..oldest + n], &better);
                best += oldest;
            }
        } else if better(*new, value) || *new == value {
            (best, value) = (oldest + n - 1, *new);
        }
        *place = best as f64;
    }
}

#[inline(always)]
fn first_best(window: &[f64], better: impl Fn(f64, f64) -> bool) -> (usize, f64) {
    let (mut best, mut value) = (0, window[0]);
    for (t, new) in window.iter().enumerate().skip(1) {
        if better(*new, value) {
            (best, value) = (t, *new);
        }
    }
    (best, value)
}
