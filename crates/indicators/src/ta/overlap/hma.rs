//! Hull moving average.

use super::wma::Window;

/// The lengths of the short average and of the one that smooths.
fn lengths(n: usize) -> (usize, usize) {
    ((n / 2).max(1), n.isqrt().max(1))
}

/// How many bars at the start have no value.
pub(in crate::ta) fn look_back(n: usize) -> usize {
    n - 1 + lengths(n).1 - 1
}

/// The weighted average, over the root of n bars, of 2 wma(x, n / 2) - wma(x, n).
pub(in crate::ta) fn hma(x: &[f64], n: usize, out: &mut [f64]) {
    if look_back(n) >= x.len() {
        return;
    }
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    let (half, root) = lengths(n);
    let mut short = Window::new(half, x[n - half..n - 1].iter().copied());
    let mut long = Window::new(n, x[..n - 1].iter().copied());
    let mut ring = vec![0.0; root];
    let mut at = 0;
    let mut raw = |t: usize| 2.0 * short.next(x[t], x[t + 1 - half]) - long.next(x[t], x[t + 1 - n]);
    for (t, place) in ring[..root - 1].iter_mut().enumerate() {
        *place = raw(n - 1 + t);
    }
    let mut smooth = Window::new(root, ring[..root - 1].iter().copied());
    // The place after the newest value is the oldest value's.
    let mut newest = root - 1;
    for (t, place) in out.iter_mut().enumerate().skip(look_back(n)) {
        let value = raw(t);
        ring[newest] = value;
        newest = at;
        *place = smooth.next(value, ring[at]);
        at += 1;
        if at == root {
            at = 0;
        }
    }
}
