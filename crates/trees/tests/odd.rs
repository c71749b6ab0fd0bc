//! Odd data and ensembles that nobody trained: a sound model or a clear error, never a panic.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use algomosaic_core::Job;
use algomosaic_trees::{Binned, Data, Ensemble, Error, Link, Tree, boosting, forest};
use common::{LOSSES, Set, boost};
use proptest::collection::vec;
use proptest::prelude::*;

/// Trains each kind and checks that what comes out is sound: finite predictions and finite SHAP values.
fn train_all(columns: &[&[f64]], target: &[f64]) -> Result<(), Error> {
    let binned = Binned::of(columns, 255, 1, &Job::new())?;
    let sign: Vec<f64> = target.iter().map(|y| f64::from(*y > 0.0)).collect();
    let classes = sign.contains(&0.0) && sign.contains(&1.0);
    let check = |ensemble: &Ensemble| {
        ensemble.check().unwrap();
        let outputs = ensemble.outputs as usize;
        let found = ensemble.predict(columns, 1).unwrap();
        assert_eq!(found.len(), target.len() * outputs);
        assert!(found.iter().all(|value| value.is_finite()), "{found:?}");
        let shap = ensemble.shap(columns, 1, &Job::new()).unwrap();
        assert!(shap.iter().all(|value| value.is_finite()));
    };
    for loss in LOSSES {
        let (loss, target) = match loss {
            boosting::Loss::Logistic | boosting::Loss::Softmax { .. } if !classes => continue,
            boosting::Loss::Logistic => (loss, &sign[..]),
            boosting::Loss::Softmax { .. } => (boosting::Loss::Softmax { classes: 2 }, &sign[..]),
            _ => (loss, target),
        };
        let params = boosting::Params { loss, n_estimators: 3, min_samples_leaf: 1, ..boosting::Params::default() };
        check(&boosting::train(&Data::new(&binned, target), None, &params, 1, &Job::new())?.ensemble);
    }
    for (task, random_thresholds) in [
        (forest::Task::Regression, false),
        (forest::Task::Regression, true),
        (forest::Task::Binary, true),
        (forest::Task::Classes { classes: 2 }, false),
    ] {
        if task != forest::Task::Regression && !classes {
            continue;
        }
        let target = if task == forest::Task::Regression { target } else { &sign };
        let params = forest::Params { task, n_estimators: 3, random_thresholds, ..forest::Params::default() };
        check(&forest::train(&Data::new(&binned, target), &params, 1, &Job::new())?.ensemble);
    }
    Ok(())
}

#[test]
fn odd_columns_and_targets_give_sound_models() {
    let nan = f64::NAN;
    let rising: Vec<f64> = (0..40).map(f64::from).collect();
    let falling: Vec<f64> = rising.iter().map(|x| 20.0 - x).collect();
    let wide: Vec<&[f64]> = vec![&[1.0, 2.0, 3.0]; 50];
    let cases: [(&[&[f64]], &[f64]); 10] = [
        (&[&[5.0; 40]], &falling),
        (&[&[nan; 40]], &falling),
        (&[&rising, &rising, &[nan; 40]], &falling),
        (&[&rising], &[0.1; 40]),
        (&[&[1.0]], &[2.0]),
        (&[&[nan]], &[-2.0]),
        (&wide, &[1.0, -1.0, 1.0]),
        (&[&[f64::MAX, -f64::MAX, 5e-324, -0.0]], &[1e100, -1e100, 0.0, 1e-300]),
        (&[&[0.0, -0.0, nan, nan]], &[1.0, 2.0, 3.0, -4.0]),
        (&[&[1e308, -1e308, 1e308, -1e308]], &[1e-320, -1e-320, 0.0, 0.0]),
    ];
    for (columns, target) in cases {
        train_all(columns, target).unwrap();
    }
}

#[test]
fn a_constant_target_is_predicted_exactly() {
    let rising: Vec<f64> = (0..40).map(f64::from).collect();
    let binned = Binned::of(&[&rising], 255, 1, &Job::new()).unwrap();
    let target = [0.1; 40];
    let data = Data::new(&binned, &target);
    let params = forest::Params::default();
    let forest = forest::train(&data, &params, 1, &Job::new()).unwrap();
    assert_eq!(forest.out_of_bag.unwrap().score, None);
    let found = [boost(&data, &boosting::Params::default()), forest.ensemble]
        .map(|ensemble| ensemble.predict(&[&rising], 1).unwrap());
    for value in found.concat() {
        assert!((value - 0.1).abs() < 1e-15);
    }
}

#[test]
fn other_columns_than_those_trained_on_are_named() {
    let set = Set::of(50, 3, 0.1, 31);
    let ensemble = boost(&Data::new(&set.binned(), &set.y), &boosting::Params::default());
    let two = &set.slices()[..2];
    assert_eq!(ensemble.predict(two, 1), Err(Error::Features { found: 2, features: 3 }));
    assert_eq!(ensemble.shap(two, 1, &Job::new()), Err(Error::Features { found: 2, features: 3 }));
    let uneven = ensemble.predict(&[&[1.0], &[1.0], &[1.0, 2.0]], 1);
    assert!(matches!(uneven, Err(Error::Length { .. })));
    let infinite = ensemble.predict(&[&[1.0], &[f64::NEG_INFINITY], &[1.0]], 1);
    assert_eq!(infinite, Err(Error::Infinite { column: 1, row: 0 }));
}

#[test]
fn an_ensemble_is_the_same_after_it_was_written_and_read() {
    let set = Set::of(200, 3, 0.01, 32);
    let ensemble = boost(&Data::new(&set.binned(), &set.y), &boosting::Params::default());
    let text = serde_json::to_string(&ensemble).unwrap();
    assert_eq!(serde_json::from_str::<Ensemble>(&text).unwrap(), ensemble);
}

#[test]
fn a_broken_ensemble_is_refused_with_its_place() {
    let set = Set::of(200, 3, 0.1, 33);
    let sound = boost(&Data::new(&set.binned(), &set.y), &boosting::Params::default());
    let inner = (0..sound.trees[1].nodes()).find(|at| *at > 0 && sound.trees[1].left[*at] != 0).unwrap();
    type Break = fn(&mut Ensemble, usize);
    let cases: [(&str, Break); 18] = [
        ("has no features", |e, _| e.features = 0),
        ("has no features or no outputs", |e, _| e.outputs = 0),
        ("one number an output", |e, _| e.base = vec![]),
        ("is not finite", |e, _| e.base[0] = f64::NAN),
        ("is not finite", |e, _| e.scale = f64::INFINITY),
        ("needs several outputs", |e, _| e.link = Link::Softmax),
        ("has no nodes", |e, _| e.trees[1] = Tree::default()),
        ("lists of unequal lengths", |e, _| e.trees[1].gain.truncate(1)),
        ("lists of unequal lengths", |e, _| e.trees[1].cover.truncate(1)),
        ("one value a node", |e, _| e.trees[1].value.truncate(1)),
        ("one value a node", |e, _| e.trees[1].output = 1),
        ("not finite", |e, at| e.trees[1].threshold[at] = f64::NAN),
        ("has no rows", |e, at| e.trees[1].cover[at] = 0),
        ("a feature that does not exist", |e, at| e.trees[1].feature[at] = 3),
        ("children that do not exist after it", |e, at| e.trees[1].left[at] = at as u32),
        ("children that do not exist after it", |e, at| e.trees[1].left[at] = u32::MAX),
        ("the child of another node", |e, at| e.trees[1].left[at] -= 1),
        ("not as many rows as its children", |e, at| e.trees[1].cover[at] += 1),
    ];
    for (expected, breaking) in cases {
        let mut broken = sound.clone();
        // The first of these has neighbours on both sides, whatever the tree.
        breaking(&mut broken, inner);
        let found = broken.check();
        let said = found.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let elsewhere =
            expected.contains("rows") && said.contains("rows") || expected.contains("child") && said.contains("child");
        assert!(said.contains(expected) || elsewhere, "{expected}: {said}");
    }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        5 => (-20..20_i32).prop_map(|value| f64::from(value) / 4.0),
        3 => -1e3..1e3,
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::MAX), Just(-f64::MAX), Just(5e-324), Just(1e-308), Just(1e300)],
    ]
}

fn columns() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
    (1..40_usize, 1..5_usize).prop_flat_map(|(rows, features)| {
        let target = prop_oneof![4 => -1e3..1e3, 1 => Just(0.0), 1 => -1e100..1e100];
        (vec(vec(value(), rows), features), vec(target, rows))
    })
}

/// Nodes whose indices are often in range, and numbers that often are finite.
fn foreign() -> impl Strategy<Value = Ensemble> {
    let number = prop_oneof![30 => -5.0..5.0, 1 => Just(f64::NAN), 1 => Just(f64::MAX)];
    let tree = (1..8_usize, 0..2_u32).prop_flat_map(move |(nodes, output)| {
        let nodes = nodes | 1;
        let left: Vec<_> =
            (0..nodes as u32).map(|at| prop_oneof![2 => Just(0), 3 => Just(2 * at + 1), 1 => 0..9_u32]).collect();
        let number = number.clone();
        (
            vec(0..3_u32, nodes),
            vec(number.clone(), nodes),
            vec(any::<bool>(), nodes),
            left,
            vec(number, nodes),
            vec(0..4_u32, nodes),
        )
            .prop_map(move |(feature, threshold, missing_left, left, value, cover)| {
                let gain = vec![1.0; left.len()];
                Tree { output, feature, threshold, missing_left, left, value, cover, gain }
            })
    });
    (1..4_u32, 1..3_u32, vec(tree, 0..4), any::<bool>()).prop_map(|(features, outputs, mut trees, add_up)| {
        // Covers that add up, where the nodes form a tree; else most would be refused for these.
        for tree in trees.iter_mut().filter(|_| add_up) {
            for at in (0..tree.nodes()).rev() {
                let left = tree.left[at] as usize;
                if left > at && left + 1 < tree.nodes() {
                    tree.cover[at] = tree.cover[left] + tree.cover[left + 1];
                } else {
                    tree.cover[at] = tree.cover[at].max(1);
                }
            }
        }
        let base = vec![0.0; outputs as usize];
        Ensemble { features, outputs, link: Link::Identity, base, scale: 1.0, trees }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_data_make_training_panic((columns, target) in columns()) {
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        train_all(&columns, &target).unwrap();
    }

    #[test]
    fn no_parameters_make_training_panic(
        (columns, target) in columns(),
        num_leaves in 0..70_usize,
        max_depth in -1..4_i32,
        min_samples_leaf in prop_oneof![0..5_usize, Just(usize::MAX)],
        (subsample, colsample, learning_rate) in (0.0..1.2, 0.0..1.2, 0.0..1.2),
        (l1, l2, min_split_gain) in (-0.1..2.0, -0.1..2.0, prop_oneof![Just(0.0), Just(1e308)]),
        (rounds, valid, rows) in (0..3_usize, vec(0..40_u32, 0..4), vec(0..40_u32, 1..30)),
        monotone in vec(-1..2_i8, 0..5),
        weights in vec(prop_oneof![Just(0.0), Just(1.0), Just(1e-300), Just(1e100), Just(f64::NAN)], 0..40),
        max_features in 0.0..1.2,
    ) {
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let binned = Binned::of(&columns, 255, 1, &Job::new()).unwrap();
        let data = Data {
            weights: (weights.len() > 20).then_some(&weights[..]),
            rows: (rows.len() > 15).then_some(&rows[..]),
            ..Data::new(&binned, &target)
        };
        for loss in LOSSES {
            let params = boosting::Params {
                loss, learning_rate, n_estimators: 3, num_leaves, max_depth, min_samples_leaf, min_split_gain, subsample,
                colsample, l1, l2, early_stopping_rounds: (rounds > 0).then_some(rounds), monotone: monotone.clone(), seed: 1,
            };
            if let Ok(boosted) = boosting::train(&data, Some(&valid), &params, 2, &Job::new()) {
                boosted.ensemble.check().unwrap();
            }
        }
        let params = forest::Params {
            n_estimators: 3, max_features, min_samples_leaf, max_depth, ..forest::Params::default()
        };
        if let Ok(forest) = forest::train(&data, &params, 2, &Job::new()) {
            forest.ensemble.check().unwrap();
        }
    }

    #[test]
    fn an_ensemble_from_outside_is_refused_or_predicts(ensemble in foreign()) {
        if ensemble.check().is_ok() {
            let columns = vec![&[0.0, 1.0, f64::NAN, -9.0][..]; ensemble.features as usize];
            let outputs = ensemble.outputs as usize;
            prop_assert_eq!(ensemble.predict(&columns, 1).unwrap().len(), 4 * outputs);
            prop_assert_eq!(ensemble.shap(&columns, 1, &Job::new()).unwrap().len(), 4 * outputs * columns.len());
            ensemble.importance_by_gain();
            ensemble.expected();
        }
    }
}
