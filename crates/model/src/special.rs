//! The few special functions that tests and searches need.

/// The share of a standard normal variable below x.
pub(crate) fn normal_below(x: f64) -> f64 {
    let (below, above) = gamma(0.5, x * x / 2.0);
    if x < 0.0 { above / 2.0 } else { f64::midpoint(1.0, below) }
}

/// The share of a chi-squared variable above x.
pub(crate) fn chi_squared_above(x: f64, degrees: f64) -> f64 {
    gamma(degrees / 2.0, x / 2.0).1
}

/// The regularised lower and upper incomplete gamma functions: the series of the lower near zero, and the continued
/// fraction of the upper beyond. Press and others, Numerical Recipes (2007), ch. 6.2.
fn gamma(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        let below = (sum * front).min(1.0);
        return (below, 1.0 - below);
    }
    // Lentz's method.
    let tiny = 1e-300;
    let away = |value: f64| if value.abs() < tiny { tiny } else { value };
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let mut fraction = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let factor = -i * (i - a);
        b += 2.0;
        d = 1.0 / away(factor * d + b);
        c = away(b + factor / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (1.0 - front * fraction, front * fraction)
}

/// The logarithm of the gamma function of a positive number, by Stirling's series after shifting beyond 10.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series =
        (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0)))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, golden, list};

    #[test]
    fn they_are_those_of_scipy() {
        let golden = golden();
        for case in golden["normal_below"].as_array().unwrap().iter().map(list) {
            close(normal_below(case[0]), case[1], 1e-12 * case[1], "normal");
        }
        for case in golden["chi_squared_above"].as_array().unwrap().iter().map(list) {
            close(chi_squared_above(case[0], case[1]), case[2], 1e-12 * case[2], "chi-squared");
        }
    }
}
