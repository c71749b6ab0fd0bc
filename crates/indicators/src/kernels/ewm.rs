//! The exponential mean that all smoothed columns use.

use super::map::append;
use super::{Sink, all_finite};
use crate::fused::fused;

/// So many bars at a time. A multiple of eight.
const TILE: usize = 128;
/// So many values before a tile's are read with them.
const BEFORE: usize = 3;

/// A series, the span of its mean and how many values come before a mean is defined.
pub(crate) type Smoothed<'a> = (&'a [f64], usize, usize);

fused! {
    /// Appends a function of the bias-corrected exponential means of some series: weights (1-a)^i with a = 2 / (span + 1),
    /// undefined before so many values. The same as pandas' `ewm(span, min_periods, adjust=True).mean()`, but for a bar
    /// without a finite value: the mean is undefined there (pandas repeats the last one), its weight passes all the same, and
    /// the next bar is defined again.
    pub(crate) fn ewm[const I: usize, const O: usize, S: Sink](
        inputs: [Smoothed<'_>; I],
        out: [&mut S; O],
        value: impl Fn([f64; I]) -> [f64; O],
    ) {
        let mut out = out;
        let rows = inputs.first().map_or(0, |(series, _, _)| series.len());
        let mut means = inputs.map(|(_, span, min_bars)| Mean::new(span, min_bars));
        for begin in (0..rows).step_by(TILE) {
            let bars = TILE.min(rows - begin);
            for (mean, (x, _, _)) in means.iter_mut().zip(&inputs) {
                mean.next(x, begin);
            }
            let values = means.each_ref().map(|mean| &mean.values[..]);
            append(bars, (values, [], []), out.each_mut().map(|out| &mut **out), |means, [], []| value(means));
        }
    }
}

/// The mean of a series, tile by tile.
struct Mean {
    sums: Decaying,
    weights: Decaying,
    min_bars: usize,
    seen: usize,
    /// One over the weight of all bars so far, once more bars do not change it.
    settled: Option<f64>,
    /// The means of the newest tile.
    values: [f64; TILE],
}

impl Mean {
    fn new(span: usize, min_bars: usize) -> Mean {
        let keep = 1.0 - 2.0 / (span as f64 + 1.0);
        let (sums, weights) = (Decaying::new(keep), Decaying::new(keep));
        Mean { sums, weights, min_bars, seen: 0, settled: None, values: [f64::NAN; TILE] }
    }

    /// The means of the tile that begins there; of one after the other.
    #[inline(always)]
    fn next(&mut self, x: &[f64], begin: usize) {
        let whole = begin.checked_sub(BEFORE).and_then(|first| x[first..].first_chunk());
        if let (Some(share), Some(whole)) = (self.settled, whole)
            && all_finite(whole)
        {
            self.sums.next(whole, share, &mut self.values);
        } else {
            self.next_with_gaps(x, begin);
        }
    }

    #[inline(always)]
    fn next_with_gaps(&mut self, x: &[f64], begin: usize) {
        let (mut values, mut ones) = ([0.0; BEFORE + TILE], [0.0; BEFORE + TILE]);
        let before = BEFORE.min(begin);
        let places = values.iter_mut().zip(&mut ones).skip(BEFORE - before);
        for ((value, one), x) in places.zip(&x[begin - before..]).filter(|(_, x)| x.is_finite()) {
            (*value, *one) = (*x, 1.0);
        }
        let mut weights = [0.0; TILE];
        self.sums.next(&values, 1.0, &mut self.values);
        self.weights.next(&ones, 1.0, &mut weights);
        for ((place, one), weight) in self.values.iter_mut().zip(&ones[BEFORE..]).zip(weights) {
            self.seen += usize::from(*one > 0.0);
            let is_defined = *one > 0.0 && self.seen >= self.min_bars;
            *place = if is_defined { *place * (1.0 / weight) } else { f64::NAN };
        }
        let weight = weights[0];
        let is_settled = self.seen >= self.min_bars && weights.iter().all(|other| *other == weight);
        self.settled = is_settled.then_some(1.0 / weight);
    }
}

/// Sums of all values up to each, each value's share `keep` of the next one's.
///
/// Sums of four values, and of eight from these, wait for nothing. Eight chains, each of every eighth bar, wait for the
/// sum eight bars before only.
struct Decaying {
    keep: f64,
    /// The newest sums of four values.
    fours: [f64; 4],
    /// The newest sums.
    all: [f64; 8],
}

impl Decaying {
    fn new(keep: f64) -> Decaying {
        Decaying { keep, fours: [0.0; 4], all: [0.0; 8] }
    }

    /// The sums of a tile's values, times `scale`, from these and those just before.
    #[inline(always)]
    fn next(&mut self, values: &[f64; BEFORE + TILE], scale: f64, to: &mut [f64; TILE]) {
        let (one, two) = (self.keep, self.keep * self.keep);
        let (four, eight) = (two * two, two * two * (two * two));
        let (mut before, mut all) = (self.fours, self.all);
        for (place, sums) in to.as_chunks_mut().0.iter_mut().enumerate() {
            let x = &values[8 * place..][..BEFORE + 8];
            let mut fours = [0.0; 8];
            for t in 0..8 {
                fours[t] = two.mul_add(one.mul_add(x[t], x[t + 1]), one.mul_add(x[t + 2], x[t + 3]));
            }
            for t in 0..8 {
                let earlier = if t < 4 { before[t] } else { fours[t - 4] };
                all[t] = eight.mul_add(all[t], four.mul_add(earlier, fours[t]));
            }
            before = [fours[4], fours[5], fours[6], fours[7]];
            *sums = all.map(|sum| sum * scale);
        }
        (self.fours, self.all) = (before, all);
    }
}

/// So many bars back, the weight of a bar in [`ewm`] is less than 1e-17 of the newest's, below the precision of a mean.
pub(crate) fn decay(span: usize) -> usize {
    // ln(1e17) = 39.2, and -ln(keep) is above 2 / (span + 1).
    20 * (span + 1)
}

#[cfg(test)]
mod tests {
    use super::ewm;

    /// The definition, term by term.
    fn expected(x: &[f64], span: usize, min_bars: usize, t: usize) -> f64 {
        let keep = 1.0 - 2.0 / (span as f64 + 1.0);
        let (mut sum, mut weight, mut share, mut seen) = (0.0, 0.0, 1.0, 0);
        for value in x[..=t].iter().rev() {
            if value.is_finite() {
                (sum, weight, seen) = (sum + share * value, weight + share, seen + 1);
            }
            share *= keep;
        }
        if seen >= min_bars && x[t].is_finite() { sum / weight } else { f64::NAN }
    }

    #[test]
    fn means_are_those_of_the_definition_with_and_without_gaps() {
        let whole: Vec<f64> = (0..1_500_u32).map(|t| f64::from(t * 7_919 % 1_009) - 300.0).collect();
        let mut holed = whole.clone();
        for t in [0, 1, 5, 130, 600, 601, 602, 603, 604, 605, 606, 607, 608, 900, 1_024, 1_499] {
            holed[t] = if t % 2 == 0 { f64::NAN } else { f64::INFINITY };
        }
        for x in [&whole, &holed] {
            for (span, min_bars) in [(1, 1), (2, 1), (3, 2), (9, 9), (20, 19), (100, 99), (2_000, 10), (3, 2_000)] {
                let mut found = Vec::new();
                ewm([(x, span, min_bars)], [&mut found], |mean| mean);
                assert_eq!(found.len(), x.len());
                for (t, value) in found.iter().enumerate() {
                    let wanted = expected(x, span, min_bars, t);
                    let is_same = value.is_nan() && wanted.is_nan() || (value - wanted).abs() <= 1e-10;
                    assert!(is_same, "span {span} at {t}: {value} for {wanted}");
                }
            }
        }
    }

    #[test]
    fn later_values_change_no_earlier_mean() {
        let mut x: Vec<f64> = (0..700_u32).map(|t| f64::from(t * 7_919 % 1_009)).collect();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        ewm([(&x, 5, 4)], [&mut before], |mean| mean);
        x[645] = f64::NAN;
        ewm([(&x, 5, 4)], [&mut after], |mean| mean);
        assert_eq!(before[4..645], after[4..645]);
    }
}
