//! Ordinary least squares. Features that others combine to are left at zero, because their coefficients would be
//! arbitrary. With many rows of well-behaved features by the Gram matrix and a step of refinement, otherwise by linfa's
//! QR decomposition, which takes several times as long.

use algomosaic_core::{Job, Param};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit as _;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, Task};
use crate::check::{Check, count, some_of};
use crate::linalg::{centre, gram, project, solve};
use crate::linear::Coefficients;
use crate::predictor::Learned;
use crate::scale::Scaling;

/// The catalogue's entry.
pub const OLS: Algorithm = Algorithm {
    id: "ols",
    label: "LinearRegression",
    help: "Ordinary least squares without any penalty; needs many more rows than features",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &[Param::bool("fit_intercept", "Intercept", true)
        .help("Whether a constant is fitted; without, the line goes through the origin")],
    // With an intercept the scale changes nothing but the rounding; without, moving the mean would be another model.
    scaling: |params| if params.bool("fit_intercept") { Scaling::Standard } else { Scaling::None },
    prepare: |setting, rows| Ok(Box::new(Prepared::new(setting.params.bool("fit_intercept"), rows, setting.names)?)),
};

/// A feature whose variance is left to this share by the features before it counts as a combination of them.
const DEPENDENT: f64 = 1e-10;

/// The Gram matrix serves where no feature has less than this share of its variance left by the others before it, and
/// there are this many rows for each feature.
const WELL_BEHAVED: f64 = 1e-6;
const MANY_ROWS: usize = 10;

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
    by_gram: bool,
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
        let mean = if fit_intercept { centre(&mut rows) } else { Array1::zeros(features) };
        let gram = gram(rows.view());
        let (kept, factor) = independent(&gram);
        let dropped = (0..features).filter(|i| !kept.contains(i)).map(|i| names[i].clone()).collect();
        let rows = if kept.len() < features { rows.select(Axis(1), &kept) } else { rows };
        let left = |(i, &feature): (usize, &usize)| factor[[i, i]].powi(2) / gram[[feature, feature]];
        let by_gram =
            count_rows >= MANY_ROWS * features && kept.iter().enumerate().map(left).all(|share| share > WELL_BEHAVED);
        Ok(Prepared { fit_intercept, features, kept, dropped, rows, mean, factor, by_gram })
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
        Ok(Fitted { learned: Learned::Linear(Coefficients { intercept, coefficients }), checks: Vec::new() })
    }

    /// Outcomes less their mean where there is an intercept, and that mean.
    fn centred(&self, outcomes: ArrayView1<f64>) -> (Array1<f64>, f64) {
        let mean = if self.fit_intercept { outcomes.sum() / outcomes.len() as f64 } else { 0.0 };
        (&outcomes - mean, mean)
    }

    fn by_qr(&self, outcomes: ArrayView1<f64>) -> Result<Fitted, Error> {
        let fitted = LinearRegression::new()
            .with_intercept(self.fit_intercept)
            .fit(&DatasetBase::new(self.rows.view(), outcomes.to_owned()))
            .map_err(|error| failed(&error.to_string()))?;
        self.spread(&fitted.params().to_vec(), fitted.intercept())
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let mut spread = if self.by_gram {
            let (outcomes, mean) = self.centred(outcomes);
            let mut solution = solve(&self.factor, project(self.rows.view(), outcomes.view()));
            let errors = &outcomes - &self.rows.dot(&solution);
            solution += &solve(&self.factor, project(self.rows.view(), errors.view()));
            self.spread(&solution.to_vec(), mean)?
        } else {
            self.by_qr(outcomes)?
        };
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
    fn refit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let (outcomes, mean) = self.centred(outcomes);
        self.spread(&solve(&self.factor, project(self.rows.view(), outcomes.view())).to_vec(), mean)
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
    use super::*;
    use crate::testing::{close, meets_golden, normal};

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("ols", 1e-10);
    }

    fn linear(fitted: &Fitted) -> &Coefficients {
        match &fitted.learned {
            Learned::Linear(linear) => linear,
            other => panic!("not linear: {other:?}"),
        }
    }

    #[test]
    fn the_gram_matrix_gives_what_the_qr_decomposition_gives() {
        for fit_intercept in [true, false] {
            let mut rows = Array2::from_shape_vec((500, 10), normal(5, 5000)).unwrap() + 3.0;
            // Correlated to nearly 0.99.
            let close_by = &rows.column(0) + &(&rows.column(9) * 0.1);
            rows.column_mut(9).assign(&close_by);
            let outcomes = Array1::from_vec(normal(6, 500));
            let prepared = Prepared::new(fit_intercept, rows, &names(10)).unwrap();
            assert!(prepared.by_gram);
            let (gram, qr) =
                (prepared.fit(outcomes.view(), &Job::new()).unwrap(), prepared.by_qr(outcomes.view()).unwrap());
            for (gram, qr) in linear(&gram).coefficients.iter().zip(&linear(&qr).coefficients) {
                close(*gram, *qr, 1e-9, "coefficient");
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
            let new = prepared.fit(outcomes.view(), &Job::new()).unwrap();
            let again = prepared.refit(outcomes.view(), &Job::new()).unwrap();
            let (new, again) = (linear(&new), linear(&again));
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
        let fitted = Prepared::new(true, rows, &names(4)).unwrap().fit(outcomes.view(), &Job::new()).unwrap();
        for (found, expected) in linear(&fitted).coefficients.iter().zip([1.0, 0.5, 0.0, 0.0]) {
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
