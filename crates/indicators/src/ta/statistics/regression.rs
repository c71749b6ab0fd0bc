//! The straight line of least squares through each window, from running sums.
//!
//! The sums are taken afresh every 32 windows' lengths, and when what leaves is more than a hundred times the mean size
//! of what is left; this also bounds how long NaN stays.

use super::spread::WINDOWS;

/// A line over the n bars of a window.
pub(super) struct Line {
    /// The rise from bar to bar.
    pub(super) slope: f64,
    /// The value at the oldest bar.
    pub(super) start: f64,
}

struct Sums {
    /// Of the values, of the values times how many bars ago they are, and of their sizes.
    values: f64,
    weighted: f64,
    sizes: f64,
}

impl Sums {
    fn of(window: &[f64]) -> Sums {
        let mut sums = Sums { values: 0.0, weighted: 0.0, sizes: 0.0 };
        for (place, x) in window.iter().enumerate() {
            sums.values += x;
            sums.weighted += (window.len() - 1 - place) as f64 * x;
            sums.sizes += x.abs();
        }
        sums
    }
}

/// What `emit` makes of the line through each window, from place n - 1 on.
#[inline(always)]
pub(super) fn lines(x: &[f64], n: usize, out: &mut [f64], mut emit: impl FnMut(Line) -> f64) {
    if n > x.len() {
        return;
    }
    let size = n as f64;
    let places = size * (size - 1.0) * 0.5;
    let squares = size * (size - 1.0) * (2.0 * size - 1.0) / 6.0;
    let per_spread = 1.0 / (places * places - size * squares);
    let per_n = 1.0 / size;
    let mut line = |sums: &Sums| {
        let slope = (size * sums.weighted - places * sums.values) * per_spread;
        emit(Line { slope, start: (sums.values - slope * places) * per_n })
    };
    let mut sums = Sums::of(&x[..n]);
    out[n - 1] = line(&sums);
    let mut left = WINDOWS * n;
    for (t, ((new, old), place)) in x[n..].iter().zip(x).zip(&mut out[n..]).enumerate() {
        sums.weighted = sums.weighted + sums.values - size * old;
        sums.values = sums.values - old + new;
        sums.sizes = sums.sizes - old.abs() + new.abs();
        left -= 1;
        if (left == 0) | (size * old.abs() > 100.0 * sums.sizes) {
            sums = Sums::of(&x[t + 1..t + 1 + n]);
            left = WINDOWS * n;
        }
        *place = line(&sums);
    }
}
