//! Random forests and extra trees: the mean of trees that each saw other rows and other cuts.

use algomosaic_core::{Job, Param};
use algomosaic_trees::forest::{self, Params};
use algomosaic_trees::{Binned, Data};
use ndarray::{Array2, ArrayView1};

use super::boosting::refused;
use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, Setting, Task};
use crate::check::Check;
use crate::predictor::Learned;
use crate::scale::Scaling;
use crate::trees::{columns, slices, threads};

const N_ESTIMATORS: Param =
    Param::int("n_estimators", "Trees", 100).range(1, 100_000).help("More are never worse, only slower");
const MAX_FEATURES: Param = Param::float("max_features", "Share of features", 1.0, 1e-3, 1.0)
    .help("Share of the features that each split chooses from: less makes trees more different");
const MIN_SAMPLES_LEAF: Param = Param::int("min_samples_leaf", "Rows of a leaf", 5)
    .range(1, 16_777_216)
    .help("Least rows of a leaf: more is smoother, and markets are noisy");
const MAX_DEPTH: Param =
    Param::int("max_depth", "Depth", 0).range(0, 1000).help("Most splits from the root to a leaf; 0 is no limit");
const MAX_BINS: Param = Param::int("max_bins", "Bins", 255).range(2, 255).help("Values a feature is told apart by");

const fn bootstrap(default: bool) -> Param {
    Param::bool("bootstrap", "Bootstrap", default)
        .help("Whether each tree draws rows with replacement; the rows it did not draw then give an out-of-bag score")
}

const FOREST: &[Param] = &[N_ESTIMATORS, MAX_FEATURES, MIN_SAMPLES_LEAF, MAX_DEPTH, bootstrap(true), MAX_BINS];
const EXTRA: &[Param] = &[N_ESTIMATORS, MAX_FEATURES, MIN_SAMPLES_LEAF, MAX_DEPTH, bootstrap(false), MAX_BINS];

/// The catalogue's entry for numbers.
pub const RANDOM_FOREST: Algorithm = Algorithm {
    id: "random_forest",
    label: "RandomForestRegressor",
    help: "The mean of many deep trees, each grown on other rows: needs little care",
    task: Task::Regression,
    family: Family::Trees,
    several: false,
    params: FOREST,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| prepare(&RANDOM_FOREST, false, setting, rows),
};

/// The catalogue's entry for the chance of a rise.
pub const RANDOM_FOREST_CLASSIFIER: Algorithm = Algorithm {
    id: "random_forest_classifier",
    label: "RandomForestClassifier",
    help: "The probability that the outcome is above zero, or of each of its classes, as the share of a forest's trees",
    task: Task::Classification,
    family: Family::Trees,
    several: true,
    params: FOREST,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| prepare(&RANDOM_FOREST_CLASSIFIER, false, setting, rows),
};

/// The catalogue's entry for numbers, with random cuts.
pub const EXTRA_TREES: Algorithm = Algorithm {
    id: "extra_trees",
    label: "ExtraTreesRegressor",
    help: "A forest whose cuts are drawn at random: smoother and quicker than a random forest",
    task: Task::Regression,
    family: Family::Trees,
    several: false,
    params: EXTRA,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| prepare(&EXTRA_TREES, true, setting, rows),
};

/// The catalogue's entry for the chance of a rise, with random cuts.
pub const EXTRA_TREES_CLASSIFIER: Algorithm = Algorithm {
    id: "extra_trees_classifier",
    label: "ExtraTreesClassifier",
    help: "The probability that the outcome is above zero, or of each of its classes, by a forest whose cuts are drawn at random",
    task: Task::Classification,
    family: Family::Trees,
    several: true,
    params: EXTRA,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| prepare(&EXTRA_TREES_CLASSIFIER, true, setting, rows),
};

struct Prepared {
    label: &'static str,
    binned: Binned,
    params: Params,
}

fn prepare(
    algorithm: &Algorithm,
    random_thresholds: bool,
    setting: &Setting<'_>,
    rows: Array2<f64>,
) -> Result<Box<dyn Learner>, Error> {
    let (label, params) = (algorithm.label, setting.params);
    let columns = columns(rows.view());
    drop(rows);
    let max_bins = u16::try_from(params.size("max_bins")).unwrap_or(255);
    let binned =
        Binned::of(&slices(&columns), max_bins, threads(), &Job::new()).map_err(|error| refused(label, error))?;
    let params = Params {
        task: match algorithm.task {
            Task::Regression => forest::Task::Regression,
            Task::Classification if setting.classes == 0 => forest::Task::Binary,
            Task::Classification => forest::Task::Classes { classes: setting.classes },
        },
        n_estimators: params.size("n_estimators"),
        max_features: params.float("max_features"),
        min_samples_leaf: params.size("min_samples_leaf"),
        max_depth: i32::try_from(params.size("max_depth")).unwrap_or(0),
        bootstrap: params.bool("bootstrap"),
        random_thresholds,
        seed: u64::from(setting.seed),
    };
    Ok(Box::new(Prepared { label, binned, params }))
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error> {
        let outcomes = outcomes.to_vec();
        let forest = forest::train(&Data::new(&self.binned, &outcomes), &self.params, threads(), job)
            .map_err(|error| refused(self.label, error))?;
        let mut checks = Vec::new();
        if let Some(score) = forest.out_of_bag.and_then(|out_of_bag| out_of_bag.score) {
            let what = if self.params.task == forest::Task::Regression { "R²" } else { "share of right classes" };
            // Rows near in time know each other's outcomes, so this flatters.
            checks.push(Check::fine(format!(
                "out-of-bag {what} {score:.4} on the training rows; neighbours in time flatter it, held-out rows do not"
            )));
        }
        Ok(Fitted { learned: Learned::Trees(forest.ensemble), checks })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;

    use crate::testing::{golden, golden_frame, moves, spec};
    use crate::{Model, train};

    #[test]
    fn every_parameter_moves_the_output() {
        for algorithm in ["random_forest", "random_forest_classifier", "extra_trees", "extra_trees_classifier"] {
            let changes = [
                "n_estimators = 3",
                "max_features = 0.4",
                "min_samples_leaf = 1",
                "max_depth = 2",
                if algorithm.starts_with("extra") { "bootstrap = true" } else { "bootstrap = false" },
                "max_bins = 4",
            ];
            moves(algorithm, "n_estimators = 8", &changes);
        }
    }

    #[test]
    fn a_bootstrapped_forest_says_its_out_of_bag_score() {
        let data = golden_frame(&golden());
        let trained = train(&spec("random_forest", "y", "[control]\nrepeats = 1"), &data, &Job::new()).unwrap();
        assert!(trained.checks.iter().any(|check| check.text.starts_with("out-of-bag R²")));
    }

    #[test]
    fn models_of_trees_read_back_and_predict_alike() {
        let data = golden_frame(&golden());
        for algorithm in
            ["random_forest", "extra_trees_classifier", "gradient_boosting", "gradient_boosting_classifier"]
        {
            let outcome = if algorithm.ends_with("classifier") { "z" } else { "y" };
            let model = train(&spec(algorithm, outcome, "[control]\nrepeats = 1"), &data, &Job::new()).unwrap().model;
            let read = Model::from_bytes(&model.to_bytes()).unwrap();
            assert_eq!(read, model, "{algorithm}");
            assert_eq!(read.predict(&data).unwrap(), model.predict(&data).unwrap());
        }
    }
}
