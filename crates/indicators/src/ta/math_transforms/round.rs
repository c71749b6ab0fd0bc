//! Rounding without a call for each value, so that the compiler can take several at once.

/// From here on every number is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The whole number nearest to x; x itself where it has no fraction, also when it is not a number.
#[inline(always)]
fn nearest(x: f64) -> f64 {
    let size = x.abs();
    // Adding 2^52 leaves no room for a fraction.
    let whole = if size < WHOLE { (size + WHOLE) - WHOLE } else { size };
    whole.copysign(x)
}

/// The greatest whole number not above x.
#[inline(always)]
pub(super) fn down(x: f64) -> f64 {
    let near = nearest(x);
    // Also a zero has the sign of x.
    (near - if near > x { 1.0 } else { 0.0 }).copysign(x)
}

/// The least whole number not below x.
#[inline(always)]
pub(super) fn up(x: f64) -> f64 {
    -down(-x)
}

#[cfg(test)]
mod tests {
    use super::{down, up};

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        let mut values = vec![0.0, 0.5, 1.0, 1.5, 2.5, 0.1, 1e15 + 0.5, 4_503_599_627_370_495.5, 1e16, 1e300, 5e-324];
        values.extend([f64::MAX, f64::INFINITY, f64::NAN]);
        for x in values.iter().flat_map(|x| [*x, -*x]) {
            assert_eq!(down(x).to_bits() << 1, x.floor().to_bits() << 1, "floor of {x}");
            assert_eq!(up(x).to_bits() << 1, x.ceil().to_bits() << 1, "ceil of {x}");
        }
    }
}
