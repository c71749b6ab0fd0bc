//! The mean outcome of the training rows that are nearest by Euclidean distance.

use algomosaic_core::{Job, Param, Value};
use ndarray::{Array2, ArrayView1};

use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, STANDARDIZE, Task, standardize};
use crate::check::count;
use crate::neighbors::{Neighbors, Weights};
use crate::predictor::Learned;

/// The catalogue's entry.
pub const KNN: Algorithm = Algorithm {
    id: "knn",
    label: "KNeighborsRegressor",
    help: "The mean outcome of the most similar bars of the past; for few features, and its file holds the training rows",
    task: Task::Regression,
    family: Family::Neighbors,
    several: false,
    params: &[
        Param::int("n_neighbors", "Neighbours", 5).range(1, 100_000).help("How many of the nearest rows are averaged"),
        Param::choice("weights", "Weights", "uniform", &[("uniform", "Equal"), ("distance", "By distance")])
            .help("Whether all neighbours count alike, or each by the inverse of its distance"),
        STANDARDIZE,
    ],
    scaling: standardize,
    prepare: |setting, rows| {
        let neighbors = setting.params.size("n_neighbors");
        if neighbors > rows.nrows() {
            return Err(Error::TooFew {
                what: format!("n_neighbors is {neighbors}, but there are only {}", count(rows.nrows(), "training row")),
                hint: "Lower n_neighbors, or take a longer history.".to_owned(),
            });
        }
        let distance = setting.params.values().get("weights") == Some(&Value::Text("distance".to_owned()));
        let weights = if distance { Weights::Distance } else { Weights::Uniform };
        Ok(Box::new(Prepared { neighbors, weights, rows }))
    },
};

struct Prepared {
    neighbors: usize,
    weights: Weights,
    rows: Array2<f64>,
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, _: &Job) -> Result<Fitted, Error> {
        let neighbors = Neighbors::new(self.neighbors, self.weights, self.rows.clone(), outcomes.to_vec());
        Ok(Fitted { learned: Learned::Neighbors(neighbors), checks: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{meets_golden, moves};

    #[test]
    fn predictions_are_those_of_scikit_learn() {
        meets_golden("knn", 1e-12);
    }

    #[test]
    fn every_parameter_moves_the_output() {
        moves("knn", "", &["n_neighbors = 6", "weights = \"distance\"", "standardize = false"]);
    }
}
