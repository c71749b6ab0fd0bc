//! One candle, and the words in which patterns speak of it.

/// A bar's prices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candle {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
}

impl Candle {
    /// Closes at its open or above it.
    #[inline(always)]
    pub(super) fn is_white(&self) -> bool {
        self.close >= self.open
    }

    /// Closes below its open.
    #[inline(always)]
    pub(super) fn is_black(&self) -> bool {
        !self.is_white()
    }

    /// 1 when white, -1 when black.
    #[inline(always)]
    pub(super) fn colour(&self) -> f64 {
        if self.is_white() { 1.0 } else { -1.0 }
    }

    /// The length of the body.
    #[inline(always)]
    pub(super) fn body(&self) -> f64 {
        (self.close - self.open).abs()
    }

    /// From the lowest price to the highest.
    #[inline(always)]
    pub(super) fn range(&self) -> f64 {
        self.high - self.low
    }

    /// The upper end of the body.
    #[inline(always)]
    pub(super) fn top(&self) -> f64 {
        if self.open > self.close { self.open } else { self.close }
    }

    /// The lower end of the body.
    #[inline(always)]
    pub(super) fn bottom(&self) -> f64 {
        if self.open < self.close { self.open } else { self.close }
    }

    /// The length of the shadow over the body.
    #[inline(always)]
    pub(super) fn upper_shadow(&self) -> f64 {
        self.high - self.top()
    }

    /// The length of the shadow under the body.
    #[inline(always)]
    pub(super) fn lower_shadow(&self) -> f64 {
        self.bottom() - self.low
    }

    /// Whether its body lies over the other's.
    #[inline(always)]
    pub(super) fn body_over(&self, other: &Candle) -> bool {
        self.bottom() > other.top()
    }

    /// Whether its body lies under the other's.
    #[inline(always)]
    pub(super) fn body_under(&self, other: &Candle) -> bool {
        self.top() < other.bottom()
    }

    /// Whether it lies over the other with its shadows.
    #[inline(always)]
    pub(super) fn wholly_over(&self, other: &Candle) -> bool {
        self.low > other.high
    }

    /// Whether it lies under the other with its shadows.
    #[inline(always)]
    pub(super) fn wholly_under(&self, other: &Candle) -> bool {
        self.high < other.low
    }
}

/// Whether `a` is no further than `tolerance` from `b`.
#[inline(always)]
pub(super) fn is_near(a: f64, b: f64, tolerance: f64) -> bool {
    (a <= b + tolerance) & (a >= b - tolerance)
}

/// 100 where it holds, else 0.
#[inline(always)]
pub(super) fn bullish(holds: bool) -> f64 {
    if holds { 100.0 } else { 0.0 }
}

/// -100 where it holds, else 0.
#[inline(always)]
pub(super) fn bearish(holds: bool) -> f64 {
    if holds { -100.0 } else { 0.0 }
}

/// 100 or -100 by the sign where it holds, else 0.
#[inline(always)]
pub(super) fn signed(holds: bool, sign: f64) -> f64 {
    if holds { 100.0 * sign } else { 0.0 }
}
