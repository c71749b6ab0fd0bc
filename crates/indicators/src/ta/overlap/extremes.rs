//! The greatest and the least value of each window.

/// Whether a value takes the place of the one so far.
pub(super) trait Order: Copy {
    fn beats(self, value: f64, so_far: f64) -> bool;

    #[inline(always)]
    fn best(self, value: f64, so_far: f64) -> f64 {
        if self.beats(value, so_far) { value } else { so_far }
    }
}

/// The greatest wins.
#[derive(Clone, Copy)]
pub(super) struct Greatest;

/// The least wins.
#[derive(Clone, Copy)]
pub(super) struct Least;

impl Order for Greatest {
    #[inline(always)]
    fn beats(self, value: f64, so_far: f64) -> bool {
        value > so_far
    }
}

impl Order for Least {
    #[inline(always)]
    fn beats(self, value: f64, so_far: f64) -> bool {
        value < so_far
    }
}

/// Writes `join` of the best of `a` and the best of `b` over each window of n. The series are cut into blocks of n: a
/// window is the end of one block and the start of the next (van Herk 1992).
#[inline(always)]
pub(super) fn best_of_two(
    (a, first): (&[f64], impl Order),
    (b, second): (&[f64], impl Order),
    n: usize,
    out: &mut [f64],
    join: impl Fn(f64, f64) -> f64,
) {
    let rows = out.len().min(a.len()).min(b.len());
    // The best from each place of the block before to its end.
    let mut ends = vec![(0.0, 0.0); n];
    let mut start = 0;
    while start < rows {
        let length = n.min(rows - start);
        let (a, b) = (&a[start..start + length], &b[start..start + length]);
        let inner = length.min(n - 1);
        let mut best = (a[0], b[0]);
        let rest = ends[1..].iter().zip(&mut out[start..start + inner]).zip(a.iter().zip(b));
        for ((end, place), (a, b)) in rest {
            best = (first.best(*a, best.0), second.best(*b, best.1));
            if start > 0 {
                *place = join(first.best(best.0, end.0), second.best(best.1, end.1));
            }
        }
        if length < n {
            return;
        }
        let mut best = (a[n - 1], b[n - 1]);
        for ((end, a), b) in ends.iter_mut().zip(a).zip(b).rev() {
            best = (first.best(*a, best.0), second.best(*b, best.1));
            *end = best;
        }
        out[start + n - 1] = join(best.0, best.1);
        start += n;
    }
}
