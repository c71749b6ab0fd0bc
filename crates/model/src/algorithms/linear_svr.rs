//! Linear support vector regression: errors within epsilon cost nothing, larger ones in proportion.
//! Minimises |w|^2 / 2 + C * sum of max(0, |y - w x| - epsilon), scikit-learn's LinearSVR, by dual coordinate descent:
//! Ho and Lin, Large-scale Linear Support Vector Regression (2012), algorithm 4.

use algomosaic_core::{Job, Param};
use ndarray::{Array1, Array2, ArrayView1};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::Error;
use crate::algorithm::{Algorithm, FIT_INTERCEPT, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::check::Check;
use crate::linear::Coefficients;
use crate::predictor::Learned;

/// The catalogue's entry.
pub const LINEAR_SVR: Algorithm = Algorithm {
    id: "linear_svr",
    label: "LinearSVR",
    help: "Linear regression whose errors count by their size and not its square, so that outliers pull less",
    task: Task::Regression,
    family: Family::Linear,
    several: false,
    params: &[
        Param::float("C", "Inverse penalty", 1.0, 1e-9, 1e9)
            .help("Weight of the errors against the penalty on the coefficients: less shrinks more"),
        Param::float("epsilon", "Tube", 0.0, 0.0, 1e9).help("Errors up to this cost nothing, in the outcome's unit"),
        FIT_INTERCEPT,
        STANDARDIZE,
        Param::int("max_iter", "Most passes", 1000).range(1, 1_000_000).help("Passes over the rows, at most"),
        Param::float("tol", "Tolerance", 1e-4, 1e-14, 1.0)
            .help("Stops when the violations of the conditions of the minimum fall below this share of the first"),
    ],
    scaling: standardize,
    prepare: |setting, rows| {
        let params = setting.params;
        let intercept = f64::from(params.bool("fit_intercept"));
        let curvatures = rows.rows().into_iter().map(|row| row.dot(&row) + intercept).collect();
        Ok(Box::new(Prepared {
            intercept,
            c: params.float("C"),
            epsilon: params.float("epsilon"),
            max_iter: params.size("max_iter"),
            tol: params.float("tol"),
            seed: setting.seed,
            rows,
            curvatures,
        }))
    },
};

struct Prepared {
    /// 1 with an intercept, which is the coefficient of a feature that is 1 everywhere, and 0 without.
    intercept: f64,
    c: f64,
    epsilon: f64,
    max_iter: usize,
    tol: f64,
    seed: u32,
    rows: Array2<f64>,
    /// Squared length of each row.
    curvatures: Vec<f64>,
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(self.seed));
        let mut order: Vec<usize> = (0..outcomes.len()).collect();
        let mut dual = vec![0.0; outcomes.len()];
        let mut w: Array1<f64> = Array1::zeros(self.rows.ncols());
        let mut bias = 0.0;
        let mut first = None;
        let mut converged = false;
        for _ in 0..self.max_iter {
            job.check()?;
            order.shuffle(&mut random);
            let mut violations = 0.0;
            for &i in &order {
                let (row, curvature, old) = (self.rows.row(i), self.curvatures[i], dual[i]);
                if curvature == 0.0 {
                    continue;
                }
                let error = w.dot(&row) + bias * self.intercept - outcomes[i];
                let (above, below) = (error + self.epsilon, error - self.epsilon);
                violations += violation(old, self.c, above, below);
                let target = if above < curvature * old {
                    old - above / curvature
                } else if below > curvature * old {
                    old - below / curvature
                } else {
                    0.0
                };
                let new = target.clamp(-self.c, self.c);
                if new != old {
                    w.scaled_add(new - old, &row);
                    bias += (new - old) * self.intercept;
                    dual[i] = new;
                }
            }
            if violations <= self.tol * *first.get_or_insert(violations) {
                converged = true;
                break;
            }
        }
        if !bias.is_finite() || w.iter().any(|value| !value.is_finite()) {
            return Err(Error::Fit { algorithm: LINEAR_SVR.label, reason: "the sums overflow".to_owned() });
        }
        let mut checks = Vec::new();
        if !converged {
            checks.push(Check::look(format!(
                "LinearSVR stopped before reaching tol, after max_iter = {} passes; raise max_iter or lower C",
                self.max_iter
            )));
        }
        Ok(Fitted { learned: Learned::Linear(Coefficients { intercept: bias, coefficients: w.to_vec() }), checks })
    }
}

/// How far a row is from the conditions of the minimum.
fn violation(dual: f64, c: f64, above: f64, below: f64) -> f64 {
    if dual == 0.0 {
        (-above).max(below).max(0.0)
    } else if dual >= c {
        above.max(0.0)
    } else if dual <= -c {
        (-below).max(0.0)
    } else if dual > 0.0 {
        above.abs()
    } else {
        below.abs()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{meets_golden, moves};

    #[test]
    fn coefficients_and_predictions_are_those_of_scikit_learn() {
        meets_golden("linear_svr", 2e-5);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves(
            "linear_svr",
            "C = 0.01\n",
            &[
                "C = 0.02",
                "epsilon = 0.01",
                "fit_intercept = false",
                "standardize = false",
                "max_iter = 1",
                "tol = 1e-9",
            ],
        );
    }
}
