//! Functions of the values that some series have at a bar.

use std::ops::Range;

use super::Sink;
use crate::fused::fused;

/// So many bars are computed at a time. The compiler knows that they lie apart from all series, so that it takes several
/// side by side.
pub(super) const TILE: usize = 32;

/// Series that are read side by side, in three groups.
type Groups<'a, const A: usize, const B: usize, const C: usize> = ([&'a [f64]; A], [&'a [f64]; B], [&'a [f64]; C]);

type Tiles<'a, const A: usize, const B: usize, const C: usize> =
    ([&'a [f64; TILE]; A], [&'a [f64; TILE]; B], [&'a [f64; TILE]; C]);

#[inline(always)]
fn tiles(x: &[f64], rows: Range<usize>) -> (&[[f64; TILE]], &[f64]) {
    x[rows].as_chunks()
}

/// Writes a function of the values that the series `a`, `b` and `c` have at a bar to all of `out`.
#[inline(always)]
pub(super) fn write<const A: usize, const B: usize, const C: usize, const O: usize>(
    (a, b, c): Groups<'_, A, B, C>,
    out: [&mut [f64]; O],
    value: impl Fn([f64; A], [f64; B], [f64; C]) -> [f64; O],
) {
    let rows = out.first().map_or(0, |series| series.len());
    let all = |x| tiles(x, 0..rows);
    let (a, b, c) = (a.map(all), b.map(all), c.map(all));
    let mut out = out.map(|series| series[..rows].as_chunks_mut::<TILE>());
    let mut tile = [[0.0; TILE]; O];
    for place in 0..rows / TILE {
        let tiles = (a.map(|x| &x.0[place]), b.map(|x| &x.0[place]), c.map(|x| &x.0[place]));
        compute(tiles, &value, &mut tile);
        for (out, tile) in out.iter_mut().zip(&tile) {
            out.0[place] = *tile;
        }
    }
    for t in 0..rows % TILE {
        let values = value(a.map(|x| x.1[t]), b.map(|x| x.1[t]), c.map(|x| x.1[t]));
        for (out, value) in out.iter_mut().zip(values) {
            out.1[t] = value;
        }
    }
}

/// Appends to `out` a function of the values that the series `a`, `b` and `c` have at each of so many bars.
#[inline(always)]
pub(super) fn append<const A: usize, const B: usize, const C: usize, const O: usize, S: Sink>(
    rows: usize,
    (a, b, c): Groups<'_, A, B, C>,
    mut out: [&mut S; O],
    value: impl Fn([f64; A], [f64; B], [f64; C]) -> [f64; O],
) {
    let ahead = out.first().map_or(0, |series| series.ahead()).min(rows);
    some(0..ahead, (a, b, c), &mut out, &value);
    let whole = |x| tiles(x, ahead..rows).0;
    let (a_tiles, b_tiles, c_tiles) = (a.map(whole), b.map(whole), c.map(whole));
    let mut tile = [[0.0; TILE]; O];
    for place in 0..(rows - ahead) / TILE {
        let tiles = (a_tiles.map(|x| &x[place]), b_tiles.map(|x| &x[place]), c_tiles.map(|x| &x[place]));
        compute(tiles, &value, &mut tile);
        for (out, tile) in out.iter_mut().zip(&tile) {
            out.tile(tile);
        }
    }
    some(rows - (rows - ahead) % TILE..rows, (a, b, c), &mut out, &value);
}

/// The same for some bars, fewer than a tile.
#[inline(always)]
fn some<const A: usize, const B: usize, const C: usize, const O: usize, S: Sink>(
    bars: Range<usize>,
    (a, b, c): Groups<'_, A, B, C>,
    out: &mut [&mut S; O],
    value: &impl Fn([f64; A], [f64; B], [f64; C]) -> [f64; O],
) {
    let mut tile = [[0.0; TILE]; O];
    let count = bars.len();
    for (t, place) in bars.enumerate() {
        let values = value(a.map(|x| x[place]), b.map(|x| x[place]), c.map(|x| x[place]));
        for (tile, value) in tile.iter_mut().zip(values) {
            tile[t] = value;
        }
    }
    for (out, tile) in out.iter_mut().zip(&tile) {
        out.extend(&tile[..count]);
    }
}

/// The values of a tile.
#[inline(always)]
fn compute<const A: usize, const B: usize, const C: usize, const O: usize>(
    (a, b, c): Tiles<'_, A, B, C>,
    value: &impl Fn([f64; A], [f64; B], [f64; C]) -> [f64; O],
    tile: &mut [[f64; TILE]; O],
) {
    for t in 0..TILE {
        let values = value(a.map(|x| x[t]), b.map(|x| x[t]), c.map(|x| x[t]));
        for (tile, value) in tile.iter_mut().zip(values) {
            tile[t] = value;
        }
    }
}

fused! {
    /// Appends a function of the values that the series have at a bar.
    pub(crate) fn map[const I: usize, const O: usize, S: Sink](
        inputs: [&[f64]; I],
        out: [&mut S; O],
        value: impl Fn([f64; I]) -> [f64; O],
    ) {
        let rows = inputs.first().map_or(0, |series| series.len());
        append(rows, (inputs, [], []), out, |x, [], []| value(x));
    }
}

/// A series that is read so many bars back; negative ones are ahead.
type Lagged<'a> = (&'a [f64], i64);

/// The bars at which every series has a value, and these values.
fn aligned<'a, const I: usize>(inputs: [Lagged<'a>; I]) -> (Range<usize>, [&'a [f64]; I]) {
    let rows = inputs.first().map_or(0, |(series, _)| series.len());
    let bars = |lag: i64| usize::try_from(lag).unwrap_or(0).min(rows);
    let first = inputs.iter().map(|(_, lag)| bars(*lag)).max().unwrap_or(0);
    let end = rows - inputs.iter().map(|(_, lag)| bars(lag.saturating_neg())).max().unwrap_or(0);
    let range = first..end.max(first);
    let start = |lag: i64| (first - bars(lag) + bars(lag.saturating_neg())).min(rows);
    let values = inputs.map(|(x, lag)| &x[start(lag)..][..range.len()]);
    (range, values)
}

/// Appends what `append` does of the bars at which every series has a value, with NaN before and after.
fn where_all<'a, const I: usize, S: Sink>(
    inputs: [Lagged<'a>; I],
    out: &mut S,
    append: impl FnOnce([&'a [f64]; I], &mut S),
) {
    let rows = inputs.first().map_or(0, |(series, _)| series.len());
    let (bars, inputs) = aligned(inputs);
    out.undefined(bars.start);
    append(inputs, out);
    out.undefined(rows - bars.end);
}

/// [`map`] with lags; NaN where a series has no value.
pub(crate) fn map_lagged<const I: usize>(
    inputs: [Lagged<'_>; I],
    out: &mut impl Sink,
    value: impl Fn([f64; I]) -> f64,
) {
    where_all(inputs, out, |inputs, out| map(inputs, [out], |x| [value(x)]));
}
