//! Ehlers' measure of the dominant cycle, which the MESA average and the cycle indicators share.
//! Source: Ehlers 2001, Rocket Science for Traders.

/// Bars that the smoothed price needs.
const SMOOTHED: usize = 4;

/// A Hilbert transform: odd lags up to six bars, that is, every second value of the last seven.
#[derive(Clone, Default)]
struct Transform {
    /// The last six values, newest first.
    past: [f64; 6],
}

impl Transform {
    #[inline(always)]
    fn next(&mut self, x: f64, gain: f64) -> f64 {
        const A: f64 = 0.0962;
        const B: f64 = 0.5769;
        let [p1, p2, p3, p4, p5, p6] = self.past;
        self.past = [x, p1, p2, p3, p4, p5];
        (A * x - A * p6 - B * p4 + B * p2) * gain
    }
}

/// What is known at a bar.
#[derive(Clone, Copy)]
pub(super) struct Cycle {
    /// The part in phase and the part a quarter of a cycle ahead.
    pub(super) in_phase: f64,
    /// See `in_phase`.
    pub(super) quadrature: f64,
    /// The price smoothed over four bars.
    pub(super) smoothed: f64,
    /// The cycle's length in bars, up to this bar.
    pub(super) period: f64,
}

/// The state of the measure.
#[derive(Clone)]
pub(super) struct Hilbert {
    /// Bars before the transforms begin.
    skip: usize,
    prices: [f64; 3],
    detrender: Transform,
    quadrature: Transform,
    ahead_in_phase: Transform,
    ahead_quadrature: Transform,
    detrended: [f64; 3],
    i2: f64,
    q2: f64,
    re: f64,
    im: f64,
    period: f64,
}

impl Hilbert {
    /// Begins the transforms at the place `skip`, at least 3.
    pub(super) fn new(skip: usize) -> Hilbert {
        Hilbert {
            skip: skip.max(SMOOTHED - 1),
            prices: [0.0; 3],
            detrender: Transform::default(),
            quadrature: Transform::default(),
            ahead_in_phase: Transform::default(),
            ahead_quadrature: Transform::default(),
            detrended: [0.0; 3],
            i2: 0.0,
            q2: 0.0,
            re: 0.0,
            im: 0.0,
            period: 0.0,
        }
    }

    /// Takes a price; nothing until the transforms begin.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<Cycle> {
        let [p1, p2, p3] = self.prices;
        self.prices = [x, p1, p2];
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        let smoothed = (4.0 * x + 3.0 * p1 + 2.0 * p2 + p3) / 10.0;
        let gain = 0.075 * self.period + 0.54;
        let detrended = self.detrender.next(smoothed, gain);
        let quadrature = self.quadrature.next(detrended, gain);
        let [d1, d2, in_phase] = self.detrended;
        self.detrended = [detrended, d1, d2];
        let ji = self.ahead_in_phase.next(in_phase, gain);
        let jq = self.ahead_quadrature.next(quadrature, gain);
        let q2 = 0.2 * (quadrature + ji) + 0.8 * self.q2;
        let i2 = 0.2 * (in_phase - jq) + 0.8 * self.i2;
        self.re = 0.2 * (i2 * self.i2 + q2 * self.q2) + 0.8 * self.re;
        self.im = 0.2 * (i2 * self.q2 - q2 * self.i2) + 0.8 * self.im;
        (self.i2, self.q2) = (i2, q2);
        let before = self.period;
        let mut period = before;
        if self.im != 0.0 && self.re != 0.0 {
            period = 360.0 / (self.im / self.re).atan().to_degrees();
        }
        let (most, least) = (1.5 * before, 0.67 * before);
        period = if period > most { most } else { period };
        period = if period < least { least } else { period };
        period = if period < 6.0 { 6.0 } else { period };
        period = if period > 50.0 { 50.0 } else { period };
        self.period = 0.2 * period + 0.8 * before;
        Some(Cycle { in_phase, quadrature, smoothed, period: self.period })
    }
}
