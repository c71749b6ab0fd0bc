//! Variance of each window from running sums of distances from an anchor.
//!
//! The anchor is the first value, later a window's mean. The sums are taken afresh, from a new anchor, when too few
//! digits are left: what remains is a millionth of what left the window, or the variance a millionth of the square of
//! the distance to the anchor. They are also taken afresh after every 32 windows, which also bounds how long NaN stays.

/// How many windows the sums are carried on for before they are taken afresh.
pub(super) const WINDOWS: usize = 32;
/// The share of digits that counts as too few.
pub(super) const FEW: f64 = 1e-6;

#[derive(Clone, Copy)]
struct Sums {
    anchor: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn fresh(window: &[f64], per_n: f64) -> Sums {
        let anchor = window.iter().sum::<f64>() * per_n;
        Sums::of(window, anchor)
    }

    fn of(window: &[f64], anchor: f64) -> Sums {
        let (mut sum, mut squares) = (0.0, 0.0);
        for x in window {
            let away = x - anchor;
            sum += away;
            squares += away * away;
        }
        Sums { anchor, sum, squares }
    }
}

/// Hands the variance of each window to `emit`, with its last bar's place in `out`. Windows begin at place n - 1.
#[inline(always)]
pub(in crate::ta) fn variances(x: &[f64], n: usize, out: &mut [f64], emit: impl Fn(f64) -> f64) {
    if n > x.len() {
        return;
    }
    let (size, per_n) = (n as f64, 1.0 / n as f64);
    let mut sums = Sums::of(&x[..n - 1], x[0]);
    let mut left = WINDOWS * n;
    // A value that a whole window was, with the sums taken afresh from it, and the place of the window after it.
    let (mut flat, mut next_flat) = ((f64::NAN, sums), usize::MAX);
    let (news, out) = (&x[n - 1..], &mut out[n - 1..x.len()]);
    for (t, ((new, old), place)) in news.iter().zip(x).zip(out).enumerate() {
        let away = new - sums.anchor;
        sums.sum += away;
        sums.squares += away * away;
        let mut leaving = old - sums.anchor;
        let mut mean = sums.sum * per_n;
        let mut variance = sums.squares * per_n - mean * mean;
        left -= 1;
        let remains = sums.squares - leaving * leaving;
        if (left == 0) | (size * variance < FEW * remains) | (remains < FEW * (leaving * leaving)) {
            let window = &x[t..t + n];
            if t == next_flat && *new == flat.0 {
                sums = flat.1;
                next_flat = t + 1;
            } else {
                sums = Sums::fresh(window, per_n);
                let is_flat = window.iter().all(|x| x == new);
                (flat, next_flat) = ((*new, sums), if is_flat { t + 1 } else { usize::MAX });
            }
            left = WINDOWS * n;
            leaving = old - sums.anchor;
            mean = sums.sum * per_n;
            variance = sums.squares * per_n - mean * mean;
        }
        *place = emit(variance);
        sums.sum -= leaving;
        sums.squares -= leaving * leaving;
    }
}
