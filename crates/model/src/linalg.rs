//! The few steps of linear algebra that the linear algorithms share, in an order of memory that fits rows by features.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip, s};

/// Features of a block of [`gram`].
const BLOCK: usize = 32;

/// X'X. Only the blocks on and above the diagonal are multiplied, the others are their mirror.
pub(crate) fn gram(rows: ArrayView2<f64>) -> Array2<f64> {
    let features = rows.ncols();
    let mut gram = Array2::zeros((features, features));
    // Rows in pieces that stay in the cache while every pair of blocks passes over them.
    for rows in rows.axis_chunks_iter(Axis(0), 512) {
        for begin in (0..features).step_by(BLOCK) {
            let end = features.min(begin + BLOCK);
            let left = rows.slice(s![.., begin..end]);
            let right = rows.slice(s![.., begin..]);
            general_mat_mul(1.0, &left.t(), &right, 1.0, &mut gram.slice_mut(s![begin..end, begin..]));
        }
    }
    for i in 0..features {
        for j in 0..i {
            gram[[i, j]] = gram[[j, i]];
        }
    }
    gram
}

/// X'y, in one pass over the rows.
pub(crate) fn project(rows: ArrayView2<f64>, outcomes: ArrayView1<f64>) -> Array1<f64> {
    let mut sums = Array1::zeros(rows.ncols());
    for (row, &outcome) in rows.rows().into_iter().zip(outcomes) {
        sums.scaled_add(outcome, &row);
    }
    sums
}

/// The mean of each feature, in one pass over the rows; 0 of no rows.
pub(crate) fn means(rows: ArrayView2<f64>) -> Array1<f64> {
    let mut sums = Array1::zeros(rows.ncols());
    for row in rows.rows() {
        sums += &row;
    }
    sums / rows.nrows().max(1) as f64
}

/// A mean of at most this share of a feature's root mean square moves no digit of what is fitted.
const CENTRED: f64 = 1e-12;

/// Subtracts from each feature its mean, and gives the means.
pub(crate) fn centre(rows: &mut Array2<f64>) -> Array1<f64> {
    let count = rows.nrows().max(1) as f64;
    let (mut sums, mut squares) = (Array1::<f64>::zeros(rows.ncols()), Array1::<f64>::zeros(rows.ncols()));
    for row in rows.rows() {
        Zip::from(&mut sums).and(&mut squares).and(&row).for_each(|sum, square, value| {
            *sum += value;
            *square += value * value;
        });
    }
    let means = sums / count;
    let centred = |(mean, square): (&f64, &f64)| mean.abs() <= CENTRED * (square / count).sqrt();
    // Standardised features are centred already: a pass over the rows less.
    if !means.iter().zip(&squares).all(centred) {
        for mut row in rows.rows_mut() {
            row -= &means;
        }
    }
    means
}

/// L of L L' = `matrix`, which must be symmetric; none when it is not positive definite.
pub(crate) fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    let mut factor: Array2<f64> = Array2::zeros((size, size));
    for j in 0..size {
        for i in j..size {
            let known = factor.slice(s![i, ..j]).dot(&factor.slice(s![j, ..j]));
            let left = matrix[[i, j]] - known;
            if i > j {
                factor[[i, j]] = left / factor[[j, j]];
            } else if left > 0.0 && left.is_finite() {
                factor[[j, j]] = left.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(factor)
}

/// The solution of L L' w = `right`.
pub(crate) fn solve(factor: &Array2<f64>, mut right: Array1<f64>) -> Array1<f64> {
    let size = right.len();
    for i in 0..size {
        let known = factor.slice(s![i, ..i]).dot(&right.slice(s![..i]));
        right[i] = (right[i] - known) / factor[[i, i]];
    }
    for i in (0..size).rev() {
        right[i] /= factor[[i, i]];
        let value = right[i];
        right.slice_mut(s![..i]).scaled_add(-value, &factor.slice(s![i, ..i]));
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::normal;

    #[test]
    fn blocks_give_what_the_definitions_give() {
        for (rows, features) in [(700, 70), (3, 5), (1, 1), (0, 2)] {
            let x = Array2::from_shape_vec((rows, features), normal(1, rows * features)).unwrap();
            let y = Array1::from_vec(normal(2, rows));
            let (gram, plain) = (gram(x.view()), x.t().dot(&x));
            assert!(gram.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-11));
            assert!(project(x.view(), y.view()).iter().zip(&x.t().dot(&y)).all(|(a, b)| (a - b).abs() < 1e-11));
        }
    }

    #[test]
    fn features_are_centred_whatever_their_unit() {
        let rows = Array2::from_shape_vec((200, 1), normal(5, 200)).unwrap();
        for (unit, shift) in [(1.0, 0.0), (1e-9, 0.0), (1e-9, 1e-12), (1.0, 1e6)] {
            let mut moved = rows.mapv(|value| unit * value + shift);
            let expected = moved.sum() / 200.0;
            let means = centre(&mut moved);
            assert!((means[0] - expected).abs() <= 1e-14 * shift.max(unit));
            assert!((moved.sum() / 200.0).abs() <= 1e-11 * unit + 1e-14 * shift, "{unit} {shift}");
        }
    }

    #[test]
    fn a_factor_solves_and_one_that_does_not_exist_is_none() {
        let x = Array2::from_shape_vec((50, 6), normal(3, 300)).unwrap();
        let (gram, expected) = (gram(x.view()), Array1::from_vec(normal(4, 6)));
        let found = solve(&cholesky(&gram).unwrap(), gram.dot(&expected));
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!(cholesky(&ndarray::array![[1.0, 2.0], [2.0, 1.0]]).is_none());
    }
}
