//! Logarithms of ratios, as differences of logarithms that are computed once.

use super::{Series, Sink, is_finite, map, map_lagged, series};

/// The natural logarithm of 2, less its last digits, so that its product with a power's exponent is exact; and the rest.
const LN_2: [f64; 2] = [f64::from_bits(0x3fe6_2e42_fee0_0000), 1.908_214_929_270_587_7e-10];

/// The logarithms of a series, each as a number and, in a second series, what that leaves of it.
pub(crate) struct Logarithms<'a> {
    of: &'a [f64],
    number: Series,
    rest: Series,
    /// Whether only undefined values have no logarithm here.
    is_plain: bool,
}

impl<'a> Logarithms<'a> {
    pub(crate) fn of(x: &'a [f64]) -> Logarithms<'a> {
        let (mut number, mut rest) = (series(x.len()), series(x.len()));
        map([x], [&mut number, &mut rest], |[x]| ln(x));
        let is_plain = is_finite(&number) || number.iter().zip(x).all(|(number, x)| !number.is_nan() || x.is_nan());
        Logarithms { of: x, number, rest, is_plain }
    }
}

/// Appends `factor * ln(x / y)`, each so many bars back; NaN where a series has no value.
pub(crate) fn ln_ratios(x: (&Logarithms<'_>, i64), y: (&Logarithms<'_>, i64), factor: f64, out: &mut impl Sink) {
    let ((x, back), (y, y_back)) = (x, y);
    let parts = [(&*x.number, back), (&*y.number, y_back), (&*x.rest, back), (&*y.rest, y_back)];
    let difference = |[ln_x, ln_y, rest_x, rest_y]: [f64; 4]| factor * ((ln_x - ln_y) + (rest_x - rest_y));
    if x.is_plain && y.is_plain {
        return map_lagged(parts, out, difference);
    }
    let [ln_x, ln_y, rest_x, rest_y] = parts;
    map_lagged(
        [ln_x, ln_y, rest_x, rest_y, (x.of, back), (y.of, y_back)],
        out,
        |[ln_x, ln_y, rest_x, rest_y, x, y]| {
            let value = difference([ln_x, ln_y, rest_x, rest_y]);
            if value.is_nan() { factor * (x / y).ln() } else { value }
        },
    );
}

/// ln(x) of a positive number as a number and what that leaves, together to 5e-18 or, near 1, to a unit in the last place;
/// NaN beside 1e-150 to 1e150. The difference of two is the logarithm of a ratio, and next to nothing is lost of those
/// near 1.
///
/// With k the whole number nearest to log2(x) and s = (x - 2^k) / (x + 2^k), it is k ln 2 + 2 atanh(s), and
/// atanh(s) = s + s^3 / 3 + s^5 / 5 + ... The difference x - 2^k is exact, and so is k ln 2 but for its last digits.
#[inline(always)]
fn ln(x: f64) -> [f64; 2] {
    const EXPONENT: u64 = f64::INFINITY.to_bits();
    // A number's bits grow almost as its logarithm does; rounded, they are the bits of 2^k.
    let half = 1 << 51;
    let power = x.to_bits().wrapping_add(half) & EXPONENT;
    let scale = f64::from_bits(power);
    // Bits as the last ones of 2^52 are a whole number, here k + 1023.
    let whole = f64::from_bits((power >> 52) | 4_503_599_627_370_496.0_f64.to_bits());
    let k = whole - (4_503_599_627_370_496.0 + 1023.0);
    let (difference, sum) = (x - scale, x + scale);
    let s = difference / sum;
    // What rounding the sum and the quotient has left of s.
    let lost = (x - (sum - scale)) + (scale - (sum - (sum - scale)));
    let rest = (-s).mul_add(lost, (-s).mul_add(sum, difference)) / sum;
    let square = s * s;
    let fourth = square * square;
    // |s| is below 0.201, so that the next term, s^27 / 27, is below 1e-20.
    let [mut even, mut odd] = [0.0; 2];
    for [first, second] in [[23.0, 25.0], [19.0, 21.0], [15.0, 17.0], [11.0, 13.0], [7.0, 9.0], [3.0, 5.0]] {
        even = fourth.mul_add(even, 2.0 / first);
        odd = fourth.mul_add(odd, 2.0 / second);
    }
    let series = square.mul_add(odd, even);
    let powers = k * LN_2[0];
    let number = 2.0_f64.mul_add(s, powers);
    let lost = 2.0_f64.mul_add(s, powers - number);
    let rest = lost + k.mul_add(LN_2[1], 2.0_f64.mul_add(rest, s * square * series));
    if (x > 1e-150) & (x < 1e150) { [number, rest] } else { [f64::NAN; 2] }
}

#[cfg(test)]
mod tests {
    use super::{Logarithms, ln, ln_ratios};

    /// ln(x / y)
    fn ln_ratio(x: f64, y: f64) -> f64 {
        let ([x, rest_x], [y, rest_y]) = (ln(x), ln(y));
        (x - y) + (rest_x - rest_y)
    }

    /// Numbers of a linear congruential generator, 0 to 1.
    fn draws() -> impl Iterator<Item = f64> {
        std::iter::successors(Some(1_u64), |state| Some(state * 48_271 % 2_147_483_647))
            .map(|state| state as f64 / 2_147_483_647.0)
    }

    #[test]
    fn logarithms_are_those_of_the_standard_library() {
        let ranges = [(-345.0, 345.0), (-40.0, 40.0), (-1.0, 1.0), (-0.35, -0.34), (0.34, 0.35), (-1e-3, 1e-3)];
        for (low, high) in ranges {
            for draw in draws().take(200_000) {
                let x: f64 = (low + (high - low) * draw).exp();
                let (value, wanted) = (ln_ratio(x, 1.0), x.ln());
                assert!((value - wanted).abs() <= 1e-15 * wanted.abs(), "ln {x:e} is {wanted:e}, not {value:e}");
            }
        }
    }

    #[test]
    fn logarithms_near_one_lose_no_digit() {
        for ulps in (0..2_000).chain((0..50).map(|bit| 1 << bit)) {
            for x in [f64::from_bits(1.0_f64.to_bits() + ulps), f64::from_bits(1.0_f64.to_bits() - ulps)] {
                let (value, wanted) = (ln_ratio(x, 1.0), (x - 1.0).ln_1p());
                assert!((value - wanted).abs() <= 1e-15 * wanted.abs(), "ln {x:e} is {wanted:e}, not {value:e}");
            }
        }
    }

    #[test]
    fn ratios_of_numbers_near_each_other_lose_next_to_nothing() {
        for draw in draws().take(200_000) {
            let y = (680.0 * draw - 340.0).exp();
            for step in [0.0, 1e-12, 1e-6, 1e-3, 0.1, 0.4, 0.5] {
                let x = y * (1.0 + step);
                let wanted = ((x - y) / y).ln_1p();
                let error = (ln_ratio(x, y) - wanted).abs();
                assert!(error <= 1e-17 + 1e-15 * wanted, "ln {x:e}/{y:e} is {wanted:e}, and {error:e} beside");
            }
        }
    }

    #[test]
    fn powers_of_two_and_the_edges_of_their_ranges_are_met() {
        for exponent in -490..490 {
            for factor in [
                1.0,
                std::f64::consts::SQRT_2.next_down(),
                std::f64::consts::SQRT_2.next_up(),
                1.5,
                1.999_999_999_999_999_8,
            ] {
                let x = 2.0_f64.powi(exponent) * factor;
                for (value, wanted) in [(ln_ratio(x, 1.0), x.ln()), (ln_ratio(1.0, x), -x.ln())] {
                    assert!((value - wanted).abs() <= 1e-15 * wanted.abs(), "ln {x:e} is {wanted:e}, not {value:e}");
                }
            }
        }
    }

    #[test]
    fn a_ratio_is_the_difference_of_the_logarithms() {
        let (mut x, mut y) = (draws(), draws().skip(77));
        for _ in 0..200_000 {
            let (x, y) = ((690.0 * x.next().unwrap() - 345.0).exp(), (690.0 * y.next().unwrap() - 345.0).exp());
            let (value, wanted) = (ln_ratio(x, y), x.ln() - y.ln());
            assert!((value - wanted).abs() <= 1e-12, "ln {x:e}/{y:e} is {wanted:e}, not {value:e}");
        }
    }

    #[test]
    fn what_is_not_in_range_is_left_to_the_standard_library() {
        let odd = [0.0, -0.0, -2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, 2e-308, f64::MAX, -5e-324, 3.0];
        let x: Vec<f64> = odd.iter().flat_map(|_| odd).collect();
        let y: Vec<f64> = odd.iter().flat_map(|y| odd.map(|_| *y)).collect();
        let mut out = Vec::new();
        ln_ratios((&Logarithms::of(&x), 0), (&Logarithms::of(&y), 0), 1.0, &mut out);
        for (t, value) in out.iter().enumerate() {
            let wanted = (x[t] / y[t]).ln();
            assert!(*value == wanted || value.is_nan() && wanted.is_nan(), "ln {}/{} is {wanted}", x[t], y[t]);
        }
    }
}
