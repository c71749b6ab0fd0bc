//! SHAP values against Shapley's definition: the mean over all orders of what a feature adds, where a tree answers for
//! unknown features with the mean of both branches by training rows.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use algomosaic_core::Job;
use algomosaic_trees::{Data, Ensemble, Tree, boosting, forest};
use common::{LOSSES, Set, apart, boost, grow};

/// The values of a tree at a row of which only `known` features are known.
fn answer(tree: &Tree, row: &[f64], known: u32, at: usize) -> Vec<f64> {
    let width = tree.value.len() / tree.nodes();
    let left = tree.left[at] as usize;
    if left == 0 {
        return tree.value[at * width..(at + 1) * width].to_vec();
    }
    let (feature, right) = (tree.feature[at] as usize, left + 1);
    if known >> feature & 1 == 1 {
        let value = row[feature];
        let goes_left = if value.is_nan() { tree.missing_left[at] } else { value <= tree.threshold[at] };
        return answer(tree, row, known, if goes_left { left } else { right });
    }
    let share = |child: usize| f64::from(tree.cover[child]) / f64::from(tree.cover[at]);
    let (a, b) = (answer(tree, row, known, left), answer(tree, row, known, right));
    a.iter().zip(b).map(|(a, b)| a * share(left) + b * share(right)).collect()
}

fn shapley(ensemble: &Ensemble, row: &[f64]) -> Vec<f64> {
    let (features, outputs) = (row.len(), ensemble.outputs as usize);
    let mut values = vec![0.0; outputs * features];
    let factorial = |n: u32| f64::from((1..=n).product::<u32>());
    for tree in &ensemble.trees {
        for feature in 0..features {
            for others in (0..1_u32 << features).filter(|set| set >> feature & 1 == 0) {
                let size = others.count_ones();
                let weight = factorial(size) * factorial(features as u32 - size - 1) / factorial(features as u32)
                    * ensemble.scale;
                let with = answer(tree, row, others | 1 << feature, 0);
                let without = answer(tree, row, others, 0);
                for (k, (with, without)) in with.iter().zip(without).enumerate() {
                    values[(tree.output as usize + k) * features + feature] += weight * (with - without);
                }
            }
        }
    }
    values
}

fn check(ensemble: &Ensemble, set: &Set) {
    let rows = 12;
    let columns: Vec<&[f64]> = set.columns.iter().map(|column| &column[..rows]).collect();
    let found = ensemble.shap(&columns, 2, &Job::new()).unwrap();
    let (outputs, features) = (ensemble.outputs as usize, columns.len());
    let raw = ensemble.predict_raw(&columns, 1).unwrap();
    for (i, found) in found.chunks(outputs * features).enumerate() {
        let row: Vec<f64> = columns.iter().map(|column| column[i]).collect();
        let most = apart(found, &shapley(ensemble, &row));
        assert!(most < 1e-9, "row {i}: off by {most}");
        for (k, values) in found.chunks(features).enumerate() {
            let sum = values.iter().sum::<f64>() + ensemble.expected()[k];
            assert!((sum - raw[i * outputs + k]).abs() < 1e-9, "row {i}, output {k}");
        }
    }
}

#[test]
fn values_of_boosted_trees_are_those_of_the_definition() {
    let set = Set::of(300, 5, 0.1, 7);
    let binned = set.binned();
    for loss in LOSSES {
        let target = set.target(loss);
        let params = boosting::Params { loss, n_estimators: 4, min_samples_leaf: 3, ..boosting::Params::default() };
        check(&boost(&Data::new(&binned, &target), &params), &set);
    }
}

#[test]
fn values_of_forests_are_those_of_the_definition() {
    let set = Set::of(200, 5, 0.1, 8);
    let binned = set.binned();
    for (task, target) in [
        (forest::Task::Regression, set.y.clone()),
        (forest::Task::Binary, set.classes(2)),
        (forest::Task::Classes { classes: 3 }, set.classes(3)),
    ] {
        let params = forest::Params { task, n_estimators: 3, max_features: 0.6, ..forest::Params::default() };
        check(&grow(&Data::new(&binned, &target), &params).ensemble, &set);
    }
}

#[test]
fn a_cancelled_explanation_stops() {
    let set = Set::of(50, 3, 0.1, 9);
    let ensemble = boost(&Data::new(&set.binned(), &set.y), &boosting::Params::default());
    let job = Job::new();
    job.cancel();
    assert!(ensemble.shap(&set.slices(), 1, &job).is_err());
}
