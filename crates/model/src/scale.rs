//! Brings features to one scale, as their training rows have it. Rows that are held out never move a scale.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};

use crate::linalg::means;

/// How features are brought to one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// As they are.
    None,
    /// Mean 0 and standard deviation 1 over the training rows.
    Standard,
}

/// A variance of at most this share of the squared mean may be that of a constant.
const NEARLY: f64 = 1e-10;

/// Mean and standard deviation (of the population, as scikit-learn's StandardScaler) of each feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    pub(crate) mean: Vec<f64>,
    pub(crate) deviation: Vec<f64>,
}

impl Moments {
    /// Of rows by features, finite or undefined (NaN), which counts for nothing. Of a feature that is never defined NaN.
    pub(crate) fn of(rows: ArrayView2<f64>) -> Self {
        let moments = Moments::of_finite(rows);
        // A mean is defined only where all values are; a sum beyond the largest number may not be either.
        let undefined = moments.mean.iter().any(|mean| mean.is_nan()) && rows.iter().any(|value| value.is_nan());
        if undefined { Moments::of_defined(rows) } else { moments }
    }

    /// Of rows by features. A mean is finite only where all of its values are.
    pub(crate) fn of_finite(rows: ArrayView2<f64>) -> Self {
        // In passes over the rows, as they lie in memory.
        let mut mean = means(rows);
        let mut squares: Array1<f64> = Array1::zeros(rows.ncols());
        for row in rows.rows() {
            Zip::from(&mut squares).and(&row).and(&mean).for_each(|sum, value, mean| *sum += (value - mean).powi(2));
        }
        let count = rows.nrows().max(1) as f64;
        for (i, column) in rows.columns().into_iter().enumerate() {
            // Of a constant the sums leave a rounding error, which would be divided by, or go beyond the largest number.
            let differs = squares[i] > NEARLY * count * mean[i] * mean[i];
            if let Some(first) = column.first().filter(|first| !differs && column.iter().all(|value| value == *first)) {
                (mean[i], squares[i]) = (*first, 0.0);
            }
        }
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
        let (mean, deviation) = self.views();
        Zip::from(rows).and_broadcast(mean).and_broadcast(deviation).map_collect(|value, mean, by| (value - mean) / by)
    }

    /// Scales the rows where they are.
    pub(crate) fn apply(&self, rows: &mut Array2<f64>) {
        let (mean, deviation) = self.views();
        let rows = Zip::from(rows).and_broadcast(mean).and_broadcast(deviation);
        rows.for_each(|value, mean, by| *value = (*value - mean) / by);
    }

    fn views(&self) -> (ArrayView1<'_, f64>, ArrayView1<'_, f64>) {
        (ArrayView1::from(&self.mean), ArrayView1::from(&self.deviation))
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

    // Of the last feature the deviation by hand: its values are one unit above or below 1e8.
    #[test]
    fn a_constant_has_no_deviation_and_what_nearly_is_one_has_its_own() {
        let mut rows = Array2::from_elem((1000, 4), 0.1);
        rows.column_mut(1).fill(-3e306);
        rows.column_mut(2)[999] = 0.1_f64.next_up();
        let units = (0..1000).map(|i| if i % 2 == 0 { 1e8 + 1.0 } else { 1e8 - 1.0 });
        rows.column_mut(3).assign(&units.collect::<Array1<f64>>());
        let moments = Moments::of(rows.view());
        assert_eq!((moments.mean[0], moments.deviation[0]), (0.1, 0.0));
        assert_eq!((moments.mean[1], moments.deviation[1]), (-3e306, 0.0));
        assert!(moments.deviation[2] > 0.0);
        assert!((moments.deviation[3] - 1.0).abs() < 1e-9);
        assert_eq!(moments.varying(), [3]);
    }

    #[test]
    fn rows_are_scaled_alike_in_place_and_as_a_copy_and_stay_undefined() {
        let mut rows = array![[1.0, 10.0], [3.0, f64::NAN]];
        let moments = Moments { mean: vec![2.0, 20.0], deviation: vec![1.0, 5.0] };
        let scaled = moments.scale(rows.view());
        assert_eq!(scaled.row(0), array![-1.0, -2.0]);
        assert!(scaled[[1, 0]] == 1.0 && scaled[[1, 1]].is_nan());
        moments.apply(&mut rows);
        assert_eq!(rows.row(0), scaled.row(0));
        assert!(rows[[1, 0]] == 1.0 && rows[[1, 1]].is_nan());
    }
}
