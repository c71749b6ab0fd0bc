//! A search over the parameters of an algorithm on the training rows alone, with every trial kept. Trials are scored on
//! blocks of the training time, each after training on the time before it, so that the rows a model is judged by later
//! have no say.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use algomosaic_core::{Job, Param, ParamKind, Params, Value};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::algorithm::Algorithm;
use crate::folds::{Explain, Folds};
use crate::special::normal_below;
use crate::split::{Division, Parts, Split, SplitKind, divide};
use crate::table::Table;
use crate::train::With;
use crate::{Error, TrainSpec};

/// Share of the training time in which trials are scored.
const INNER_TEST_SIZE: f64 = 0.5;
/// Trials at random before the first that is estimated.
const RANDOM_TRIALS: usize = 10;
/// Share of the trials that counts as good: Bergstra and others (2011), section 4.
const GOOD: f64 = 0.15;
/// Candidates that are drawn for a trial.
const CANDIDATES: usize = 24;
/// A grid of more combinations than this is refused.
const MOST_COMBINATIONS: usize = 10_000;

/// What a search takes beside its ranges, for forms, files and checks.
pub const PARAMS: &[Param] = &[
    Param::choice("kind", "Search", "tpe", &[("tpe", "Estimated (TPE)"), ("random", "Random"), ("grid", "Grid")]).help(
        "TPE draws where earlier trials were good; random draws anywhere; grid tries every combination, whatever the \
         number of trials",
    ),
    Param::int("trials", "Trials", 30).range(1, 10_000).help("How many sets of parameters are tried (TPE, random)"),
    Param::int("folds", "Inner folds", 3).range(2, 20).help(
        "Blocks in the second half of the training time that trials are scored on, each after the time before it",
    ),
];

/// How the next parameters are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// Where earlier trials were good: the tree-structured Parzen estimator of Bergstra, Bardenet, Bengio and Kegl,
    /// Algorithms for Hyper-Parameter Optimization (2011).
    #[default]
    Tpe,
    /// At random.
    Random,
    /// Every combination.
    Grid,
}

impl SearchKind {
    /// As files and tables have it.
    pub const fn name(self) -> &'static str {
        match self {
            SearchKind::Tpe => "tpe",
            SearchKind::Random => "random",
            SearchKind::Grid => "grid",
        }
    }
}

/// The values that are tried of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(untagged)]
pub enum Range {
    /// These.
    Values(Vec<Value>),
    /// Numbers between two, both included.
    Span(Span),
}

/// Numbers between two, both included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Whether equal ratios count as equal distances, and not equal differences.
    #[serde(default)]
    pub log: bool,
    /// How many of them a grid tries, evenly from the least to the greatest.
    #[serde(default = "five")]
    pub steps: u32,
}

fn five() -> u32 {
    5
}

/// Which parameters are searched for, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields)]
pub struct SearchSpec {
    /// How the next parameters are chosen.
    #[serde(default)]
    pub kind: SearchKind,
    /// How many sets of parameters are tried; a grid tries all.
    #[serde(default = "thirty")]
    pub trials: u32,
    /// Blocks that trials are scored on.
    #[serde(default = "three")]
    pub folds: u32,
    /// The values that are tried, by the name of the parameter.
    #[serde(default)]
    pub ranges: BTreeMap<String, Range>,
}

fn thirty() -> u32 {
    30
}

fn three() -> u32 {
    3
}

impl SearchSpec {
    /// Checks every value against its rule, and whether the split leaves rows that the search does not see.
    pub(crate) fn check(&self, algorithm: &Algorithm, split: &Split) -> Result<(), Error> {
        let given = [
            ("kind", Value::Text(self.kind.name().to_owned())),
            ("trials", Value::Int(i64::from(self.trials))),
            ("folds", Value::Int(i64::from(self.folds))),
        ];
        let refused = |source| Error::Param { section: "search".to_owned(), source };
        Params::check(PARAMS, &given.map(|(name, value)| (name.to_owned(), value)).into()).map_err(refused)?;
        let rule = |setting, rule: String| Err(Error::Rule { setting, rule });
        if !split.kind.allows_search() {
            return rule(
                "split.kind",
                format!(
                    "be chronological or walk_forward where parameters are searched for, so that held-out rows are left \
                     that the search never saw, but is {}",
                    split.kind.name()
                ),
            );
        }
        if self.ranges.is_empty() {
            return rule("search.ranges", "name the parameters that are searched for, but are empty".to_owned());
        }
        for (name, range) in &self.ranges {
            // An unknown name is refused as it is among the parameters themselves.
            let Some(param) = algorithm.params.iter().find(|param| param.name == name) else {
                algorithm.check(&[(name.clone(), Value::Bool(false))].into())?;
                continue;
            };
            let inside = |value: &Value| {
                let refused = |source| Error::Param { section: "search.ranges".to_owned(), source };
                param.check(value).map_err(refused)
            };
            match range {
                Range::Values(values) => {
                    if values.is_empty() {
                        return rule("search.ranges", format!("give at least one value of {name}, but give none"));
                    }
                    for value in values {
                        inside(value)?;
                    }
                }
                Range::Span(Span { min, max, log, steps }) => {
                    let number = matches!(param.kind, ParamKind::Int { .. } | ParamKind::Float { .. });
                    if !number
                        || min.partial_cmp(max) != Some(Ordering::Less)
                        || (*log && *min <= 0.0)
                        || !(2..=1000).contains(steps)
                    {
                        return rule(
                            "search.ranges",
                            format!(
                                "give numbers from a min to a greater max (above 0 where log is true) in 2 to 1000 steps, \
                                 but {name} has min = {min}, max = {max}, log = {log}, steps = {steps}"
                            ),
                        );
                    }
                    for end in [*min, *max] {
                        inside(&Value::Float(end))?;
                    }
                }
            }
        }
        let combinations = self.grid().iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()));
        match combinations {
            _ if self.kind != SearchKind::Grid => Ok(()),
            Some(all) if all <= MOST_COMBINATIONS => Ok(()),
            _ => rule(
                "search.ranges",
                format!("give at most {MOST_COMBINATIONS} combinations for a grid, but give more"),
            ),
        }
    }

    /// The values of each parameter that a grid combines.
    fn grid(&self) -> Vec<(&str, Vec<Value>)> {
        let of = |range: &Range| match range {
            Range::Values(values) => values.clone(),
            Range::Span(span) => {
                let last = f64::from(span.steps.max(2) - 1);
                (0..span.steps).map(|step| Value::Float(span.at(f64::from(step) / last))).collect()
            }
        };
        self.ranges.iter().map(|(name, range)| (name.as_str(), of(range))).collect()
    }

    /// How many trials there will be.
    pub fn count(&self) -> usize {
        match self.kind {
            SearchKind::Grid => self.grid().iter().map(|(_, values)| values.len()).product(),
            _ => self.trials as usize,
        }
    }
}

impl Span {
    /// The number at a share of the way.
    fn at(&self, share: f64) -> f64 {
        let (low, high) = (self.scaled(self.min), self.scaled(self.max));
        let value = low + share * (high - low);
        // The ends exactly, which a logarithm and back would miss by a digit.
        (if self.log { value.exp() } else { value }).clamp(self.min, self.max)
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.log { value.ln() } else { value }
    }

    /// The share of the way at a number.
    fn share(&self, value: f64) -> f64 {
        let (low, high) = (self.scaled(self.min), self.scaled(self.max));
        ((self.scaled(value) - low) / (high - low)).clamp(0.0, 1.0)
    }
}

/// One set of parameters and how well it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Trial {
    /// From 0, in the order they were tried.
    pub number: u32,
    /// The parameters that are searched for; the others are as the request has them.
    pub params: BTreeMap<String, Value>,
    /// R² over all inner held-out rows; none where it is undefined or the fit failed.
    pub score: Option<f64>,
    /// R² of each inner fold.
    pub fold_scores: Vec<Option<f64>>,
    /// Seed of what was drawn for it.
    pub seed: u32,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

/// A search with all of its trials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Searched {
    /// The kind of search, as files have it.
    pub kind: String,
    /// Every trial, in the order they were tried.
    pub trials: Vec<Trial>,
    /// The number of the best.
    pub best: u32,
    /// Its score on the inner folds: the greatest of many, so it is too good to be believed. The score of the model
    /// comes from rows that the search never saw.
    pub inner_score: f64,
}

/// Tries parameters on some rows of the table, and gives every trial and the best parameters.
pub(crate) fn run(
    search: &SearchSpec,
    spec: &TrainSpec,
    table: &Table,
    part: &[usize],
    (algorithm, params): (&Algorithm, &Params),
    with: With<'_>,
    job: &Job,
) -> Result<(Searched, Params), Error> {
    let rows: Vec<_> = part.iter().map(|&i| table.rows[i]).collect();
    let inner =
        Split { kind: SplitKind::WalkForward, folds: search.folds, test_size: INNER_TEST_SIZE, ..Split::default() };
    let mut division = divide(&inner, spec.control.seed, &rows, &table.bars)?;
    let of_table = |positions: &[usize]| positions.iter().map(|&i| part[i]).collect();
    let folds = division.folds.iter().map(|parts| Parts {
        train: of_table(&parts.train),
        test: of_table(&parts.test),
        ..*parts
    });
    division = Division { folds: folds.collect(), ..Division::default() };

    let count = search.count();
    let mut trials: Vec<Trial> = Vec::with_capacity(count.min(10_000));
    let mut failure = None;
    for number in 0..count {
        job.stage(format!("Trial {} of {count}", number + 1))?;
        let seed = spec.control.seed.wrapping_add(number as u32);
        let mut tried = next(search, &trials, number, seed);
        for (name, value) in &mut tried {
            let whole = algorithm.params.iter().any(|p| p.name == name && matches!(p.kind, ParamKind::Int { .. }));
            if let (true, Value::Float(number)) = (whole, &value) {
                *value = Value::Float(number.round());
            }
        }
        let mut given = params.values().clone();
        given.extend(tried.clone());
        let given = algorithm.check(&given)?;
        // As the algorithm takes them: 3.0 of a whole number is 3.
        let tried: BTreeMap<String, Value> = tried
            .into_keys()
            .filter_map(|name| given.values().get(&name).cloned().map(|value| (name, value)))
            .collect();
        if let Some(kept) = with.trials.get(number) {
            if kept.number as usize != number || kept.params != tried {
                return Err(Error::Rule {
                    setting: "search.ranges",
                    rule: format!("be those of the trials that were kept, but trial {} would be another", number + 1),
                });
            }
            trials.push(kept.clone());
            continue;
        }
        let folds = Folds {
            table,
            division: &division,
            algorithm,
            params: &given,
            outcome: &spec.outcome,
            seed: spec.control.seed,
            explain: Explain::No,
        };
        let part = job.part(number as f64 / count as f64, (number + 1) as f64 / count as f64);
        let mut trial =
            Trial { number: number as u32, params: tried, score: None, fold_scores: Vec::new(), seed, error: None };
        match folds.run(None, &part) {
            Ok(run) => {
                let means: Vec<Vec<f64>> = run.fits.iter().map(|fit| fit.means.clone()).collect();
                trial.score = folds.score(&folds.pool(&means, &run.predictions)).rsquared;
                trial.fold_scores = (0..means.len())
                    .map(|fold| folds.score_fold(fold, &means[fold], &run.predictions[fold]).rsquared)
                    .collect();
            }
            Err(Error::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => {
                trial.error = Some(error.to_string());
                failure.get_or_insert(error);
            }
        }
        if let Some(on_trial) = with.on_trial {
            on_trial(&trial);
        }
        trials.push(trial);
    }
    let scored = trials.iter().filter_map(|trial| trial.score.map(|score| (score, trial)));
    // Of equal trials the first.
    let best = scored.reduce(|best, other| if other.0 > best.0 { other } else { best });
    let Some((inner_score, best)) = best.map(|(score, trial)| (score, trial.clone())) else {
        return Err(
            failure.unwrap_or_else(|| Error::ConstantOutcome { name: spec.outcome.clone(), rows: "inner test" })
        );
    };
    let mut chosen = params.values().clone();
    chosen.extend(best.params);
    let chosen = algorithm.check(&chosen)?;
    Ok((Searched { kind: search.kind.name().to_owned(), trials, best: best.number, inner_score }, chosen))
}

/// The parameters of the next trial, which follow from the trials before it and its seed alone.
fn next(search: &SearchSpec, trials: &[Trial], number: usize, seed: u32) -> BTreeMap<String, Value> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(seed));
    // Another stream than those of the split and the control.
    random.long_jump();
    random.long_jump();
    if search.kind == SearchKind::Grid {
        let mut rest = number;
        let of = |(name, values): (&str, Vec<Value>)| {
            let value = values[rest % values.len()].clone();
            rest /= values.len();
            (name.to_owned(), value)
        };
        return search.grid().into_iter().map(of).collect();
    }
    let mut scored: Vec<&Trial> = trials.iter().filter(|trial| trial.score.is_some()).collect();
    // A stable order, so that of equal trials the earlier counts as better.
    scored.sort_by(|a, b| b.score.unwrap_or(f64::MIN).total_cmp(&a.score.unwrap_or(f64::MIN)));
    let good = (scored.len() as f64 * GOOD).ceil() as usize;
    let estimates = search.kind == SearchKind::Tpe && scored.len() >= RANDOM_TRIALS;
    let (good, bad) = scored.split_at(if estimates { good } else { 0 });
    let values = |trials: &[&Trial], name: &str| -> Vec<Value> {
        trials.iter().filter_map(|trial| trial.params.get(name).cloned()).collect()
    };
    search
        .ranges
        .iter()
        .map(|(name, range)| {
            let value = match range {
                Range::Values(all) if estimates => {
                    let shares = |seen: &[Value]| -> Vec<f64> {
                        let of = |value: &Value| seen.iter().filter(|other| same(other, value)).count() as f64;
                        all.iter().map(|value| (of(value) + 1.0) / (seen.len() + all.len()) as f64).collect()
                    };
                    let (good, bad) = (shares(&values(good, name)), shares(&values(bad, name)));
                    let drawn = (0..CANDIDATES).map(|_| weighted(&good, &mut random));
                    let best = drawn.reduce(|a, b| if good[b] / bad[b] > good[a] / bad[a] { b } else { a });
                    all[best.unwrap_or(0)].clone()
                }
                Range::Values(all) => all[random.random_range(0..all.len())].clone(),
                Range::Span(span) if estimates => {
                    let shares = |trials: &[&Trial]| -> Vec<f64> {
                        let number = |value: &Value| match value {
                            Value::Int(value) => Some(*value as f64),
                            Value::Float(value) => Some(*value),
                            _ => None,
                        };
                        values(trials, name).iter().filter_map(number).map(|value| span.share(value)).collect()
                    };
                    let (good, bad) = (Parzen::of(shares(good)), Parzen::of(shares(bad)));
                    let drawn = (0..CANDIDATES).map(|_| good.draw(&mut random));
                    let ratio = |x: f64| good.density(x).ln() - bad.density(x).ln();
                    let best = drawn.reduce(|a, b| if ratio(b) > ratio(a) { b } else { a });
                    Value::Float(span.at(best.unwrap_or(0.5)))
                }
                Range::Span(span) => Value::Float(span.at(random.random())),
            };
            (name.clone(), value)
        })
        .collect()
}

/// Equal as numbers, or equal.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        _ => a == b,
    }
}

/// A position drawn by weights that sum to 1.
fn weighted(weights: &[f64], random: &mut Xoshiro256PlusPlus) -> usize {
    let mut rest: f64 = random.random();
    weights
        .iter()
        .position(|weight| {
            rest -= weight;
            rest < 0.0
        })
        .unwrap_or(weights.len() - 1)
}

/// A density over 0 to 1: a normal density around each point and a wide one for what was never tried, all of equal
/// weight and cut off at the ends.
struct Parzen(Vec<(f64, f64)>);

impl Parzen {
    fn of(mut points: Vec<f64>) -> Self {
        points.push(0.5);
        points.sort_by(f64::total_cmp);
        let least = 1.0 / (points.len() as f64 + 1.0).min(100.0);
        let mut prior_seen = false;
        let kernels = (0..points.len()).map(|i| {
            let point = points[i];
            if point == 0.5 && !prior_seen {
                prior_seen = true;
                return (point, 1.0);
            }
            let before = if i == 0 { 0.0 } else { points[i - 1] };
            let after = points.get(i + 1).copied().unwrap_or(1.0);
            // The greater of the distances to its neighbours, as in section 4.2.
            (point, (point - before).max(after - point).clamp(least, 1.0))
        });
        Parzen(kernels.collect())
    }

    fn density(&self, x: f64) -> f64 {
        let of = |(mean, deviation): &(f64, f64)| {
            let z = (x - mean) / deviation;
            let inside = normal_below((1.0 - mean) / deviation) - normal_below(-mean / deviation);
            (-0.5 * z * z).exp() / (deviation * inside)
        };
        self.0.iter().map(of).sum::<f64>() / (self.0.len() as f64 * std::f64::consts::TAU.sqrt())
    }

    fn draw(&self, random: &mut Xoshiro256PlusPlus) -> f64 {
        let (mean, deviation) = self.0[random.random_range(0..self.0.len())];
        // At least a third of each kernel is inside, so that this ends.
        for _ in 0..1000 {
            let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
            let drawn = mean + deviation * radius * (std::f64::consts::TAU * random.random::<f64>()).cos();
            if (0.0..=1.0).contains(&drawn) {
                return drawn;
            }
        }
        mean
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use algomosaic_core::Problem;

    use super::*;
    use crate::testing::{close, days, frame, normal, spec};
    use crate::{Trained, train_with};

    /// Twenty features of which one leads the outcome: a strong penalty is needed.
    fn data() -> algomosaic_features::FeatureFrame {
        let rows = 400;
        let noise = normal(99, rows);
        let features: Vec<(String, Vec<f64>)> = (0..20).map(|i| (format!("x{i}"), normal(i, rows))).collect();
        let outcome: Vec<f64> = features[0].1.iter().zip(&noise).map(|(x, noise)| 0.3 * x + noise).collect();
        let mut columns: Vec<(&str, Vec<f64>)> = features.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
        columns.push(("y", outcome));
        frame(&days("A", rows), &columns, &[("y", 2)])
    }

    fn request(search: &str) -> TrainSpec {
        spec("elastic_net", "y", &format!("[control]\nrepeats = 1\n[search]\n{search}"))
    }

    fn run_with(spec: &TrainSpec, with: With<'_>) -> Result<Trained, Error> {
        train_with(spec, &data(), with, &Job::new())
    }

    const ALPHA: &str = "[search.ranges]\nalpha = { min = 1e-6, max = 1.0, log = true, steps = 7 }";

    #[test]
    fn every_kind_finds_the_penalty_and_keeps_every_trial() {
        for (kind, trials) in [("grid", 7), ("random", 25), ("tpe", 25)] {
            let trained =
                run_with(&request(&format!("kind = \"{kind}\"\ntrials = 25\n{ALPHA}")), With::default()).unwrap();
            let found = trained.search.unwrap();
            assert_eq!((found.kind.as_str(), found.trials.len()), (kind, trials));
            assert!(found.trials.iter().enumerate().all(|(i, t)| t.number as usize == i && t.fold_scores.len() == 3));
            let best = found.trials.iter().filter_map(|trial| trial.score).fold(f64::MIN, f64::max);
            assert_eq!((found.inner_score, found.trials[found.best as usize].score), (best, Some(best)));
            let Value::Float(alpha) = trained.model.params()["alpha"] else { panic!("alpha is a number") };
            assert_eq!(found.trials[found.best as usize].params["alpha"], Value::Float(alpha));
            assert!((0.01..=0.4).contains(&alpha), "{kind}: {alpha}");
            assert!(trained.checks.iter().any(|check| check.text.contains("that the search never saw")));
        }
    }

    #[test]
    fn a_grid_tries_every_combination_once() {
        let trained = run_with(
            &request("kind = \"grid\"\n[search.ranges]\nalpha = [0.01, 0.1]\nmax_iter = { min = 10, max = 1000, log = true, steps = 3 }\nfit_intercept = [true, false]"),
            With::default(),
        )
        .unwrap();
        let tried = trained.search.unwrap().trials;
        let text: std::collections::BTreeSet<String> =
            tried.iter().map(|trial| format!("{:?}", trial.params)).collect();
        assert_eq!((tried.len(), text.len()), (12, 12));
        let passes: std::collections::BTreeSet<String> =
            tried.iter().map(|t| t.params["max_iter"].to_string()).collect();
        assert_eq!(passes.into_iter().collect::<Vec<_>>(), ["10", "100", "1000"]);
    }

    #[test]
    fn held_out_rows_have_no_say_in_the_search() {
        let spec = request(&format!("trials = 12\n{ALPHA}"));
        let before = run_with(&spec, With::default()).unwrap();
        let mut other = data();
        let mut outcome: Vec<f64> = other.frame.column("y").unwrap().f64().unwrap().iter().flatten().collect();
        outcome[280..].iter_mut().for_each(|value| *value *= -3.0);
        let column = polars::prelude::Column::new("y".into(), outcome);
        other.frame.with_column(column).unwrap();
        let after = train_with(&spec, &other, With::default(), &Job::new()).unwrap();
        assert_eq!(before.search, after.search);
        assert_ne!(before.scores, after.scores);
    }

    #[test]
    fn a_search_goes_on_from_the_trials_that_were_kept() {
        let spec = request(&format!("trials = 16\n{ALPHA}\nl1_ratio = [0.1, 0.5, 1.0]"));
        let job = Job::new();
        let kept = RefCell::new(Vec::new());
        let keep = |trial: &Trial| {
            kept.borrow_mut().push(trial.clone());
            if kept.borrow().len() == 13 {
                job.cancel();
            }
        };
        let with = With { on_trial: Some(&keep), ..With::default() };
        assert!(matches!(train_with(&spec, &data(), with, &job), Err(Error::Cancelled(_))));
        let kept = kept.into_inner();
        assert_eq!(kept.len(), 13);
        let new = RefCell::new(0);
        let told = |_: &Trial| *new.borrow_mut() += 1;
        let resumed = run_with(&spec, With { trials: &kept, on_trial: Some(&told), ..With::default() }).unwrap();
        let whole = run_with(&spec, With::default()).unwrap();
        assert_eq!(*new.borrow(), 3);
        assert_eq!((resumed.search, resumed.scores), (whole.search, whole.scores));
        let mut wrong = kept;
        wrong[4].params.insert("alpha".to_owned(), Value::Float(0.5));
        let problem = Problem::from(run_with(&spec, With { trials: &wrong, ..With::default() }).unwrap_err());
        assert!(
            problem.message.contains("those of the trials that were kept, but trial 5 would be another"),
            "{problem:?}"
        );
    }

    #[test]
    fn estimated_trials_gather_where_earlier_ones_were_good() {
        let search = SearchSpec {
            kind: SearchKind::Tpe,
            trials: 60,
            folds: 3,
            ranges: [
                ("x".to_owned(), Range::Span(Span { min: 0.0, max: 10.0, log: false, steps: 5 })),
                ("kind".to_owned(), Range::Values(["a", "b", "c"].map(|v| Value::Text(v.to_owned())).into())),
            ]
            .into(),
        };
        // The best is x = 7 and kind = b.
        let tried = |kind: SearchKind| {
            let mut trials: Vec<Trial> = Vec::new();
            for number in 0..60 {
                let params = next(&SearchSpec { kind, ..search.clone() }, &trials, number, number as u32);
                let Value::Float(x) = params["x"] else { panic!("x is a number") };
                let bonus = if params["kind"] == Value::Text("b".to_owned()) { 1.0 } else { 0.0 };
                let score = Some(bonus - (x - 7.0).powi(2) / 10.0);
                trials.push(Trial {
                    number: number as u32,
                    params,
                    score,
                    fold_scores: Vec::new(),
                    seed: 0,
                    error: None,
                });
            }
            trials
        };
        let near = |trials: &[Trial]| {
            let good = |trial: &&Trial| trial.score.unwrap() > 0.6;
            trials[20..].iter().filter(good).count()
        };
        let (tpe, random) = (near(&tried(SearchKind::Tpe)), near(&tried(SearchKind::Random)));
        assert!(tpe >= 15 && tpe >= 2 * random, "{tpe} of 40 near the best, and {random} at random");
    }

    #[test]
    fn a_density_sums_to_one_and_is_high_where_points_are() {
        let parzen = Parzen::of(vec![0.2, 0.22, 0.25]);
        let sum: f64 = (0..10_000).map(|i| parzen.density((f64::from(i) + 0.5) / 10_000.0) / 10_000.0).sum();
        close(sum, 1.0, 1e-6, "density");
        assert!(parzen.density(0.22) > 2.0 * parzen.density(0.8));
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let drawn: Vec<f64> = (0..2000).map(|_| parzen.draw(&mut random)).collect();
        assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
        let expected: f64 = (0..5000).map(|i| parzen.density((f64::from(i) + 0.5) / 10_000.0) / 10_000.0).sum();
        let below = drawn.iter().filter(|x| **x < 0.5).count() as f64 / 2000.0;
        close(below, expected, 0.03, "draws follow the density");
    }

    #[test]
    fn what_cannot_be_searched_is_refused() {
        for (search, message) in [
            ("trials = 5", "search.ranges must name the parameters"),
            ("trials = 0\n[search.ranges]\nalpha = [1.0]", "trials must be between 1 and 10000"),
            ("kind = \"best\"\n[search.ranges]\nalpha = [1.0]", "kind must be one of tpe, random, grid"),
            ("[search.ranges]\nalfa = [1.0]", "there is no parameter alfa here"),
            ("[search.ranges]\nalpha = []", "give at least one value of alpha"),
            ("[search.ranges]\nalpha = [-1.0]", "alpha must be between"),
            ("[search.ranges]\nalpha = { min = 1.0, max = 0.1 }", "give numbers from a min to a greater max"),
            ("[search.ranges]\nl1_ratio = { min = 0.0, max = 0.1, log = true }", "above 0 where log is true"),
            ("[search.ranges]\nl1_ratio = { min = 0.0, max = 7.0 }", "l1_ratio must be between 0 and 1, but is 7"),
            ("[search.ranges]\nfit_intercept = { min = 0.0, max = 1.0 }", "give numbers from a min"),
            (
                "[split]\nkind = \"purged_kfold\"\n[search.ranges]\nalpha = [1.0]",
                "split.kind must be chronological or walk_forward",
            ),
        ] {
            let text = format!("outcome = \"y\"\nalgorithm = \"elastic_net\"\n[search]\n{search}");
            let problem = Problem::from(TrainSpec::from_toml(&text).unwrap_err());
            assert!(problem.message.contains(message) && !problem.hint.is_empty(), "{problem:?}");
        }
    }
}
