//! Against scikit-learn and LightGBM: `tests/golden/trees.json`, written by `tests/golden/make_trees_golden.py`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use algomosaic_core::Job;
use algomosaic_trees::{Binned, Data, Ensemble, boosting, forest};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    x: Vec<Vec<Option<f64>>>,
    gaps: Vec<Vec<Option<f64>>>,
    coarse: Vec<Vec<Option<f64>>>,
    y: Vec<f64>,
    binary: Vec<f64>,
    classes: Vec<f64>,
    weights: Vec<f64>,
    boosting: Vec<Case>,
    watched: Watched,
    trees: Vec<TreeCase>,
    forests: Vec<ForestCase>,
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
struct Watched {
    trained: u32,
    params: boosting::Params,
    curve: Vec<f64>,
}

/// Out-of-bag scores over seeds.
#[derive(Deserialize)]
struct ForestCase {
    task: String,
    extra: bool,
    mean: f64,
    deviation: f64,
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

fn task<'a>(name: &str, golden: &'a Golden) -> (forest::Task, &'a [f64]) {
    match name {
        "binary" => (forest::Task::Binary, &golden.binary),
        "classes" => (forest::Task::Classes { classes: 3 }, &golden.classes),
        _ => (forest::Task::Regression, &golden.y),
    }
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
fn the_loss_of_watched_rows_falls_and_stops_as_in_scikit_learn() {
    let golden = golden();
    let data = columns(&golden.coarse);
    let Watched { trained, mut params, curve } = golden.watched;
    let valid: Vec<u32> = (trained..golden.y.len() as u32).collect();
    let binned = Binned::of(&slices(&data), 255, 1, &Job::new()).unwrap();
    let data = Data::new(&binned, &golden.y);
    let all = boosting::train(&data, Some(&valid), &params, 1, &Job::new()).unwrap();
    check("curve", &all.curve, &curve, 1e-4);
    let least = |curve: &[f64]| (0..curve.len()).min_by(|a, b| curve[*a].total_cmp(&curve[*b])).unwrap();
    assert_eq!(all.best_iteration, least(&curve) + 1);
    params.early_stopping_rounds = Some(4);
    let stopped = boosting::train(&data, Some(&valid), &params, 1, &Job::new()).unwrap();
    let end = (0..curve.len()).find(|i| i - least(&curve[..=*i]) >= 4).unwrap();
    assert_eq!((stopped.curve.len(), stopped.best_iteration), (end + 1, end - 3));
    assert_eq!(stopped.ensemble.trees.len(), end - 3);
}

#[test]
fn forests_score_out_of_bag_as_in_scikit_learn() {
    const SEEDS: u64 = 12;
    let golden = golden();
    let data = columns(&golden.x);
    let binned = Binned::of(&slices(&data), 255, 1, &Job::new()).unwrap();
    for case in &golden.forests {
        let (task, target) = task(&case.task, &golden);
        let score = |seed| {
            let params = forest::Params {
                task,
                max_features: 0.5,
                random_thresholds: case.extra,
                seed,
                ..forest::Params::default()
            };
            let forest = forest::train(&Data::new(&binned, target), &params, 1, &Job::new()).unwrap();
            forest.out_of_bag.unwrap().score.unwrap()
        };
        let mean = (0..SEEDS).map(score).sum::<f64>() / SEEDS as f64;
        // Four deviations of the difference of two means.
        let allowed = 4.0 * case.deviation * (2.0 / SEEDS as f64).sqrt();
        let ForestCase { task, extra, mean: expected, .. } = case;
        assert!((mean - expected).abs() < allowed, "{task}, extra {extra}: {mean} against {expected} +- {allowed}");
    }
}

#[test]
fn a_tree_without_chance_agrees_with_scikit_learn() {
    let golden = golden();
    let data = columns(&golden.x);
    let binned = Binned::of(&slices(&data), 255, 1, &Job::new()).unwrap();
    for case in &golden.trees {
        let (task, target) = task(&case.name, &golden);
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
