//! Where kernels put their values: series that other kernels read, in memory that is used again while it is near, and
//! columns that only the caller reads.

use std::cell::RefCell;
use std::mem::take;
use std::ops::{Deref, DerefMut};

use super::all_finite;
use super::map::TILE;

/// What values are appended to.
pub(crate) trait Sink {
    /// Appends values.
    fn extend(&mut self, values: &[f64]);

    /// Appends a tile of values, best where [`Sink::ahead`] is 0.
    fn tile(&mut self, tile: &[f64; TILE]);

    /// After so many more values, a whole tile lies on whole lines of the caches.
    fn ahead(&self) -> usize;

    /// Appends so many undefined values.
    fn undefined(&mut self, rows: usize) {
        for begin in (0..rows).step_by(TILE) {
            self.extend(&[f64::NAN; TILE][..TILE.min(rows - begin)]);
        }
    }
}

/// How many values the place of the next one lies before that of a tile.
#[inline(always)]
fn before_tile(values: &[f64]) -> usize {
    let place = values.as_ptr_range().end.addr() / size_of::<f64>();
    place.wrapping_neg() % TILE
}

/// A series that its thread's next one takes the memory of.
#[derive(Default)]
pub(crate) struct Series(Vec<f64>);

thread_local! {
    static FREE: RefCell<Vec<Vec<f64>>> = const { RefCell::new(Vec::new()) };
}

/// So many series of so many values are kept for the next ones; longer ones do not stay near anyway.
const KEPT: usize = 8;
const LONGEST: usize = 1 << 17;

/// An empty series with room for so many values.
pub(crate) fn series(rows: usize) -> Series {
    let mut values = FREE.with_borrow_mut(Vec::pop).unwrap_or_default();
    values.clear();
    values.reserve(rows);
    Series(values)
}

/// A series of so many values, which mean nothing before they are written.
pub(super) fn scratch(values: usize) -> Series {
    let mut own = FREE.with_borrow_mut(Vec::pop).unwrap_or_default();
    own.resize(values, 0.0);
    Series(own)
}

impl Drop for Series {
    fn drop(&mut self) {
        // A thread that ends has nowhere to keep it.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if free.len() < KEPT && self.0.capacity() <= LONGEST {
                free.push(take(&mut self.0));
            }
        });
    }
}

impl Deref for Series {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Series {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}

impl Sink for Series {
    #[inline(always)]
    fn extend(&mut self, values: &[f64]) {
        self.0.extend_from_slice(values);
    }

    #[inline(always)]
    fn tile(&mut self, tile: &[f64; TILE]) {
        self.0.extend_from_slice(tile);
    }

    #[inline(always)]
    fn ahead(&self) -> usize {
        before_tile(&self.0)
    }
}

impl Sink for Vec<f64> {
    #[inline(always)]
    fn extend(&mut self, values: &[f64]) {
        self.extend_from_slice(values);
    }

    #[inline(always)]
    fn tile(&mut self, tile: &[f64; TILE]) {
        self.extend_from_slice(tile);
    }

    #[inline(always)]
    fn ahead(&self) -> usize {
        before_tile(self)
    }
}

/// A column of the caller's, to which infinite values come as undefined ones. Whole tiles are written past the caches,
/// which hold what is computed with.
pub(crate) struct Column<'a> {
    out: &'a mut Vec<f64>,
    undefined: usize,
}

impl<'a> Column<'a> {
    /// Appends to `out`, for which so many values are expected.
    pub(crate) fn new(out: &'a mut Vec<f64>, rows: usize) -> Column<'a> {
        out.reserve(rows);
        Column { out, undefined: 0 }
    }

    /// How many values are undefined, when the last of them is in its place.
    pub(crate) fn finish(self) -> usize {
        stream_end();
        self.undefined
    }

    #[cold]
    fn with_undefined(&mut self, values: &[f64]) {
        self.undefined += values.iter().filter(|value| !value.is_finite()).count();
        let kept = values.iter().map(|value| if value.is_finite() { *value } else { f64::NAN });
        Extend::extend(self.out, kept);
    }
}

impl Sink for Column<'_> {
    #[inline(always)]
    fn extend(&mut self, values: &[f64]) {
        if all_finite(values) {
            self.out.extend_from_slice(values);
        } else {
            self.with_undefined(values);
        }
    }

    #[inline(always)]
    fn tile(&mut self, tile: &[f64; TILE]) {
        if all_finite(tile) {
            stream(tile, self.out);
        } else {
            // A copy: the compiler takes a tile whose place is known elsewhere to be part of any series.
            self.with_undefined(&{ *tile });
        }
    }

    #[inline(always)]
    fn ahead(&self) -> usize {
        before_tile(self.out)
    }
}

/// Appends values, past the caches where the processor can: a line that is written whole is then not read first.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn stream(values: &[f64; TILE], out: &mut Vec<f64>) {
    use std::arch::x86_64::{_mm_set_pd, _mm_stream_pd};
    let place = out.spare_capacity_mut();
    let is_aligned = place.as_ptr().align_offset(16) == 0;
    if !is_aligned || place.len() < TILE {
        out.extend_from_slice(values);
        return;
    }
    let places = place.as_mut_ptr().cast::<f64>();
    for (pair, [first, second]) in values.as_chunks().0.iter().enumerate() {
        #[allow(unsafe_code, reason = "no safe function writes past the caches")]
        // SAFETY: every processor of the target has the instruction, and the place is aligned and within the capacity.
        unsafe {
            _mm_stream_pd(places.add(2 * pair), _mm_set_pd(*second, *first));
        }
    }
    let length = out.len() + TILE;
    #[allow(unsafe_code, reason = "as above")]
    // SAFETY: all values up to here are written.
    unsafe {
        out.set_len(length);
    }
}

/// Makes what [`stream`] has written known to other threads.
#[cfg(target_arch = "x86_64")]
fn stream_end() {
    #[allow(unsafe_code, reason = "no safe function waits for what is written past the caches")]
    // SAFETY: every processor of the target has the instruction.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn stream(values: &[f64; TILE], out: &mut Vec<f64>) {
    out.extend_from_slice(values);
}

#[cfg(not(target_arch = "x86_64"))]
fn stream_end() {}
