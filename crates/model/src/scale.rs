//! Brings features to one scale, as their training rows have it. Rows that are held out never move a scale.

use ndarray::{Array2, ArrayView2, Axis};

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
    /// Of rows by features, all finite.
    pub(crate) fn of(rows: ArrayView2<f64>) -> Self {
        let count = rows.nrows() as f64;
        let (mean, deviation) = rows
            .axis_iter(Axis(1))
            .map(|column| {
                let first = column.first().copied().unwrap_or(0.0);
                if column.iter().all(|value| *value == first) {
                    // Exactly zero, where the sums below would leave a rounding error to divide by.
                    return (first, 0.0);
                }
                let mean = column.sum() / count;
                let squares: f64 = column.iter().map(|value| (value - mean).powi(2)).sum();
                (mean, (squares / count).sqrt())
            })
            .unzip();
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
