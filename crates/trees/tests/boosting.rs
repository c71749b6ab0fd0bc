//! What boosting promises, for every loss.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use algomosaic_core::Job;
use algomosaic_trees::boosting::{Loss, Params, train};
use algomosaic_trees::{Binned, Data, Error, forest};
use common::{Draw, LOSSES, Set, apart, boost};

fn small(loss: Loss) -> Params {
    Params { loss, n_estimators: 20, num_leaves: 8, min_samples_leaf: 5, ..Params::default() }
}

#[test]
fn the_number_of_threads_does_not_change_the_model() {
    // Few rows, and so many that the threads share every step.
    let two = &[Loss::Squared, Loss::Logistic];
    for (rows, features, share, losses) in
        [(3_000, 40, 0.5, &LOSSES[..]), (140_000, 6, 0.5, two), (60_000, 50, 1.0, two)]
    {
        let set = Set::of(rows, features, 0.01, 1);
        for loss in losses {
            let target = set.target(*loss);
            let (subsample, colsample) = (0.6 + 0.4 * share, share);
            let params = Params { loss: *loss, subsample, colsample, n_estimators: 4, ..Params::default() };
            let [one, two, three] = [1, 2, 3].map(|threads| {
                let binned = Binned::of(&set.slices(), 255, threads, &Job::new()).unwrap();
                train(&Data::new(&binned, &target), None, &params, threads, &Job::new()).unwrap().ensemble
            });
            assert_eq!(one, two, "{loss:?}");
            assert_eq!(one, three, "{loss:?}");
            assert_eq!(one.predict(&set.slices(), 1).unwrap(), one.predict(&set.slices(), 3).unwrap());
        }
    }
}

#[test]
fn every_parameter_changes_the_model() {
    let set = Set::of(600, 6, 0.05, 2);
    let binned = set.binned();
    let data = Data::new(&binned, &set.y);
    let plain = Params { seed: 1, subsample: 0.9, ..small(Loss::Squared) };
    let first = boost(&data, &plain);
    assert_eq!(first, boost(&data, &plain));
    let others = [
        ("learning_rate", Params { learning_rate: 0.2, ..plain.clone() }),
        ("n_estimators", Params { n_estimators: 21, ..plain.clone() }),
        ("num_leaves", Params { num_leaves: 9, ..plain.clone() }),
        ("max_depth", Params { max_depth: 2, ..plain.clone() }),
        ("min_samples_leaf", Params { min_samples_leaf: 40, ..plain.clone() }),
        ("min_split_gain", Params { min_split_gain: 20.0, ..plain.clone() }),
        ("subsample", Params { subsample: 0.5, ..plain.clone() }),
        ("colsample", Params { colsample: 0.5, ..plain.clone() }),
        ("l1", Params { l1: 1.0, ..plain.clone() }),
        ("l2", Params { l2: 1.0, ..plain.clone() }),
        ("monotone", Params { monotone: vec![-1, 0, 0, 0, 0, 0], ..plain.clone() }),
        ("seed", Params { seed: 2, ..plain.clone() }),
        ("loss", Params { loss: Loss::Absolute, ..plain.clone() }),
    ];
    for (name, params) in others {
        assert_ne!(first, boost(&data, &params), "{name}");
    }
    let alphas = |loss: fn(f64) -> Loss| [0.6, 0.8].map(|alpha| boost(&data, &small(loss(alpha))));
    for [a, b] in [alphas(|alpha| Loss::Huber { alpha }), alphas(|alpha| Loss::Quantile { alpha })] {
        assert_ne!(a, b, "alpha");
    }
}

#[test]
fn every_loss_falls_and_its_model_does_better_than_its_start() {
    let set = Set::of(1_000, 5, 0.05, 3);
    let binned = set.binned();
    let valid: Vec<u32> = (800..1_000).collect();
    for loss in LOSSES {
        let target = set.target(loss);
        let boosted = train(&Data::new(&binned, &target), Some(&valid), &small(loss), 1, &Job::new()).unwrap();
        assert_eq!(boosted.curve.len(), 20);
        assert!(boosted.curve[19] < 0.8 * boosted.curve[0], "{loss:?}: {:?}", boosted.curve);
    }
}

#[test]
fn a_quantile_is_exceeded_by_its_share() {
    let set = Set::of(4_000, 3, 0.01, 4);
    let binned = set.binned();
    for alpha in [0.1, 0.5, 0.9] {
        let params = Params { loss: Loss::Quantile { alpha }, num_leaves: 4, ..Params::default() };
        let found = boost(&Data::new(&binned, &set.y), &params).predict(&set.slices(), 1).unwrap();
        let below = found.iter().zip(&set.y).filter(|(found, y)| y <= found).count() as f64 / 4_000.0;
        assert!((below - alpha).abs() < 0.02, "{alpha}: {below}");
    }
}

#[test]
fn monotone_features_hold_on_a_grid() {
    let set = Set::of(1_500, 3, 0.05, 5);
    let binned = set.binned();
    for loss in LOSSES.into_iter().filter(|loss| !matches!(loss, Loss::Softmax { .. })) {
        let target = set.target(loss);
        for directions in [[1, 0, 0], [-1, 0, 0], [0, 1, -1], [1, -1, 1]] {
            let params = Params { monotone: directions.to_vec(), num_leaves: 31, n_estimators: 40, ..small(loss) };
            let ensemble = boost(&Data::new(&binned, &target), &params);
            let mut draw = Draw(6);
            for feature in (0..3).filter(|feature| directions[*feature] != 0) {
                for _ in 0..100 {
                    let others = [draw.normal(), draw.normal(), draw.normal()];
                    let grid: Vec<Vec<f64>> = (0..3)
                        .map(|column| {
                            (0..200)
                                .map(|i| if column == feature { f64::from(i) * 0.04 - 4.0 } else { others[column] })
                                .collect()
                        })
                        .collect();
                    let columns: Vec<&[f64]> = grid.iter().map(Vec::as_slice).collect();
                    let found = ensemble.predict_raw(&columns, 1).unwrap();
                    // Differences of the last digits come from the order in which trees are added.
                    let holds = |pair: &[f64]| f64::from(directions[feature]) * (pair[1] - pair[0]) >= -1e-12;
                    assert!(found.windows(2).all(holds), "{loss:?} {directions:?} feature {feature}");
                }
            }
        }
    }
}

#[test]
fn missing_values_go_to_the_side_that_is_better() {
    for (low, high, missing) in [(0.0, 1.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 0.0)] {
        let x: Vec<f64> = (0..90).map(|row| [-1.0, 1.0, f64::NAN][row % 3]).collect();
        let y: Vec<f64> = (0..90).map(|row| [low, high, missing][row % 3]).collect();
        let binned = Binned::of(&[&x], 255, 1, &Job::new()).unwrap();
        let params = Params { n_estimators: 1, learning_rate: 1.0, num_leaves: 2, ..small(Loss::Squared) };
        let found = boost(&Data::new(&binned, &y), &params).predict(&[&[-5.0, 5.0, f64::NAN]], 1).unwrap();
        assert!(apart(&found, &[low, high, missing]) < 1e-9, "{found:?}");
    }
}

#[test]
fn values_missing_only_later_follow_the_larger_side() {
    let x: Vec<f64> = (0..100).map(|row| f64::from(row % 10)).collect();
    let y: Vec<f64> = x.iter().map(|x| f64::from(*x > 6.0)).collect();
    let binned = Binned::of(&[&x], 255, 1, &Job::new()).unwrap();
    let params = Params { n_estimators: 1, learning_rate: 1.0, num_leaves: 2, ..small(Loss::Squared) };
    let found = boost(&Data::new(&binned, &y), &params).predict(&[&[f64::NAN]], 1).unwrap();
    assert!(found[0].abs() < 1e-9);
}

#[test]
fn whole_weights_are_repeated_rows() {
    let set = Set::of(400, 4, 0.25, 7);
    let weights: Vec<f64> = (0..400).map(|row| f64::from(row % 3)).collect();
    let repeated: Vec<usize> = (0..400).flat_map(|row| vec![row; row % 3]).collect();
    let take = |values: &[f64]| -> Vec<f64> { repeated.iter().map(|row| values[*row]).collect() };
    let columns: Vec<Vec<f64>> = set.columns.iter().map(|column| take(column)).collect();
    for loss in LOSSES {
        let target = set.target(loss);
        let params = Params { min_samples_leaf: 1, n_estimators: 5, ..small(loss) };
        // The same bins for both: those of the repeated rows lack values that only rows of weight 0 have.
        let rows: Vec<u32> = (0..400).filter(|row| row % 3 > 0).collect();
        let binned = set.binned();
        let data = Data { weights: Some(&weights), rows: Some(&rows), ..Data::new(&binned, &target) };
        let weighted = boost(&data, &params).predict(&set.slices(), 1).unwrap();
        let more = Set { columns: columns.clone(), y: take(&target) };
        let all = boost(&Data::new(&more.binned(), &more.y), &params).predict(&set.slices(), 1).unwrap();
        let outputs = weighted.len() / 400;
        for row in rows.iter().map(|row| *row as usize * outputs) {
            let most = apart(&weighted[row..row + outputs], &all[row..row + outputs]);
            assert!(most < 1e-6, "{loss:?}: off by {most}");
        }
    }
}

#[test]
fn a_part_of_the_rows_trains_as_if_there_were_no_others() {
    let set = Set::of(500, 4, 0.25, 8);
    let binned = set.binned();
    let rows: Vec<u32> = (0..500).rev().filter(|row| row % 4 != 1).collect();
    for loss in LOSSES {
        let target = set.target(loss);
        let params = Params { subsample: 0.7, ..small(loss) };
        let part = Data { rows: Some(&rows), ..Data::new(&binned, &target) };
        let first = boost(&part, &params);
        // What the other rows hold is never felt, whatever it is.
        let mut odd = target.clone();
        for (row, odd) in odd.iter_mut().enumerate().filter(|(row, _)| row % 4 == 1) {
            *odd = [f64::NAN, f64::INFINITY, 1e200, -7.5][row / 4 % 4];
        }
        let weights: Vec<f64> = (0..500).map(|row| if row % 4 == 1 { f64::NAN } else { 2.0 }).collect();
        assert_eq!(first, boost(&Data { target: &odd, ..part }, &params), "{loss:?}");
        let weighted = boost(&Data { target: &odd, weights: Some(&weights), ..part }, &params);
        let (a, b) = (first.predict(&set.slices(), 1).unwrap(), weighted.predict(&set.slices(), 1).unwrap());
        // Huber's gradients are often the same number, so that rounding decides between equally good splits.
        let most = if matches!(loss, Loss::Huber { .. }) { f64::INFINITY } else { 1e-5 };
        assert!(apart(&a, &b) < most, "{loss:?}: off by {}", apart(&a, &b));
        // Validation rows are not trained on either.
        let valid: Vec<u32> = (0..500).filter(|row| row % 4 == 1).collect();
        let watched = train(&Data::new(&binned, &target), Some(&valid), &params, 1, &Job::new()).unwrap();
        assert_eq!(first, watched.ensemble, "{loss:?}");
    }
}

#[test]
fn early_stopping_keeps_the_trees_up_to_the_least_loss() {
    let set = Set::of(300, 5, 0.05, 9);
    let binned = set.binned();
    let valid: Vec<u32> = (0..300).filter(|row| row % 3 == 0).collect();
    for loss in LOSSES {
        let target = set.target(loss);
        let data = Data::new(&binned, &target);
        let params = Params { n_estimators: 500, learning_rate: 0.5, ..small(loss) };
        let all = train(&data, Some(&valid), &params, 1, &Job::new()).unwrap();
        assert_eq!(all.curve.len(), 500);
        let stopping = Params { early_stopping_rounds: Some(10), ..params };
        let stopped = train(&data, Some(&valid), &stopping, 1, &Job::new()).unwrap();
        assert!(stopped.curve.len() < 500, "{loss:?}");
        assert_eq!(stopped.curve, all.curve[..stopped.curve.len()]);
        assert_eq!(stopped.best_iteration + 10, stopped.curve.len());
        let least = stopped.curve.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(stopped.curve[stopped.best_iteration - 1], least);
        let kept = stopped.best_iteration * all.ensemble.outputs as usize;
        assert_eq!(stopped.ensemble.trees, all.ensemble.trees[..kept]);
    }
}

#[test]
fn an_outlier_does_not_blur_the_other_rows() {
    let mut set = Set::of(60_000, 3, 0.5, 10);
    (set.y[17], set.columns[1][17]) = (1e9, 50.0);
    let binned = set.binned();
    let rest: Vec<u32> = (0..60_000).filter(|row| *row != 17).collect();
    let part = Data { rows: Some(&rest), ..Data::new(&binned, &set.y) };
    let leaves = |num_leaves| Params { n_estimators: 1, learning_rate: 1.0, num_leaves, ..small(Loss::Squared) };
    let error = |found: Vec<f64>| {
        rest.iter().map(|row| (found[*row as usize] - set.y[*row as usize]).powi(2)).sum::<f64>() / rest.len() as f64
    };
    let without = error(boost(&part, &leaves(100)).predict(&set.slices(), 1).unwrap());
    let params = Params { min_samples_leaf: 1, ..leaves(101) };
    let with = error(boost(&Data::new(&binned, &set.y), &params).predict(&set.slices(), 1).unwrap());
    assert!((with / without - 1.0).abs() < 0.01, "{with} against {without}");
    let params = forest::Params { n_estimators: 1, bootstrap: false, min_samples_leaf: 1, ..forest::Params::default() };
    let all = forest::train(&Data::new(&binned, &set.y), &params, 1, &Job::new()).unwrap().ensemble;
    let part = forest::train(&part, &params, 1, &Job::new()).unwrap().ensemble;
    let [with, without] = [all, part].map(|forest| error(forest.predict(&set.slices(), 1).unwrap()));
    assert!((with / without - 1.0).abs() < 0.01, "{with} against {without}");
}

#[test]
fn progress_grows_to_the_end_and_cancelling_stops() {
    let set = Set::of(2_000, 5, 0.05, 11);
    let binned = set.binned();
    let data = Data::new(&binned, &set.y);
    let job = Job::new();
    train(&data, None, &small(Loss::Squared), 2, &job.part(0.5, 1.0)).unwrap();
    assert_eq!(job.progress().fraction, 1.0);
    let job = Job::new();
    let endless = Params { n_estimators: 100_000, ..small(Loss::Squared) };
    let stopped = std::thread::scope(|scope| {
        let training = scope.spawn(|| train(&data, None, &endless, 2, &job));
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
    let set = Set::of(30, 2, 0.5, 12);
    let binned = set.binned();
    let plain = Data::new(&binned, &set.y);
    let error = |data: Data, valid: Option<&[u32]>, params: Params| {
        train(&data, valid, &params, 1, &Job::new()).unwrap_err().to_string()
    };
    let squared = || small(Loss::Squared);
    let mut odd = set.y.clone();
    odd[3] = f64::NAN;
    let none: &[u32] = &[];
    let all: Vec<u32> = (0..30).collect();
    let cases = [
        (error(Data::new(&binned, &set.y[..9]), None, squared()), "the target has 9 values, but there are 30 rows"),
        (error(Data::new(&binned, &odd), None, squared()), "the target is NaN in row 3; it must be a number between"),
        (error(plain, None, small(Loss::Logistic)), "it must be a whole number from 0 to 1"),
        (error(Data::new(&binned, &[1.0; 30]), None, small(Loss::Logistic)), "no training row is of class 0"),
        (error(Data { weights: Some(&[1.0; 4]), ..plain }, None, squared()), "the weights has 4 values"),
        (error(Data { weights: Some(&[-1.0; 30]), ..plain }, None, squared()), "the weight of row 0 is -1"),
        (
            error(Data { weights: Some(&[0.0; 30]), ..plain }, None, squared()),
            "the weights of the training rows sum to 0",
        ),
        (error(Data { rows: Some(none), ..plain }, None, squared()), "there are no rows to learn from"),
        (error(Data { rows: Some(&[30]), ..plain }, None, squared()), "row 30 of the training rows does not exist"),
        (error(Data { rows: Some(&[4, 4]), ..plain }, None, squared()), "row 4 of the training rows is given twice"),
        (error(plain, Some(&[31]), squared()), "row 31 of the validation rows does not exist"),
        (error(plain, Some(&all), squared()), "there are no rows to learn from"),
    ];
    for (found, expected) in cases {
        assert!(found.contains(expected), "{found}");
    }
    let params = [
        ("learning_rate", Params { learning_rate: 0.0, ..squared() }),
        ("learning_rate", Params { learning_rate: f64::NAN, ..squared() }),
        ("n_estimators", Params { n_estimators: 0, ..squared() }),
        ("num_leaves", Params { num_leaves: 1, ..squared() }),
        ("min_samples_leaf", Params { min_samples_leaf: 0, ..squared() }),
        ("min_split_gain", Params { min_split_gain: -1.0, ..squared() }),
        ("subsample", Params { subsample: 1.1, ..squared() }),
        ("colsample", Params { colsample: 0.0, ..squared() }),
        ("l1", Params { l1: f64::INFINITY, ..squared() }),
        ("l2", Params { l2: -1.0, ..squared() }),
        ("early_stopping_rounds", Params { early_stopping_rounds: Some(0), ..squared() }),
        ("early_stopping_rounds", Params { early_stopping_rounds: Some(5), ..squared() }),
        ("monotone", Params { monotone: vec![1], ..squared() }),
        ("monotone", Params { monotone: vec![1, 2], ..squared() }),
        ("alpha", small(Loss::Quantile { alpha: 1.0 })),
        ("alpha", small(Loss::Huber { alpha: f64::NAN })),
        ("classes", small(Loss::Softmax { classes: 1 })),
    ];
    for (wrong, params) in params {
        let found = train(&plain, None, &params, 1, &Job::new());
        assert!(matches!(found, Err(Error::Param { name, .. }) if name == wrong), "{wrong}: {found:?}");
    }
}
