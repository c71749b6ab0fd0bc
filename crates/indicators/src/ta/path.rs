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

    /// Whether so many more moves of nothing, wherever they stand, can not make n on end.
    #[inline(always)]
    pub(super) fn stays_above(&self, still: usize) -> bool {
        self.still + still < self.n
    }

    /// [`Path::slide`] where the path stays above 0: nothing is counted, so that the length waits for nothing else.
    #[inline(always)]
    pub(super) fn shift(&mut self, newest: f64, oldest: f64) -> f64 {
        self.length -= oldest.abs();
        self.length += newest.abs();
        self.length
    }

    /// Counts after some [`Path::shift`]: of `moves` in a row the last `still` were 0.
    pub(super) fn rest(&mut self, moves: usize, still: usize) {
        self.still = if still == moves { self.still + still } else { still };
    }
}
