//! Rolling deviation, skewness, kurtosis and correlation from moments about the mean, joined pair by pair.
//! Source: Chan, Golub and LeVeque 1979; Pebay 2008, Sandia report SAND2008-6212, for the third and fourth moment.

use std::slice::from_mut;

use super::Sink;
use super::rolling::rolling;

/// A function of the inputs, and of the mean and the sample standard deviation that `value` has over the n bars up to
/// each, for each n.
pub(crate) fn rolling_deviation<const I: usize, const O: usize>(
    inputs: [&[f64]; I],
    windows: &[usize],
    value: impl Fn([f64; I]) -> f64,
    finish: impl Fn([f64; I], f64, f64) -> [f64; O] + Copy,
    out: &mut [impl Sink],
) {
    rolling(
        inputs,
        windows,
        |x| [value(x), 0.0],
        |[na, nb], [mean_a, second_a], [mean_b, second_b]| {
            let count = na + nb;
            let gap = mean_b - mean_a;
            [mean_a + gap * (nb / count), second_a + second_b + gap * gap * (na * nb / count)]
        },
        |n| {
            let share = 1.0 / (n as f64 - 1.0);
            move |x, [mean, second]: [f64; 2]| finish(x, mean, (second * share).sqrt())
        },
        out,
    );
}

/// Sample standard deviation of the n bars up to each, for each n.
pub(crate) fn rolling_std(x: &[f64], windows: &[usize], out: &mut [impl Sink]) {
    rolling_deviation([x], windows, |[x]| x, |_, _, sd| [sd], out);
}

/// A function of the mean of the n bars up to each, and of the sums of the second, the third and, where K is 4, the fourth
/// powers of the distances from it.
fn rolling_moments<const K: usize>(x: &[f64], n: usize, finish: impl Fn([f64; K]) -> f64 + Copy, out: &mut impl Sink) {
    rolling(
        [x],
        &[n],
        |[x]| {
            let mut one = [0.0; K];
            one[0] = x;
            one
        },
        |[na, nb], a, b| {
            let fourth = |own: &[f64; K]| own.get(3).copied().unwrap_or(0.0);
            let count = na + nb;
            let gap = b[0] - a[0];
            let part = gap * (1.0 / count);
            let cross = gap * part * (na * nb);
            let joined: [f64; 4] = [
                a[0] + part * nb,
                a[1] + b[1] + cross,
                a[2] + b[2] + cross * part * (na - nb) + 3.0 * part * (na * b[1] - nb * a[1]),
                fourth(&a)
                    + fourth(&b)
                    + cross * part * part * (na * na - na * nb + nb * nb)
                    + 6.0 * part * part * (na * na * b[1] + nb * nb * a[1])
                    + 4.0 * part * (na * b[2] - nb * a[2]),
            ];
            let mut kept = [0.0; K];
            kept.copy_from_slice(&joined[..K]);
            kept
        },
        |_| move |_, moments| [finish(moments)],
        from_mut(out),
    );
}

/// Skewness of the n bars up to each, adjusted for the sample's size (as pandas and statistics programs give it).
pub(crate) fn rolling_skewness(x: &[f64], n: usize, out: &mut impl Sink) {
    let count = n as f64;
    let scale = count * (count - 1.0).sqrt() / (count - 2.0);
    rolling_moments(x, n, |[_, second, third]| scale * third / (second * second.sqrt()), out);
}

/// Excess kurtosis of the n bars up to each, adjusted for the sample's size.
pub(crate) fn rolling_kurtosis(x: &[f64], n: usize, out: &mut impl Sink) {
    let count = n as f64;
    let pairs = (count - 2.0) * (count - 3.0);
    let scale = count * (count + 1.0) * (count - 1.0) / pairs;
    let normal = 3.0 * (count - 1.0) * (count - 1.0) / pairs;
    rolling_moments(x, n, |[_, second, _, fourth]| scale * fourth / (second * second) - normal, out);
}

/// Pearson's correlation of two series over the n bars up to each; undefined where either is constant.
pub(crate) fn rolling_correlation(x: &[f64], y: &[f64], n: usize, out: &mut impl Sink) {
    // Both means, both second moments and the mixed one.
    rolling(
        [x, y],
        &[n],
        |[x, y]| [x, y, 0.0, 0.0, 0.0],
        |[na, nb], a, b| {
            let (share, weight) = (nb / (na + nb), na * nb / (na + nb));
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            [
                a[0] + dx * share,
                a[1] + dy * share,
                a[2] + b[2] + dx * dx * weight,
                a[3] + b[3] + dy * dy * weight,
                a[4] + b[4] + dx * dy * weight,
            ]
        },
        |_| {
            |_, [_, _, xx, yy, xy]: [f64; 5]| {
                let correlation = (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0);
                [if xx > 0.0 && yy > 0.0 { correlation } else { f64::NAN }]
            }
        },
        from_mut(out),
    );
}
