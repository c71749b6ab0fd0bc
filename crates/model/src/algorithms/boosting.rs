//! Gradient boosting over histograms: each tree corrects what those before it left. Parameters have the names of
//! scikit-learn, and where it has none those of LightGBM.

use algomosaic_core::{Job, Param, Params, names};
use algomosaic_trees::boosting::{self, Loss};
use algomosaic_trees::{Binned, Data};
use ndarray::{Array2, ArrayView1};

use crate::Error;
use crate::algorithm::{Algorithm, Family, Fitted, Learner, Setting, Task};
use crate::check::{Check, count};
use crate::predictor::Learned;
use crate::rows::Row;
use crate::scale::Scaling;
use crate::trees::{columns, slices, threads};

const LEARNING_RATE: Param = Param::float("learning_rate", "Learning rate", 0.1, 1e-4, 1.0)
    .help("Share of each tree's step that is taken: less needs more trees and generalises better");
const N_ESTIMATORS: Param = Param::int("n_estimators", "Trees", 100).range(1, 100_000).help("Most trees");
const MAX_LEAF_NODES: Param = Param::int("max_leaf_nodes", "Leaves", 31)
    .range(2, 65_536)
    .help("Most leaves of a tree; the leaf that gains most is split first");
const MAX_DEPTH: Param =
    Param::int("max_depth", "Depth", 0).range(0, 1000).help("Most splits from the root to a leaf; 0 is no limit");
const MIN_SAMPLES_LEAF: Param =
    Param::int("min_samples_leaf", "Rows of a leaf", 20).range(1, 16_777_216).help("Least rows of a leaf");
const MIN_SPLIT_GAIN: Param =
    Param::float("min_split_gain", "Least gain", 0.0, 0.0, 1e9).help("How much a split must lower the loss to be made");
const SUBSAMPLE: Param =
    Param::float("subsample", "Share of rows", 1.0, 1e-3, 1.0).help("Share of the rows drawn for each tree");
const MAX_FEATURES: Param =
    Param::float("max_features", "Share of features", 1.0, 1e-3, 1.0).help("Share of the features drawn for each tree");
const REG_ALPHA: Param = Param::float("reg_alpha", "L1 penalty", 0.0, 0.0, 1e9).help("L1 penalty on leaves");
const REG_LAMBDA: Param = Param::float("reg_lambda", "L2 penalty", 0.0, 0.0, 1e9).help("L2 penalty on leaves");
const EARLY_STOPPING: Param = Param::int("early_stopping_rounds", "Early stopping", 0).range(0, 100_000).help(
    "Stops when so many trees have not helped the newest training rows, which are kept aside for it; 0 never stops",
);
const VALIDATION: Param = Param::float("validation_fraction", "Share for early stopping", 0.1, 0.01, 0.5)
    .help("Share of the training time whose rows tell when to stop; rows whose outcome reads it are left out");
const MAX_BINS: Param = Param::int("max_bins", "Bins", 255).range(2, 255).help("Values a feature is told apart by");
const MONOTONIC: Param = Param::text("monotonic_cst", "Monotone features", "")
    .help("Features the prediction may only rise or fall with: RSI_14 = 1, ROR_1 = -1");

const REGRESSION: &[Param] = &[
    Param::choice(
        "loss",
        "Loss",
        "squared_error",
        &[
            ("squared_error", "Squared error (mean)"),
            ("absolute_error", "Absolute error (median)"),
            ("huber", "Huber"),
            ("quantile", "Quantile"),
        ],
    )
    .help("What is made small"),
    Param::float("alpha", "Alpha", 0.9, 0.001, 0.999)
        .help("Of loss quantile the quantile; of loss huber the share of residuals that count squared"),
    LEARNING_RATE,
    N_ESTIMATORS,
    MAX_LEAF_NODES,
    MAX_DEPTH,
    MIN_SAMPLES_LEAF,
    MIN_SPLIT_GAIN,
    SUBSAMPLE,
    MAX_FEATURES,
    REG_ALPHA,
    REG_LAMBDA,
    EARLY_STOPPING,
    VALIDATION,
    MONOTONIC,
    MAX_BINS,
];
/// How many of these, the first ones, the classifier does not have.
const OF_REGRESSION: usize = 2;

/// The catalogue's entry for numbers.
pub const GRADIENT_BOOSTING: Algorithm = Algorithm {
    id: "gradient_boosting",
    label: "GradientBoostingRegressor",
    help: "Trees that each correct those before: finds curves and interactions, and overfits where there is no signal",
    task: Task::Regression,
    family: Family::Trees,
    several: false,
    params: REGRESSION,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| {
        let alpha = setting.params.float("alpha");
        let loss = match setting.params.text("loss") {
            "absolute_error" => Loss::Absolute,
            "huber" => Loss::Huber { alpha },
            "quantile" => Loss::Quantile { alpha },
            _ => Loss::Squared,
        };
        prepare(GRADIENT_BOOSTING.label, loss, setting, rows)
    },
};

/// The catalogue's entry for the chance of a rise.
pub const GRADIENT_BOOSTING_CLASSIFIER: Algorithm = Algorithm {
    id: "gradient_boosting_classifier",
    label: "GradientBoostingClassifier",
    help: "The probability that the outcome is above zero, or of each of its classes, from trees that each correct those before",
    task: Task::Classification,
    family: Family::Trees,
    several: true,
    params: REGRESSION.split_at(OF_REGRESSION).1,
    scaling: |_| Scaling::None,
    prepare: |setting, rows| {
        let loss = match setting.classes {
            0 => Loss::Logistic,
            classes => Loss::Softmax { classes },
        };
        prepare(GRADIENT_BOOSTING_CLASSIFIER.label, loss, setting, rows)
    },
};

struct Prepared {
    label: &'static str,
    binned: Binned,
    params: boosting::Params,
    /// Rows that learn and rows that tell when to stop; none where all learn and nothing stops.
    parts: Option<(Vec<u32>, Vec<u32>)>,
}

fn prepare(
    label: &'static str,
    loss: Loss,
    setting: &Setting<'_>,
    rows: Array2<f64>,
) -> Result<Box<dyn Learner>, Error> {
    let params = setting.params;
    let rounds = params.size("early_stopping_rounds");
    let parts = if rounds == 0 { None } else { Some(validation(setting, rows.nrows())?) };
    let columns = columns(rows.view());
    drop(rows);
    let max_bins = u16::try_from(params.size("max_bins")).unwrap_or(255);
    let binned =
        Binned::of(&slices(&columns), max_bins, threads(), &Job::new()).map_err(|error| refused(label, error))?;
    let params = boosting::Params {
        loss,
        learning_rate: params.float("learning_rate"),
        n_estimators: params.size("n_estimators"),
        num_leaves: params.size("max_leaf_nodes"),
        max_depth: i32::try_from(params.size("max_depth")).unwrap_or(0),
        min_samples_leaf: params.size("min_samples_leaf"),
        min_split_gain: params.float("min_split_gain"),
        subsample: params.float("subsample"),
        colsample: params.float("max_features"),
        l1: params.float("reg_alpha"),
        l2: params.float("reg_lambda"),
        early_stopping_rounds: (rounds > 0).then_some(rounds),
        monotone: monotone(setting.names, params)?,
        seed: u64::from(setting.seed),
    };
    Ok(Box::new(Prepared { label, binned, params, parts }))
}

/// The direction of each feature; empty where none has one.
fn monotone(features: &[String], params: &Params) -> Result<Vec<i8>, Error> {
    let wrong = |rule: String| Error::Rule { setting: "monotonic_cst", rule };
    let mut directions = vec![0; features.len()];
    for given in params.text("monotonic_cst").split(',').map(str::trim).filter(|given| !given.is_empty()) {
        let shape = || wrong(format!("be a list such as RSI_14 = 1, ROR_1 = -1, but has {given}"));
        let (name, sign) = given.split_once('=').ok_or_else(shape)?;
        let direction = match sign.trim() {
            "1" | "+1" => 1,
            "-1" => -1,
            "0" => 0,
            _ => return Err(shape()),
        };
        let name = name.trim();
        let at = features.iter().position(|feature| feature == name).ok_or_else(|| {
            let nearest = names::nearest(name, features.iter().map(String::as_str));
            let hint = nearest.map_or_else(String::new, |nearest| format!("; the nearest is {nearest}"));
            wrong(format!("name features that vary over the training rows, and {name} is none{hint}"))
        })?;
        directions[at] = direction;
    }
    Ok(if directions.iter().all(|direction| *direction == 0) { Vec::new() } else { directions })
}

/// The rows that learn and the newest ones, which tell when to stop. Rows without times are in the order of time.
fn validation(setting: &Setting<'_>, rows: usize) -> Result<(Vec<u32>, Vec<u32>), Error> {
    let share = setting.params.float("validation_fraction");
    let order: Vec<(i64, i64)> = match setting.rows {
        Some(rows) => rows.iter().map(|row: &Row| (row.time, row.label_end)).collect(),
        None => (0..rows as i64).map(|at| (at, at)).collect(),
    };
    let mut times: Vec<i64> = order.iter().map(|(time, _)| *time).collect();
    times.sort_unstable();
    let first = times[((rows as f64 * (1.0 - share)) as usize).min(rows - 1)];
    let (mut learn, mut tell) = (Vec::new(), Vec::new());
    for (row, (time, label_end)) in (0_u32..).zip(order) {
        if time >= first {
            tell.push(row);
        } else if label_end < first {
            learn.push(row);
        }
    }
    if learn.is_empty() || tell.is_empty() {
        return Err(Error::TooFew {
            what: format!("early stopping leaves no row to learn from of {}", count(rows, "training row")),
            hint: "Set early_stopping_rounds = 0, lower validation_fraction, or take a longer history.".to_owned(),
        });
    }
    Ok((learn, tell))
}

/// What the trees say of data or parameters.
pub(super) fn refused(label: &'static str, error: algomosaic_trees::Error) -> Error {
    match error {
        algomosaic_trees::Error::Cancelled(cancelled) => Error::Cancelled(cancelled),
        error => Error::Fit { algorithm: label, reason: error.to_string() },
    }
}

impl Learner for Prepared {
    fn fit(&self, outcomes: ArrayView1<f64>, job: &Job) -> Result<Fitted, Error> {
        let outcomes = outcomes.to_vec();
        let mut data = Data::new(&self.binned, &outcomes);
        let mut valid = None;
        if let Some((learn, tell)) = &self.parts {
            (data.rows, valid) = (Some(learn.as_slice()), Some(tell.as_slice()));
        }
        let boosted =
            boosting::train(&data, valid, &self.params, threads(), job).map_err(|error| refused(self.label, error))?;
        let mut checks = Vec::new();
        if let Some((learn, tell)) = &self.parts {
            let left_out = outcomes.len() - learn.len() - tell.len();
            checks.push(Check::fine(format!(
                "{} of at most {}: so many did best on {} kept aside, {left_out} before them left out",
                count(boosted.best_iteration, "tree"),
                self.params.n_estimators,
                count(tell.len(), "newest training row"),
            )));
        }
        Ok(Fitted { learned: Learned::Trees(boosted.ensemble), checks })
    }
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;

    use crate::testing::{close, days, frame, golden, golden_frame, list, moves, normal, spec};
    use crate::{Error, train};

    #[test]
    fn predictions_are_those_of_scikit_learn() {
        let golden = golden();
        let data = golden_frame(&golden);
        for case in golden["gradient_boosting"].as_array().unwrap() {
            let mut spec = spec("gradient_boosting", "y", "[control]\nrepeats = 1");
            spec.params = serde_json::from_value(case["params"].clone()).unwrap();
            spec.split.test_size = golden["test_size"].as_f64().unwrap();
            let found = train(&spec, &data, &Job::new()).unwrap().model.predict(&data).unwrap();
            let expected = list(&case["fitted"]);
            assert_eq!(expected.len(), 138);
            for (found, expected) in found.iter().zip(expected) {
                close(*found, expected, 1e-7, "gradient_boosting");
            }
        }
    }

    #[test]
    fn every_parameter_moves_the_output() {
        let base = "n_estimators = 12\nmin_samples_leaf = 5\nmax_leaf_nodes = 6\nearly_stopping_rounds = 3\nloss = \"quantile\"";
        moves(
            "gradient_boosting",
            base,
            &[
                "loss = \"huber\"",
                "alpha = 0.3",
                "learning_rate = 0.3",
                "n_estimators = 2",
                "max_leaf_nodes = 3",
                "max_depth = 1",
                "min_samples_leaf = 20",
                "min_split_gain = 4.0",
                "subsample = 0.5",
                "max_features = 0.4",
                "reg_alpha = 3.0",
                "reg_lambda = 30.0",
                "early_stopping_rounds = 0",
                "validation_fraction = 0.3",
                "monotonic_cst = \"x0 = -1\"",
                "max_bins = 4",
            ],
        );
        moves(
            "gradient_boosting_classifier",
            "n_estimators = 12\nmin_samples_leaf = 5\nmax_leaf_nodes = 6\nearly_stopping_rounds = 3",
            &[
                "learning_rate = 0.3",
                "n_estimators = 2",
                "max_leaf_nodes = 3",
                "max_depth = 1",
                "min_samples_leaf = 20",
                "min_split_gain = 8.0",
                "subsample = 0.5",
                "max_features = 0.4",
                "reg_alpha = 1.0",
                "reg_lambda = 3.0",
                "early_stopping_rounds = 0",
                "validation_fraction = 0.3",
                "monotonic_cst = \"x0 = -1\"",
                "max_bins = 4",
            ],
        );
    }

    #[test]
    fn trees_that_stop_early_say_on_which_rows() {
        let data = golden_frame(&golden());
        let spec = spec("gradient_boosting", "y", "[params]\nearly_stopping_rounds = 5\n[control]\nrepeats = 1");
        let trained = train(&spec, &data, &Job::new()).unwrap();
        // 138 rows train: the newest tenth is 14, and the outcomes of the 2 before read it.
        let said = trained.checks.iter().find(|check| check.text.contains("kept aside")).unwrap();
        assert!(said.text.ends_with("14 newest training rows kept aside, 2 before them left out"), "{}", said.text);
    }

    #[test]
    fn curves_and_interactions_are_found() {
        let (a, b, noise) = (normal(1, 3000), normal(2, 3000), normal(3, 3000));
        let y: Vec<f64> = (0..3000).map(|i| a[i] * b[i] + 0.5 * noise[i]).collect();
        let data = frame(&days("A", 3000), &[("a", a), ("b", b), ("y", y)], &[("y", 1)]);
        let score = |algorithm: &str| {
            let trained = train(&spec(algorithm, "y", "[control]\nrepeats = 1"), &data, &Job::new()).unwrap();
            trained.scores.rsquared.unwrap()
        };
        // Of the outcome's variance of 1.25 the product makes 1.
        for algorithm in ["gradient_boosting", "random_forest", "extra_trees"] {
            assert!((0.55..0.8).contains(&score(algorithm)), "{algorithm} {}", score(algorithm));
        }
        assert!(score("ols") < 0.05);
    }

    #[test]
    fn directions_of_features_are_checked() {
        let data = golden_frame(&golden());
        let refused = |given: &str| {
            let spec = spec("gradient_boosting", "y", &format!("[params]\nmonotonic_cst = \"{given}\""));
            match train(&spec, &data, &Job::new()).unwrap_err() {
                Error::Rule { rule, .. } => rule,
                other => panic!("{other}"),
            }
        };
        assert!(refused("x9 = 1").contains("x9 is none"));
        assert!(refused("x0: 1").ends_with("but has x0: 1"));
        assert!(refused("x0 = up").ends_with("but has x0 = up"));
    }
}
