//! Quantiles of weighted values: the least value at which the weights up to it reach the share; where they meet it
//! exactly, the mean of that value and the next (`averaged_inverted_cdf` of numpy).

/// Sums of weights this near to each other (as a share of the whole) are equal: they differ by rounding.
const NEAR: f64 = 1e-12;

/// The quantile `share` (0 to 1) of `values`, which are reordered. NaN without values.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> f64 {
    let count = values.len();
    if count == 0 {
        return f64::NAN;
    }
    let reach = share * count as f64;
    let whole = reach.round();
    let met = (reach - whole).abs() <= NEAR * count as f64;
    let rank = if met { (whole as usize).saturating_sub(1) } else { reach as usize }.min(count - 1);
    let (_, value, above) = values.select_nth_unstable_by(rank, f64::total_cmp);
    let value = *value;
    if !met || rank + 1 == count || whole == 0.0 {
        return value;
    }
    let next = above.iter().copied().fold(f64::INFINITY, f64::min);
    value / 2.0 + next / 2.0
}

/// The same with a weight beside each value.
pub(crate) fn weighted_quantile(values: &mut [(f64, f64)], share: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let (reach, near) = (share * total, NEAR * total);
    let mut sum = 0.0;
    let mut with_weight = values.iter().filter(|(_, weight)| *weight > 0.0).peekable();
    while let Some((value, weight)) = with_weight.next() {
        sum += weight;
        if (sum - reach).abs() <= near {
            return with_weight.peek().map_or(*value, |(next, _)| value / 2.0 + next / 2.0);
        }
        if sum > reach {
            return *value;
        }
    }
    values.last().map_or(f64::NAN, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    // numpy 2.4: numpy.quantile(x, q, method="averaged_inverted_cdf")
    #[test]
    fn quantiles_agree_with_numpy() {
        let x = [7.0, 1.0, 3.0, 10.0, 4.0];
        let even = [4.0, 1.0, 3.0, 2.0];
        let cases: [(&[f64], f64, f64); 7] = [
            (&x, 0.5, 4.0),
            (&x, 0.2, 2.0),
            (&x, 0.9, 10.0),
            (&even, 0.5, 2.5),
            (&even, 0.0, 1.0),
            (&even, 1.0, 4.0),
            (&even, 0.3, 2.0),
        ];
        for (values, share, expected) in cases {
            assert_eq!(quantile(&mut values.to_vec(), share), expected, "{values:?} {share}");
            // Weights that have no exact sum.
            let mut weighted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 0.1)).collect();
            assert_eq!(weighted_quantile(&mut weighted, share), expected, "weighted {values:?} {share}");
        }
    }
}
