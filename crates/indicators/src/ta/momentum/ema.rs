//! Exponential moving average, value by value.

/// Begun with the mean of the first n values. Each further step rounds once, as TA-Lib's compiled steps do, so that
/// differences of averages that are all but equal come out the same.
pub(super) struct Ema {
    weight: f64,
    n: f64,
    /// Values until the average has begun, and the sum of those before.
    wait: usize,
    sum: f64,
    average: f64,
}

impl Ema {
    /// A new value has the weight 2 / (n + 1).
    pub(super) fn new(n: usize) -> Ema {
        Ema::weighted(n, 2.0 / (n as f64 + 1.0))
    }

    /// A new value has this weight.
    pub(super) fn weighted(n: usize, weight: f64) -> Ema {
        Ema { weight, n: n as f64, wait: n, sum: 0.0, average: 0.0 }
    }

    /// Takes a value; the average, once it has begun.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<f64> {
        if self.wait > 0 {
            self.wait -= 1;
            self.sum += x;
            if self.wait > 0 {
                return None;
            }
            self.average = self.sum / self.n;
        } else {
            self.average = (x - self.average).mul_add(self.weight, self.average);
        }
        Some(self.average)
    }
}
