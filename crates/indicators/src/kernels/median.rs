//! Rolling median, from windows kept in order.

use super::ordered::Ordered;
use super::{Sink, all_finite, scratch};
use crate::fused::fused;

/// So many runs of bars are taken side by side, a window of each kept in order in the same steps.
const RUNS: usize = 32;
/// So many medians at a time.
const BLOCK: usize = 256 * RUNS;
/// In longer windows the places are sought.
const LONGEST: usize = 64;

fused! {
    /// Median of the n bars up to each.
    pub(crate) fn rolling_median[S: Sink](x: &[f64], n: usize, out: &mut S) {
        if n == 0 || n > x.len() {
            return out.undefined(x.len());
        }
        out.undefined(n - 1);
        let mut medians = scratch(BLOCK.min(x.len()));
        for begin in (0..x.len() + 1 - n).step_by(BLOCK) {
            let x = &x[begin..x.len().min(begin + BLOCK + n - 1)];
            let medians = &mut medians[..x.len() + 1 - n];
            let run = if n <= LONGEST && all_finite(x) { medians.len() / RUNS } else { 0 };
            let (in_runs, rest) = medians.split_at_mut(run * RUNS);
            side_by_side(x, n, run, in_runs);
            one_by_one(&x[run * RUNS..], n, rest);
            out.extend(medians);
        }
    }
}

/// The medians of the windows of n bars in finite values: of so many windows in each run.
///
/// Without the value that leaves, place p of a window in order holds the old value p, or p + 1 where that is the one or
/// greater; the value that enters then stands between the last less than it and the first greater.
#[inline(always)]
fn side_by_side(x: &[f64], n: usize, run: usize, medians: &mut [f64]) {
    if run == 0 {
        return;
    }
    let mut windows = [[f64::INFINITY; RUNS]; LONGEST + 1];
    let mut leaving = [f64::INFINITY; RUNS];
    for t in 0..run + n - 1 {
        let entering: [f64; RUNS] = std::array::from_fn(|place| x[place * run + t]);
        if let Some(first) = t.checked_sub(n) {
            leaving = std::array::from_fn(|place| x[place * run + first]);
        }
        let mut low = [f64::NEG_INFINITY; RUNS];
        for p in 0..n {
            let next = windows[p + 1];
            let window = &mut windows[p];
            for place in 0..RUNS {
                let high = if window[place] < leaving[place] { window[place] } else { next[place] };
                let least = if entering[place] < high { entering[place] } else { high };
                window[place] = if low[place] > least { low[place] } else { least };
                low[place] = high;
            }
        }
        if let Some(t) = (t + 1).checked_sub(n) {
            for place in 0..RUNS {
                medians[place * run + t] = (windows[(n - 1) / 2][place] + windows[n / 2][place]) / 2.0;
            }
        }
    }
}

/// The same of any values: a window in which one is missing has no median.
#[inline(always)]
fn one_by_one(x: &[f64], n: usize, medians: &mut [f64]) {
    let mut window = Ordered::new(n);
    for (t, entering) in x.iter().enumerate() {
        window.slide(t.checked_sub(n).map(|first| x[first]), *entering);
        if let Some(place) = (t + 1).checked_sub(n).and_then(|t| medians.get_mut(t)) {
            let ordered = window.values();
            *place = if ordered.len() == n { (ordered[(n - 1) / 2] + ordered[n / 2]) / 2.0 } else { f64::NAN };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rolling_median;

    #[test]
    fn medians_are_those_of_the_sorted_windows() {
        let mut x: Vec<f64> = (0..9_000_u32).map(|t| f64::from(t * 7_919 % 101) - 50.0).collect();
        for t in [0, 77, 78, 400, 450] {
            x[t] = f64::NAN;
        }
        for n in [1, 2, 3, 5, 20, 63, 64, 65, 66, 150, 900, 9_000, 9_001] {
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
