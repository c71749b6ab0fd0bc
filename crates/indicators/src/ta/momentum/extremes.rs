//! The highest and the lowest value of every window of n.
//! Where a series has NaN, a window has the value that TA-Lib's own way to it gives; its functions go two ways.

use super::ring::Ring;

/// So many bars are computed at a time, so that what lies between input and output stays near the processor.
const BLOCK: usize = 1024;

/// The extreme of the last n values, one value after the other.
pub(super) trait Window: Send {
    fn new(n: usize) -> Self;

    /// Takes a value; the extreme, NaN before there are n values.
    fn next(&mut self, x: f64) -> f64;
}

/// Keeps the extreme until it leaves the window, and then searches from the oldest value on: NaN there hides the others.
pub(super) struct Searched<const HIGHEST: bool> {
    last: Ring,
    n: usize,
    seen: usize,
    best: f64,
    /// How many values the extreme is old.
    age: usize,
}

impl<const HIGHEST: bool> Window for Searched<HIGHEST> {
    fn new(n: usize) -> Self {
        Searched { last: Ring::new(n, f64::NAN), n, seen: 0, best: f64::NAN, age: n }
    }

    fn next(&mut self, x: f64) -> f64 {
        self.last.swap(x);
        self.age += 1;
        if self.seen < self.n {
            self.seen += 1;
            if self.seen < self.n {
                return f64::NAN;
            }
            self.age = self.n;
        }
        if self.age >= self.n {
            for (place, value) in self.last.iter().enumerate() {
                if place == 0 || reaches::<HIGHEST>(*value, self.best) {
                    (self.best, self.age) = (*value, self.n - 1 - place);
                }
            }
        } else if reaches::<HIGHEST>(x, self.best) {
            (self.best, self.age) = (x, 0);
        }
        self.best
    }
}

#[inline(always)]
fn reaches<const HIGHEST: bool>(x: f64, best: f64) -> bool {
    if HIGHEST { x >= best } else { x <= best }
}

/// Joins the end of one block of n values with the begin of the next (van Herk 1992): NaN hides what is beyond it, seen
/// from the border of the blocks.
pub(super) struct Joined<const HIGHEST: bool> {
    n: usize,
    block: Vec<f64>,
    /// The extreme of the block so far.
    begin: f64,
    /// The extremes of the block before, from each place to its end.
    ends: Vec<f64>,
}

impl<const HIGHEST: bool> Window for Joined<HIGHEST> {
    fn new(n: usize) -> Self {
        Joined { n, block: Vec::with_capacity(n), begin: f64::NAN, ends: Vec::with_capacity(n) }
    }

    fn next(&mut self, x: f64) -> f64 {
        self.begin = if self.block.is_empty() { x } else { better::<HIGHEST>(x, self.begin) };
        self.block.push(x);
        if self.block.len() < self.n {
            return self.ends.get(self.block.len()).map_or(f64::NAN, |end| better::<HIGHEST>(self.begin, *end));
        }
        for place in (1..self.n).rev() {
            self.block[place - 1] = better::<HIGHEST>(self.block[place - 1], self.block[place]);
        }
        std::mem::swap(&mut self.block, &mut self.ends);
        self.block.clear();
        self.ends[0]
    }
}

/// The best, unless x is better.
#[inline(always)]
fn better<const HIGHEST: bool>(x: f64, best: f64) -> f64 {
    if if HIGHEST { x > best } else { x < best } { x } else { best }
}

/// Whether two values are one but for rounding.
#[inline(always)]
pub(super) fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-14 * (a.abs() + b.abs())
}

/// Calls `visit(t, highest, lowest)` for blocks of windows in their order: the windows that end at bar t, t + 1, ...
/// have the extremes `highest[0]`, `highest[1]`, ... of `high`, and `lowest` of `low`. `H` and `L` tell how NaN counts.
#[inline(always)]
pub(super) fn extremes<H: Window, L: Window>(
    high: &[f64],
    low: &[f64],
    n: usize,
    mut visit: impl FnMut(usize, &[f64], &[f64]),
) {
    let rows = high.len();
    if n > rows {
        return;
    }
    let block = BLOCK.max(n).min(rows);
    let (mut highest, mut lowest) = (vec![0.0; block], vec![0.0; block]);
    let mut spare = [vec![0.0; block + n], vec![0.0; block + n]];
    let mut windows: Option<(H, L)> = None;
    let mut from = n - 1;
    while from < rows {
        let to = rows.min(from + block);
        let (highs, lows) = (&high[from + 1 - n..to], &low[from + 1 - n..to]);
        let (highest, lowest) = (&mut highest[..to - from], &mut lowest[..to - from]);
        if windows.is_none() && (any_nan(highs) || any_nan(lows)) {
            // Their state is that of the last values, counted in whole windows from the first value on.
            let (mut top, mut bottom) = (H::new(n), L::new(n));
            for t in (from / n).saturating_sub(1) * n..from {
                top.next(high[t]);
                bottom.next(low[t]);
            }
            windows = Some((top, bottom));
        }
        if let Some((top, bottom)) = &mut windows {
            for t in from..to {
                highest[t - from] = top.next(high[t]);
                lowest[t - from] = bottom.next(low[t]);
            }
        } else {
            doubled(highs, n, better::<true>, &mut spare, highest);
            doubled(lows, n, better::<false>, &mut spare, lowest);
        }
        visit(from, highest, lowest);
        from = to;
    }
}

/// Without a branch, so that several values are looked at at once.
fn any_nan(x: &[f64]) -> bool {
    x.iter().fold(false, |found, value| found | value.is_nan())
}

/// The extreme of each window of n, from those of windows of 2, 4, 8, ... values; the last two of these overlap.
#[inline(always)]
fn doubled(x: &[f64], n: usize, pick: impl Fn(f64, f64) -> f64, spare: &mut [Vec<f64>; 2], out: &mut [f64]) {
    let join = |from: &[f64], gap: usize, to: &mut [f64]| {
        for ((to, a), b) in to.iter_mut().zip(from).zip(&from[gap..]) {
            *to = pick(*a, *b);
        }
    };
    if n < 3 {
        return join(x, n - 1, out);
    }
    let [from, to] = spare;
    let mut width = 2;
    let mut length = x.len() - 1;
    join(x, 1, &mut from[..length]);
    while 2 * width < n {
        length -= width;
        join(&from[..length + width], width, &mut to[..length]);
        std::mem::swap(from, to);
        width *= 2;
    }
    join(&from[..length], n - width, out);
}
