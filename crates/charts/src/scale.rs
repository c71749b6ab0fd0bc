//! From data to places in the picture: the range of an axis and its way to pixels.

use crate::chart::{Axis, AxisKind, Chart, Series, Shape};

/// The range of an axis, and the pixels of its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub(crate) fn new((low, high): (f64, f64), from: f64, to: f64) -> Scale {
        Scale { low, high, from, to }
    }

    /// The pixel of a value; beyond the ends, the nearer end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        // 0 / 0 cannot be, since a range has a length; a number all the same.
        if share.is_nan() { self.from } else { self.from + share * (self.to - self.from) }
    }
}

/// The range of the horizontal axis: the data, half a bar beyond them, a little air around dots.
pub(crate) fn x_range(chart: &Chart) -> (f64, f64) {
    let ends = |series: &Series| {
        let half = series.width.unwrap_or(0.0) / 2.0;
        series.points().flat_map(move |(x, _)| [x - half, x + half]).collect::<Vec<_>>()
    };
    let (low, high) = extent(chart.series.iter().flat_map(ends), &chart.x);
    let dots = chart.series.iter().any(|series| series.shape == Shape::Points);
    let air = if dots && chart.x.kind != AxisKind::Time { 0.03 * (high - low) } else { 0.0 };
    (low - air, high + air)
}

/// The range of the vertical axis: the data with air above and below, but none beyond a zero that bars or areas
/// stand on.
pub(crate) fn y_range(chart: &Chart) -> (f64, f64) {
    let filled = chart.series.iter().any(|s| matches!(s.shape, Shape::Bars | Shape::Area | Shape::Step));
    let zero = filled.then_some(0.0);
    let values = chart.series.iter().flat_map(|series| series.points().map(|(_, y)| y).collect::<Vec<_>>());
    let (low, high) = extent(values.chain(zero), &chart.y);
    let air = 0.05 * (high - low);
    let bottom = if filled && low == 0.0 { low } else { low - air };
    let top = if filled && high == 0.0 { high } else { high + air };
    (bottom, top)
}

/// The least and the greatest value; a single value gets a range around it.
fn extent(values: impl Iterator<Item = f64>, axis: &Axis) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let half = match axis.kind {
        AxisKind::Time => 43_200_000.0,
        _ if low == 0.0 => 0.5,
        _ => 0.05 * low.abs(),
    };
    if high - low > low.abs().max(high.abs()) * 1e-12 { (low, high) } else { (low - half, high + half) }
}
