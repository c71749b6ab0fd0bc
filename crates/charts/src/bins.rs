//! Bins of a histogram, shared by every series that is compared in it.

/// The fewest and the most bins: fewer hide the shape, more are noise or hair lines.
const BINS: (f64, f64) = (20.0, 60.0);

/// Equal bins over all values of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bins {
    low: f64,
    pub(crate) width: f64,
    count: usize,
}

impl Bins {
    /// Over the range of `values` (undefined ones ignored), as wide as Freedman and Diaconis (1981) say:
    /// 2 × interquartile range / cube root of the count, within 20 to 60 bins. None without values.
    pub(crate) fn over(values: &[f64]) -> Option<Bins> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| crate::chart::drawable(*v)).collect();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        let span = high - low;
        // All values alike (or nearly): one bin in the middle of a range that has a width.
        if span <= low.abs().max(high.abs()) * 1e-12 {
            let half = if low == 0.0 { 0.5 } else { 0.05 * low.abs() };
            return Some(Bins { low: low - half, width: 2.0 * half / 21.0, count: 21 });
        }
        let quartile = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        let wanted = 2.0 * (quartile(0.75) - quartile(0.25)) / (sorted.len() as f64).cbrt();
        let count = (span / wanted).ceil().clamp(BINS.0, BINS.1);
        // A width of zero gives infinitely many bins, which are clamped; only 0 / 0 is left.
        let count = if count.is_nan() { BINS.0 } else { count };
        Some(Bins { low, width: span / count, count: count as usize })
    }

    /// Middle of each bin and how many of `values` it holds. The last bin holds its upper end.
    pub(crate) fn counts(&self, values: &[f64]) -> Vec<(f64, f64)> {
        let mut counts = vec![0.0; self.count];
        for value in values.iter().filter(|v| crate::chart::drawable(**v)) {
            let place = ((value - self.low) / self.width).floor();
            if place >= 0.0 && place <= self.count as f64 {
                counts[(place as usize).min(self.count - 1)] += 1.0;
            }
        }
        let middle = |i: usize| self.low + (i as f64 + 0.5) * self.width;
        counts.into_iter().enumerate().map(|(i, count)| (middle(i), count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_one_bin() {
        let wave: Vec<f64> = (0..1_000).map(|i| (f64::from(i) * 0.7).sin()).collect();
        let outlier: Vec<f64> = (0..1_000).map(|i| if i == 0 { 1e9 } else { f64::from(i) }).collect();
        for values in [wave, outlier, vec![3.0; 7], vec![0.0; 7], vec![-2.5], vec![1e-320, 2e-320], vec![-1e300, 1e300]]
        {
            let bins = Bins::over(&values).unwrap();
            let counts = bins.counts(&values);
            assert!((20..=60).contains(&counts.len()), "{} bins", counts.len());
            assert_eq!(counts.iter().map(|(_, n)| n).sum::<f64>(), values.len() as f64, "{:?}", &values[..1]);
        }
        assert_eq!(Bins::over(&[]), None);
        assert_eq!(Bins::over(&[f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn widths_are_those_of_freedman_and_diaconis() {
        // 1 to 1000: the quartiles are 499 or 500 apart, so a bin is 2 × 500 / 10 = 100 wide and 10 would be too few.
        let ramp: Vec<f64> = (1..=1_000).map(f64::from).collect();
        assert_eq!(Bins::over(&ramp).map(|b| b.count), Some(20));
        // A triangle of 27,000 values over 0 to 1 has quartiles 0.293 apart: 2 × 0.2929 / 30 = 0.01953, 52 bins.
        let triangle: Vec<f64> = (0..27_000)
            .map(|i| f64::from(i) / 26_999.0)
            .map(|u| if u < 0.5 { (u / 2.0).sqrt() } else { 1.0 - ((1.0 - u) / 2.0).sqrt() })
            .collect();
        assert_eq!(Bins::over(&triangle).map(|b| b.count), Some(52));
    }
}
