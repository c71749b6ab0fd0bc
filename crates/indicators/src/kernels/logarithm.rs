//! Logarithms of ratios, several side by side.

use super::map::{Lagged, where_all, write};
use super::{Sink, all_finite};
use crate::fused::fused;

/// The natural logarithm of 2, less its last digits, so that its product with a power's exponent is exact; and the rest.
const LN_2: [f64; 2] = [f64::from_bits(0x3fe6_2e42_fee0_0000), 1.908_214_929_270_587_7e-10];

/// Appends `factor * ln(x / y)`; NaN where a series has no value.
pub(crate) fn ln_ratios(x: Lagged<'_>, y: Lagged<'_>, factor: f64, out: &mut impl Sink) {
    where_all([x, y], out, |[x, y], out| ln_ratios_of(x, y, factor, out));
}

/// So many values at a time are looked through for any that is not finite.
const BLOCK: usize = 256;

fused! {
    fn ln_ratios_of[S: Sink](x: &[f64], y: &[f64], factor: f64, out: &mut S) {
        for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
            let mut block = [0.0; BLOCK];
            let block = &mut block[..x.len()];
            write(([x, y], [], []), [&mut *block], |[x, y], [], []| [factor * ln_ratio(x, y)]);
            if !all_finite(block) {
                for ((place, x), y) in block.iter_mut().zip(x).zip(y).filter(|((place, _), _)| place.is_nan()) {
                    *place = factor * (x / y).ln();
                }
            }
            out.extend(block);
        }
    }
}

/// ln(x / y) of two positive numbers, to two units in the last place; NaN beside 1e-150 to 1e150.
///
/// With k the whole number nearest to log2(x / y) and s = (x - 2^k y) / (x + 2^k y), it is k ln 2 + 2 atanh(s), and
/// atanh(s) = s + s^3 / 3 + s^5 / 5 + ... The difference x - 2^k y is exact, so ratios near 1 lose nothing.
#[inline(always)]
fn ln_ratio(x: f64, y: f64) -> f64 {
    const ONE: u64 = 1.0_f64.to_bits();
    const EXPONENT: u64 = f64::INFINITY.to_bits();
    // A number's bits grow almost as its logarithm does, so their difference, rounded, is the bits of 2^k.
    let half = 1 << 51;
    let power = x.to_bits().wrapping_sub(y.to_bits()).wrapping_add(ONE + half) & EXPONENT;
    let scaled = f64::from_bits(y.to_bits().wrapping_add(power).wrapping_sub(ONE));
    // Bits as the last ones of 2^52 are a whole number, here k + 1023.
    let whole = f64::from_bits((power >> 52) | 4_503_599_627_370_496.0_f64.to_bits());
    let k = whole - (4_503_599_627_370_496.0 + 1023.0);
    let s = (x - scaled) / (x + scaled);
    let square = s * s;
    let fourth = square * square;
    // |s| is below 0.201, so that the next term, s^23 / 23, is below 2e-17 of the first.
    let [mut even, mut odd] = [0.0; 2];
    for [first, second] in [[19.0, 21.0], [15.0, 17.0], [11.0, 13.0], [7.0, 9.0], [3.0, 5.0]] {
        even = fourth.mul_add(even, 2.0 / first);
        odd = fourth.mul_add(odd, 2.0 / second);
    }
    let series = square.mul_add(odd, even);
    let rest = k.mul_add(LN_2[1], s * square * series);
    let value = k.mul_add(LN_2[0], 2.0_f64.mul_add(s, rest));
    let in_range = |x: f64| (x > 1e-150) & (x < 1e150);
    if in_range(x) & in_range(y) { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::ln_ratio;

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
        super::ln_ratios((&x, 0), (&y, 0), 1.0, &mut out);
        for (t, value) in out.iter().enumerate() {
            let wanted = (x[t] / y[t]).ln();
            assert!(*value == wanted || value.is_nan() && wanted.is_nan(), "ln {}/{} is {wanted}", x[t], y[t]);
        }
    }
}
