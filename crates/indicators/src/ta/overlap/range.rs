//! Wilder's average of the true range, which bands take their width from.

use super::ema::Chain;

/// The state of the average.
#[derive(Clone)]
pub(super) struct AverageRange {
    average: Chain<1>,
    /// The last close, once there is one.
    close: Option<f64>,
}

impl AverageRange {
    /// Over n bars.
    pub(super) fn new(n: usize) -> AverageRange {
        AverageRange { average: Chain::weighted(n, 1.0 / n as f64).quick(), close: None }
    }

    /// Takes a bar; the average from the bar n after the first on.
    #[inline(always)]
    pub(super) fn next(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let last = self.close.replace(close)?;
        let [average] = self.average.next(true_range(high, low, last))?;
        Some(average)
    }

    /// The averages of further bars once the first is there. `close` begins with the close before those of `high` and
    /// `low`.
    #[inline(always)]
    pub(super) fn run(&mut self, high: &[f64], low: &[f64], close: &[f64], out: &mut [f64]) {
        let mut ranges = [0.0; super::CHUNK];
        let ranges = &mut ranges[..out.len().min(high.len())];
        for (((range, high), low), last) in ranges.iter_mut().zip(high).zip(low).zip(close) {
            *range = true_range(*high, *low, *last);
        }
        self.average.run(ranges, out, |[average]| average);
    }
}

/// The range of a bar with the close before it. A comparison with a missing close is false, so that the bar's own range
/// stays.
#[inline(always)]
fn true_range(high: f64, low: f64, last: f64) -> f64 {
    let range = high - low;
    let (above, below) = ((high - last).abs(), (low - last).abs());
    let range = if above > range { above } else { range };
    if below > range { below } else { range }
}
