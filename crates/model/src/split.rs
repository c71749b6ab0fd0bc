//! Which rows train and which are held out, fold by fold. A training row is purged where the time its label covers meets
//! the time a held-out label covers, of whatever ticker. Lopez de Prado, Advances in Financial Machine Learning (2018),
//! ch. 7 and 12.

use std::collections::BTreeSet;

use algomosaic_core::{Param, Params, Value};
use chrono::DateTime;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::rows::Row;
use crate::{Error, Scores};

/// A combinatorial split of more choices than this is refused.
const MOST_CHOICES: usize = 1000;

/// What a split takes, for forms, files and checks. [`SplitKind::takes`] says which kind takes which.
pub const PARAMS: &[Param] = &[
    Param::choice(
        "kind",
        "Split",
        "chronological",
        &[
            ("chronological", "Chronological"),
            ("walk_forward", "Walk-forward"),
            ("purged_kfold", "Purged k-fold"),
            ("combinatorial_purged", "Combinatorial purged"),
            ("shuffled", "Shuffled (leaks)"),
        ],
    )
    .help(
        "Chronological holds out the last part of time; walk-forward holds it out block by block and trains anew before \
         each; purged k-fold holds out every block of time once; combinatorial purged holds out every choice of blocks; \
         shuffled holds out rows at random, and its scores leak",
    ),
    Param::float("test_size", "Test size", 0.3, 0.01, 0.99).help(
        "Share that is held out: of the distinct times (chronological, walk-forward), or of the rows (shuffled)",
    ),
    Param::int("embargo_bars", "Embargo", 0).range(0, 100_000).unit("bars").help(
        "Bars of each ticker that do not train after a held-out block and the time its labels cover (purged k-fold, \
         combinatorial purged), or after a held-out row (shuffled)",
    ),
    Param::int("folds", "Folds", 5).range(2, 100).help("Held-out blocks of time (walk-forward, purged k-fold)"),
    Param::choice("window", "Window", "expanding", &[("expanding", "Expanding"), ("rolling", "Rolling")]).help(
        "Training times of a later walk-forward fold: all before its block, or the last of them, as many as the first \
         fold has",
    ),
    Param::int("groups", "Blocks", 6).range(3, 50).help("Blocks of time that are chosen from (combinatorial purged)"),
    Param::int("test_groups", "Held-out blocks", 2)
        .range(1, 49)
        .help("Blocks that are held out at a time (combinatorial purged); fewer than all"),
];

/// How rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SplitKind {
    /// The last part of the distinct times.
    #[default]
    Chronological,
    /// The last part of the distinct times, block by block, each after training on times before it.
    WalkForward,
    /// Every block of time once, after training on all others.
    PurgedKfold,
    /// Every choice of blocks, after training on all others, recombined to paths over all times.
    CombinatorialPurged,
    /// Rows at random. Rows near held-out ones train, so the scores leak.
    Shuffled,
}

impl SplitKind {
    /// Every kind, in the order a list shows them.
    pub const ALL: [SplitKind; 5] = [
        SplitKind::Chronological,
        SplitKind::WalkForward,
        SplitKind::PurgedKfold,
        SplitKind::CombinatorialPurged,
        SplitKind::Shuffled,
    ];

    /// As files and tables have it.
    pub const fn name(self) -> &'static str {
        match self {
            SplitKind::Chronological => "chronological",
            SplitKind::WalkForward => "walk_forward",
            SplitKind::PurgedKfold => "purged_kfold",
            SplitKind::CombinatorialPurged => "combinatorial_purged",
            SplitKind::Shuffled => "shuffled",
        }
    }

    /// The parameters beside `kind` that change something in a split of this kind.
    pub const fn takes(self) -> &'static [&'static str] {
        match self {
            SplitKind::Chronological => &["test_size"],
            SplitKind::WalkForward => &["test_size", "folds", "window"],
            SplitKind::PurgedKfold => &["folds", "embargo_bars"],
            SplitKind::CombinatorialPurged => &["groups", "test_groups", "embargo_bars"],
            SplitKind::Shuffled => &["test_size", "embargo_bars"],
        }
    }

    /// Whether it leaves held-out rows that a search over parameters on the training rows never sees.
    pub const fn allows_search(self) -> bool {
        !matches!(self, SplitKind::PurgedKfold | SplitKind::CombinatorialPurged)
    }

    /// Whether the model that is kept is fitted once more, on every row: where every fold leaves out other rows, none
    /// of their models is the one to keep.
    pub(crate) const fn refits(self) -> bool {
        !matches!(self, SplitKind::Chronological | SplitKind::Shuffled)
    }
}

/// Which of the times before its block a walk-forward fold trains on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// All.
    #[default]
    Expanding,
    /// The last, as many as the first fold has.
    Rolling,
}

impl Window {
    /// As files have it.
    pub const fn name(self) -> &'static str {
        match self {
            Window::Expanding => "expanding",
            Window::Rolling => "rolling",
        }
    }
}

/// Which rows are held out. Each kind takes some of the values; a check tells of others that are not at their default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// How rows are held out.
    pub kind: SplitKind,
    /// Share that is held out: of the distinct times, or of the rows when shuffled.
    pub test_size: f64,
    /// So many bars of each ticker do not train after a held-out block and the time its labels cover.
    pub embargo_bars: u32,
    /// Held-out blocks of time.
    pub folds: u32,
    /// Which times before its block a walk-forward fold trains on.
    pub window: Window,
    /// Blocks of time that a combinatorial split chooses from.
    pub groups: u32,
    /// Blocks that a combinatorial split holds out at a time.
    pub test_groups: u32,
}

impl Default for Split {
    fn default() -> Self {
        Split {
            kind: SplitKind::default(),
            test_size: 0.3,
            embargo_bars: 0,
            folds: 5,
            window: Window::default(),
            groups: 6,
            test_groups: 2,
        }
    }
}

impl Split {
    fn values(&self) -> [(&'static str, Value); 7] {
        [
            ("kind", Value::Text(self.kind.name().to_owned())),
            ("test_size", Value::Float(self.test_size)),
            ("embargo_bars", Value::Int(i64::from(self.embargo_bars))),
            ("folds", Value::Int(i64::from(self.folds))),
            ("window", Value::Text(self.window.name().to_owned())),
            ("groups", Value::Int(i64::from(self.groups))),
            ("test_groups", Value::Int(i64::from(self.test_groups))),
        ]
    }

    /// Checks the values against [`PARAMS`].
    pub fn check(&self) -> Result<(), Error> {
        let refused = |source| Error::Param { section: "split".to_owned(), source };
        Params::check(PARAMS, &self.values().map(|(name, value)| (name.to_owned(), value)).into()).map_err(refused)?;
        if self.kind != SplitKind::CombinatorialPurged {
            return Ok(());
        }
        let rule = |rule: String| Err(Error::Rule { setting: "split.test_groups", rule });
        if self.test_groups >= self.groups {
            return rule(format!(
                "be less than groups, which is {}, so that blocks are left to train on, but is {}",
                self.groups, self.test_groups
            ));
        }
        match choices(self.groups as usize, self.test_groups as usize) {
            Some(_) => Ok(()),
            None => rule(format!(
                "give at most {MOST_CHOICES} choices of blocks, but {} of {} are more",
                self.test_groups, self.groups
            )),
        }
    }

    /// Tells of values that this kind does not take and that are not at their default.
    pub(crate) fn unused(&self) -> Vec<Check> {
        self.values()
            .into_iter()
            .zip(PARAMS)
            .filter(|((name, value), param)| {
                *name != "kind" && !self.kind.takes().contains(name) && *value != param.default_value()
            })
            .map(|((name, value), _)| {
                let why = match (name, self.kind) {
                    ("embargo_bars", SplitKind::Chronological | SplitKind::WalkForward) => {
                        ", because none of its models trains on bars after those it is scored on"
                    }
                    _ => "",
                };
                Check::fine(format!("{name} = {value} changes nothing in a {} split{why}", self.kind.name()))
            })
            .collect()
    }
}

/// How the rows were split. Times are RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SplitSummary {
    /// The kind of split, as files have it.
    pub kind: String,
    /// Rows that trained, in whatever fold.
    pub train_rows: u32,
    /// Rows that were held out, in whatever fold.
    pub test_rows: u32,
    /// Rows that did not train because the time their label covers meets that of a held-out label; summed over folds.
    pub purged_rows: u32,
    /// Rows that did not train because they follow held-out rows too closely; summed over folds.
    pub embargo_rows: u32,
    /// Whether held-out rows may be told by training rows, so that the scores are too good.
    pub leaks: bool,
    /// Time of the first training row.
    pub train_start: String,
    /// Time of the last training row.
    pub train_end: String,
    /// Time of the first held-out row.
    pub test_start: String,
    /// Time of the last held-out row.
    pub test_end: String,
    /// How many bars the outcome looks ahead.
    pub horizon_bars: u32,
    /// How many folds were trained and scored.
    #[serde(default = "one")]
    pub folds: u32,
    /// How many paths the folds were recombined to: 1 except in a combinatorial split.
    #[serde(default = "one")]
    pub paths: u32,
}

fn one() -> u32 {
    1
}

/// One training with its held-out rows. Times are RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Fold {
    /// Rows that trained.
    pub train_rows: u32,
    /// Rows that were held out.
    pub test_rows: u32,
    /// Rows that did not train because the time their label covers meets that of a held-out label.
    pub purged_rows: u32,
    /// Rows that did not train because they follow held-out rows too closely.
    pub embargo_rows: u32,
    /// Time of the first training row.
    pub train_start: String,
    /// Time of the last training row.
    pub train_end: String,
    /// Time of the first held-out row.
    pub test_start: String,
    /// Time of the last held-out row.
    pub test_end: String,
    /// On its held-out rows, with R² against the mean of its training outcomes.
    pub scores: Scores,
}

/// Positions of rows, ascending, by what they are for in one fold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) train: Vec<usize>,
    pub(crate) test: Vec<usize>,
    pub(crate) purged: usize,
    pub(crate) embargoed: usize,
}

/// The folds of a split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) folds: Vec<Parts>,
    /// The block of time each row belongs to; empty unless the split is combinatorial.
    pub(crate) block: Vec<usize>,
    /// For each path, and on it for each block, the fold whose predictions the path takes; empty unless combinatorial.
    pub(crate) paths: Vec<Vec<usize>>,
}

/// Divides usable rows, which are in the order of ticker, then time. `bars` are all rows of the data in that order: an
/// embargo counts bars whether or not they are usable.
pub(crate) fn divide(split: &Split, seed: u32, rows: &[Row], bars: &[Row]) -> Result<Division, Error> {
    let times: Vec<i64> = rows.iter().map(|row| row.time).collect::<BTreeSet<_>>().into_iter().collect();
    let blocks = match split.kind {
        SplitKind::PurgedKfold => split.folds as usize,
        SplitKind::CombinatorialPurged => split.groups as usize,
        _ => 2,
    };
    let held_out = held_out(times.len(), split.test_size);
    let too_few = || Error::TooFew {
        what: format!("{} usable rows at {} times cannot be split into training and test", rows.len(), times.len()),
        hint: "Take a longer history, features with a shorter warm-up, or fewer folds.".to_owned(),
    };
    let Some(held_out) = held_out.filter(|_| times.len() >= blocks) else { return Err(too_few()) };
    let mut division = Division::default();
    match split.kind {
        SplitKind::Chronological => {
            let first = times.len() - held_out;
            division.folds.push(before(rows, &times, 0, first, times.len()));
        }
        SplitKind::WalkForward => {
            let (first, folds) = (times.len() - held_out, split.folds as usize);
            if held_out < folds {
                return Err(too_few());
            }
            for fold in 0..folds {
                let (start, end) = (first + fold * held_out / folds, first + (fold + 1) * held_out / folds);
                let from = if split.window == Window::Rolling { start - first } else { 0 };
                division.folds.push(before(rows, &times, from, start, end));
            }
        }
        SplitKind::PurgedKfold | SplitKind::CombinatorialPurged => {
            let block = blocks_of(rows, &times, blocks);
            let chosen = match split.kind {
                SplitKind::PurgedKfold => (0..blocks).map(|one| vec![one]).collect(),
                _ => choices(blocks, split.test_groups as usize).ok_or_else(too_few)?,
            };
            for chosen in &chosen {
                division.folds.push(around(rows, bars, &block, chosen, split.embargo_bars));
            }
            if split.kind == SplitKind::CombinatorialPurged {
                division.paths = paths(blocks, &chosen);
                division.block = block;
            }
        }
        SplitKind::Shuffled => division.folds.push(shuffled(split, seed, rows).ok_or_else(too_few)?),
    }
    let many = division.folds.len() > 1;
    for (i, parts) in division.folds.iter().enumerate() {
        if parts.train.len() < 3 || parts.test.len() < 2 {
            return Err(Error::TooFew {
                what: format!(
                    "the split leaves {} training rows and {} test rows ({} purged, {} under embargo){}, and needs 3 \
                     and 2",
                    parts.train.len(),
                    parts.test.len(),
                    parts.purged,
                    parts.embargoed,
                    if many { format!(" in fold {}", i + 1) } else { String::new() }
                ),
                hint: "Take a longer history, a label with a shorter horizon, another test_size, fewer folds or a \
                       smaller embargo."
                    .to_owned(),
            });
        }
    }
    Ok(division)
}

/// How many of `all` are held out: the share rounded up, at least one, and one less than all at most.
fn held_out(all: usize, share: f64) -> Option<usize> {
    // A share such as 0.1 is a little more than a tenth in binary; without the allowance 30 rows would hold out 4.
    (all >= 2).then(|| ((all as f64 * share - 1e-9).ceil() as usize).clamp(1, all - 1))
}

/// Every choice of `take` of the numbers below `of`, in the order of a dictionary. None when there are too many.
fn choices(of: usize, take: usize) -> Option<Vec<Vec<usize>>> {
    let mut all = Vec::new();
    let mut choice: Vec<usize> = (0..take).collect();
    loop {
        if all.len() == MOST_CHOICES {
            return None;
        }
        all.push(choice.clone());
        let Some(i) = (0..take).rev().find(|&i| choice[i] < of - take + i) else { return Some(all) };
        choice[i] += 1;
        for k in i + 1..take {
            choice[k] = choice[k - 1] + 1;
        }
    }
}

/// For each path and block, the choice that holds the block out: the first path takes the first such choice, and so on.
fn paths(blocks: usize, choices: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let holding: Vec<Vec<usize>> =
        (0..blocks).map(|block| (0..choices.len()).filter(|&i| choices[i].contains(&block)).collect()).collect();
    let count = holding.first().map_or(0, Vec::len);
    (0..count).map(|path| holding.iter().map(|choices| choices[path]).collect()).collect()
}

/// The block of each row, where the times are cut into so many as equal as can be.
fn blocks_of(rows: &[Row], times: &[i64], blocks: usize) -> Vec<usize> {
    let starts: Vec<i64> = (1..blocks).map(|block| times[block * times.len() / blocks]).collect();
    rows.iter().map(|row| starts.partition_point(|start| *start <= row.time)).collect()
}

/// The time covered by held-out labels, for asking whether another span of time meets it.
struct Covered {
    /// Where spans start, ascending.
    starts: Vec<i64>,
    /// The latest end of a span and all before it.
    ends: Vec<i64>,
}

impl Covered {
    fn by<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut spans: Vec<(i64, i64)> = rows.map(|row| (row.time, row.label_end)).collect();
        spans.sort_unstable();
        let mut latest = i64::MIN;
        let (starts, ends) = spans
            .into_iter()
            .map(|(start, end)| {
                latest = latest.max(end);
                (start, latest)
            })
            .unzip();
        Covered { starts, ends }
    }

    /// Whether the time a row's label covers meets that of any held-out label.
    fn meets(&self, row: &Row) -> bool {
        let begun = self.starts.partition_point(|start| *start <= row.label_end);
        begun > 0 && self.ends[begun - 1] >= row.time
    }
}

/// Holds out the times from position `start` to before `end`, and trains on those from `from` to before `start`.
fn before(rows: &[Row], times: &[i64], from: usize, start: usize, end: usize) -> Parts {
    let position: Vec<usize> = rows.iter().map(|row| times.partition_point(|time| *time < row.time)).collect();
    let covered =
        Covered::by(rows.iter().zip(&position).filter(|(_, at)| (start..end).contains(*at)).map(|(row, _)| row));
    let mut parts = Parts::default();
    for (i, row) in rows.iter().enumerate() {
        if (start..end).contains(&position[i]) {
            parts.test.push(i);
        } else if (from..start).contains(&position[i]) {
            if covered.meets(row) {
                parts.purged += 1;
            } else {
                parts.train.push(i);
            }
        }
    }
    parts
}

/// Holds out some blocks of time, and trains on the others.
fn around(rows: &[Row], bars: &[Row], block: &[usize], chosen: &[usize], embargo_bars: u32) -> Parts {
    let covered = Covered::by(rows.iter().zip(block).filter(|(_, block)| chosen.contains(block)).map(|(row, _)| row));
    // The embargo of a block begins where the last of its labels ends, as in ch. 7.4.2.
    let ends: Vec<i64> = chosen
        .iter()
        .filter_map(|one| rows.iter().zip(block).filter(|(_, block)| *block == one).map(|(row, _)| row.label_end).max())
        .collect();
    let mut parts = Parts::default();
    let mut first_bars: Vec<u32> = Vec::new();
    let mut ticker = None;
    for (i, row) in rows.iter().enumerate() {
        if ticker != Some(row.ticker) {
            ticker = Some(row.ticker);
            let own = &bars[bars.partition_point(|bar| bar.ticker < row.ticker)
                ..bars.partition_point(|bar| bar.ticker <= row.ticker)];
            first_bars = ends
                .iter()
                .map(|end| own.get(own.partition_point(|bar| bar.time <= *end)).map_or(u32::MAX, |bar| bar.bar))
                .collect();
        }
        if chosen.contains(&block[i]) {
            parts.test.push(i);
        } else if covered.meets(row) {
            parts.purged += 1;
        } else if first_bars.iter().any(|first| row.bar >= *first && row.bar - first < embargo_bars) {
            parts.embargoed += 1;
        } else {
            parts.train.push(i);
        }
    }
    parts
}

/// Not purged: between rows at random hardly any would be left. That is why it leaks, and says so.
fn shuffled(split: &Split, seed: u32, rows: &[Row]) -> Option<Parts> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    // Another stream than the control's, which starts from the same seed.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(u64::from(seed));
    random.long_jump();
    order.shuffle(&mut random);
    let mut is_test = vec![false; rows.len()];
    for &i in &order[..held_out(rows.len(), split.test_size)?] {
        is_test[i] = true;
    }
    let mut parts = Parts::default();
    let mut last_test: Option<Row> = None;
    for (i, row) in rows.iter().enumerate() {
        if is_test[i] {
            parts.test.push(i);
            last_test = Some(*row);
        } else if last_test.is_some_and(|test| {
            test.ticker == row.ticker && row.bar - test.bar <= split.embargo_bars && split.embargo_bars > 0
        }) {
            parts.embargoed += 1;
        } else {
            parts.train.push(i);
        }
    }
    Some(parts)
}

/// Microseconds since 1970 as RFC 3339, UTC.
pub(crate) fn rfc3339(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| format!("{micros} us"), |time| time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Problem;
    use rand::Rng as _;

    use super::*;
    use crate::rows::rows;
    use crate::testing::{days, frame};

    const DAY: i64 = 86_400_000_000;

    /// Three tickers of different length, with gaps, a bar that comes twice, and rows that are not usable.
    struct Sample {
        bars: Vec<(&'static str, i64)>,
        horizon: usize,
        all: Vec<Row>,
        usable: Vec<Row>,
    }

    impl Sample {
        fn new(random: &mut Xoshiro256PlusPlus) -> Self {
            let mut bars: Vec<(&str, i64)> = Vec::new();
            for ticker in ["B", "A", "C"] {
                let density = random.random_range(0.3..1.0);
                let from = random.random_range(0..20);
                let until = random.random_range(50..100);
                bars.extend((from..until).filter(|_| random.random_bool(density)).map(|day| (ticker, day)));
            }
            bars.push(bars[0]);
            bars.shuffle(random);
            let horizon = random.random_range(0..9_usize);
            let all = rows(&frame(&bars, &[], &[]).frame, horizon as u32).unwrap();
            let mut usable = all.clone();
            usable.retain(|_| random.random_bool(0.9));
            Sample { bars, horizon, all, usable }
        }

        /// The days of the bars of a row's ticker after a day, from the bars alone.
        fn later(&self, row: &Row, day: i64) -> Vec<i64> {
            let ticker = self.bars[row.at].0;
            let own = self.bars.iter().filter(|bar| bar.0 == ticker && bar.1 > day).map(|bar| bar.1);
            own.collect::<BTreeSet<i64>>().into_iter().collect()
        }

        /// First and last day that the label of a row covers.
        fn span(&self, i: usize) -> (i64, i64) {
            let (row, horizon) = (&self.usable[i], self.horizon);
            let day = self.bars[row.at].1;
            let later = self.later(row, day);
            (day, if horizon == 0 { day } else { *later.get(horizon - 1).or(later.last()).unwrap_or(&day) })
        }

        fn day(&self, i: usize) -> i64 {
            self.bars[self.usable[i].at].1
        }

        fn days(&self) -> Vec<i64> {
            (0..self.usable.len()).map(|i| self.day(i)).collect::<BTreeSet<i64>>().into_iter().collect()
        }

        /// What DOMAIN says, row against row. `blocks` are spans of days that are held out; rows that are neither held
        /// out nor `eligible` take no part.
        fn slow(&self, blocks: &[Range], eligible: &Range, embargo_bars: usize) -> Parts {
            let within = |range: &Range, day: i64| range.0 <= day && day <= range.1;
            let is_test = |i: usize| blocks.iter().any(|block| within(block, self.day(i)));
            let all: Vec<usize> = (0..self.usable.len()).collect();
            let spans: Vec<(i64, i64)> = all.iter().map(|&i| self.span(i)).collect();
            let test: Vec<usize> = all.iter().copied().filter(|&i| is_test(i)).collect();
            let mut parts = Parts { test: test.clone(), ..Parts::default() };
            for &i in all.iter().filter(|&&i| !is_test(i) && within(eligible, self.day(i))) {
                let meets = |&other: &usize| spans[i].0 <= spans[other].1 && spans[other].0 <= spans[i].1;
                let under_embargo = |block: &Range| {
                    let held_out = test.iter().filter(|&&other| within(block, self.day(other)));
                    let end = held_out.map(|&other| spans[other].1).max().unwrap();
                    self.later(&self.usable[i], end).iter().take(embargo_bars).any(|day| *day == self.day(i))
                };
                if test.iter().any(meets) {
                    parts.purged += 1;
                } else if blocks.iter().any(under_embargo) {
                    parts.embargoed += 1;
                } else {
                    parts.train.push(i);
                }
            }
            parts
        }
    }

    type Range = (i64, i64);
    const EVER: Range = (i64::MIN, i64::MAX);

    /// The days cut into blocks, as first and last day, from the definition of an even cut.
    fn cut(days: &[i64], blocks: usize) -> Vec<Range> {
        (0..blocks)
            .map(|block| {
                let own: Vec<i64> = (0..days.len())
                    .filter(|i| (0..=block).filter(|b| b * days.len() / blocks <= *i).count() == block + 1)
                    .filter(|i| *i < (block + 1) * days.len() / blocks)
                    .map(|i| days[i])
                    .collect();
                (own[0], own[own.len() - 1])
            })
            .collect()
    }

    fn samples(seed: u64, count: usize) -> impl Iterator<Item = (Sample, Xoshiro256PlusPlus)> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..count).map(move |_| (Sample::new(&mut random), random.clone()))
    }

    #[test]
    fn a_chronological_split_agrees_with_every_pair_of_rows() {
        let mut purged = 0;
        for (sample, mut random) in samples(5, 60) {
            let split = Split { test_size: random.random_range(0.1..0.6), ..Split::default() };
            let Ok(division) = divide(&split, 0, &sample.usable, &sample.all) else { continue };
            let days = sample.days();
            let first = days[days.len() - held_out(days.len(), split.test_size).unwrap()];
            assert_eq!(division.folds, [sample.slow(&[(first, i64::MAX)], &(i64::MIN, first - 1), 0)]);
            purged += division.folds[0].purged;
        }
        assert!(purged > 100, "{purged}");
    }

    #[test]
    fn a_walk_forward_split_agrees_with_every_pair_of_rows_and_never_trains_on_later_bars() {
        let mut seen = 0;
        for (sample, mut random) in samples(6, 60) {
            let window = if random.random_bool(0.5) { Window::Rolling } else { Window::Expanding };
            let (folds, test_size) = (random.random_range(2..7), random.random_range(0.2..0.7));
            let split = Split { kind: SplitKind::WalkForward, folds, test_size, window, ..Split::default() };
            let Ok(division) = divide(&split, 0, &sample.usable, &sample.all) else { continue };
            let days = sample.days();
            let first = days.len() - held_out(days.len(), split.test_size).unwrap();
            let blocks = cut(&days[first..], folds as usize);
            assert_eq!(division.folds.len(), blocks.len());
            for (parts, block) in division.folds.iter().zip(&blocks) {
                let start = days.iter().position(|day| *day == block.0).unwrap();
                let from = if window == Window::Rolling { days[start - first] } else { i64::MIN };
                assert_eq!(*parts, sample.slow(&[*block], &(from, block.0 - 1), 0));
                assert!(parts.train.iter().all(|&i| sample.span(i).1 < block.0));
                seen += parts.purged;
            }
            let held_out: Vec<usize> = division.folds.iter().flat_map(|parts| parts.test.clone()).collect();
            assert_eq!(held_out.len(), held_out.iter().collect::<BTreeSet<_>>().len(), "no row is held out twice");
        }
        assert!(seen > 300, "{seen}");
    }

    #[test]
    fn purged_folds_agree_with_every_pair_of_rows_and_hold_out_every_row_once() {
        let (mut purged, mut embargoed) = (0, 0);
        for (sample, mut random) in samples(7, 60) {
            let (folds, embargo_bars) = (random.random_range(2..7), random.random_range(0..9));
            let split = Split { kind: SplitKind::PurgedKfold, folds, embargo_bars, ..Split::default() };
            let Ok(division) = divide(&split, 0, &sample.usable, &sample.all) else { continue };
            for (parts, block) in division.folds.iter().zip(cut(&sample.days(), folds as usize)) {
                assert_eq!(*parts, sample.slow(&[block], &EVER, embargo_bars as usize));
                (purged, embargoed) = (purged + parts.purged, embargoed + parts.embargoed);
            }
            let mut held_out: Vec<usize> = division.folds.iter().flat_map(|parts| parts.test.clone()).collect();
            held_out.sort_unstable();
            assert_eq!(held_out, (0..sample.usable.len()).collect::<Vec<_>>());
        }
        assert!(purged > 300 && embargoed > 300, "{purged} {embargoed}");
    }

    #[test]
    fn a_combinatorial_split_agrees_with_every_pair_of_rows_and_its_paths_cover_every_block() {
        let mut embargoed = 0;
        for (sample, mut random) in samples(8, 25) {
            let groups = random.random_range(4..7);
            let test_groups = random.random_range(1..groups - 1);
            let embargo_bars = random.random_range(0..5);
            let kind = SplitKind::CombinatorialPurged;
            let split = Split { kind, groups, test_groups, embargo_bars, ..Split::default() };
            let Ok(division) = divide(&split, 0, &sample.usable, &sample.all) else { continue };
            let blocks = cut(&sample.days(), groups as usize);
            let mut fold = 0;
            for mask in (0..1_u32 << groups).filter(|mask| mask.count_ones() == test_groups) {
                // The order of the choices is that of a dictionary: the lowest block is the highest bit.
                let mask = (1 << groups) - 1 - mask;
                let chosen: Vec<Range> =
                    (0..groups).filter(|b| mask >> (groups - 1 - b) & 1 == 0).map(|b| blocks[b as usize]).collect();
                let expected = sample.slow(&chosen, &EVER, embargo_bars as usize);
                assert!(division.folds.contains(&expected), "{chosen:?}");
                embargoed += expected.embargoed;
                fold += 1;
            }
            assert_eq!(division.folds.len(), fold);
            for path in &division.paths {
                for (block, &fold) in path.iter().enumerate() {
                    let own: Vec<usize> = (0..sample.usable.len()).filter(|&i| division.block[i] == block).collect();
                    assert!(own.iter().all(|i| division.folds[fold].test.contains(i)));
                }
            }
        }
        assert!(embargoed > 100, "{embargoed}");
    }

    #[test]
    fn six_blocks_by_two_make_fifteen_choices_and_five_paths() {
        // Lopez de Prado (2018), figures 12.1 and 12.2.
        let all = choices(6, 2).unwrap();
        assert_eq!((all.len(), &all[0], &all[14]), (15, &vec![0, 1], &vec![4, 5]));
        let paths = paths(6, &all);
        assert_eq!(paths.len(), 5);
        assert_eq!(paths[0], [0, 0, 1, 2, 3, 4]);
        for (block, choice) in paths.iter().flat_map(|path| path.iter().enumerate()) {
            assert!(all[*choice].contains(&block));
        }
        let mut used: Vec<(usize, usize)> = paths.iter().flat_map(|p| p.iter().copied().enumerate()).collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), 30, "every held-out block of every choice is on one path");
        assert!(choices(50, 25).is_none());
    }

    #[test]
    fn the_test_is_the_last_share_of_the_distinct_times() {
        let bars: Vec<(&str, i64)> = days("A", 30).into_iter().chain((0..5).map(|day| ("B", day))).collect();
        let usable = rows(&frame(&bars, &[], &[]).frame, 0).unwrap();
        for (test_size, expected) in [(0.1, 3), (0.3, 9), (0.31, 10), (0.5, 15)] {
            let division = divide(&Split { test_size, ..Split::default() }, 0, &usable, &usable).unwrap();
            assert_eq!(division.folds[0].test.len(), expected, "{test_size}");
        }
    }

    #[test]
    fn a_shuffled_split_keeps_its_embargo_after_held_out_bars() {
        let usable = rows(&frame(&days("A", 200), &[], &[]).frame, 1).unwrap();
        let split = |test_size, embargo_bars, seed| {
            let split = Split { kind: SplitKind::Shuffled, test_size, embargo_bars, ..Split::default() };
            divide(&split, seed, &usable, &usable).unwrap().folds.remove(0)
        };
        let parts = split(0.05, 4, 0);
        assert_eq!((parts.test.len(), parts.purged), (10, 0));
        assert!(parts.embargoed > 10);
        for &i in &parts.train {
            assert!(parts.test.iter().all(|&test| test > i || i - test > 4), "{i}");
        }
        assert_eq!(split(0.05, 0, 0).embargoed, 0);
        assert_eq!(split(0.05, 4, 0), parts);
        assert_ne!(split(0.05, 4, 1).test, parts.test);
    }

    #[test]
    fn every_parameter_changes_the_splits_that_take_it_and_no_other() {
        let usable = rows(&frame(&days("A", 300), &[], &[]).frame, 3).unwrap();
        type Change = (&'static str, fn(&mut Split));
        let changes: [Change; 6] = [
            ("test_size", |split| split.test_size = 0.4),
            ("embargo_bars", |split| split.embargo_bars = 7),
            ("folds", |split| split.folds = 4),
            ("window", |split| split.window = Window::Rolling),
            ("groups", |split| split.groups = 5),
            ("test_groups", |split| split.test_groups = 3),
        ];
        assert_eq!(changes.len() + 1, PARAMS.len());
        for kind in SplitKind::ALL {
            let plain = Split { kind, ..Split::default() };
            let before = divide(&plain, 0, &usable, &usable).unwrap();
            assert!(plain.unused().is_empty());
            for (name, change) in changes {
                let mut split = plain;
                change(&mut split);
                split.check().unwrap();
                let takes = kind.takes().contains(&name);
                assert_eq!(divide(&split, 0, &usable, &usable).unwrap() != before, takes, "{} {name}", kind.name());
                let told = split.unused();
                assert_eq!(told.len(), usize::from(!takes));
                assert!(told.iter().all(|check| check.text.starts_with(name) && check.text.contains(kind.name())));
            }
        }
    }

    #[test]
    fn more_choices_than_can_be_trained_are_refused() {
        for (groups, test_groups, message) in [
            (4, 4, "split.test_groups must be less than groups, which is 4"),
            (30, 9, "split.test_groups must give at most 1000 choices of blocks, but 9 of 30 are more"),
        ] {
            let split = Split { kind: SplitKind::CombinatorialPurged, groups, test_groups, ..Split::default() };
            let problem = Problem::from(split.check().unwrap_err());
            assert!(problem.message.starts_with(message) && !problem.hint.is_empty(), "{problem:?}");
            Split { kind: SplitKind::PurgedKfold, ..split }.check().unwrap();
        }
    }

    #[test]
    fn what_cannot_be_split_is_refused_with_numbers() {
        for (count, horizon, kind, message) in [
            (1, 0, SplitKind::Chronological, "1 usable rows at 1 times cannot be split"),
            (4, 0, SplitKind::Chronological, "leaves 2 training rows and 2 test rows (0 purged, 0 under embargo)"),
            (20, 50, SplitKind::Chronological, "leaves 0 training rows and 6 test rows (14 purged, 0 under embargo)"),
            (4, 0, SplitKind::PurgedKfold, "4 usable rows at 4 times cannot be split"),
            (8, 0, SplitKind::PurgedKfold, "1 test rows (0 purged, 0 under embargo) in fold 1"),
            (9, 0, SplitKind::WalkForward, "9 usable rows at 9 times cannot be split"),
            (5, 0, SplitKind::CombinatorialPurged, "5 usable rows at 5 times cannot be split"),
            (60, 30, SplitKind::CombinatorialPurged, "leaves 0 training rows"),
        ] {
            let usable = rows(&frame(&days("A", count), &[], &[]).frame, horizon).unwrap();
            let refused = divide(&Split { kind, ..Split::default() }, 0, &usable, &usable).unwrap_err().to_string();
            assert!(refused.contains(message), "{refused}");
        }
    }

    #[test]
    fn labels_reach_by_time_across_tickers() {
        // A trades daily, B on every tenth day: a label of two bars of B on day 20 reads until day 40.
        let mut bars = days("A", 100);
        bars.extend((0..10).map(|i| ("B", i * 10)));
        let all = rows(&frame(&bars, &[], &[]).frame, 2).unwrap();
        let split = Split { kind: SplitKind::PurgedKfold, folds: 2, embargo_bars: 1, ..Split::default() };
        let division = divide(&split, 0, &all, &all).unwrap();
        let days_of = |parts: &Parts, ticker: u32| -> Vec<i64> {
            parts.train.iter().filter(|&&i| all[i].ticker == ticker).map(|&i| all[i].time / DAY).collect()
        };
        // The first half is held out: its labels of B reach until day 60, so A trains from day 62 on, after an embargo
        // of one bar, and B from day 80.
        assert_eq!(days_of(&division.folds[0], 0), (62..100).collect::<Vec<_>>());
        assert_eq!(days_of(&division.folds[0], 1), [80, 90]);
        // The second half is held out: A trains where its label ends before day 50, and so does B.
        assert_eq!(days_of(&division.folds[1], 0), (0..48).collect::<Vec<_>>());
        assert_eq!(days_of(&division.folds[1], 1), [0, 10, 20]);
    }
}
