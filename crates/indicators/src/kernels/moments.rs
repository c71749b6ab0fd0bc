//! Rolling deviation, skewness and kurtosis from moments about the mean, joined pair by pair.
//! Source: Chan, Golub and LeVeque 1979; Pebay 2008, Sandia report SAND2008-6212, for the third and fourth moment.

use super::rolling::rolling;

/// Count, mean, and sums of the powers of the distances from the mean.
#[derive(Clone, Copy)]
struct Moments {
    count: f64,
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

fn one(x: f64) -> Moments {
    Moments { count: 1.0, mean: x, second: 0.0, third: 0.0, fourth: 0.0 }
}

fn join(a: Moments, b: Moments) -> Moments {
    let count = a.count + b.count;
    let gap = b.mean - a.mean;
    let part = gap / count;
    let (na, nb) = (a.count, b.count);
    let cross = gap * part * na * nb;
    Moments {
        count,
        mean: a.mean + part * nb,
        second: a.second + b.second + cross,
        third: a.third + b.third + cross * part * (na - nb) + 3.0 * part * (na * b.second - nb * a.second),
        fourth: a.fourth
            + b.fourth
            + cross * part * part * (na * na - na * nb + nb * nb)
            + 6.0 * part * part * (na * na * b.second + nb * nb * a.second)
            + 4.0 * part * (na * b.third - nb * a.third),
    }
}

/// Count, mean and the second moment alone, which is all the deviation needs.
fn join_two(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    let count = a.0 + b.0;
    let gap = b.1 - a.1;
    (count, a.1 + gap * b.0 / count, a.2 + b.2 + gap * gap * a.0 * b.0 / count)
}

/// Sample standard deviation of the n bars up to each.
pub(crate) fn rolling_std(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(
        x.len(),
        n,
        |t| (1.0, x[t], 0.0),
        join_two,
        |t, (count, _, second)| out[t] = (second / (count - 1.0)).sqrt(),
    );
}

/// Skewness of the n bars up to each, adjusted for the sample's size (as pandas and statistics programs give it).
pub(crate) fn rolling_skewness(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(
        x.len(),
        n,
        |t| one(x[t]),
        join,
        |t, m| {
            let n = m.count;
            out[t] = n * (n - 1.0).sqrt() / (n - 2.0) * m.third / m.second.powf(1.5);
        },
    );
}

/// Excess kurtosis of the n bars up to each, adjusted for the sample's size.
pub(crate) fn rolling_kurtosis(x: &[f64], n: usize, out: &mut [f64]) {
    rolling(
        x.len(),
        n,
        |t| one(x[t]),
        join,
        |t, m| {
            let n = m.count;
            let raw = n * (n + 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)) * m.fourth / (m.second * m.second);
            out[t] = raw - 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
        },
    );
}

/// Count, both means, both second moments and the mixed one.
#[derive(Clone, Copy)]
struct Pair {
    count: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

/// Pearson's correlation of two series over the n bars up to each; undefined where either is constant.
pub(crate) fn rolling_correlation(x: &[f64], y: &[f64], n: usize, out: &mut [f64]) {
    rolling(
        x.len(),
        n,
        |t| Pair { count: 1.0, x: x[t], y: y[t], xx: 0.0, yy: 0.0, xy: 0.0 },
        |a, b| {
            let count = a.count + b.count;
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let weight = a.count * b.count / count;
            Pair {
                count,
                x: a.x + dx * b.count / count,
                y: a.y + dy * b.count / count,
                xx: a.xx + b.xx + dx * dx * weight,
                yy: a.yy + b.yy + dy * dy * weight,
                xy: a.xy + b.xy + dx * dy * weight,
            }
        },
        |t, pair| {
            if pair.xx > 0.0 && pair.yy > 0.0 {
                out[t] = (pair.xy / (pair.xx.sqrt() * pair.yy.sqrt())).clamp(-1.0, 1.0);
            }
        },
    );
}
