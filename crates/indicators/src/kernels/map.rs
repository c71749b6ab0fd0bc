//! Functions of the values that some series have at a bar.

use std::ops::Range;

use crate::fused::fused;

/// So many bars are written at a time. The compiler knows that no series lies where they lie, so that it takes several
/// bars side by side.
const TILE: usize = 64;

/// Writes to the series `out` a function of the values that the series `a` and `b` have at a bar, at every bar.
#[inline(always)]
pub(super) fn map_two<const A: usize, const B: usize, const O: usize>(
    a: [&[f64]; A],
    b: [&[f64]; B],
    out: [&mut [f64]; O],
    value: impl Fn([f64; A], [f64; B]) -> [f64; O],
) {
    let rows = out.first().map_or(0, |series| series.len());
    let (a, b) = (a.map(|x| x[..rows].as_chunks::<TILE>()), b.map(|x| x[..rows].as_chunks::<TILE>()));
    let mut out = out.map(|series| series[..rows].as_chunks_mut::<TILE>());
    let mut tile = [[0.0; TILE]; O];
    for place in 0..rows / TILE {
        let (a, b) = (a.map(|x| &x.0[place]), b.map(|x| &x.0[place]));
        for t in 0..TILE {
            let values = value(a.map(|x| x[t]), b.map(|x| x[t]));
            for (tile, value) in tile.iter_mut().zip(values) {
                tile[t] = value;
            }
        }
        for (out, tile) in out.iter_mut().zip(&tile) {
            out.0[place] = *tile;
        }
    }
    for t in 0..rows % TILE {
        let values = value(a.map(|x| x.1[t]), b.map(|x| x.1[t]));
        for (out, value) in out.iter_mut().zip(values) {
            out.1[t] = value;
        }
    }
}

fused! {
    /// Writes a function of the values that the series have at a bar, at every bar.
    pub(crate) fn map[const I: usize, const O: usize](
        inputs: [&[f64]; I],
        out: [&mut [f64]; O],
        value: impl Fn([f64; I]) -> [f64; O],
    ) {
        map_two(inputs, [], out, |x, []| value(x));
    }
}

/// A series that is read so many bars back; negative ones are ahead.
pub(crate) type Lagged<'a> = (&'a [f64], i64);

/// The bars, of so many, at which every series has a value, and these values.
pub(super) fn aligned<'a, const I: usize>(inputs: [Lagged<'a>; I], rows: usize) -> (Range<usize>, [&'a [f64]; I]) {
    let bars = |lag: i64| usize::try_from(lag).unwrap_or(0).min(rows);
    let first = inputs.iter().map(|(_, lag)| bars(*lag)).max().unwrap_or(0);
    let end = rows - inputs.iter().map(|(_, lag)| bars(lag.saturating_neg())).max().unwrap_or(0);
    let range = first..end.max(first);
    let start = |lag: i64| (first - bars(lag) + bars(lag.saturating_neg())).min(rows);
    let values = inputs.map(|(x, lag)| &x[start(lag)..][..range.len()]);
    (range, values)
}

/// [`map`] with lags, at the bars at which every series has a value; other places stay as they are.
pub(crate) fn map_lagged<const I: usize>(inputs: [Lagged<'_>; I], out: &mut [f64], value: impl Fn([f64; I]) -> f64) {
    let (bars, inputs) = aligned(inputs, out.len());
    map(inputs, [&mut out[bars]], |x| [value(x)]);
}
