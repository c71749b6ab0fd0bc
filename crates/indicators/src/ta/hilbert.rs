//! Ehlers' measure of the dominant cycle, which the MESA average and the cycle indicators share.
//! Source: Ehlers 2001, Rocket Science for Traders.

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
        (-(A * p6) + A * x - B * p4 + B * p2) * gain
    }
}

/// The mean of four bars, weighted 4, 3, 2, 1 from the newest. The sums run on, as TA-Lib's do: over a flat stretch the
/// phases come from their rounding.
#[derive(Clone, Default)]
struct Smooth {
    seen: usize,
    past: [f64; 4],
    sum: f64,
    weighted: f64,
}

impl Smooth {
    #[inline(always)]
    fn next(&mut self, x: f64) -> f64 {
        if self.seen < 3 {
            self.seen += 1;
            self.past = [x, self.past[0], self.past[1], 0.0];
            self.sum += x;
            self.weighted += x * self.seen as f64;
            return f64::NAN;
        }
        let [p1, p2, p3, p4] = self.past;
        self.past = [x, p1, p2, p3];
        self.sum += x;
        self.sum -= p4;
        self.weighted += 4.0 * x;
        let mean = self.weighted * 0.1;
        self.weighted -= self.sum;
        mean
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

/// A cycle's length, kept between 6 and 50 bars.
#[inline(always)]
fn in_range(bars: f64) -> f64 {
    let bars = if bars < 6.0 { 6.0 } else { bars };
    if bars > 50.0 { 50.0 } else { bars }
}

/// How many bars a full turn takes, from a part of it: y / atan(y) for y from 0 to 2, as polynomials on short
/// intervals. It is exact to the last digits and much quicker than the arc tangent, for which every bar would wait.
#[derive(Clone)]
struct Turns(Vec<[f64; Turns::TERMS]>);

impl Turns {
    const TERMS: usize = 8;
    const INTERVALS: usize = 64;
    const END: f64 = 2.0;

    fn new() -> Turns {
        Turns((0..Turns::INTERVALS).map(|place| Turns::fit(place as f64)).collect())
    }

    /// The polynomial through eight points of an interval, in the distance from its middle, which goes from -1 to 1.
    fn fit(place: f64) -> [f64; Turns::TERMS] {
        let half = Turns::END / Turns::INTERVALS as f64 / 2.0;
        let middle = (2.0 * place + 1.0) * half;
        let nodes: [f64; Turns::TERMS] =
            std::array::from_fn(|i| ((2 * i + 1) as f64 * std::f64::consts::PI / (2 * Turns::TERMS) as f64).cos());
        // Newton's divided differences, then multiplied out.
        let mut differences = nodes.map(|u| {
            let y = middle + half * u;
            std::f64::consts::TAU * y / y.atan()
        });
        for order in 1..Turns::TERMS {
            for i in (order..Turns::TERMS).rev() {
                differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
            }
        }
        let mut terms = [0.0; Turns::TERMS];
        for i in (0..Turns::TERMS).rev() {
            for power in (1..Turns::TERMS).rev() {
                terms[power] = terms[power - 1] - nodes[i] * terms[power];
            }
            terms[0] = differences[i] - nodes[i] * terms[0];
        }
        terms
    }

    /// 360 degrees over the angle whose tangent is `im / re`, where this is from 3 to many bars; otherwise a number
    /// under 6, as the angle is great or negative.
    #[inline(always)]
    fn bars(&self, im: f64, re: f64) -> f64 {
        let y = im / re;
        if !(0.0..Turns::END).contains(&y) {
            return if y.is_nan() { y } else { 0.0 };
        }
        let place = y * (Turns::INTERVALS as f64 / Turns::END);
        let interval = (place as usize).min(Turns::INTERVALS - 1);
        let u = 2.0 * (place - interval as f64) - 1.0;
        let Some([c0, c1, c2, c3, c4, c5, c6, c7]) = self.0.get(interval) else { return f64::NAN };
        let (u2, low, high) = (u * u, c0 + c1 * u, c4 + c5 * u);
        let u4 = u2 * u2;
        ((low + (c2 + c3 * u) * u2) + (high + (c6 + c7 * u) * u2) * u4) * (re / im)
    }
}

/// The state of the measure.
#[derive(Clone)]
pub(super) struct Hilbert {
    /// Bars before the transforms begin.
    skip: usize,
    smooth: Smooth,
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
    turns: Turns,
}

impl Hilbert {
    /// Begins the transforms at the place `skip`.
    pub(super) fn new(skip: usize) -> Hilbert {
        Hilbert {
            skip,
            smooth: Smooth::default(),
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
            turns: Turns::new(),
        }
    }

    /// Takes a price; nothing until the transforms begin.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<Cycle> {
        let smoothed = self.smooth.next(x);
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        let gain = 0.075 * self.period + 0.54;
        let detrended = self.detrender.next(smoothed, gain);
        let quadrature = self.quadrature.next(detrended, gain);
        let [d1, d2, in_phase] = self.detrended;
        self.detrended = [detrended, d1, d2];
        let ji = self.ahead_in_phase.next(in_phase, gain);
        let jq = self.ahead_quadrature.next(quadrature, gain);
        let q2 = 0.2 * (quadrature + ji) + 0.8 * self.q2;
        let i2 = 0.2 * (in_phase - jq) + 0.8 * self.i2;
        // What does not wait for `i2`, the last to be known, is worked out first.
        self.re = (0.2 * self.i2) * i2 + (0.2 * (q2 * self.q2) + 0.8 * self.re);
        self.im = (0.2 * self.q2) * i2 + (0.8 * self.im - 0.2 * (q2 * self.i2));
        (self.i2, self.q2) = (i2, q2);
        let before = self.period;
        let (most, least) = (in_range(1.5 * before), in_range(0.67 * before));
        let mut period = if self.im != 0.0 && self.re != 0.0 { self.turns.bars(self.im, self.re) } else { before };
        period = if period > most { most } else { period };
        period = if period < least { least } else { period };
        self.period = 0.2 * period + 0.8 * before;
        Some(Cycle { in_phase, quadrature, smoothed, period: self.period })
    }
}

/// Bars before the first value of what reads a whole cycle.
pub(super) const LONG_LOOK_BACK: usize = 63;
/// Bars before the first value of what reads the measure alone.
pub(super) const SHORT_LOOK_BACK: usize = 32;
/// The transforms begin at these bars.
const LONG_SKIP: usize = 37;
const SHORT_SKIP: usize = 12;
/// More values than the longest cycle has; a power of two.
const KEPT: usize = 64;
/// The longest cycle.
const LONGEST: usize = 50;

/// The last values, newest first.
#[derive(Clone)]
struct Recent {
    /// Every value stands twice, so that the last ones are one slice.
    values: Box<[f64; 2 * KEPT]>,
    newest: usize,
}

impl Recent {
    fn new() -> Recent {
        Recent { values: Box::new([0.0; 2 * KEPT]), newest: 0 }
    }

    #[inline(always)]
    fn push(&mut self, x: f64) {
        self.newest = self.newest.wrapping_sub(1) % KEPT;
        self.values[self.newest] = x;
        self.values[self.newest + KEPT] = x;
    }

    /// The value n bars before the newest.
    #[inline(always)]
    fn back(&self, n: usize) -> f64 {
        self.values[self.newest + n.min(KEPT)]
    }

    #[inline(always)]
    fn last(&self, n: usize) -> &[f64] {
        &self.values[self.newest..self.newest + n.min(KEPT)]
    }
}

/// The measure with the cycle's length smoothed once more.
#[derive(Clone)]
pub(super) struct SmoothCycle {
    hilbert: Hilbert,
    /// The length, smoothed.
    length: f64,
}

impl SmoothCycle {
    /// For what reads the measure alone.
    pub(super) fn short() -> SmoothCycle {
        SmoothCycle { hilbert: Hilbert::new(SHORT_SKIP), length: 0.0 }
    }

    /// For what reads a whole cycle.
    fn long() -> SmoothCycle {
        SmoothCycle { hilbert: Hilbert::new(LONG_SKIP), length: 0.0 }
    }

    /// What is known, and the cycle's length.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<(Cycle, f64)> {
        let cycle = self.hilbert.next(x)?;
        self.length = 0.33 * cycle.period + 0.67 * self.length;
        Some((cycle, self.length))
    }
}

/// The cycle's length in whole bars.
#[inline(always)]
fn whole(length: f64) -> usize {
    ((length + 0.5) as usize).min(LONGEST)
}

/// The mean of prices over the cycle, weighted over four bars.
#[derive(Clone)]
pub(super) struct Trendline {
    /// The sum of all prices since the sums were last set back, at the last bars.
    totals: Recent,
    total: f64,
    /// Bars until the sums are set back, so that they stay small.
    left: usize,
    past: [f64; 3],
}

impl Trendline {
    const SET_BACK: usize = 4096;

    pub(super) fn new() -> Trendline {
        Trendline { totals: Recent::new(), total: 0.0, left: Trendline::SET_BACK, past: [0.0; 3] }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, x: f64) {
        if self.left == 0 {
            self.left = Trendline::SET_BACK;
            self.totals.values.iter_mut().for_each(|total| *total -= self.total);
            self.total = 0.0;
        }
        self.left -= 1;
        self.total += x;
        self.totals.push(self.total);
    }

    /// The line at the bar whose price came last.
    #[inline(always)]
    pub(super) fn next(&mut self, length: f64) -> f64 {
        let n = whole(length);
        let mean = if n > 0 { (self.total - self.totals.back(n)) / n as f64 } else { 0.0 };
        let [p1, p2, p3] = self.past;
        self.past = [mean, p1, p2];
        (4.0 * mean + 3.0 * p1 + 2.0 * p2 + p3) / 10.0
    }
}

/// The trendline bar by bar.
#[derive(Clone)]
pub(super) struct TrendlineCycle {
    cycle: SmoothCycle,
    line: Trendline,
}

impl TrendlineCycle {
    pub(super) fn new() -> TrendlineCycle {
        TrendlineCycle { cycle: SmoothCycle::long(), line: Trendline::new() }
    }

    /// The trendline once the measure has begun.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<f64> {
        self.line.push(x);
        let (_, length) = self.cycle.next(x)?;
        Some(self.line.next(length))
    }
}

/// Sines and cosines of the parts of a circle for each length of a cycle.
struct Circle(Vec<[f64; 2]>);

impl Circle {
    fn new() -> Circle {
        let mut parts = vec![[0.0; 2]; (LONGEST + 1) * LONGEST];
        for n in 1..=LONGEST {
            for (i, place) in parts[n * LONGEST..n * LONGEST + n].iter_mut().enumerate() {
                let angle = (i as f64 * (360.0 * DEGREE)) / n as f64;
                *place = [angle.sin(), angle.cos()];
            }
        }
        Circle(parts)
    }
}

/// A degree in radians.
pub(super) const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// The place in its cycle where a price stands.
pub(super) struct Phase {
    cycle: SmoothCycle,
    circle: Circle,
    smoothed: Recent,
    degrees: f64,
}

/// What is known at a bar.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Degrees, from -45 to 315.
    pub(super) degrees: f64,
    /// The cycle's length.
    pub(super) length: f64,
    /// The price smoothed over four bars.
    pub(super) smoothed: f64,
}

impl Phase {
    pub(super) fn new() -> Phase {
        Phase { cycle: SmoothCycle::long(), circle: Circle::new(), smoothed: Recent::new(), degrees: 0.0 }
    }

    /// The place once the measure has begun.
    #[inline(always)]
    pub(super) fn next(&mut self, x: f64) -> Option<Place> {
        let (cycle, length) = self.cycle.next(x)?;
        self.smoothed.push(cycle.smoothed);
        let n = whole(length);
        let parts = &self.circle.0[n * LONGEST..n * LONGEST + n];
        let (mut real, mut imaginary) = (0.0, 0.0);
        for ([sine, cosine], x) in parts.iter().zip(self.smoothed.last(n)) {
            real += sine * x;
            imaginary += cosine * x;
        }
        if imaginary.abs() > 0.0 {
            self.degrees = (real / imaginary).atan().to_degrees();
        } else if real < 0.0 {
            self.degrees -= 90.0;
        } else if real > 0.0 {
            self.degrees += 90.0;
        }
        // The smoothed price is a bar late.
        self.degrees += 90.0 + 360.0 / length;
        if imaginary < 0.0 {
            self.degrees += 180.0;
        }
        if self.degrees > 315.0 {
            self.degrees -= 360.0;
        }
        Some(Place { degrees: self.degrees, length, smoothed: cycle.smoothed })
    }
}

/// The sines of a phase and of the phase an eighth of a cycle ahead.
#[inline(always)]
pub(super) fn waves(degrees: f64) -> [f64; 2] {
    [(degrees * DEGREE).sin(), ((degrees + 45.0) * DEGREE).sin()]
}

/// Hides the bars before the look-back.
#[derive(Clone)]
pub(super) struct Hidden(usize);

impl Hidden {
    pub(super) fn new(bars: usize) -> Hidden {
        Hidden(bars)
    }

    #[inline(always)]
    pub(super) fn show<const O: usize>(&mut self, values: Option<[f64; O]>) -> [f64; O] {
        if self.0 > 0 {
            self.0 -= 1;
            return [f64::NAN; O];
        }
        values.unwrap_or([f64::NAN; O])
    }
}
