//! What forests promise, for every task.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use algomosaic_core::Job;
use algomosaic_trees::forest::{Params, Task, train};
use algomosaic_trees::{Binned, Data, Error};
use common::{Set, apart, grow};

const TASKS: [Task; 3] = [Task::Regression, Task::Binary, Task::Classes { classes: 3 }];

fn target(set: &Set, task: Task) -> Vec<f64> {
    match task {
        Task::Regression => set.y.clone(),
        Task::Binary => set.classes(2),
        Task::Classes { classes } => set.classes(classes),
    }
}

fn small(task: Task) -> Params {
    Params { task, n_estimators: 10, max_features: 0.5, min_samples_leaf: 3, ..Params::default() }
}

#[test]
fn the_number_of_threads_does_not_change_the_model() {
    let set = Set::of(1_500, 10, 0.01, 21);
    for task in TASKS {
        for random_thresholds in [false, true] {
            let target = target(&set, task);
            let params = Params { random_thresholds, ..small(task) };
            let [one, two, three] = [1, 2, 3].map(|threads| {
                let binned = Binned::of(&set.slices(), 255, threads, &Job::new()).unwrap();
                train(&Data::new(&binned, &target), &params, threads, &Job::new()).unwrap()
            });
            let bag = |forest: &algomosaic_trees::forest::Forest| forest.out_of_bag.clone().unwrap();
            assert_eq!(one.ensemble, two.ensemble, "{task:?}");
            assert_eq!(one.ensemble, three.ensemble, "{task:?}");
            assert!(apart(&bag(&one).predictions, &bag(&two).predictions) == 0.0);
            assert_eq!(bag(&one).score, bag(&three).score);
        }
    }
}

#[test]
fn every_parameter_changes_the_model() {
    let set = Set::of(400, 6, 0.05, 22);
    let binned = set.binned();
    let data = Data::new(&binned, &set.y);
    let plain = small(Task::Regression);
    let first = grow(&data, &plain).ensemble;
    assert_eq!(first, grow(&data, &plain).ensemble);
    let others = [
        ("n_estimators", Params { n_estimators: 11, ..plain.clone() }),
        ("max_features", Params { max_features: 1.0, ..plain.clone() }),
        ("min_samples_leaf", Params { min_samples_leaf: 4, ..plain.clone() }),
        ("max_depth", Params { max_depth: 3, ..plain.clone() }),
        ("bootstrap", Params { bootstrap: false, ..plain.clone() }),
        ("random_thresholds", Params { random_thresholds: true, ..plain.clone() }),
        ("seed", Params { seed: 1, ..plain.clone() }),
    ];
    for (name, params) in others {
        assert_ne!(first, grow(&data, &params).ensemble, "{name}");
    }
}

#[test]
fn leaves_hold_the_mean_of_their_rows() {
    let set = Set::of(300, 5, 0.05, 23);
    let binned = set.binned();
    for task in TASKS {
        for random_thresholds in [false, true] {
            let target = target(&set, task);
            let params = Params { n_estimators: 1, bootstrap: false, random_thresholds, ..small(task) };
            let ensemble = grow(&Data::new(&binned, &target), &params).ensemble;
            let found = ensemble.predict(&set.slices(), 1).unwrap();
            let outputs = ensemble.outputs as usize;
            let rows: Vec<&[f64]> = found.chunks(outputs).collect();
            for (row, values) in rows.iter().enumerate() {
                // Rows of one leaf predict the same; leaves that do so by chance are alike in their mean as well.
                let same: Vec<usize> = (0..rows.len()).filter(|other| rows[*other] == *values).collect();
                for (k, value) in values.iter().enumerate() {
                    let share = |row: &usize| match task {
                        Task::Classes { .. } => f64::from(target[*row] == k as f64),
                        _ => target[*row],
                    };
                    let mean = same.iter().map(share).sum::<f64>() / same.len() as f64;
                    assert!((mean - value).abs() < 1e-9, "{task:?}, row {row}: {value} against {mean}");
                }
                assert!(same.len() >= 3);
            }
        }
    }
}

#[test]
fn out_of_bag_predictions_come_from_the_trees_that_did_not_see_the_row() {
    let set = Set::of(200, 5, 0.05, 24);
    let binned = set.binned();
    // With trees grown to single rows, a tree predicts a row it saw without error, and only the others differ from it.
    for task in TASKS {
        let target = target(&set, task);
        let params = Params { n_estimators: 1, min_samples_leaf: 1, ..small(task) };
        let forest = grow(&Data::new(&binned, &target), &params);
        let (found, bag) = (forest.ensemble.predict(&set.slices(), 1).unwrap(), forest.out_of_bag.unwrap());
        let outputs = found.len() / 200;
        let seen = bag.predictions.chunks(outputs).filter(|values| values[0].is_nan()).count();
        // 1 - 1/e of the rows, with a deviation of 4.
        assert!((110..143).contains(&seen), "{seen}");
        for (row, (found, bag)) in found.chunks(outputs).zip(bag.predictions.chunks(outputs)).enumerate() {
            if bag[0].is_nan() {
                let right = if outputs > 1 {
                    found[target[row] as usize] == 1.0
                } else {
                    (found[0] - target[row]).abs() < 1e-9
                };
                assert!(right, "{task:?} {row}");
            } else {
                assert!(apart(found, bag) < 1e-12);
            }
        }
        assert!(bag.score.unwrap() < 1.0);
    }
}

#[test]
fn a_part_of_the_rows_trains_as_if_there_were_no_others() {
    let set = Set::of(300, 4, 0.25, 25);
    let binned = set.binned();
    let rows: Vec<u32> = (0..300).filter(|row| row % 3 != 0).collect();
    for task in TASKS {
        let target = target(&set, task);
        let mut odd = target.clone();
        odd.iter_mut().step_by(3).for_each(|value| *value = f64::INFINITY);
        let part = Data { rows: Some(&rows), ..Data::new(&binned, &target) };
        let (first, second) = (grow(&part, &small(task)), grow(&Data { target: &odd, ..part }, &small(task)));
        assert_eq!(first.ensemble, second.ensemble);
        let bag = first.out_of_bag.unwrap();
        let outputs = bag.predictions.len() / 300;
        assert!(bag.predictions.chunks(outputs).step_by(3).all(|values| values[0].is_nan()));
        let covered = first.ensemble.trees.iter().all(|tree| tree.cover[0] == 200);
        assert!(covered, "{task:?}");
    }
}

#[test]
fn weights_move_predictions_towards_heavy_rows() {
    let set = Set::of(300, 3, 0.25, 26);
    let binned = set.binned();
    for task in TASKS {
        let target = target(&set, task);
        let weights: Vec<f64> = target.iter().map(|y| if *y > 0.9 { 20.0 } else { 1.0 }).collect();
        let mean = |weights| {
            let data = Data { weights, ..Data::new(&binned, &target) };
            let found = grow(&data, &small(task)).ensemble.predict(&set.slices(), 1).unwrap();
            let outputs = found.len() / 300;
            // The last class, or the only number.
            found.chunks(outputs).map(|values| values[outputs - 1]).sum::<f64>() / 300.0
        };
        assert!(mean(Some(&weights[..])) > mean(None), "{task:?}");
        let same = vec![0.3; 300];
        let (even, plain) = (mean(Some(&same)), mean(None));
        // Rounding decides between equally good splits, of which classes have many.
        let most = if task == Task::Regression { 1e-6 } else { 1e-2 };
        assert!((even - plain).abs() < most, "{task:?}: {even} {plain}");
    }
}

#[test]
fn progress_grows_to_the_end_and_cancelling_stops() {
    let set = Set::of(3_000, 5, 0.01, 27);
    let binned = set.binned();
    let data = Data::new(&binned, &set.y);
    let job = Job::new();
    train(&data, &small(Task::Regression), 2, &job).unwrap();
    assert_eq!(job.progress().fraction, 1.0);
    let job = Job::new();
    let endless = Params { n_estimators: 100_000, ..small(Task::Regression) };
    let stopped = std::thread::scope(|scope| {
        let training = scope.spawn(|| train(&data, &endless, 2, &job));
        while job.progress().fraction == 0.0 {
            std::thread::yield_now();
        }
        job.cancel();
        training.join().unwrap()
    });
    assert!(matches!(stopped, Err(Error::Cancelled(_))));
}

#[test]
fn what_cannot_be_trained_on_is_named() {
    let set = Set::of(30, 2, 0.5, 28);
    let binned = set.binned();
    let plain = small(Task::Regression);
    let params = [
        ("n_estimators", Params { n_estimators: 0, ..plain.clone() }),
        ("max_features", Params { max_features: 0.0, ..plain.clone() }),
        ("max_features", Params { max_features: f64::NAN, ..plain.clone() }),
        ("min_samples_leaf", Params { min_samples_leaf: 0, ..plain.clone() }),
        ("classes", Params { task: Task::Classes { classes: 1001 }, ..plain.clone() }),
    ];
    for (wrong, params) in params {
        let found = train(&Data::new(&binned, &set.y), &params, 1, &Job::new());
        assert!(matches!(found, Err(Error::Param { name, .. }) if name == wrong), "{wrong}: {found:?}");
    }
    let error = |task, target: &[f64]| train(&Data::new(&binned, target), &small(task), 1, &Job::new()).unwrap_err();
    assert!(matches!(error(Task::Binary, &set.y), Error::Target { .. }));
    assert_eq!(error(Task::Binary, &[0.0; 30]), Error::MissingClass { class: 1 });
    assert!(matches!(error(Task::Regression, &[f64::NAN; 30]), Error::Target { row: 0, .. }));
}
