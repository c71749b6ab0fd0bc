//! The way that a series goes from bar to bar over the last n moves.

/// The sum of the sizes of the last n moves. After n moves of nothing it is 0, without what adding and taking away leave.
#[derive(Clone, Copy)]
pub(super) struct Path {
    n: usize,
    length: f64,
    /// Moves since one that was not 0.
    still: usize,
}

impl Path {
    pub(super) fn new(n: usize) -> Path {
        Path { n, length: 0.0, still: 0 }
    }

    /// The path over the moves from each value of `x` to the next, with as many moves as there are now from here on.
    pub(super) fn over(x: &[f64]) -> Path {
        let mut path = Path::new(x.len().saturating_sub(1));
        for pair in x.windows(2) {
            path.add(pair[1] - pair[0]);
        }
        path
    }

    /// The length now.
    pub(super) fn length(&self) -> f64 {
        self.length
    }

    /// Takes the newest move; gives the length.
    #[inline(always)]
    pub(super) fn add(&mut self, newest: f64) -> f64 {
        self.length += newest.abs();
        self.still = if newest == 0.0 { self.still + 1 } else { 0 };
        if self.still >= self.n {
            self.length = 0.0;
        }
        self.length
    }

    /// The same of n moves already: the oldest leaves before.
    #[inline(always)]
    pub(super) fn slide(&mut self, newest: f64, oldest: f64) -> f64 {
        self.length -= oldest.abs();
        self.add(newest)
    }

    /// Slides over the last bars of `x`, which begins n + 1 bars before the first of them, and gives `take` the place of
    /// each and its length.
    #[inline(always)]
    pub(super) fn each(&mut self, x: &[f64], mut take: impl FnMut(usize, f64)) {
        let bars = x.len() - self.n - 1;
        let moves = |from: usize| x[from + 1..][..bars].iter().zip(&x[from..][..bars]).map(|(now, last)| now - last);
        let steps = moves(self.n).zip(moves(0)).enumerate();
        // A copy, which nothing else points to, stays in registers.
        let mut path = *self;
        let still = moves(self.n).filter(|newest| *newest == 0.0).count();
        if path.still + still < path.n {
            // Wherever these moves of nothing stand, they do not make n on end: the length waits for no count of them.
            for (t, (newest, oldest)) in steps {
                path.length -= oldest.abs();
                path.length += newest.abs();
                take(t, path.length);
            }
            let last = moves(path.n).rev().take_while(|newest| *newest == 0.0).count();
            path.still = if last == bars { path.still + last } else { last };
        } else {
            for (t, (newest, oldest)) in steps {
                take(t, path.slide(newest, oldest));
            }
        }
        *self = path;
    }
}
