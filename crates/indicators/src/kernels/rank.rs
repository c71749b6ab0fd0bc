//! Rolling rank, from the window kept in order.

use super::ordered::Ordered;
use super::undefined;
use crate::fused::fused;

fused! {
    /// The place of each bar's value among the n bars up to it: 1 for the least, n for the greatest; equal values share
    /// the mean of their places.
    pub(crate) fn rolling_rank[](x: &[f64], n: usize, out: &mut Vec<f64>) {
        let out = undefined(out, x.len());
        if n == 0 || n > x.len() {
            return;
        }
        let mut window = Ordered::new(n);
        for (t, place) in out.iter_mut().enumerate() {
            window.slide(t.checked_sub(n).map(|first| x[first]), x[t]);
            let ordered = window.values();
            if ordered.len() == n {
                let below = ordered.partition_point(|value| *value < x[t]);
                let equal = ordered[below..].partition_point(|value| *value <= x[t]);
                *place = below as f64 + (equal as f64 + 1.0) / 2.0;
            }
        }
    }
}
