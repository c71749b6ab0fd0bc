//! Against scikit-learn and LightGBM: `tests/golden/trees.json`, written by `tests/golden/make_trees_golden.py`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use algomosaic_core::Job;
use algomosaic_trees::{Binned, Data, Ensemble, boosting, forest};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    x: Vec<Vec<Option<f64>>>,
    gaps: Vec<Vec<Option<f64>>>,
    y: Vec<f64>,
    binary: Vec<f64>,
    classes: Vec<f64>,
    weights: Vec<f64>,
    boosting: Vec<Case>,
    trees: Vec<TreeCase>,
    lightgbm: Light,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    params: boosting::Params,
    target: String,
    weighted: bool,
    data: String,
    predictions: Vec<f64>,
}

#[derive(Deserialize)]
struct TreeCase {
    name: String,
    predictions: Vec<f64>,
}

#[derive(Deserialize)]
struct Light {
    ensemble: Ensemble,
    predictions: Vec<f64>,
    shap: Vec<Vec<f64>>,
    expected: f64,
    importance_by_gain: Vec<f64>,
    importance_by_split: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../tests/golden/trees.json")).unwrap()
}

fn columns(data: &[Vec<Option<f64>>]) -> Vec<Vec<f64>> {
    data.iter().map(|column| column.iter().map(|value| value.unwrap_or(f64::NAN)).collect()).collect()
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

fn check(name: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let worst = differences.fold(0.0, f64::max);
    assert!(worst <= tolerance, "{name}: off by {worst}");
}

#[test]
fn boosting_agrees_with_scikit_learn_and_lightgbm() {
    let golden = golden();
    for case in &golden.boosting {
        let features = columns(if case.data == "x" { &golden.x } else { &golden.gaps });
        let binned = Binned::of(&slices(&features), 255, 1, &Job::new()).unwrap();
        let target = match case.target.as_str() {
            "binary" => &golden.binary,
            "classes" => &golden.classes,
            _ => &golden.y,
        };
        let weights = case.weighted.then_some(&golden.weights[..]);
        let data = Data { weights, ..Data::new(&binned, target) };
        let boosted = boosting::train(&data, None, &case.params, 1, &Job::new()).unwrap();
        let found = boosted.ensemble.predict(&slices(&features), 1).unwrap();
        // Both peers keep gradients as 32-bit floats.
        check(&case.name, &found, &case.predictions, 2e-5);
    }
}

#[test]
fn a_tree_without_chance_agrees_with_scikit_learn() {
    let golden = golden();
    let data = columns(&golden.x);
    let binned = Binned::of(&slices(&data), 255, 1, &Job::new()).unwrap();
    for case in &golden.trees {
        let (task, target) = match case.name.as_str() {
            "binary" => (forest::Task::Binary, &golden.binary),
            "classes" => (forest::Task::Classes { classes: 3 }, &golden.classes),
            _ => (forest::Task::Regression, &golden.y),
        };
        let params = forest::Params {
            task,
            n_estimators: 1,
            bootstrap: false,
            min_samples_leaf: 6,
            max_depth: 5,
            ..forest::Params::default()
        };
        let forest = forest::train(&Data::new(&binned, target), &params, 1, &Job::new()).unwrap();
        let found = forest.ensemble.predict(&slices(&data), 1).unwrap();
        check(&case.name, &found, &case.predictions, 1e-9);
    }
}

#[test]
fn an_ensemble_of_lightgbm_is_read_predicted_and_explained_as_there() {
    let golden = golden();
    let data = columns(&golden.gaps);
    let Light { ensemble, predictions, shap, expected, importance_by_gain, importance_by_split } = golden.lightgbm;
    ensemble.check().unwrap();
    check("predictions", &ensemble.predict(&slices(&data), 1).unwrap(), &predictions, 1e-12);
    check("expected", &ensemble.expected(), &[expected], 1e-9);
    let rows: Vec<&[f64]> = data.iter().map(|column| &column[..shap.len()]).collect();
    check("shap", &ensemble.shap(&rows, 2, &Job::new()).unwrap(), &shap.concat(), 1e-9);
    check("split", &ensemble.importance_by_split(), &importance_by_split, 0.0);
    check("gain", &ensemble.importance_by_gain(), &importance_by_gain, 1e-3);
}
