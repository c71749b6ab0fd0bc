//! Rolling rank, from the window kept in order.

use super::ordered::Ordered;
use super::{Sink, scratch};
use crate::fused::fused;

fused! {
    /// The place of each bar's value among the n bars up to it: 1 for the least, n for the greatest; equal values share
    /// the mean of their places.
    pub(crate) fn rolling_rank[S: Sink](x: &[f64], n: usize, out: &mut S) {
        if n == 0 || n > x.len() {
            return out.undefined(x.len());
        }
        let mut window = Ordered::new(n);
        let mut places = scratch(x.len());
        for (t, place) in places.iter_mut().enumerate() {
            window.slide(t.checked_sub(n).map(|first| x[first]), x[t]);
            let ordered = window.values();
            if ordered.len() < n {
                *place = f64::NAN;
                continue;
            }
            let below = ordered.partition_point(|value| *value < x[t]);
            let equal = ordered[below..].partition_point(|value| *value <= x[t]);
            *place = below as f64 + (equal as f64 + 1.0) / 2.0;
        }
        out.extend(&places);
    }
}
