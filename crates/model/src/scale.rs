//! Brings features to one scale, as their training rows have it. Rows that are held out never move a scale.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::linalg::means;

/// How features are brought to one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// As they are.
    None,
    /// Mean 0 and standard deviation 1 over the training rows.
    Standard,
}

/// Mean and standard deviation (of the population, as scikit-learn's StandardScaler) of each feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    pub(crate) mean: Vec<f64>,
    pub(crate) deviation: Vec<f64>,
}

impl Moments {
    /// Of rows by features, finite or undefined (NaN), which counts for nothing. Of a feature that is never defined NaN.
    pub(crate) fn of(rows: ArrayView2<f64>) -> Self {
        if rows.iter().any(|value| value.is_nan()) {
            return Moments::of_defined(rows);
        }
        // In passes over the rows, as they lie in memory.
        let mut mean = means(rows);
        let mut squares: Array1<f64> = Array1::zeros(rows.ncols());
        let mut varies = vec![false; rows.ncols()];
        if let Some(first) = rows.rows().into_iter().next() {
            for row in rows.rows() {
                for (i, value) in row.iter().enumerate() {
                    squares[i] += (value - mean[i]) * (value - mean[i]);
                    varies[i] |= *value != first[i];
                }
            }
            for (i, varies) in varies.iter().enumerate() {
                if !varies {
                    // Exactly zero, where the sums leave a rounding error to divide by.
                    (mean[i], squares[i]) = (first[i], 0.0);
                }
            }
        }
        let count = rows.nrows().max(1) as f64;
        Moments { mean: mean.to_vec(), deviation: squares.iter().map(|square| (square / count).sqrt()).collect() }
    }

    /// The same, feature by feature over its defined values.
    fn of_defined(rows: ArrayView2<f64>) -> Self {
        let of = |column: ArrayView1<f64>| {
            let defined: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
            let moments = Moments::of(ArrayView1::from(&defined).insert_axis(Axis(1)));
            if defined.is_empty() { (f64::NAN, f64::NAN) } else { (moments.mean[0], moments.deviation[0]) }
        };
        let (mean, deviation) = rows.columns().into_iter().map(of).unzip();
        Moments { mean, deviation }
    }

    /// The features that vary, by position. One whose deviation is lost in the rounding of its mean does not.
    pub(crate) fn varying(&self) -> Vec<usize> {
        (0..self.mean.len())
            .filter(|&i| {
                let deviation = self.deviation[i];
                deviation.is_normal() && deviation > 1e-13 * self.mean[i].abs()
            })
            .collect()
    }

    /// Those of some features only.
    pub(crate) fn only(&self, features: &[usize]) -> Self {
        Moments {
            mean: features.iter().map(|&i| self.mean[i]).collect(),
            deviation: features.iter().map(|&i| self.deviation[i]).collect(),
        }
    }

    /// What `scaling` subtracts from and divides by.
    pub(crate) fn under(&self, scaling: Scaling) -> Self {
        match scaling {
            Scaling::Standard => self.clone(),
            Scaling::None => Moments { mean: vec![0.0; self.mean.len()], deviation: vec![1.0; self.deviation.len()] },
        }
    }

    /// The rows, scaled.
    pub(crate) fn scale(&self, rows: ArrayView2<f64>) -> Array2<f64> {
        let mut scaled = rows.to_owned();
        for mut row in scaled.rows_mut() {
            for (i, value) in row.iter_mut().enumerate() {
                *value = (*value - self.mean[i]) / self.deviation[i];
            }
        }
        scaled
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn undefined_values_count_for_nothing() {
        const NAN: f64 = f64::NAN;
        // numpy 2.4.6: np.nanmean and np.nanstd of [3, nan, 1, 4] are 2.6666666666666665 and 1.247219128924647.
        let moments = Moments::of(array![[3.0, NAN, 1.0], [NAN, NAN, 1.0], [1.0, NAN, NAN], [4.0, NAN, 1.0]].view());
        assert!(
            (moments.mean[0] - 8.0 / 3.0).abs() < 1e-15 && (moments.deviation[0] - 1.247219128924647).abs() < 1e-15
        );
        assert_eq!((moments.mean[2], moments.deviation[2]), (1.0, 0.0));
        assert_eq!(moments.varying(), [0]);
    }
}
