//! Extremes of each window of n bars.
//!
//! The series is cut into blocks of n; a window is the end of one block and the start of the next (van Herk 1992). The
//! order of the comparisons decides what becomes of NaN, and is TA-Lib's: NaN at the edge of a block stands for its
//! whole side, elsewhere it is passed over.

/// The greater; the second when either is NaN.
#[inline(always)]
pub(super) fn above(new: f64, old: f64) -> f64 {
    if new > old { new } else { old }
}

/// The lesser; the second when either is NaN.
#[inline(always)]
pub(super) fn below(new: f64, old: f64) -> f64 {
    if new < old { new } else { old }
}

/// The extreme of each window, from place n - 1 on.
#[inline(always)]
pub(super) fn extremes(x: &[f64], n: usize, better: impl Fn(f64, f64) -> f64, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    // ends[k] is the extreme of the last block from its place k on.
    let mut ends = vec![0.0; n];
    for (block, out) in x.chunks(n).zip(out.chunks_mut(n)) {
        if !std::ptr::eq(block.as_ptr(), x.as_ptr()) {
            let mut start = block[0];
            for ((place, value), end) in out.iter_mut().zip(block).zip(&ends[1..]) {
                start = better(*value, start);
                *place = better(start, *end);
            }
        }
        if block.len() == n {
            let mut end = block[n - 1];
            for (place, value) in ends.iter_mut().zip(block).rev() {
                end = better(*value, end);
                *place = end;
            }
            out[n - 1] = end;
        }
    }
}
