//! The leak check before a training: does any feature tell the outcome beyond belief, is a bar on both sides of the
//! split, or was something fitted over the whole frame? It looks at evidence in the data, whatever the columns are called.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use algomosaic_core::Job;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::check::{Check, count, some_of};
use crate::rows::Row;
use crate::scores::{correlation, ranks};
use crate::split::Division;
use crate::table::Table;

/// What a finding about bars, and not about a feature, is confirmed by.
pub(crate) const BARS: &str = "ticker_time";

/// A feature is compared with the outcome so many bars earlier and later.
const SHIFTS: i64 = 3;
/// Rows that a feature is compared in, at most, spread evenly.
const COMPARED: usize = 4000;
/// Fewer rows than this are no evidence of equality, and fewer than that none of correlation.
const LEAST_EQUAL: usize = 10;
const LEAST_CORRELATED: usize = 30;
/// No honest feature's rank correlation with a later return is above this.
const CORRELATED: f64 = 0.9;
/// No honest feature alone tells more of the variance of a later return, in rows it was not fitted to.
const TOLD: f64 = 0.8;
/// Bins of equal frequency for what a feature alone tells.
const BINS: usize = 32;
/// Folds that are searched for bars on both sides, at most.
const FOLDS: usize = 20;

/// What kind of leak it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LeakKind {
    /// The feature is the outcome.
    Equal,
    /// The feature is a monotone function of the outcome.
    Monotone,
    /// Its rank correlation with the outcome is above 0.9.
    Correlated,
    /// In rows that were not fitted to, the feature tells more than 80 % of the outcome's variance, or the outcome that
    /// of the feature.
    Function,
    /// Bars are there twice, in training and in test.
    Twice,
    /// Mean 0 and deviation 1 over all rows, but not over the training rows.
    FittedOverAll,
    /// Undefined at the beginning of one ticker only, as if a window ran over tickers.
    AcrossTickers,
    /// Rows are not in the order of time.
    Order,
}

/// Something that may tell the outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Leak {
    /// The feature, or `ticker_time` where it is about bars.
    pub column: String,
    /// What kind.
    pub kind: LeakKind,
    /// How many bars later than the outcome the feature tells it; negative for earlier.
    pub shift_bars: i32,
    /// What was found, with its numbers.
    pub evidence: String,
    /// Whether it stops a training that does not confirm it.
    pub severe: bool,
    /// Whether the request confirmed it.
    pub confirmed: bool,
}

/// Everything found, feature by feature: the strongest evidence of each.
pub(crate) fn find(table: &Table, division: &Division, outcome: &str, job: &Job) -> Result<Vec<Leak>, Error> {
    let comparison = Comparison::new(table);
    let mut leaks = Vec::new();
    for (feature, name) in table.names.iter().enumerate() {
        job.check()?;
        leaks.extend(comparison.of(table, feature, name, outcome));
        leaks.extend(fitted_over_all(table, division, feature, name));
        leaks.extend(across_tickers(table, feature, name));
    }
    leaks.extend(bars_twice(table, division));
    leaks.extend(rows_twice(table, division));
    leaks.extend(order(table));
    Ok(leaks)
}

/// Marks what was confirmed, and tells of it; refuses what is severe and was not.
pub(crate) fn refuse_unless_confirmed(
    leaks: &mut [Leak],
    confirmed: &[String],
    checks: &mut Vec<Check>,
) -> Result<(), Error> {
    leaks.iter_mut().for_each(|leak| leak.confirmed = leak.severe && confirmed.contains(&leak.column));
    let open: Vec<&Leak> = leaks.iter().filter(|leak| leak.severe && !leak.confirmed).collect();
    if !open.is_empty() {
        let mut columns: Vec<String> = open.iter().map(|leak| leak.column.clone()).collect();
        columns.dedup();
        let mut evidence: Vec<String> = open.iter().map(|leak| leak.evidence.clone()).collect();
        if evidence.len() > 3 {
            let others = columns.get(3..).map_or(String::new(), some_of);
            evidence.truncate(3);
            evidence.push(format!("and the same of others: {others}"));
        }
        return Err(Error::Leak { columns, evidence });
    }
    for leak in leaks.iter() {
        checks.push(match leak {
            Leak { confirmed: true, evidence, .. } => Check::look(format!("A confirmed leak: {evidence}")),
            Leak { kind: LeakKind::Order, evidence, .. } => Check::fine(evidence.clone()),
            Leak { evidence, .. } => Check::look(evidence.clone()),
        });
    }
    let idle: Vec<String> =
        confirmed.iter().filter(|column| !leaks.iter().any(|leak| leak.column == **column)).cloned().collect();
    if !idle.is_empty() {
        checks.push(Check::fine(format!("confirm_leaks names what shows no leak: {}", some_of(&idle))));
    }
    Ok(())
}

/// Rows of the table in which features are compared with the outcome.
struct Comparison {
    /// Positions in the table's bars whose outcome is defined.
    sample: Vec<usize>,
    /// Share of the sampled outcomes below each.
    level: Vec<f64>,
    shifts: Vec<i64>,
}

impl Comparison {
    fn new(table: &Table) -> Self {
        let defined: Vec<usize> = (0..table.bars.len()).filter(|&i| !table.label[table.bars[i].at].is_nan()).collect();
        let every = defined.len().div_ceil(COMPARED).max(1);
        let sample: Vec<usize> = defined.into_iter().step_by(every).collect();
        let outcomes: Vec<f64> = sample.iter().map(|&i| table.label[table.bars[i].at]).collect();
        let levels = Levels::of(&outcomes);
        let level = outcomes.iter().map(|value| levels.at(*value)).collect();
        // A bar that is a horizon later knows the outcome, and may tell it: a return of the past is that of the future
        // some bars ago.
        let latest = SHIFTS.min(i64::from(table.horizon_bars) - 1).max(0);
        Comparison { sample, level, shifts: (-SHIFTS..=latest).collect() }
    }

    /// The strongest evidence that a feature tells the outcome.
    fn of(&self, table: &Table, feature: usize, name: &str, outcome: &str) -> Option<Leak> {
        let values = &table.values[feature];
        let known: Vec<f64> =
            self.sample.iter().map(|&i| values[table.bars[i].at]).filter(|value| !value.is_nan()).collect();
        let levels = Levels::of(&known);
        let found = self.shifts.iter().filter_map(|&shift| {
            let pairs: Vec<Pair> = (self.sample.iter().zip(&self.level))
                .filter_map(|(&i, &level)| {
                    let row = table.bars[i];
                    let value = values[shifted(&table.bars, i, shift)?.at];
                    let outcome = table.label[row.at];
                    (!value.is_nan()).then(|| Pair { time: row.time, value, outcome, at: (levels.at(value), level) })
                })
                .collect();
            let (kind, what) = evidence(&pairs)?;
            let when = match shift {
                0 => String::new(),
                1.. => format!(" {} later", count(shift.unsigned_abs() as usize, "bar")),
                _ => format!(" {} earlier", count(shift.unsigned_abs() as usize, "bar")),
            };
            let evidence = what.replace("{x}", &format!("{name}{when}")).replace("{y}", outcome);
            let shift_bars = i32::try_from(shift).unwrap_or_default();
            Some(Leak { column: name.to_owned(), kind, shift_bars, evidence, severe: true, confirmed: false })
        });
        found.min_by_key(|leak| (leak.kind as u8, leak.shift_bars.abs()))
    }
}

/// The row so many bars later of the same ticker.
fn shifted(bars: &[Row], i: usize, shift: i64) -> Option<&Row> {
    let other = bars.get(usize::try_from(i as i64 + shift).ok()?)?;
    (other.ticker == bars[i].ticker && i64::from(other.bar) - i64::from(bars[i].bar) == shift).then_some(other)
}

/// Values in ascending order, to say which share of them is below another.
struct Levels(Vec<f64>);

impl Levels {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Levels(sorted)
    }

    /// From 0 to 1; equal values share the middle of theirs.
    fn at(&self, value: f64) -> f64 {
        let below = self.0.partition_point(|other| *other < value);
        let not_above = self.0.partition_point(|other| *other <= value);
        (below + not_above) as f64 / (2 * self.0.len()).max(1) as f64
    }
}

#[derive(Clone, Copy)]
struct Pair {
    time: i64,
    value: f64,
    outcome: f64,
    /// The shares of all values and of all outcomes that are below.
    at: (f64, f64),
}

/// Whether values tell outcomes beyond belief, and in which words: `{x}` stands for the feature, `{y}` for the outcome.
fn evidence(pairs: &[Pair]) -> Option<(LeakKind, String)> {
    if pairs.len() < LEAST_EQUAL {
        return None;
    }
    let (values, outcomes): (Vec<f64>, Vec<f64>) = pairs.iter().map(|pair| (pair.value, pair.outcome)).unzip();
    if outcomes.iter().all(|outcome| *outcome == outcomes[0]) || values.iter().all(|value| *value == values[0]) {
        return None;
    }
    let rows = count(pairs.len(), "row");
    if pairs.iter().all(|pair| (pair.value - pair.outcome).abs() <= 1e-12 * pair.outcome.abs()) {
        return Some((LeakKind::Equal, format!("{{x}} equals {{y}} in each of {rows} compared")));
    }
    // Ranks among all rows are nearly those among these rows: good enough to pass over what is far from a leak.
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().map(|pair| pair.at).unzip();
    if correlation(&a, &b).is_some_and(|rough| rough.abs() > CORRELATED - 0.1) {
        let exact = correlation(&ranks(&values), &ranks(&outcomes)).unwrap_or_default();
        if exact.abs() > 1.0 - 1e-9 {
            let direction = if exact > 0.0 { "rising" } else { "falling" };
            return Some((
                LeakKind::Monotone,
                format!("{{x}} is a {direction} function of {{y}} in each of {rows} compared"),
            ));
        }
        if exact.abs() > CORRELATED && pairs.len() >= LEAST_CORRELATED {
            return Some((
                LeakKind::Correlated,
                format!(
                    "the rank correlation of {{x}} with {{y}} is {exact:.3} in {rows}, and no honest feature is beyond \
                     {CORRELATED}"
                ),
            ));
        }
    }
    let limit = TOLD * 100.0;
    let tells = told(pairs, |pair| pair.at.0, |pair| pair.outcome).filter(|share| *share > TOLD);
    if let Some(share) = tells {
        return Some((
            LeakKind::Function,
            format!(
                "{{x}} alone tells {:.0} % of the variance of {{y}} in rows it was not fitted to, and no honest feature \
                 tells more than {limit:.0} %",
                share * 100.0
            ),
        ));
    }
    let told_by = told(pairs, |pair| pair.at.1, |pair| pair.value).filter(|share| *share > TOLD);
    told_by.map(|share| {
        (
            LeakKind::Function,
            format!(
                "{{x}} is a function of {{y}}, which alone tells {:.0} % of its variance in rows that were not fitted to; \
                 no honest feature goes beyond {limit:.0} %",
                share * 100.0
            ),
        )
    })
}

/// The share of the variance of a target in the last third of time that is told by its means over bins of a level in
/// the time before. None where there are too few rows.
fn told(pairs: &[Pair], level: impl Fn(&Pair) -> f64, target: impl Fn(&Pair) -> f64) -> Option<f64> {
    let mut times: Vec<i64> = pairs.iter().map(|pair| pair.time).collect();
    times.sort_unstable();
    let from = *times.get(times.len() * 2 / 3)?;
    let (before, after): (Vec<&Pair>, Vec<&Pair>) = pairs.iter().partition(|pair| pair.time < from);
    if before.len() < 4 * BINS || after.len() < 2 * BINS {
        return None;
    }
    let bin = |pair: &Pair| ((level(pair) * BINS as f64) as usize).min(BINS - 1);
    let mut means = [(0.0, 0.0); BINS];
    for pair in &before {
        let (sum, rows) = &mut means[bin(pair)];
        *sum += target(pair);
        *rows += 1.0;
    }
    let overall = before.iter().map(|pair| target(pair)).sum::<f64>() / before.len() as f64;
    let expected = |pair: &Pair| match means[bin(pair)] {
        (_, 0.0) => overall,
        (sum, rows) => sum / rows,
    };
    let mean = after.iter().map(|pair| target(pair)).sum::<f64>() / after.len() as f64;
    let left: f64 = after.iter().map(|pair| (target(pair) - expected(pair)).powi(2)).sum();
    let whole: f64 = after.iter().map(|pair| (target(pair) - mean).powi(2)).sum();
    (whole > 0.0 && left.is_finite()).then(|| 1.0 - left / whole)
}

fn suspicion(column: &str, kind: LeakKind, evidence: String) -> Leak {
    Leak { column: column.to_owned(), kind, shift_bars: 0, evidence, severe: false, confirmed: false }
}

/// A feature that was standardised over all rows knew the held-out ones.
fn fitted_over_all(table: &Table, division: &Division, feature: usize, name: &str) -> Option<Leak> {
    let standard = |rows: &mut dyn Iterator<Item = &Row>| {
        let values: Vec<f64> = rows.map(|row| table.values[feature][row.at]).filter(|value| !value.is_nan()).collect();
        let rows = values.len() as f64;
        let mean = values.iter().sum::<f64>() / rows;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let near = |value: f64, target: f64| (value - target).abs() < 1e-6;
        values.len() >= LEAST_CORRELATED
            && near(mean, 0.0)
            && (near((squares / rows).sqrt(), 1.0) || near((squares / (rows - 1.0)).sqrt(), 1.0))
    };
    let over_all = standard(&mut table.bars.iter()) || standard(&mut table.rows.iter());
    let by_ticker = || {
        let mut tickers = table.bars.chunk_by(|a, b| a.ticker == b.ticker);
        table.bars.first().map(|row| row.ticker) != table.bars.last().map(|row| row.ticker)
            && tickers.all(|ticker| standard(&mut ticker.iter()))
    };
    let train = &division.folds.first()?.train;
    if !(over_all || by_ticker()) || standard(&mut train.iter().map(|&i| &table.rows[i])) {
        return None;
    }
    let of = if over_all { "all rows" } else { "all rows of each ticker" };
    Some(suspicion(
        name,
        LeakKind::FittedOverAll,
        format!(
            "{name} has mean 0 and deviation 1 over {of} but not over the training rows: it was standardised with \
             held-out rows"
        ),
    ))
}

/// A window that runs over the whole file is undefined at the beginning of the first ticker only.
fn across_tickers(table: &Table, feature: usize, name: &str) -> Option<Leak> {
    let tickers: Vec<&[Row]> = table.bars.chunk_by(|a, b| a.ticker == b.ticker).collect();
    let first = tickers.iter().min_by_key(|ticker| ticker.iter().map(|row| row.at).min())?.first()?.ticker;
    let undefined = |ticker: &[Row]| ticker.iter().take_while(|row| table.values[feature][row.at].is_nan()).count();
    let (mut begins, mut others) = (0, 0);
    for ticker in &tickers {
        if ticker.first().is_some_and(|row| row.ticker == first) {
            begins = undefined(ticker);
        } else {
            others += undefined(ticker);
        }
    }
    (tickers.len() > 1 && begins > 0 && others == 0).then(|| {
        suspicion(
            name,
            LeakKind::AcrossTickers,
            format!(
                "{name} is undefined in the first {} of the first ticker and of no other: its window may run over tickers",
                count(begins, "bar")
            ),
        )
    })
}

/// Bars of equal ticker and time.
fn bars_twice(table: &Table, division: &Division) -> Option<Leak> {
    let same = |a: &Row, b: &Row| a.ticker == b.ticker && a.time == b.time;
    let twice = table.bars.windows(2).filter(|pair| same(&pair[0], &pair[1])).count();
    if twice == 0 {
        return None;
    }
    let split = division.folds.iter().take(FOLDS).any(|parts| {
        let mut part = vec![0_u8; table.rows.len()];
        parts.train.iter().for_each(|&i| part[i] = 1);
        parts.test.iter().for_each(|&i| part[i] = 2);
        (1..part.len()).any(|i| same(&table.rows[i - 1], &table.rows[i]) && part[i - 1] + part[i] == 3)
    });
    let of = format!("{} of the same ticker and time as another", count(twice, "bar"));
    Some(if split {
        let evidence = format!("{of}, some of them in training and in test");
        Leak { severe: true, ..suspicion(BARS, LeakKind::Twice, evidence) }
    } else {
        suspicion(BARS, LeakKind::Twice, of)
    })
}

/// Held-out rows that are equal to a training row in every feature and the outcome.
fn rows_twice(table: &Table, division: &Division) -> Option<Leak> {
    let hashes: Vec<u64> = table
        .rows
        .iter()
        .map(|row| {
            let mut hasher = DefaultHasher::new();
            table.values.iter().chain([&table.label]).for_each(|column| column[row.at].to_bits().hash(&mut hasher));
            hasher.finish()
        })
        .collect();
    // Where few outcomes differ, equal rows are no news.
    let outcomes: HashSet<u64> = table.rows.iter().map(|row| table.label[row.at].to_bits()).collect();
    if outcomes.len() * 2 < table.rows.len() {
        return None;
    }
    let (twice, held_out) = division
        .folds
        .iter()
        .take(FOLDS)
        .map(|parts| {
            let train: HashSet<u64> = parts.train.iter().map(|&i| hashes[i]).collect();
            let zero = |i: usize| table.label[table.rows[i].at] == 0.0;
            (parts.test.iter().filter(|&&i| !zero(i) && train.contains(&hashes[i])).count(), parts.test.len())
        })
        .max()?;
    (twice > 0).then(|| {
        let evidence = format!(
            "{} of {held_out} held-out rows equal to a training row in every feature and the outcome",
            count(twice, "row")
        );
        Leak { severe: twice >= 5 && twice * 100 >= held_out, ..suspicion(BARS, LeakKind::Twice, evidence) }
    })
}

/// Rows that stand after a later one of their ticker.
fn order(table: &Table) -> Option<Leak> {
    let back =
        |pair: &&[Row]| pair[0].ticker == pair[1].ticker && pair[0].at > pair[1].at && pair[0].time < pair[1].time;
    let wrong = table.bars.windows(2).filter(back).count();
    (wrong > 0).then(|| {
        suspicion(
            BARS,
            LeakKind::Order,
            format!(
                "The rows are not in the order of time ({} after a later one): a feature that something else computed row \
                 by row may look ahead",
                count(wrong, "row")
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Problem;
    use algomosaic_features::FeatureFrame;
    use polars::prelude::{Column, IdxCa, IdxSize, NamedFrom as _, Series};

    use super::*;
    use crate::testing::{days, frame, normal, spec};
    use crate::{TrainSpec, Trained, train};

    const OUTCOME: &str = "ROR_n5";

    /// Log prices of a random walk for each of two tickers, the returns of the next five bars, and honest features.
    fn walk(bars: usize) -> (FeatureFrame, Vec<f64>) {
        let mut at: Vec<(&str, i64)> = days("A", bars);
        at.extend(days("B", bars));
        let (mut past, mut outcome, mut volatility) = (Vec::new(), Vec::new(), Vec::new());
        for ticker in 0..2 {
            let steps: Vec<f64> = normal(40 + ticker, bars).iter().map(|step| 0.01 * step).collect();
            let sum = |range: std::ops::Range<usize>| steps[range].iter().sum::<f64>();
            for t in 0..bars {
                past.push(if t < 5 { f64::NAN } else { sum(t - 5..t) });
                outcome.push(if t + 5 > bars { f64::NAN } else { sum(t..t + 5) });
                volatility.push(if t < 5 { f64::NAN } else { steps[t - 5..t].iter().map(|s| s * s).sum::<f64>() });
            }
        }
        let columns = [("ROR_5", past), ("variance", volatility), (OUTCOME, outcome.clone())];
        (frame(&at, &columns, &[(OUTCOME, 5)]), outcome)
    }

    fn with(data: &FeatureFrame, name: &str, values: &[f64]) -> FeatureFrame {
        let mut data = data.clone();
        data.frame.with_column(Column::from(Series::new(name.into(), values))).unwrap();
        data
    }

    fn request(rest: &str) -> TrainSpec {
        spec("elastic_net", OUTCOME, &format!("{rest}\n[control]\nrepeats = 1"))
    }

    fn run(rest: &str, data: &FeatureFrame) -> Result<Trained, Error> {
        train(&request(rest), data, &Job::new())
    }

    fn told_of(trained: &Trained, kind: LeakKind) -> String {
        trained.leaks.iter().find(|leak| leak.kind == kind).map(|leak| leak.evidence.clone()).unwrap_or_default()
    }

    #[test]
    fn honest_features_are_let_pass() {
        let (data, _) = walk(600);
        assert_eq!(run("", &data).unwrap().leaks, []);
    }

    #[test]
    fn a_planted_leak_is_named_with_its_evidence_and_can_be_confirmed() {
        let (data, outcome) = walk(600);
        let noise = normal(9, outcome.len());
        let shift = |bars: i64| -> Vec<f64> {
            let at = |i: usize| usize::try_from(i as i64 + bars).ok().filter(|j| *j < 1200 && j / 600 == i / 600);
            (0..outcome.len())
                .map(|i| at(i).map_or(0.0, |j| outcome[j]))
                .map(|v| if v.is_nan() { 0.0 } else { v })
                .collect()
        };
        let map = |f: &dyn Fn(f64) -> f64| -> Vec<f64> {
            outcome.iter().map(|value| if value.is_nan() { 0.0 } else { f(*value) }).collect()
        };
        let mixed: Vec<f64> = map(&|v| v).iter().zip(&noise).map(|(value, noise)| value + 0.005 * noise).collect();
        for (leaking, kind, evidence) in [
            (map(&|v| v), LeakKind::Equal, "odd equals ROR_n5 in each of 1192 rows compared"),
            (map(&|v| (3.0 * v).exp()), LeakKind::Monotone, "odd is a rising function of ROR_n5"),
            (map(&|v| 1.0 - 2.0 * v), LeakKind::Monotone, "odd is a falling function of ROR_n5"),
            (mixed, LeakKind::Correlated, "the rank correlation of odd with ROR_n5 is 0.9"),
            (map(&|v| v.abs()), LeakKind::Function, "odd is a function of ROR_n5, which alone tells"),
            (shift(2), LeakKind::Equal, "odd 2 bars earlier equals ROR_n5 in each of"),
            (shift(-2), LeakKind::Equal, "odd 2 bars later equals ROR_n5 in each of"),
        ] {
            // The ends that a shift leaves at zero are left out.
            let mut data = with(&data, "odd", &leaking);
            let keep: Vec<IdxSize> = (0..1200).filter(|i| (5..593).contains(&(i % 600))).collect();
            if kind == LeakKind::Equal && evidence.contains("bars") {
                data.frame = data.frame.take(&IdxCa::new("at".into(), &keep)).unwrap();
            }
            let problem = Problem::from(run("", &data).unwrap_err());
            assert!(problem.message.starts_with(evidence), "{problem:?}");
            assert_eq!(
                problem.hint,
                "Take them out of the features, or write confirm_leaks = [\"odd\"] to train nevertheless."
            );
            let trained = run("confirm_leaks = [\"odd\"]", &data).unwrap();
            assert!(trained.leaks.iter().any(|leak| leak.kind == kind && leak.confirmed && leak.column == "odd"));
            assert!(trained.checks.iter().any(|check| !check.ok && check.text.starts_with("A confirmed leak: ")));
        }
    }

    #[test]
    fn the_return_of_the_past_is_no_leak_although_it_was_the_outcome_once() {
        let steps = normal(3, 400);
        let outcome: Vec<f64> = steps[1..].iter().copied().chain([f64::NAN]).collect();
        let data = frame(&days("A", 400), &[("ROR_1", steps), ("ROR_n1", outcome)], &[("ROR_n1", 1)]);
        let spec = spec("ols", "ROR_n1", "[control]\nrepeats = 1");
        assert_eq!(train(&spec, &data, &Job::new()).unwrap().leaks, []);
    }

    #[test]
    fn a_confirmation_of_nothing_is_told() {
        let (data, _) = walk(300);
        let trained = run("confirm_leaks = [\"ROR_5\"]", &data).unwrap();
        assert!(trained.checks.iter().any(|check| check.text == "confirm_leaks names what shows no leak: ROR_5"));
    }

    #[test]
    fn a_feature_that_was_standardised_over_all_rows_is_named() {
        let (data, outcome) = walk(600);
        let drifting: Vec<f64> =
            normal(2, outcome.len()).iter().enumerate().map(|(i, noise)| noise + (i % 600) as f64 * 0.003).collect();
        let standard = |values: &[f64]| -> Vec<f64> {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
            values.iter().map(|v| (v - mean) / variance.sqrt()).collect()
        };
        let all = run("", &with(&data, "z", &standard(&drifting))).unwrap();
        assert!(told_of(&all, LeakKind::FittedOverAll).starts_with("z has mean 0 and deviation 1 over all rows but"));
        let each = [standard(&drifting[..600]), standard(&drifting[600..])].concat();
        let each = run("", &with(&data, "z", &each)).unwrap();
        assert!(told_of(&each, LeakKind::FittedOverAll).starts_with("z has mean 0 and deviation 1 over all rows"));
        assert_eq!(run("", &with(&data, "z", &drifting)).unwrap().leaks, []);
    }

    #[test]
    fn a_window_over_tickers_is_named() {
        let (data, outcome) = walk(600);
        let mut values = normal(4, outcome.len());
        values[..9].fill(f64::NAN);
        let trained = run("", &with(&data, "mean_10", &values)).unwrap();
        assert_eq!(
            told_of(&trained, LeakKind::AcrossTickers),
            "mean_10 is undefined in the first 9 bars of the first ticker and of no other: its window may run over tickers"
        );
    }

    #[test]
    fn a_bar_in_training_and_in_test_stops_the_training() {
        let (data, _) = walk(300);
        let twice: Vec<IdxSize> = (0..600).chain(100..200).collect();
        let mut data = data;
        data.frame = data.frame.take(&IdxCa::new("at".into(), &twice)).unwrap();
        let problem = Problem::from(run("[split]\nkind = \"shuffled\"", &data).unwrap_err());
        assert!(
            problem.message.starts_with("100 bars of the same ticker and time as another, some of them in"),
            "{problem:?}"
        );
        assert!(problem.hint.contains("Keep each bar once, or write confirm_leaks = [\"ticker_time\"]"), "{problem:?}");
        // By time both are on one side, which is told and no more.
        let trained = run("", &data).unwrap();
        assert_eq!(told_of(&trained, LeakKind::Twice), "100 bars of the same ticker and time as another");
    }

    #[test]
    fn a_copy_of_the_past_in_the_held_out_time_stops_the_training() {
        let (data, _) = walk(300);
        let again: Vec<IdxSize> = (0..300).map(|i| if i >= 250 { i - 200 } else { i }).collect();
        let mut copy = data.clone();
        let times = data.frame.column("ticker_time").unwrap().clone();
        copy.frame = data.frame.take(&IdxCa::new("at".into(), &again)).unwrap();
        copy.frame
            .with_column(times.take(&IdxCa::new("at".into(), &(0..300).collect::<Vec<IdxSize>>())).unwrap())
            .unwrap();
        let problem = Problem::from(run("", &copy).unwrap_err());
        assert!(
            problem.message.contains("held-out rows equal to a training row in every feature and the outcome"),
            "{problem:?}"
        );
    }

    #[test]
    fn rows_out_of_order_are_told() {
        let (mut data, _) = walk(200);
        let reversed: Vec<IdxSize> = (0..400).rev().collect();
        data.frame = data.frame.take(&IdxCa::new("at".into(), &reversed)).unwrap();
        let trained = run("", &data).unwrap();
        assert!(told_of(&trained, LeakKind::Order).starts_with("The rows are not in the order of time (398 rows"));
        assert!(trained.checks.iter().any(|check| check.ok && check.text.starts_with("The rows are not")));
    }
}
