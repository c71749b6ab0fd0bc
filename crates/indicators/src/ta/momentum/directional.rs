//! Wilder's directional movement: what its indicators have in common.

use algomosaic_core::{Param, Params};

use crate::indicator::Input;
use crate::ta::params::{UNSTABLE, time_period, unstable};

use super::lagged::Lagged;

/// What the indicators with a true range read.
pub(super) const BARS: &[Input] = &[Input::High, Input::Low, Input::Close];

/// The parameters of the directional movements and indicators.
pub(super) const FROM_ONE: &[Param] = &[time_period(14, 1), UNSTABLE];

/// By how much the high rose and the low fell, whichever is more; the other is 0.
#[inline(always)]
fn moves(bar: &[f64; 3], before: &[f64; 3]) -> [f64; 2] {
    let (rise, fall) = (bar[0] - before[0], before[1] - bar[1]);
    let plus = if rise > fall { rise } else { 0.0 };
    let minus = if fall > rise { fall } else { 0.0 };
    [if plus > 0.0 { plus } else { 0.0 }, if minus > 0.0 { minus } else { 0.0 }]
}

#[inline(always)]
fn true_range(bar: &[f64; 3], before: &[f64; 3]) -> f64 {
    let (range, up, down) = (bar[0] - bar[1], (bar[0] - before[2]).abs(), (bar[1] - before[2]).abs());
    let most = if up > range { up } else { range };
    if down > most { down } else { most }
}

/// Wilder's sums of both movements and of the true range. Whoever takes only one of them pays only for that.
pub(super) struct Sums {
    n: f64,
    /// What a sum keeps of itself from bar to bar.
    keep: f64,
    before: [f64; 3],
    plus: f64,
    minus: f64,
    range: f64,
}

impl Sums {
    pub(super) fn new(n: usize) -> Sums {
        Sums { n: n as f64, keep: 1.0 - 1.0 / n as f64, before: [0.0; 3], plus: 0.0, minus: 0.0, range: 0.0 }
    }

    /// A bar before the sums are full; the first has no move.
    pub(super) fn warm(&mut self, t: usize, bar: [f64; 3]) {
        if t > 0 {
            let [plus, minus] = moves(&bar, &self.before);
            self.plus += plus;
            self.minus += minus;
            self.range += true_range(&bar, &self.before);
        }
        self.before = bar;
    }

    /// A later bar. Only the last digits tell whether it is `EXACT`: they are TA-Lib's then, at the price of divisions.
    #[inline(always)]
    pub(super) fn step<const EXACT: bool>(&mut self, bar: [f64; 3]) {
        let kept = |sum: f64| if EXACT { sum - sum / self.n } else { sum * self.keep };
        let [plus, minus] = moves(&bar, &self.before);
        self.plus = kept(self.plus) + plus;
        self.minus = kept(self.minus) + minus;
        self.range = kept(self.range) + true_range(&bar, &self.before);
        self.before = bar;
    }
}

/// The sum of one movement; the plain movement for one bar.
pub(super) struct Movement<const PLUS: bool> {
    n: usize,
    settling: usize,
    sums: Sums,
}

impl<const PLUS: bool> Movement<PLUS> {
    pub(super) fn new(params: &Params) -> Self {
        let n = params.size("timeperiod");
        Movement { n, settling: if n > 1 { unstable(params) } else { 0 }, sums: Sums::new(n) }
    }

    #[inline(always)]
    fn sum(&self) -> f64 {
        if PLUS { self.sums.plus } else { self.sums.minus }
    }
}

impl<const PLUS: bool> Lagged<2, 1> for Movement<PLUS> {
    fn reads(&self) -> [(usize, usize); 2] {
        [(0, 0), (1, 0)]
    }

    fn warm_up(&self) -> usize {
        (self.n - 1).max(1)
    }

    fn settling(&self) -> usize {
        self.settling
    }

    fn warm(&mut self, t: usize, [high, low]: [f64; 2]) {
        self.sums.warm(t, [high, low, 0.0]);
    }

    fn first(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        self.sums.warm(1, [high, low, 0.0]);
        [self.sum()]
    }

    #[inline(always)]
    fn step(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        self.sums.step::<false>([high, low, 0.0]);
        [self.sum()]
    }
}

/// The sum of one movement in percent of the sum of the true range; for one bar, its share.
pub(super) struct Share<const PLUS: bool> {
    n: usize,
    settling: usize,
    whole: f64,
    sums: Sums,
}

impl<const PLUS: bool> Share<PLUS> {
    pub(super) fn new(params: &Params) -> Self {
        let n = params.size("timeperiod");
        let (settling, whole) = if n > 1 { (unstable(params), 100.0) } else { (0, 1.0) };
        Share { n, settling, whole, sums: Sums::new(n) }
    }
}

impl<const PLUS: bool> Lagged<3, 1> for Share<PLUS> {
    fn reads(&self) -> [(usize, usize); 3] {
        [(0, 0), (1, 0), (2, 0)]
    }

    fn warm_up(&self) -> usize {
        self.n
    }

    fn settling(&self) -> usize {
        self.settling
    }

    fn warm(&mut self, t: usize, bar: [f64; 3]) {
        self.sums.warm(t, bar);
    }

    #[inline(always)]
    fn step(&mut self, bar: [f64; 3]) -> [f64; 1] {
        if self.n == 1 {
            (self.sums.plus, self.sums.minus, self.sums.range) = (0.0, 0.0, 0.0);
        }
        self.sums.step::<false>(bar);
        let sum = if PLUS { self.sums.plus } else { self.sums.minus };
        let share = self.whole * (sum / self.sums.range);
        [if self.sums.range > 0.0 { share } else { 0.0 }]
    }
}

/// The directional index: how much one movement outweighs the other.
pub(super) struct Dx {
    n: usize,
    settling: usize,
    sums: Sums,
    last: f64,
}

impl Dx {
    pub(super) fn new(n: usize, settling: usize) -> Dx {
        Dx { n, settling, sums: Sums::new(n), last: 0.0 }
    }

    /// The index; none where nothing moved.
    #[inline(always)]
    fn index<const EXACT: bool>(&mut self, bar: [f64; 3]) -> Option<f64> {
        self.sums.step::<EXACT>(bar);
        let Sums { mut plus, mut minus, range, .. } = self.sums;
        let moved = range > 0.0 && plus + minus > 0.0;
        if EXACT {
            (plus, minus) = (100.0 * (plus / range), 100.0 * (minus / range));
        }
        moved.then(|| 100.0 * ((plus - minus).abs() / (plus + minus)))
    }
}
impl Lagged<3, 1> for Dx {
    fn reads(&self) -> [(usize, usize); 3] {
        [(0, 0), (1, 0), (2, 0)]
    }

    fn warm_up(&self) -> usize {
        self.n
    }

    fn settling(&self) -> usize {
        self.settling
    }

    fn warm(&mut self, t: usize, bar: [f64; 3]) {
        self.sums.warm(t, bar);
    }

    #[inline(always)]
    fn step(&mut self, bar: [f64; 3]) -> [f64; 1] {
        // The difference of two sums that are nearly equal shows their last digits.
        self.last = self.index::<true>(bar).unwrap_or(self.last);
        [self.last]
    }
}

/// The average directional index.
pub(super) struct Adx {
    dx: Dx,
    settling: usize,
    keep: f64,
    take: f64,
    /// The average; before it begins, the sum of the indices.
    average: f64,
}

impl Adx {
    pub(super) fn new(n: usize, settling: usize) -> Adx {
        let take = 1.0 / n as f64;
        Adx { dx: Dx::new(n, 0), settling, keep: (n as f64 - 1.0) * take, take, average: 0.0 }
    }
}

impl Lagged<3, 1> for Adx {
    fn reads(&self) -> [(usize, usize); 3] {
        self.dx.reads()
    }

    fn warm_up(&self) -> usize {
        2 * self.dx.n - 1
    }

    fn settling(&self) -> usize {
        self.settling
    }

    fn warm(&mut self, t: usize, bar: [f64; 3]) {
        if t < self.dx.n {
            self.dx.warm(t, bar);
        } else {
            self.average += self.dx.index::<false>(bar).unwrap_or(0.0);
        }
    }

    fn first(&mut self, bar: [f64; 3]) -> [f64; 1] {
        self.average = (self.average + self.dx.index::<false>(bar).unwrap_or(0.0)) * self.take;
        [self.average]
    }

    #[inline(always)]
    fn step(&mut self, bar: [f64; 3]) -> [f64; 1] {
        // Where nothing moved the average stands.
        if let Some(index) = self.dx.index::<false>(bar) {
            self.average = self.average * self.keep + index * self.take;
        }
        [self.average]
    }
}
