//! Weighted moving average.

/// The sums of a window whose weights fall from n at the newest value by one a bar.
#[derive(Clone, Copy)]
pub(super) struct Window {
    n: f64,
    weights: f64,
    sum: f64,
    weighted: f64,
}

impl Window {
    /// Of n values, begun with the first n - 1.
    pub(super) fn new(n: usize, first: impl Iterator<Item = f64>) -> Window {
        let mut window = Window { n: n as f64, weights: (n * (n + 1) / 2) as f64, sum: 0.0, weighted: 0.0 };
        for (place, x) in first.enumerate() {
            window.sum += x;
            window.weighted += x * (place + 1) as f64;
        }
        window
    }

    /// The mean with the newest value; `oldest` is the last value of its window.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64, oldest: f64) -> f64 {
        self.sum += x;
        self.weighted += x * self.n;
        let mean = self.weighted / self.weights;
        self.weighted -= self.sum;
        self.sum -= oldest;
        mean
    }
}

/// The mean of the last n values, weighted n, n - 1, ..., 1 from the newest.
pub(in crate::ta) fn wma(x: &[f64], n: usize, out: &mut [f64]) {
    if n > x.len() {
        return;
    }
    if n == 1 {
        out.copy_from_slice(x);
        return;
    }
    let mut window = Window::new(n, x[..n - 1].iter().copied());
    for ((place, newest), oldest) in out[n - 1..].iter_mut().zip(&x[n - 1..]).zip(x) {
        *place = window.next(*newest, *oldest);
    }
}
