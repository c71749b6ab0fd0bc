//! Ordinary least squares, by linfa's QR decomposition. Features that others combine to are left at zero, because
//! their coefficients would be arbitrary.

use algomosaic_core::Param;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit as _;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::Error;
use crate::algorithm::{Algorithm, Fitted, Learner};
use crate::check::{Check, count, some_of};
use crate::scale::Scaling;

/// The catalogue's entry.
pub const OLS: Algorithm = Algorithm {
    id: "ols",
    label: "LinearRegression",
    help: "Ordinary least squares without any penalty; needs many more rows than features",
    params: &[Param::bool("fit_intercept", "Intercept", true)
        .help("Whether a constant is fitted; without, the line goes through the origin")],
    // With an intercept the scale changes nothing but the rounding; without, moving the mean would be another model.
    scaling: |params| if params.bool("fit_intercept") { Scaling::Standard } else { Scaling::None },
    prepare: |params, rows, names| Ok(Box::new(Prepared::new(params.bool("fit_intercept"), rows, names)?)),
};

/// A feature whose variance is left to this share by the features before it counts as a combination of them.
const DEPENDENT: f64 = 1e-10;

/// The independent features of the training rows, centred where there is an intercept.
struct Prepared {
    fit_intercept: bool,
    features: usize,
    /// Positions of the features in `rows` among all.
    kept: Vec<usize>,
    dropped: Vec<String>,
    rows: Array2<f64>,
    mean: Array1<f64>,
    /// L of L L' = X'X of the kept features.
    factor: Array2<f64>,
}

impl Prepared {
    fn new(fit_intercept: bool, mut rows: Array2<f64>, names: &[String]) -> Result<Self, Error> {
        let (count_rows, features) = rows.dim();
        if count_rows < features + usize::from(fit_intercept) {
            return Err(Error::TooFew {
                what: format!(
                    "ordinary least squares needs more training rows than features, but has {count_rows} and {features}"
                ),
                hint: "Choose fewer features, take a longer history, or choose elastic_net.".to_owned(),
            });
        }
        let mut mean = Array1::zeros(features);
        if fit_intercept {
            mean = rows.sum_axis(Axis(0)) / count_rows as f64;
            rows -= &mean;
        }
        let (kept, factor) = independent(&rows.t().dot(&rows));
        let dropped = (0..features).filter(|i| !kept.contains(i)).map(|i| names[i].clone()).collect();
        let rows = rows.select(Axis(1), &kept);
        Ok(Prepared { fit_intercept, features, kept, dropped, rows, mean, factor })
    }

    /// Coefficients of the kept features to those of all, with the intercept that belongs to them.
    fn spread(&self, kept: &[f64], outcome_mean: f64) -> Result<Fitted, Error> {
        let mut coefficients = vec![0.0; self.features];
        for (&feature, &value) in self.kept.iter().zip(kept) {
            coefficients[feature] = value;
        }
        let shift: f64 = coefficients.iter().zip(&self.mean).map(|(weight, mean)| weight * mean).sum();
        let intercept = if self.fit_intercept { outcome_mean - shift } else { 0.0 };
        if !intercept.is_finite() || coefficients.iter().any(|value| !value.is_finite()) {
            return Err(failed("the sums overflow"));
        }
        Ok(Fitted { intercept, coefficients, checks: Vec::new() })
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error> {
        let fitted = LinearRegression::new()
            .with_intercept(self.fit_intercept)
            .fit(&DatasetBase::new(self.rows.view(), outcomes.to_owned()))
            .map_err(|error| failed(&error.to_string()))?;
        let mut spread = self.spread(&fitted.params().to_vec(), fitted.intercept())?;
        if !self.dropped.is_empty() {
            spread.checks.push(Check::look(format!(
                "{} at zero, because other features combine to the same values: {}",
                count(self.dropped.len(), "coefficient"),
                some_of(&self.dropped)
            )));
        }
        Ok(spread)
    }

    /// By the normal equations, whose factor does not depend on the outcomes.
    fn refit(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error> {
        let mean = if self.fit_intercept { outcomes.sum() / outcomes.len() as f64 } else { 0.0 };
        let mut solution = self.rows.t().dot(&(&outcomes - mean)).to_vec();
        let (factor, size) = (&self.factor, solution.len());
        for i in 0..size {
            let known: f64 = (0..i).map(|k| factor[[i, k]] * solution[k]).sum();
            solution[i] = (solution[i] - known) / factor[[i, i]];
        }
        for i in (0..size).rev() {
            let known: f64 = (i + 1..size).map(|k| factor[[k, i]] * solution[k]).sum();
            solution[i] = (solution[i] - known) / factor[[i, i]];
        }
        self.spread(&solution, mean)
    }
}

fn failed(reason: &str) -> Error {
    Error::Fit { algorithm: OLS.label, reason: reason.to_owned() }
}

/// Cholesky's decomposition of a Gram matrix, leaving out each feature that those before it combine to. The positions
/// of the features that are left, and their lower factor.
fn independent(gram: &Array2<f64>) -> (Vec<usize>, Array2<f64>) {
    let mut kept: Vec<usize> = Vec::new();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for j in 0..gram.nrows() {
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (i, above) in rows.iter().enumerate() {
            let known: f64 = above.iter().zip(&row).map(|(a, b)| a * b).sum();
            row.push((gram[[kept[i], j]] - known) / above[i]);
        }
        let left = gram[[j, j]] - row.iter().map(|value| value * value).sum::<f64>();
        if left > DEPENDENT * gram[[j, j]] {
            row.push(left.sqrt());
            rows.push(row);
            kept.push(j);
        }
    }
    let mut factor = Array2::zeros((kept.len(), kept.len()));
    for (i, row) in rows.iter().enumerate() {
        for (k, value) in row.iter().enumerate() {
            factor[[i, k]] = *value;
        }
    }
    (kept, factor)
}

#[cfg(test)]
mod tests {
    use algomosaic_core::{Job, Value};

    use super::*;
    use crate::testing::{close, golden, golden_frame, list, normal, spec};
    use crate::train;

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        let golden = golden();
        let data = golden_frame(&golden);
        for case in golden["ols"].as_array().unwrap() {
            let mut spec = spec("ols", "y", "[control]\nrepeats = 1");
            let intercept = case["params"]["fit_intercept"].as_bool().unwrap();
            spec.params.insert("fit_intercept".to_owned(), Value::Bool(intercept));
            spec.split.test_size = golden["test_size"].as_f64().unwrap();
            let trained = train(&spec, &data, &Job::new()).unwrap();
            let (constant, weights) = trained.model.linear().unwrap().in_own_units();
            close(constant, case["intercept"].as_f64().unwrap(), 1e-10, "intercept");
            for (found, expected) in weights.iter().zip(list(&case["coefficients"])) {
                close(*found, expected, 1e-10, "coefficient");
            }
            let predictions = trained.evaluation.column("predictions").unwrap().f64().unwrap();
            for (found, expected) in predictions.iter().flatten().zip(list(&case["predictions"])) {
                close(found, expected, 1e-10, "prediction");
            }
        }
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|i| format!("x{i}")).collect()
    }

    #[test]
    fn a_control_repeat_gives_what_a_new_fit_gives() {
        for fit_intercept in [true, false] {
            let rows = Array2::from_shape_vec((300, 8), normal(1, 2400)).unwrap() + 3.0;
            let outcomes = Array1::from_vec(normal(2, 300));
            let prepared = Prepared::new(fit_intercept, rows, &names(8)).unwrap();
            let (new, again) = (prepared.fit(outcomes.view()).unwrap(), prepared.refit(outcomes.view()).unwrap());
            close(again.intercept, new.intercept, 1e-11, "intercept");
            for (again, new) in again.coefficients.iter().zip(&new.coefficients) {
                close(*again, *new, 1e-11, "coefficient");
            }
        }
    }

    #[test]
    fn a_feature_that_others_combine_to_is_left_at_zero_and_told() {
        let mut rows = Array2::from_shape_vec((100, 4), normal(3, 400)).unwrap();
        let sum = &rows.column(0) * 2.0 - rows.column(2) + 5.0;
        rows.column_mut(3).assign(&sum);
        let outcomes = &rows.column(0) + &rows.column(1) * 0.5;
        let fitted = Prepared::new(true, rows, &names(4)).unwrap().fit(outcomes.view()).unwrap();
        for (found, expected) in fitted.coefficients.iter().zip([1.0, 0.5, 0.0, 0.0]) {
            close(*found, expected, 1e-10, "coefficient");
        }
        assert!(fitted.checks[0].text.starts_with("1 coefficient at zero") && fitted.checks[0].text.ends_with("x3"));
    }

    #[test]
    fn more_features_than_rows_are_refused() {
        let refused = Prepared::new(true, Array2::zeros((5, 5)), &names(5)).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("has 5 and 5"), "{refused}");
    }
}
