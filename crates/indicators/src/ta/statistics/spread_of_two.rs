//! Variances and the covariance of each window of two series, from running sums of distances from anchors; as `spread`
//! has it for one series.

use super::spread::WINDOWS;

/// Of one window.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    anchors: [f64; 2],
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) xx: f64,
    pub(super) yy: f64,
    pub(super) xy: f64,
}

impl Sums {
    fn about(anchors: [f64; 2], x: &[f64], y: &[f64]) -> Sums {
        let mut sums = Sums { anchors, ..Sums::default() };
        for (x, y) in x.iter().zip(y) {
            sums.add(x - anchors[0], y - anchors[1]);
        }
        sums
    }

    #[inline(always)]
    fn add(&mut self, x: f64, y: f64) {
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.yy += y * y;
        self.xy += x * y;
    }

    #[inline(always)]
    fn without(&self, [x, y]: [f64; 2]) -> Sums {
        Sums { x: self.x - x, y: self.y - y, xx: self.xx - x * x, yy: self.yy - y * y, xy: self.xy - x * y, ..*self }
    }
}

/// What a function takes from the sums.
pub(super) trait Measure {
    /// The mean from a sum over n values, which is where the sums are anchored when they are taken afresh.
    fn mean(&self, sum: f64) -> f64;
    /// Whether too few digits are left. `leaving` is the window's oldest bar and `left` the one before it, both as
    /// distances from the anchors; `remains` are the sums without the oldest.
    fn is_worn(&self, sums: &Sums, leaving: [f64; 2], remains: &Sums, left: [f64; 2]) -> bool;
    /// The value at the window's last bar.
    fn value(&self, sums: &Sums) -> f64;
}

/// The state from window to window.
pub(super) struct Rolling<M> {
    measure: M,
    n: usize,
    /// All but the newest value of the next window.
    sums: Sums,
    /// What left last.
    last: [f64; 2],
    windows: usize,
    /// The bar that every bar of the window before was, if so, and the sums taken afresh from them.
    flat: Option<((f64, f64), Sums)>,
}

impl<M: Measure> Rolling<M> {
    /// `x` and `y` are the first n - 1 bars, and one at least.
    pub(super) fn new(measure: M, n: usize, x: &[f64], y: &[f64]) -> Rolling<M> {
        let sums = Sums::about([x[0], y[0]], &x[..n - 1], &y[..n - 1]);
        Rolling { measure, n, sums, last: [0.0; 2], windows: WINDOWS * n, flat: None }
    }

    /// A value for each further window of `x` and `y`, which begin with the n - 1 bars before it.
    #[inline(always)]
    pub(super) fn advance(&mut self, x: &[f64], y: &[f64], out: &mut [f64]) {
        let n = self.n;
        let mut sums = self.sums;
        let news = x[n - 1..].iter().zip(&y[n - 1..]);
        for (t, ((new, old), place)) in news.zip(x.iter().zip(y)).zip(out).enumerate() {
            let [ax, ay] = sums.anchors;
            sums.add(new.0 - ax, new.1 - ay);
            let mut leaving = [old.0 - ax, old.1 - ay];
            let mut remains = sums.without(leaving);
            self.windows -= 1;
            if self.measure.is_worn(&sums, leaving, &remains, self.last) | (self.windows == 0) {
                if let Some((bar, flat)) = self.flat
                    && bar == (*new.0, *new.1)
                {
                    sums = flat;
                } else {
                    let (x, y) = (&x[t..t + n], &y[t..t + n]);
                    let anchors = [x, y].map(|window| self.measure.mean(window.iter().sum()));
                    sums = Sums::about(anchors, x, y);
                    let is_flat = x.iter().zip(y).all(|bar| bar == new);
                    self.flat = is_flat.then_some(((*new.0, *new.1), sums));
                }
                self.windows = WINDOWS * n;
                leaving = [old.0 - sums.anchors[0], old.1 - sums.anchors[1]];
                remains = sums.without(leaving);
            } else {
                self.flat = None;
            }
            *place = self.measure.value(&sums);
            sums = remains;
            self.last = leaving;
        }
        self.sums = sums;
    }
}
