//! The deviation of each window from its mean.

use super::CHUNK;

/// After so many windows' lengths TA-Lib sums anew, so that a missing value is forgotten.
const RENEWED: usize = 32;

/// A variance this much smaller than the squares that its sums have seen is summed anew.
const SMALL: f64 = 1e-4;

/// Sums of a window's distances from one of its values and of their squares.
#[derive(Clone)]
pub(super) struct Spread {
    n: usize,
    /// 1 over n.
    part: f64,
    origin: f64,
    sum: f64,
    squares: f64,
    /// The greatest sum of squares since the sums were formed.
    most: f64,
    left: usize,
}

impl Spread {
    /// Of the first window's values.
    pub(super) fn new(window: impl DoubleEndedIterator<Item = f64>, n: usize) -> Spread {
        let mut spread =
            Spread { n, part: 1.0 / n as f64, origin: 0.0, sum: 0.0, squares: 0.0, most: 0.0, left: RENEWED * n - 1 };
        spread.renew(window);
        spread
    }

    fn renew(&mut self, mut window: impl DoubleEndedIterator<Item = f64>) {
        self.origin = window.next_back().unwrap_or(0.0);
        // 0, or missing where the origin is.
        (self.sum, self.squares) = (0.0 * self.origin, 0.0 * self.origin);
        for x in window.rev() {
            let distance = x - self.origin;
            self.sum += distance;
            self.squares += distance * distance;
        }
        self.most = self.squares;
    }

    #[inline(always)]
    fn add(&mut self, x: f64, gone: f64) {
        let (newest, gone) = (x - self.origin, gone - self.origin);
        self.sum += newest - gone;
        self.squares += newest * newest - gone * gone;
    }

    /// Moves the window on by a value; `window` is asked for its values, oldest first, when the sums are formed anew.
    #[inline(always)]
    pub(super) fn slide<I: DoubleEndedIterator<Item = f64>>(&mut self, x: f64, gone: f64, window: impl Fn() -> I) {
        self.add(x, gone);
        self.most = if self.squares > self.most { self.squares } else { self.most };
        self.left -= 1;
        if self.left == 0 {
            self.renew(window());
            self.left = RENEWED * self.n;
        } else if self.squares - self.sum * self.sum * self.part < SMALL * self.most {
            self.renew(window());
        }
    }

    /// The deviation.
    #[inline(always)]
    pub(super) fn deviation(&self) -> f64 {
        let variance = (self.squares - self.sum * self.sum * self.part) * self.part;
        if variance <= 0.0 { 0.0 } else { variance.sqrt() }
    }
}

/// The deviation of each window of n, from place n - 1 on.
pub(super) fn deviations(x: &[f64], n: usize, mut emit: impl FnMut(usize, &[f64])) {
    if n > x.len() {
        return;
    }
    let mut spread = Spread::new(x[..n].iter().copied(), n);
    emit(n - 1, &[spread.deviation()]);
    let (mut sums, mut squares, mut found) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
    let mut start = n;
    while start < x.len() {
        // A piece ends before the bar at which the sums are formed anew in any case.
        let rows = CHUNK.min(x.len() - start).min(spread.left - 1);
        let end = start + rows;
        let (sums, squares, found) = (&mut sums[..rows], &mut squares[..rows], &mut found[..rows]);
        let before = spread.clone();
        let bars = x[start..end].iter().zip(&x[start - n..]);
        for ((sum, square), (x, gone)) in sums.iter_mut().zip(squares.iter_mut()).zip(bars) {
            spread.add(*x, *gone);
            (*sum, *square) = (spread.sum, spread.squares);
        }
        let mut least = f64::INFINITY;
        for ((found, sum), square) in found.iter_mut().zip(sums.iter()).zip(squares.iter()) {
            let variance = (square - sum * sum * spread.part) * spread.part;
            least = if variance < least { variance } else { least };
            *found = if variance <= 0.0 { 0.0 } else { variance.sqrt() };
        }
        let most = squares.iter().fold(before.most, |most, square| if *square > most { *square } else { most });
        if least < SMALL * most * spread.part {
            // Some bar of the piece may need sums of its own.
            spread = before;
            for (found, t) in found.iter_mut().zip(start..) {
                spread.slide(x[t], x[t - n], || x[t + 1 - n..=t].iter().copied());
                *found = spread.deviation();
            }
        } else {
            spread.left -= rows;
            spread.most = most;
        }
        emit(start, found);
        start = end;
        if start < x.len() && spread.left == 1 {
            spread.slide(x[start], x[start - n], || x[start + 1 - n..=start].iter().copied());
            emit(start, &[spread.deviation()]);
            start += 1;
        }
    }
}
