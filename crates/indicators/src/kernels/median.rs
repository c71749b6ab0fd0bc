//! Rolling median, from the window kept in order.

use super::ordered::Ordered;
use super::undefined;
use crate::fused::fused;

fused! {
    /// Median of the n bars up to each.
    pub(crate) fn rolling_median[](x: &[f64], n: usize, out: &mut Vec<f64>) {
        let out = undefined(out, x.len());
        if n == 0 || n > x.len() {
            return;
        }
        let mut window = Ordered::new(n);
        for (t, place) in out.iter_mut().enumerate() {
            window.slide(t.checked_sub(n).map(|first| x[first]), x[t]);
            let ordered = window.values();
            if ordered.len() == n {
                *place = if n % 2 == 1 { ordered[n / 2] } else { (ordered[n / 2 - 1] + ordered[n / 2]) / 2.0 };
            }
        }
    }
}
