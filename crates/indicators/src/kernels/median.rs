//! Rolling median, from the window kept in order.

use super::ordered::Ordered;
use super::{Sink, bar_by_bar};
use crate::fused::fused;

fused! {
    /// Median of the n bars up to each.
    pub(crate) fn rolling_median[S: Sink](x: &[f64], n: usize, out: &mut S) {
        if n == 0 || n > x.len() {
            return out.undefined(x.len());
        }
        let mut window = Ordered::new(n);
        bar_by_bar(x.len(), out, |t| {
            window.slide(t.checked_sub(n).map(|first| x[first]), x[t]);
            let ordered = window.values();
            match (ordered.len() == n, n % 2) {
                (false, _) => f64::NAN,
                (true, 1) => ordered[n / 2],
                (true, _) => (ordered[n / 2 - 1] + ordered[n / 2]) / 2.0,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::rolling_median;

    #[test]
    fn medians_are_those_of_the_sorted_windows() {
        let mut x: Vec<f64> = (0..900_u32).map(|t| f64::from(t * 7_919 % 101) - 50.0).collect();
        for t in [0, 77, 78, 400, 450] {
            x[t] = f64::NAN;
        }
        for n in [1, 2, 3, 5, 20, 63, 64, 65, 66, 150, 900, 901] {
            let mut found = Vec::new();
            rolling_median(&x, n, &mut found);
            for (t, value) in found.iter().enumerate() {
                let mut window = x[(t + 1).saturating_sub(n)..=t].to_vec();
                window.retain(|value| value.is_finite());
                window.sort_by(f64::total_cmp);
                let wanted = if window.len() == n { (window[(n - 1) / 2] + window[n / 2]) / 2.0 } else { f64::NAN };
                assert!(*value == wanted || value.is_nan() && wanted.is_nan(), "{n} at {t}: {value} for {wanted}");
            }
        }
    }
}
