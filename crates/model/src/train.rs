//! Training, from the request to the model with its scores and its control.
//! Everything fitted sees training rows only, and equal requests on equal data give equal bytes.

use std::ops::Range;

use algomosaic_core::ids::ContentHash;
use algomosaic_core::{Job, names};
use algomosaic_features::FeatureFrame;
use ndarray::{Array1, Array2, ArrayView2};
use polars::prelude::{Column, DataFrame, IdxCa, IdxSize, NamedFrom as _, Series};

use crate::algorithm::{Algorithm, Fitted, Learner, Setting};
use crate::check::{count, some_of};
use crate::columns::{Chosen, choose, missing, numbers};
use crate::control::Shuffler;
use crate::importance::{importances, ranked};
use crate::linalg::gram;
use crate::model::Signature;
use crate::predictor::Predictor;
use crate::rows::{Row, rows};
use crate::scale::Moments;
use crate::split::{Parts, divide, rfc3339};
use crate::{Check, Control, Error, Importance, Model, Scores, SplitKind, SplitSummary, TrainSpec, score};

/// Pairs of features with an absolute correlation above this are told.
const CORRELATED: f64 = 0.98;

/// A trained model with all that tells how good it is.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// Its scores on the held-out rows.
    pub scores: Scores,
    /// The same job without signal, and whether the scores can be told from it.
    pub control: Control,
    /// How the rows were split.
    pub split: SplitSummary,
    /// The held-out rows in the order of ticker, then time: the index columns of the data, `predictions`, `outcomes`,
    /// and `errors` = outcomes - predictions.
    pub evaluation: DataFrame,
    /// The features, the most important first.
    pub importance: Vec<Importance>,
    /// What a person should know about the data and the fit.
    pub checks: Vec<Check>,
    /// Rows with every feature and the outcome defined, before the split.
    pub record_count: u32,
}

/// Trains a model, scores it on rows it has not seen, and does the same without signal.
pub fn train(spec: &TrainSpec, data: &FeatureFrame, job: &Job) -> Result<Trained, Error> {
    let (algorithm, params) = spec.checked()?;
    job.stage("Choosing rows and features")?;
    let horizon_bars = horizon(spec, data)?;
    let mut chosen = choose(&spec.features, data)?;
    let mut checks = std::mem::take(&mut chosen.checks);
    let mut outcomes = numbers(&data.frame, &spec.outcome)?;
    outcomes.iter_mut().for_each(|outcome| *outcome = algorithm.task.outcome(*outcome));
    let all_rows = rows(&data.frame, horizon_bars)?;
    let usable = usable(&all_rows, &chosen, &outcomes, &mut checks)?;
    let parts = divide(&spec.split, spec.control.seed, &usable)?;
    let split = summary(spec, &parts, &usable, horizon_bars, &mut checks);
    job.step(1, 20)?;

    let all: Vec<usize> = (0..chosen.names.len()).collect();
    let train_rows = matrix(&chosen, &all, &usable, &parts.train);
    let moments = Moments::of(train_rows.view());
    let varying = moments.varying();
    let (names, moments, train_rows) = without_constants(&chosen, &moments, &varying, train_rows, &mut checks)?;
    let test_rows = matrix(&chosen, &varying, &usable, &parts.test);
    let train_outcomes: Array1<f64> = parts.train.iter().map(|&i| outcomes[usable[i].at]).collect();
    let test_outcomes: Vec<f64> = parts.test.iter().map(|&i| outcomes[usable[i].at]).collect();
    if train_outcomes.iter().all(|outcome| *outcome == train_outcomes[0]) {
        return Err(Error::ConstantOutcome { name: spec.outcome.clone(), rows: "training" });
    }
    correlated(&names, &moments.scale(train_rows.view()), &mut checks);
    job.step(2, 20)?;

    job.stage(format!("Training {}", algorithm.label))?;
    let training_mean = train_outcomes.sum() / train_outcomes.len() as f64;
    let data_hash = data_hash(&names, &spec.outcome, train_rows.view(), &train_outcomes, &usable, &parts.train);
    let setting = Setting { params: &params, names: &names, seed: spec.control.seed };
    let learning = Learning::new(algorithm, &setting, &moments, train_rows)?;
    let mut fitted = learning.learner.fit(train_outcomes.view(), &job.part(2.0 / 20.0, 3.0 / 20.0))?;
    checks.append(&mut fitted.checks);
    let model = Model {
        signature: Signature {
            algorithm: algorithm.id.to_owned(),
            model_type: algorithm.label.to_owned(),
            params: params.values().clone(),
            outcome: spec.outcome.clone(),
            horizon_bars,
            features: names.clone(),
            train_start: split.train_start.clone(),
            train_end: split.train_end.clone(),
            train_rows: split.train_rows,
            split: split.kind.clone(),
            seed: spec.control.seed,
            data_hash,
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        training_mean,
        predictor: learning.predictor(fitted),
    };
    let importance = ranked(&names, &importances(&model.predictor, &moments, test_rows.view(), &test_outcomes));
    let predictions = model.predictor.predict(test_rows.view()).to_vec();
    let scores = score(&model, &predictions, &test_outcomes);
    let Some(rsquared) = scores.rsquared else {
        return Err(Error::ConstantOutcome { name: spec.outcome.clone(), rows: "test" });
    };
    job.step(3, 20)?;

    let mut shuffler = Shuffler::new(tickers(&usable, &parts.train), horizon_bars, spec.control.seed)?;
    let (fixed_rows, blocks) = shuffler.reach();
    if blocks < 4 || fixed_rows > 0 {
        checks.push(Check::look(format!(
            "The control is weak: the longest ticker has {blocks} blocks of {} rows to permute, and {} of tickers \
             shorter than two blocks stay as they are",
            shuffler.block_rows(),
            count(fixed_rows, "row")
        )));
    }
    let repeats = spec.control.repeats as usize;
    let control_job = job.part(3.0 / 20.0, 1.0);
    let true_outcomes = train_outcomes.to_vec();
    let mut control_scores = Vec::with_capacity(repeats.min(10_000));
    for repeat in 0..repeats {
        control_job.stage(format!("Control {} of {repeats}", repeat + 1))?;
        let permuted = Array1::from_vec(shuffler.next(&true_outcomes));
        let part = control_job.part(repeat as f64 / repeats as f64, (repeat + 1) as f64 / repeats as f64);
        let predictor = learning.predictor(learning.learner.refit(permuted.view(), &part)?);
        let predictions = predictor.predict(test_rows.view()).to_vec();
        control_scores.push(score(&model, &predictions, &test_outcomes));
        control_job.step(repeat + 1, repeats)?;
    }
    let control = Control::new(&spec.control, rsquared, control_scores);

    Ok(Trained {
        evaluation: evaluation(&data.frame, &usable, &parts.test, &predictions, &test_outcomes)?,
        model,
        scores,
        control,
        split,
        importance,
        checks,
        record_count: short(usable.len()),
    })
}

/// How many bars the outcome looks ahead.
fn horizon(spec: &TrainSpec, data: &FeatureFrame) -> Result<u32, Error> {
    if data.frame.column(&spec.outcome).is_err() {
        return Err(missing(&data.frame, vec![spec.outcome.clone()]));
    }
    data.labels
        .get(&spec.outcome)
        .copied()
        .ok_or_else(|| Error::NotALabel { name: spec.outcome.clone(), labels: data.labels.keys().cloned().collect() })
}

/// The rows with every feature and the outcome defined.
fn usable(rows: &[Row], chosen: &Chosen, outcomes: &[f64], checks: &mut Vec<Check>) -> Result<Vec<Row>, Error> {
    let complete = |row: &Row| chosen.values.iter().all(|column| !column[row.at].is_nan());
    let (mut usable, mut warm_up, mut undefined, mut no_outcome) = (Vec::with_capacity(rows.len()), 0, 0, 0);
    for ticker in rows.chunk_by(|a, b| a.ticker == b.ticker) {
        let mut started = false;
        for row in ticker {
            if !complete(row) {
                undefined += 1;
                warm_up += usize::from(!started);
                continue;
            }
            started = true;
            if outcomes[row.at].is_nan() {
                no_outcome += 1;
            } else {
                usable.push(*row);
            }
        }
    }
    if usable.is_empty() {
        let undefined_in = |column: &Vec<f64>| column.iter().filter(|value| value.is_nan()).count();
        let worst = chosen.names.iter().zip(chosen.values.iter().map(undefined_in)).max_by_key(|(_, rows)| *rows);
        return Err(Error::TooFew {
            what: match worst {
                Some((name, missing)) if missing > 0 => format!(
                    "none of {} has the outcome and every feature defined; {name} alone is undefined in {missing}",
                    count(rows.len(), "row")
                ),
                _ => format!("none of {} has the outcome defined", count(rows.len(), "row")),
            },
            hint: "Take a longer history, or leave out the features that are mostly undefined.".to_owned(),
        });
    }
    if undefined + no_outcome > 0 {
        checks.push(Check::fine(format!(
            "{} of {} left out: {undefined} with an undefined feature ({warm_up} of them warm-up), {no_outcome} with an \
             undefined outcome",
            undefined + no_outcome,
            count(rows.len(), "row")
        )));
    }
    Ok(usable)
}

fn summary(spec: &TrainSpec, parts: &Parts, rows: &[Row], horizon_bars: u32, checks: &mut Vec<Check>) -> SplitSummary {
    let first = |part: &[usize]| rfc3339(part.iter().map(|&i| rows[i].time).min().unwrap_or_default());
    let last = |part: &[usize]| rfc3339(part.iter().map(|&i| rows[i].time).max().unwrap_or_default());
    if spec.leaks() {
        checks.push(Check::look(
            "The shuffled split leaks: rows next to held-out rows train, so the scores are too good to be believed",
        ));
    }
    if spec.split.kind == SplitKind::Chronological && spec.split.embargo_bars > 0 {
        checks.push(Check::fine(format!(
            "The embargo of {} keeps nothing from training, because a chronological split trains on no bar after the \
             held-out ones",
            count(spec.split.embargo_bars as usize, "bar")
        )));
    }
    SplitSummary {
        kind: spec.split.kind.name().to_owned(),
        train_rows: short(parts.train.len()),
        test_rows: short(parts.test.len()),
        purged_rows: short(parts.purged),
        embargo_rows: short(parts.embargoed),
        leaks: spec.leaks(),
        train_start: first(&parts.train),
        train_end: last(&parts.train),
        test_start: first(&parts.test),
        test_end: last(&parts.test),
        horizon_bars,
    }
}

/// Rows by features.
fn matrix(chosen: &Chosen, features: &[usize], rows: &[Row], part: &[usize]) -> Array2<f64> {
    Array2::from_shape_fn((part.len(), features.len()), |(i, j)| chosen.values[features[j]][rows[part[i]].at])
}

/// The features that vary over the training rows, with their moments and values.
fn without_constants(
    chosen: &Chosen,
    moments: &Moments,
    varying: &[usize],
    train_rows: Array2<f64>,
    checks: &mut Vec<Check>,
) -> Result<(Vec<String>, Moments, Array2<f64>), Error> {
    if varying.len() == chosen.names.len() {
        return Ok((chosen.names.clone(), moments.clone(), train_rows));
    }
    let constant: Vec<String> =
        (0..chosen.names.len()).filter(|i| !varying.contains(i)).map(|i| chosen.names[i].clone()).collect();
    if varying.is_empty() {
        return Err(Error::TooFew {
            what: format!("no feature varies over the training rows: {}", some_of(&constant)),
            hint: "Choose other features, or take a longer history.".to_owned(),
        });
    }
    checks.push(Check::look(format!(
        "{} left out, because it does not vary over the training rows: {}",
        count(constant.len(), "feature"),
        some_of(&constant)
    )));
    let names = varying.iter().map(|&i| chosen.names[i].clone()).collect();
    Ok((names, moments.only(varying), train_rows.select(ndarray::Axis(1), varying)))
}

/// Tells of features that are nearly the same. `scaled` has mean 0 and deviation 1 over the training rows.
fn correlated(names: &[String], scaled: &Array2<f64>, checks: &mut Vec<Check>) {
    let correlation = gram(scaled.view()) / scaled.nrows() as f64;
    let mut pairs = Vec::new();
    for i in 0..names.len() {
        for j in i + 1..names.len() {
            let value = correlation[[i, j]];
            if value.abs() > CORRELATED {
                pairs.push(format!("{} and {} ({value:.3})", names[i], names[j]));
            }
        }
    }
    if !pairs.is_empty() {
        checks.push(Check::look(format!(
            "{} of features correlated above {CORRELATED}, so that their coefficients are shared at will: {}",
            count(pairs.len(), "pair"),
            some_of(&pairs)
        )));
    }
}

fn data_hash(
    names: &[String],
    outcome: &str,
    train_rows: ArrayView2<f64>,
    outcomes: &Array1<f64>,
    rows: &[Row],
    train: &[usize],
) -> String {
    let mut hash = ContentHash::default();
    for name in names.iter().map(String::as_str).chain([outcome]) {
        hash.update(name.as_bytes());
        hash.update(b"\n");
    }
    for ((values, outcome), &i) in train_rows.rows().into_iter().zip(outcomes).zip(train) {
        hash.update(&rows[i].ticker.to_le_bytes());
        hash.update(&rows[i].time.to_le_bytes());
        for value in values.iter().chain([outcome]) {
            hash.update(&value.to_le_bytes());
        }
    }
    hash.finish()
}

/// An algorithm that knows the training rows, and how their features were scaled for it.
struct Learning {
    learner: Box<dyn Learner>,
    scale: Moments,
}

impl Learning {
    fn new(
        algorithm: &Algorithm,
        setting: &Setting<'_>,
        moments: &Moments,
        train_rows: Array2<f64>,
    ) -> Result<Self, Error> {
        let scale = moments.under((algorithm.scaling)(setting.params));
        let scaled = scale.scale(train_rows.view());
        drop(train_rows);
        let learner = (algorithm.prepare)(setting, scaled)?;
        Ok(Learning { learner, scale })
    }

    fn predictor(&self, fitted: Fitted) -> Predictor {
        Predictor { scale: self.scale.clone(), learned: fitted.learned }
    }
}

/// The ranges of each ticker's rows in a part, which is in the order of ticker, then time.
fn tickers(rows: &[Row], part: &[usize]) -> Vec<Range<usize>> {
    let mut start = 0;
    part.chunk_by(|a, b| rows[*a].ticker == rows[*b].ticker)
        .map(|ticker| {
            start += ticker.len();
            start - ticker.len()..start
        })
        .collect()
}

fn evaluation(
    frame: &DataFrame,
    rows: &[Row],
    test: &[usize],
    predictions: &[f64],
    outcomes: &[f64],
) -> Result<DataFrame, Error> {
    let at: Vec<IdxSize> = test.iter().map(|&i| rows[i].at as IdxSize).collect();
    let index: Vec<&str> = names::INDEX_COLUMNS.iter().copied().filter(|name| frame.column(name).is_ok()).collect();
    let mut evaluation = frame.select(index)?.take(&IdxCa::new("at".into(), &at))?;
    let errors: Vec<f64> = outcomes.iter().zip(predictions).map(|(outcome, prediction)| outcome - prediction).collect();
    for (name, values) in [("predictions", predictions), ("outcomes", outcomes), ("errors", &errors)] {
        evaluation.with_column(Column::from(Series::new(name.into(), values)))?;
    }
    Ok(evaluation)
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use algomosaic_core::{Code, Problem};

    use super::*;
    use crate::Verdict;
    use crate::testing::{days, frame, golden, golden_frame, normal, spec};

    /// Returns over the last bars and the label of the next five, of a random walk for each of two tickers.
    fn random_walk(seed: u64, bars: usize) -> FeatureFrame {
        let mut at: Vec<(&str, i64)> = days("A", bars);
        at.extend(days("B", bars));
        let mut columns: Vec<(&str, Vec<f64>)> =
            ["ROR_1", "ROR_2", "ROR_5", "ROR_10", "ROR_20", "ROR_n5"].iter().map(|name| (*name, Vec::new())).collect();
        for ticker in 0..2 {
            let mut logs = vec![0.0];
            for step in normal(seed * 2 + ticker, bars - 1) {
                logs.push(logs[logs.len() - 1] + 0.02 * step);
            }
            for (column, lag) in columns.iter_mut().zip([1_i64, 2, 5, 10, 20, -5]) {
                column.1.extend((0..bars as i64).map(|t| match usize::try_from(t - lag) {
                    Ok(other) if other < bars => (logs[t as usize] - logs[other]) * lag.signum() as f64,
                    _ => f64::NAN,
                }));
            }
        }
        frame(&at, &columns, &[("ROR_n5", 5)])
    }

    fn run(spec: &TrainSpec, data: &FeatureFrame) -> Result<Trained, Error> {
        train(spec, data, &Job::new())
    }

    #[test]
    fn a_planted_signal_is_found() {
        let mut data = random_walk(77, 600);
        let outcome: Vec<f64> = numbers(&data.frame, "ROR_n5").unwrap();
        let noise = normal(5, outcome.len());
        let signal: Vec<f64> = outcome.iter().zip(noise).map(|(value, noise)| value + 0.1 * noise).collect();
        data.frame.with_column(Column::from(Series::new("hint".into(), signal))).unwrap();
        for algorithm in ["elastic_net", "ols"] {
            let trained = run(&spec(algorithm, "ROR_n5", "[control]\nrepeats = 50"), &data).unwrap();
            assert_eq!(trained.control.verdict, Verdict::BetterThanChance, "{}", trained.control.sentence);
            assert!(trained.control.p_value < 0.02 && trained.scores.rsquared.unwrap() > 0.05);
            assert!(trained.control.median < 0.02);
            assert_eq!((trained.importance[0].variable.as_str(), trained.importance[0].rank), ("hint", 1));
        }
    }

    /// The same for both tickers, so that they move together entirely.
    fn twins(mut data: FeatureFrame) -> FeatureFrame {
        let half = data.frame.height() / 2;
        for name in ["ROR_1", "ROR_2", "ROR_5", "ROR_10", "ROR_20", "ROR_n5"] {
            let mut values = numbers(&data.frame, name).unwrap();
            values.copy_within(..half, half);
            data.frame.with_column(Column::from(Series::new(name.into(), values))).unwrap();
        }
        data
    }

    #[test]
    fn random_walks_cannot_be_told_from_chance() {
        for together in [false, true] {
            let mut better = 0;
            for seed in 0..60 {
                let data = random_walk(100 + seed, 800);
                let data = if together { twins(data) } else { data };
                let trained = run(&spec("elastic_net", "ROR_n5", ""), &data).unwrap();
                better += u32::from(trained.control.p_value <= 0.05);
            }
            // 60 draws at 1/21 exceed 7 in 1 % of cases; the seeds are fixed, so this never flickers.
            assert!(better <= 7, "{better} of 60 better than chance, together: {together}");
        }
    }

    #[test]
    fn random_walks_have_no_score_to_speak_of() {
        for seed in 0..20 {
            let trained = run(&spec("elastic_net", "ROR_n5", ""), &random_walk(500 + seed, 3000)).unwrap();
            assert!(trained.scores.rsquared.unwrap() <= 0.02, "{seed}: {:?}", trained.scores);
        }
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing_and_equal_seeds_give_equal_bytes() {
        let data = random_walk(3, 200);
        let mut other = data.clone();
        let reversed: Vec<IdxSize> = (0..data.frame.height() as IdxSize).rev().collect();
        other.frame = data.frame.take(&IdxCa::new("at".into(), &reversed)).unwrap();
        for kind in ["chronological", "shuffled"] {
            let spec = spec("elastic_net", "ROR_n5", &format!("[split]\nkind = \"{kind}\"\n[control]\nseed = 4"));
            let (a, b) = (run(&spec, &data).unwrap(), run(&spec, &other).unwrap());
            assert_eq!(a.model.to_bytes(), b.model.to_bytes());
            assert!(a.evaluation.equals_missing(&b.evaluation));
            assert_eq!((a.scores, a.control, a.split, a.importance), (b.scores, b.control, b.split, b.importance));
        }
    }

    #[test]
    fn another_seed_is_another_control_and_the_same_model() {
        let data = random_walk(3, 200);
        let (a, b) = (
            run(&spec("ols", "ROR_n5", "[control]\nseed = 1"), &data).unwrap(),
            run(&spec("ols", "ROR_n5", "[control]\nseed = 2"), &data).unwrap(),
        );
        assert_eq!((a.scores, a.control.rsquared.len()), (b.scores, 20));
        assert_ne!(a.control.rsquared, b.control.rsquared);
        let more = run(&spec("ols", "ROR_n5", "[control]\nseed = 1\nrepeats = 30"), &data).unwrap();
        assert_eq!(more.control.rsquared[..20], a.control.rsquared[..], "more repeats begin with the same ones");
    }

    #[test]
    fn the_evaluation_holds_the_held_out_rows_in_order() {
        let data = random_walk(3, 200);
        let trained = run(&spec("ols", "ROR_n5", ""), &data).unwrap();
        let names: Vec<&str> = trained.evaluation.get_column_names().into_iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["ticker_time", "ticker", "predictions", "outcomes", "errors"]);
        assert_eq!(trained.evaluation.height(), trained.split.test_rows as usize);
        let tickers: Vec<&str> = trained.evaluation.column("ticker").unwrap().str().unwrap().iter().flatten().collect();
        assert!(tickers.is_sorted() && tickers.contains(&"A") && tickers.contains(&"B"));
        let column = |name| numbers(&trained.evaluation, name).unwrap();
        let found = score(&trained.model, &column("predictions"), &column("outcomes"));
        assert_eq!(found, trained.scores);
        let errors = column("errors");
        assert_eq!(errors[3], column("outcomes")[3] - column("predictions")[3]);
        let all = trained.model.predict(&data).unwrap();
        assert!(
            column("predictions").iter().all(|value| all.contains(value)),
            "held-out rows are predicted as any others"
        );
        assert!(!all[199].is_nan(), "the last row has no outcome yet, and a prediction");
    }

    #[test]
    fn rows_that_are_left_out_are_counted_with_their_reason() {
        let mut data = random_walk(3, 200);
        let mut values: Vec<f64> = numbers(&data.frame, "ROR_1").unwrap();
        values[100] = f64::NAN;
        data.frame.with_column(Column::from(Series::new("ROR_1".into(), values))).unwrap();
        let trained = run(&spec("ols", "ROR_n5", ""), &data).unwrap();
        assert_eq!(trained.record_count, 400 - 51);
        let texts: Vec<&str> = trained.checks.iter().map(|check| check.text.as_str()).collect();
        assert!(
            texts.contains(&"51 of 400 rows left out: 41 with an undefined feature (40 of them warm-up), 10 with an undefined outcome"),
            "{texts:?}"
        );
        assert!(texts.contains(&"1 label kept out of the features, because labels read later bars: ROR_n5"));
        assert!(texts.contains(&"2 index columns kept out of the features: ticker_time, ticker"));
    }

    #[test]
    fn equal_and_constant_features_are_told() {
        let mut data = golden_frame(&golden());
        let twin: Vec<f64> = numbers(&data.frame, "x0").unwrap().iter().map(|value| -2.0 * value).collect();
        for (name, values) in [("twin", twin), ("flat", vec![0.1; 200]), ("none", vec![f64::NAN; 200])] {
            data.frame.with_column(Column::from(Series::new(name.into(), values))).unwrap();
        }
        for algorithm in ["elastic_net", "ols"] {
            let trained = run(&spec(algorithm, "y", ""), &data).unwrap();
            assert_eq!(trained.model.features(), ["x0", "x1", "x2", "x3", "x4", "twin"]);
            for told in [
                "1 feature left out, because it does not vary over the training rows: flat",
                "1 feature left out, because no value is defined: none",
                "1 pair of features correlated above 0.98, so that their coefficients are shared at will: x0 and twin (-1.000)",
            ] {
                assert!(trained.checks.iter().any(|check| !check.ok && check.text == told), "{:?}", trained.checks);
            }
        }
    }

    #[test]
    fn a_shuffled_split_says_that_it_leaks_and_an_idle_embargo_that_it_is_idle() {
        let data = random_walk(3, 200);
        let leaking = run(&spec("ols", "ROR_n5", "[split]\nkind = \"shuffled\""), &data).unwrap();
        assert!(leaking.split.leaks && leaking.split.purged_rows == 0);
        assert!(leaking.checks.iter().any(|check| !check.ok && check.text.contains("leaks")));
        let plain = run(&spec("ols", "ROR_n5", "[split]\nembargo_bars = 10"), &data).unwrap();
        assert!(!plain.split.leaks && plain.split.purged_rows == 10);
        assert!(plain.checks.iter().any(|check| check.text.starts_with("The embargo of 10 bars keeps nothing")));
    }

    fn refusal(spec: &TrainSpec, data: &FeatureFrame) -> Problem {
        Problem::from(run(spec, data).unwrap_err())
    }

    #[test]
    fn what_cannot_be_trained_is_refused_with_its_name_and_a_next_step() {
        let plain = random_walk(3, 200);
        let with = |name: &str, series: Series| {
            let mut data = plain.clone();
            data.frame.with_column(Column::from(series.with_name(name.into()))).unwrap();
            data
        };
        let numbers = |value: f64| Series::new("".into(), vec![value; 400]);
        let text = Series::new("".into(), vec!["x"; 400]);
        let mut infinite = vec![1.0; 400];
        infinite[5] = f64::INFINITY;
        let features = |list: &str| format!("features = {list}");
        for (data, outcome, rest, code, message, hint) in [
            (
                plain.clone(),
                "ROR_n5",
                features("[\"ROR_n5\"]"),
                Code::BadInput,
                "ROR_n5 cannot be a feature: it is a label",
                "Take it out",
            ),
            (
                plain.clone(),
                "ROR_n5",
                features("[\"ROR_n*\"]"),
                Code::BadInput,
                "no column that may be a feature fits ROR_n*",
                "",
            ),
            (
                plain.clone(),
                "ROR_n5",
                features("[\"ticker\"]"),
                Code::BadInput,
                "ticker cannot be a feature: it is an index",
                "",
            ),
            (
                plain.clone(),
                "ROR_n5",
                features("[\"ROR_3\", \"ROR_7\"]"),
                Code::NotFound,
                "the data has no column ROR_3, ROR_7",
                "Did you mean ROR_1?",
            ),
            (
                plain.clone(),
                "ROR_n6",
                String::new(),
                Code::NotFound,
                "the data has no column ROR_n6",
                "Did you mean ROR_n5?",
            ),
            (
                plain.clone(),
                "ROR_5",
                String::new(),
                Code::BadInput,
                "ROR_5 is not a label",
                "one of the labels: ROR_n5.",
            ),
            (
                with("sector", text.clone()),
                "ROR_n5",
                features("[\"sector\"]"),
                Code::BadInput,
                "sector must be numeric, but is str",
                "",
            ),
            (with("ROR_n5", text), "ROR_n5", String::new(), Code::BadInput, "ROR_n5 must be numeric", ""),
            (
                with("ratio", Series::new("".into(), infinite)),
                "ROR_n5",
                String::new(),
                Code::BadInput,
                "ratio is infinite in 1 row",
                "SAFE_DIVIDE",
            ),
            (
                with("ROR_n5", numbers(0.0)),
                "ROR_n5",
                String::new(),
                Code::BadInput,
                "the outcome ROR_n5 does not vary in the training rows",
                "",
            ),
            (with("ROR_n5", numbers(f64::NAN)), "ROR_n5", String::new(), Code::BadInput, "none of 400 rows", ""),
            (
                with("flat", numbers(1.0)),
                "ROR_n5",
                features("[\"flat\"]"),
                Code::BadInput,
                "no feature varies over the training rows: flat",
                "",
            ),
            (
                with("void", numbers(f64::NAN)),
                "ROR_n5",
                features("[\"void\"]"),
                Code::BadInput,
                "no chosen feature has a defined value: void",
                "",
            ),
        ] {
            // The keys of the top come before the tables.
            let mut spec = spec("elastic_net", outcome, &rest);
            spec.control.repeats = 1;
            let problem = refusal(&spec, &data);
            assert_eq!(problem.code, code, "{problem:?}");
            assert!(problem.message.contains(message) && problem.hint.contains(hint), "{problem:?}");
            assert!(!problem.hint.is_empty(), "{problem:?}");
        }
    }

    #[test]
    fn an_unknown_algorithm_is_refused_with_the_nearest() {
        let mut spec = spec("ols", "ROR_n5", "");
        spec.algorithm = "elasticnet".to_owned();
        let problem = refusal(&spec, &random_walk(3, 100));
        assert_eq!((problem.code, problem.hint.as_str()), (Code::NotFound, "Did you mean elastic_net?"));
    }

    #[test]
    fn few_rows_and_many_features_end_in_a_refusal_or_a_model_but_never_a_panic() {
        for rows in [0, 1, 2, 3, 5, 8, 12, 20, 40] {
            let columns: Vec<(String, Vec<f64>)> = (0..30).map(|i| (format!("x{i}"), normal(i, rows))).collect();
            let mut columns: Vec<(&str, Vec<f64>)> = columns.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            columns.push(("y", normal(99, rows)));
            let data = frame(&days("A", rows), &columns, &[("y", 1)]);
            for algorithm in ["elastic_net", "ols"] {
                match run(&spec(algorithm, "y", ""), &data) {
                    Ok(trained) => assert!(trained.scores.rsquared.unwrap().is_finite()),
                    Err(error) => assert!(!Problem::from(error).hint.is_empty()),
                }
            }
            let net = run(&spec("elastic_net", "y", ""), &data);
            assert_eq!(net.is_ok(), rows >= 8, "{rows}: {:?}", net.map(|t| t.scores));
        }
    }

    #[test]
    fn values_of_any_size_end_in_a_refusal_or_a_model_but_never_a_panic() {
        for size in [1e-300, 1e-160, 1e150, 1e300, f64::MAX / 4.0] {
            let scaled =
                |seed| normal(seed, 100).into_iter().map(|value| value.clamp(-2.0, 2.0) * size).collect::<Vec<f64>>();
            for (x, y) in [(scaled(1), normal(2, 100)), (normal(1, 100), scaled(2)), (scaled(1), scaled(2))] {
                let data = frame(&days("A", 100), &[("x", x), ("y", y)], &[("y", 1)]);
                for algorithm in ["elastic_net", "ols"] {
                    if let Ok(trained) = run(&spec(algorithm, "y", ""), &data) {
                        assert!(Model::from_bytes(&trained.model.to_bytes()).is_ok());
                    }
                }
            }
        }
    }

    #[test]
    fn a_cancelled_job_trains_nothing() {
        let job = Job::new();
        job.cancel();
        assert!(matches!(train(&spec("ols", "y", ""), &golden_frame(&golden()), &job), Err(Error::Cancelled(_))));
    }
}
