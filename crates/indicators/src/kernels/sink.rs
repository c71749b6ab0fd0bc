//! Where kernels put their values: series that other kernels read, in memory that is used again while it is near, and
//! columns that only the caller reads.

use std::cell::RefCell;
use std::mem::take;
use std::ops::{Deref, DerefMut};

use super::all_finite;
use super::map::TILE;
use crate::fused::fused;

/// What values are appended to.
pub(crate) trait Sink {
    /// Appends values.
    fn extend(&mut self, values: &[f64]);

    /// Appends so many undefined values.
    fn undefined(&mut self, rows: usize) {
        for begin in (0..rows).step_by(BLOCK) {
            self.extend(&[f64::NAN; BLOCK][..BLOCK.min(rows - begin)]);
        }
    }
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
}

impl Sink for Vec<f64> {
    #[inline(always)]
    fn extend(&mut self, values: &[f64]) {
        self.extend_from_slice(values);
    }
}

/// So many values of a column are written at a time. A multiple of a cache line's eight.
const BLOCK: usize = 256;

/// A column of the caller's, to which infinite values come as undefined ones. Its memory is written past the caches,
/// which hold what is computed with.
pub(crate) struct Column<'a> {
    out: &'a mut Vec<f64>,
    undefined: usize,
    /// What is not written yet.
    block: [f64; BLOCK + TILE],
    filled: usize,
    /// How many values make a block: fewer at first, so that those after it begin a cache line.
    full: usize,
}

impl<'a> Column<'a> {
    /// Appends to `out`, for which so many values are expected.
    pub(crate) fn new(out: &'a mut Vec<f64>, rows: usize) -> Column<'a> {
        out.reserve(rows);
        let place = out.as_ptr().wrapping_add(out.len());
        let full = match place.align_offset(64) {
            0 | usize::MAX => BLOCK,
            first => first.min(BLOCK),
        };
        Column { out, undefined: 0, block: [0.0; BLOCK + TILE], filled: 0, full }
    }

    /// How many values are undefined, when the last of them is in its place.
    pub(crate) fn finish(mut self) -> usize {
        self.write(self.filled);
        stream_end();
        self.undefined
    }

    #[inline(always)]
    fn take(&mut self, values: usize) {
        self.filled += values;
        if self.filled >= self.full {
            self.write(self.full);
            self.block.copy_within(self.full..self.full + TILE, 0);
            self.filled -= self.full;
            self.full = BLOCK;
        }
    }

    #[inline(never)]
    fn write(&mut self, values: usize) {
        let block = &mut self.block[..values];
        self.undefined += drop_infinite(block);
        stream(block, self.out);
    }
}

impl Sink for Column<'_> {
    #[inline(always)]
    fn extend(&mut self, values: &[f64]) {
        let (tiles, rest) = values.as_chunks::<TILE>();
        for tile in tiles {
            self.block[self.filled..][..TILE].copy_from_slice(tile);
            self.take(TILE);
        }
        if !rest.is_empty() {
            self.block[self.filled..][..rest.len()].copy_from_slice(rest);
            self.take(rest.len());
        }
    }
}

fused! {
    /// Makes infinite values undefined, and gives how many values are then.
    fn drop_infinite[](values: &mut [f64]) -> usize {
        let mut undefined = 0;
        if !all_finite(values) {
            for value in values.iter_mut().filter(|value| !value.is_finite()) {
                *value = f64::NAN;
                undefined += 1;
            }
        }
        undefined
    }
}

/// Appends values, past the caches where the processor can: a line that is written whole is then not read first.
#[cfg(target_arch = "x86_64")]
fn stream(values: &[f64], out: &mut Vec<f64>) {
    use std::arch::x86_64::{_mm_set_pd, _mm_stream_pd};
    let place = out.spare_capacity_mut();
    let is_aligned = place.as_ptr().align_offset(16) == 0;
    if !is_aligned || place.len() < values.len() || values.len() % 2 == 1 {
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
    let length = out.len() + values.len();
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
fn stream(values: &[f64], out: &mut Vec<f64>) {
    out.extend_from_slice(values);
}

#[cfg(not(target_arch = "x86_64"))]
fn stream_end() {}
