//! Which rows train and which are held out. A training row whose label reads into the held-out time is purged.
//! Lopez de Prado, Advances in Financial Machine Learning (2018), ch. 7.

use std::collections::BTreeSet;

use algomosaic_core::{Param, Params, Value};
use chrono::DateTime;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::rows::Row;

const TEST_SIZE: f64 = 0.3;

/// What a split takes, for forms, files and checks.
pub const PARAMS: &[Param] = &[
    Param::choice(
        "kind",
        "Split",
        "chronological",
        &[("chronological", "Chronological"), ("shuffled", "Shuffled (leaks)")],
    )
    .help("Chronological holds out the last part of time; shuffled holds out rows at random, and its scores leak"),
    Param::float("test_size", "Test size", TEST_SIZE, 0.01, 0.99)
        .help("Share that is held out: of the distinct times, or of the rows when shuffled"),
    Param::int("embargo_bars", "Embargo", 0)
        .range(0, 100_000)
        .unit("bars")
        .help("Bars after held-out rows that do not train; a chronological split has none after them"),
];

/// Kinds that a later version has.
pub(crate) const LATER_KINDS: &[&str] = &["walk_forward", "purged_kfold", "combinatorial_purged"];

/// How rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SplitKind {
    /// The last part of the distinct times.
    #[default]
    Chronological,
    /// Rows at random. Rows near held-out ones train, so the scores leak.
    Shuffled,
}

impl SplitKind {
    /// As files and tables have it.
    pub const fn name(self) -> &'static str {
        match self {
            SplitKind::Chronological => "chronological",
            SplitKind::Shuffled => "shuffled",
        }
    }
}

/// Which rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// How rows are held out.
    pub kind: SplitKind,
    /// Share that is held out: of the distinct times, or of the rows when shuffled.
    pub test_size: f64,
    /// So many bars of a ticker after its held-out rows do not train. A chronological split has no such bars: there
    /// the value changes nothing but a check which says so.
    pub embargo_bars: u32,
}

impl Default for Split {
    fn default() -> Self {
        Split { kind: SplitKind::default(), test_size: TEST_SIZE, embargo_bars: 0 }
    }
}

impl Split {
    /// Checks the values against [`PARAMS`].
    pub fn check(&self) -> Result<(), Error> {
        let given = [
            ("kind", Value::Text(self.kind.name().to_owned())),
            ("test_size", Value::Float(self.test_size)),
            ("embargo_bars", Value::Int(i64::from(self.embargo_bars))),
        ];
        Params::check(PARAMS, &given.map(|(name, value)| (name.to_owned(), value)).into())
            .map(|_| ())
            .map_err(|source| Error::Param { section: "split".to_owned(), source })
    }
}

/// How the rows were split. Times are RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SplitSummary {
    /// The kind of split, as files have it.
    pub kind: String,
    /// Rows that trained.
    pub train_rows: u32,
    /// Rows that were held out.
    pub test_rows: u32,
    /// Rows that did not train because their label reads into the held-out time.
    pub purged_rows: u32,
    /// Rows that did not train because they follow held-out rows too closely.
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
}

/// Positions of rows, ascending, by what they are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) train: Vec<usize>,
    pub(crate) test: Vec<usize>,
    pub(crate) purged: usize,
    pub(crate) embargoed: usize,
}

/// Divides usable rows, which are in the order of ticker, then time.
pub(crate) fn divide(split: &Split, seed: u32, rows: &[Row]) -> Result<Parts, Error> {
    let parts = match split.kind {
        SplitKind::Chronological => chronological(split.test_size, rows),
        SplitKind::Shuffled => shuffled(split, seed, rows),
    };
    let Some(parts) = parts else {
        return Err(Error::TooFew {
            what: format!("{} usable rows cannot be split into training and test", rows.len()),
            hint: "Take a longer history, or features with a shorter warm-up.".to_owned(),
        });
    };
    if parts.train.len() < 3 || parts.test.len() < 2 {
        return Err(Error::TooFew {
            what: format!(
                "the split leaves {} training rows and {} test rows ({} purged, {} under embargo), and needs 3 and 2",
                parts.train.len(),
                parts.test.len(),
                parts.purged,
                parts.embargoed
            ),
            hint: "Take a longer history, a label with a shorter horizon, another test_size or a smaller embargo."
                .to_owned(),
        });
    }
    Ok(parts)
}

/// How many of `all` are held out: the share rounded up, at least one, and one less than all at most.
fn held_out(all: usize, share: f64) -> Option<usize> {
    // A share such as 0.1 is a little more than a tenth in binary; without the allowance 30 rows would hold out 4.
    (all >= 2).then(|| ((all as f64 * share - 1e-9).ceil() as usize).clamp(1, all - 1))
}

fn chronological(test_size: f64, rows: &[Row]) -> Option<Parts> {
    let times: Vec<i64> = rows.iter().map(|row| row.time).collect::<BTreeSet<_>>().into_iter().collect();
    let test_start = times[times.len() - held_out(times.len(), test_size)?];
    let mut parts = Parts { train: Vec::new(), test: Vec::new(), purged: 0, embargoed: 0 };
    for (i, row) in rows.iter().enumerate() {
        if row.time >= test_start {
            parts.test.push(i);
        } else if row.label_end >= test_start {
            parts.purged += 1;
        } else {
            parts.train.push(i);
        }
    }
    Some(parts)
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
    let mut parts = Parts { train: Vec::new(), test: Vec::new(), purged: 0, embargoed: 0 };
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
    use rand::Rng as _;

    use super::*;
    use crate::rows::rows;
    use crate::testing::{days, frame};

    /// The purge as DOMAIN says it, row against row: spans of time that meet.
    fn slow(bars: &[(&str, i64)], usable: &[Row], horizon: usize, test_start: i64) -> Vec<usize> {
        let span = |row: &Row| {
            let ticker = bars[row.at].0;
            let mut later: Vec<i64> = bars
                .iter()
                .filter(|bar| bar.0 == ticker)
                .map(|bar| bar.1 * 86_400_000_000)
                .filter(|t| *t > row.time)
                .collect();
            later.sort_unstable();
            later.dedup();
            let end = if horizon == 0 { None } else { later.get(horizon - 1).or(later.last()) };
            (row.time, end.copied().unwrap_or(row.time))
        };
        let spans: Vec<(i64, i64)> = usable.iter().map(span).collect();
        let tests: Vec<(i64, i64)> = spans.iter().copied().filter(|span| span.0 >= test_start).collect();
        (0..usable.len())
            .filter(|&i| usable[i].time < test_start)
            .filter(|&i| !tests.iter().any(|test| spans[i].0 <= test.1 && test.0 <= spans[i].1))
            .collect()
    }

    #[test]
    fn purge_agrees_with_every_pair_of_rows_across_tickers_with_gaps() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let mut seen_purged = 0;
        for _ in 0..60 {
            let mut bars: Vec<(&str, i64)> = Vec::new();
            for ticker in ["B", "A", "C"] {
                let density = random.random_range(0.3..1.0);
                let until = random.random_range(30..80);
                bars.extend((0..until).filter(|_| random.random_bool(density)).map(|day| (ticker, day)));
            }
            bars.push(bars[0]);
            bars.shuffle(&mut random);
            let horizon = random.random_range(0..9_u32);
            let data = frame(&bars, &[], &[]);
            let mut usable = rows(&data.frame, horizon).unwrap();
            usable.retain(|_| random.random_bool(0.9));
            let split = Split { test_size: random.random_range(0.1..0.6), ..Split::default() };
            let Ok(parts) = divide(&split, 0, &usable) else { continue };
            let test_start = parts.test.iter().map(|&i| usable[i].time).min().unwrap();
            assert_eq!(parts.train, slow(&bars, &usable, horizon as usize, test_start));
            assert_eq!(parts.test, (0..usable.len()).filter(|&i| usable[i].time >= test_start).collect::<Vec<_>>());
            assert_eq!(parts.train.len() + parts.test.len() + parts.purged, usable.len());
            seen_purged += parts.purged;
        }
        assert!(seen_purged > 100, "{seen_purged}");
    }

    #[test]
    fn the_test_is_the_last_share_of_the_distinct_times() {
        let bars: Vec<(&str, i64)> = days("A", 30).into_iter().chain((0..5).map(|day| ("B", day))).collect();
        let usable = rows(&frame(&bars, &[], &[]).frame, 0).unwrap();
        for (test_size, expected) in [(0.1, 3), (0.3, 9), (0.31, 10), (0.5, 15)] {
            let parts = divide(&Split { test_size, ..Split::default() }, 0, &usable).unwrap();
            assert_eq!(parts.test.len(), expected, "{test_size}");
        }
    }

    #[test]
    fn a_shuffled_split_keeps_its_embargo_after_held_out_bars() {
        let usable = rows(&frame(&days("A", 200), &[], &[]).frame, 1).unwrap();
        let split = |test_size, embargo_bars, seed| {
            divide(&Split { kind: SplitKind::Shuffled, test_size, embargo_bars }, seed, &usable).unwrap()
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
    fn what_cannot_be_split_is_refused_with_numbers() {
        for (count, horizon, message) in [
            (1, 0, "1 usable rows cannot be split"),
            (4, 0, "leaves 2 training rows and 2 test rows (0 purged, 0 under embargo)"),
            (20, 50, "leaves 0 training rows and 6 test rows (14 purged, 0 under embargo)"),
        ] {
            let usable = rows(&frame(&days("A", count), &[], &[]).frame, horizon).unwrap();
            let refused = divide(&Split::default(), 0, &usable).unwrap_err().to_string();
            assert!(refused.contains(message), "{refused}");
        }
    }
}
