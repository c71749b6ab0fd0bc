//! Wilder's average of the true range, which bands take their width from.

/// The state of the average.
#[derive(Clone)]
pub(super) struct AverageRange {
    size: f64,
    /// Ranges until the average begins.
    left: usize,
    begun: bool,
    close: f64,
    average: f64,
}

impl AverageRange {
    /// Over n bars.
    pub(super) fn new(n: usize) -> AverageRange {
        AverageRange { size: n as f64, left: n, begun: false, close: 0.0, average: 0.0 }
    }

    /// Takes a bar; the average from the bar n after the first on.
    #[inline(always)]
    pub(super) fn next(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let last = std::mem::replace(&mut self.close, close);
        if !self.begun {
            self.begun = true;
            return None;
        }
        // A comparison with a missing close is false, so that the range of the bar itself stays.
        let mut range = high - low;
        let (above, below) = ((high - last).abs(), (low - last).abs());
        range = if above > range { above } else { range };
        range = if below > range { below } else { range };
        if self.left > 0 {
            self.average += range;
            self.left -= 1;
            if self.left > 0 {
                return None;
            }
            self.average /= self.size;
        } else {
            self.average += (range - self.average) / self.size;
        }
        Some(self.average)
    }
}
