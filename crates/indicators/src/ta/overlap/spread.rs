//! The deviation of each window from its mean.

/// After so many windows' lengths TA-Lib sums anew, so that a missing value is forgotten.
const RENEWED: usize = 32;

/// A variance this much smaller than the squares that its sums have seen is summed anew.
const SMALL: f64 = 1e-4;

/// Sums of a window's distances from one of its values and of their squares.
#[derive(Clone)]
pub(super) struct Spread {
    n: usize,
    size: f64,
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
            Spread { n, size: n as f64, origin: 0.0, sum: 0.0, squares: 0.0, most: 0.0, left: RENEWED * n - 1 };
        spread.renew(window);
        spread
    }

    fn renew(&mut self, mut window: impl DoubleEndedIterator<Item = f64>) {
        self.origin = window.next_back().unwrap_or(0.0);
        // A value that is missing itself leaves the others as they are.
        (self.sum, self.squares) = (self.origin - self.origin, self.origin - self.origin);
        for x in window.rev() {
            let distance = x - self.origin;
            self.sum += distance;
            self.squares += distance * distance;
        }
        self.most = self.squares;
    }

    /// Moves the window on by a value; `window` is asked for its values, oldest first, when the sums are formed anew.
    #[inline(always)]
    pub(super) fn slide<I: DoubleEndedIterator<Item = f64>>(&mut self, x: f64, gone: f64, window: impl Fn() -> I) {
        let (newest, gone) = (x - self.origin, gone - self.origin);
        self.sum += newest - gone;
        self.squares += newest * newest - gone * gone;
        self.most = if self.squares > self.most { self.squares } else { self.most };
        self.left -= 1;
        if self.left == 0 {
            self.renew(window());
            self.left = RENEWED * self.n;
        } else if self.squares - self.sum * self.sum / self.size < SMALL * self.most {
            self.renew(window());
        }
    }

    /// The deviation.
    #[inline(always)]
    pub(super) fn deviation(&self) -> f64 {
        let variance = (self.squares - self.sum * self.sum / self.size) / self.size;
        if variance <= 0.0 { 0.0 } else { variance.sqrt() }
    }
}

/// The deviation of each window of n, from place n - 1 on.
pub(super) fn deviations(x: &[f64], n: usize, mut emit: impl FnMut(usize, f64)) {
    if n > x.len() {
        return;
    }
    let mut spread = Spread::new(x[..n].iter().copied(), n);
    emit(n - 1, spread.deviation());
    for t in n..x.len() {
        spread.slide(x[t], x[t - n], || x[t + 1 - n..=t].iter().copied());
        emit(t, spread.deviation());
    }
}
