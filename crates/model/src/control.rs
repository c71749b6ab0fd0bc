//! The control: the same job where no signal can be, so that a score can be told from chance.
//! Outcomes of the training rows are mirrored or permuted in blocks, which keeps the dependence within them; the test rows
//! stay.

use std::collections::BTreeMap;
use std::ops::Range;

use algomosaic_core::{Param, Params, Value};
use ndarray::Array1;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::mirrors::Mirrors;
use crate::table::Table;
use crate::{Error, Scores, Task};

const REPEATS: u32 = 20;

/// At or below this p-value a score counts as better than chance.
pub const SIGNIFICANCE: f64 = 0.05;

/// What a control takes, for forms, files and checks.
pub const PARAMS: &[Param] = &[
    Param::choice(
        "kind",
        "Control",
        "mirrored_blocks",
        &[
            ("mirrored_blocks", "Mirrored blocks"),
            ("shuffled_blocks", "Shuffled blocks"),
            ("random_walk", "Random walk"),
        ],
    )
    .help(
        "How the signal is destroyed, in blocks of twice the horizon: training outcomes stay in their places, half of the \
         blocks, at random, mirrored about the mean (of classifiers they are shuffled); or they are shuffled, the blocks \
         of each ticker put in random order, which features that change slowly beat too easily; or new bars are made from \
         the returns of the old ones, in blocks in random order and each up or down by chance, and go through the same \
         recipe",
    ),
    Param::int("repeats", "Repeats", REPEATS as i64)
        .range(1, 10_000)
        .help("How often the job is done without signal; from 19 on a score can be better than chance"),
    Param::int("seed", "Seed", 0).range(0, u32::MAX as i64).help("Start of everything random in the job"),
];

/// How the signal is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ControlKind {
    /// Outcomes of the training rows in their places, half of the blocks of at least twice the horizon, at random, mirrored
    /// about the mean. Outcomes of classifiers have no mirror; they are shuffled.
    #[default]
    MirroredBlocks,
    /// Outcomes of the training rows, permuted in blocks of at least twice the horizon within each ticker.
    ShuffledBlocks,
    /// New bars from the returns of the old ones, permuted in blocks, through the same recipe, split and algorithm.
    RandomWalk,
}

impl ControlKind {
    /// As files and tables have it.
    pub const fn name(self) -> &'static str {
        match self {
            ControlKind::MirroredBlocks => "mirrored_blocks",
            ControlKind::ShuffledBlocks => "shuffled_blocks",
            ControlKind::RandomWalk => "random_walk",
        }
    }

    /// The control that an algorithm of a task has: classes have no mirror.
    pub(crate) const fn of(self, task: Task) -> Self {
        match (self, task) {
            (ControlKind::MirroredBlocks, Task::Classification) => ControlKind::ShuffledBlocks,
            (kind, _) => kind,
        }
    }
}

/// Which control, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(deny_unknown_fields, default)]
pub struct ControlSpec {
    /// How the signal is destroyed.
    pub kind: ControlKind,
    /// How often the job is done without signal.
    pub repeats: u32,
    /// Start of everything random in the job.
    pub seed: u32,
}

impl Default for ControlSpec {
    fn default() -> Self {
        ControlSpec { kind: ControlKind::default(), repeats: REPEATS, seed: 0 }
    }
}

impl ControlSpec {
    /// Checks the values against [`PARAMS`].
    pub fn check(&self) -> Result<(), Error> {
        let given = [
            ("kind", Value::Text(self.kind.name().to_owned())),
            ("repeats", Value::Int(i64::from(self.repeats))),
            ("seed", Value::Int(i64::from(self.seed))),
        ];
        Params::check(PARAMS, &given.map(|(name, value)| (name.to_owned(), value)).into())
            .map(|_| ())
            .map_err(|source| Error::Param { section: "control".to_owned(), source })
    }
}

/// Whether a score can be told from chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Few controls score as well.
    BetterThanChance,
    /// The controls score as well too often.
    CannotBeTold,
}

/// What the same job scores without signal, and what that says of the score with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Control {
    /// The kind of control, as files have it.
    pub kind: String,
    /// How often the job was done without signal.
    pub repeats: u32,
    /// Start of everything random in the job.
    pub seed: u32,
    /// The scores of each repeat, on the same held-out rows.
    pub scores: Vec<Scores>,
    /// The R² of each repeat.
    pub rsquared: Vec<f64>,
    /// The median of `rsquared`.
    pub median: f64,
    /// (1 + number of control scores at or above the score) / (1 + repeats).
    pub p_value: f64,
    /// What the p-value says.
    pub verdict: Verdict,
    /// The verdict in words.
    pub sentence: String,
}

impl Control {
    /// Compares the model's R² with that of each repeat.
    pub(crate) fn new(spec: &ControlSpec, rsquared: f64, scores: Vec<Scores>) -> Self {
        let controls: Vec<f64> = scores.iter().filter_map(|scores| scores.rsquared).collect();
        // Scores that are equal in all but rounding are equal: a model without coefficients is no better than its control.
        let as_good = controls.iter().filter(|control| **control >= rsquared - 1e-12).count();
        let p_value = (1.0 + as_good as f64) / (1.0 + controls.len() as f64);
        let verdict = if p_value <= SIGNIFICANCE { Verdict::BetterThanChance } else { Verdict::CannotBeTold };
        let least = 1.0 / (1.0 + controls.len() as f64);
        let sentence = match verdict {
            Verdict::BetterThanChance => format!("Better than chance: p = {}", p_text(p_value)),
            Verdict::CannotBeTold if least > SIGNIFICANCE => format!(
                "Cannot be told from chance: p = {}, and {} repeats cannot show less than {}",
                p_text(p_value),
                controls.len(),
                p_text(least)
            ),
            Verdict::CannotBeTold => format!("Cannot be told from chance: p = {}", p_text(p_value)),
        };
        Control {
            kind: spec.kind.name().to_owned(),
            repeats: spec.repeats,
            seed: spec.seed,
            median: median(&controls),
            rsquared: controls,
            scores,
            p_value,
            verdict,
            sentence,
        }
    }
}

/// Two decimals, and below 0.1 two digits: `0.41`, `0.048`, `0.02`.
fn p_text(p: f64) -> String {
    if p >= 0.1 {
        return format!("{p:.2}");
    }
    let mut decimals = 2;
    let mut unit = 0.1;
    while p < unit && decimals < 8 {
        decimals += 1;
        unit /= 10.0;
    }
    format!("{p:.decimals$}", decimals = decimals).trim_end_matches('0').to_owned()
}

/// NaN of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// Rows of a block: twice the horizon, so that the outcomes that share bars with one mostly stay beside it.
pub(crate) fn block_rows(horizon_bars: u32) -> usize {
    // A label of horizon 0 or 1 still needs blocks of two to keep any dependence at all.
    (horizon_bars as usize * 2).max(2)
}

/// What makes outcomes without signal.
pub(crate) enum WithoutSignal {
    Mirrored(Mirrors),
    Shuffled(Shuffler),
}

impl WithoutSignal {
    /// What a repeat makes of the outcomes of the training rows of a fold.
    pub(crate) fn of_fold(&self, table: &Table, train: &[usize], repeat: usize) -> Array1<f64> {
        match self {
            WithoutSignal::Mirrored(mirrors) => mirrors.of_fold(&table.outcomes(train), train, repeat),
            WithoutSignal::Shuffled(shuffler) => table.outcomes(&shuffler.of_fold(train, repeat)),
        }
    }
}

/// Permutes outcomes in blocks within each ticker. Tickers with equally many rows are permuted alike, so that what
/// moves them together still does.
pub(crate) struct Shuffler {
    /// Rows that train in whatever fold, by ticker, in time order within.
    tickers: Vec<Vec<usize>>,
    /// Of all rows.
    rows: usize,
    block_rows: usize,
    seed: u32,
}

impl Shuffler {
    /// `tickers` are the rows of each ticker that train in whatever fold, in time order, among so many `rows`.
    pub(crate) fn new(tickers: Vec<Vec<usize>>, rows: usize, horizon_bars: u32, seed: u32) -> Self {
        Shuffler { tickers, rows, block_rows: block_rows(horizon_bars), seed }
    }

    /// How many of the training rows of a fold are of tickers that are too short to permute, and the blocks of its
    /// longest ticker; given how many each ticker has. Refuses a fold where nothing can be permuted.
    pub(crate) fn reach(&self, by_ticker: &[usize]) -> Result<(usize, usize), Error> {
        let most = by_ticker.iter().copied().max().unwrap_or(0);
        if most < 2 * self.block_rows {
            return Err(Error::TooFew {
                what: format!(
                    "the control permutes blocks of {} rows within each ticker and needs two of them, but no ticker has \
                     more than {most} training rows",
                    self.block_rows
                ),
                hint: "Take a longer history, or a label with a shorter horizon.".to_owned(),
            });
        }
        let fixed = by_ticker.iter().filter(|rows| **rows < 2 * self.block_rows).sum();
        Ok((fixed, most / self.block_rows))
    }

    /// The permutation of a repeat: for each row that whose outcome it gets.
    fn permutation(&self, repeat: usize) -> Vec<usize> {
        let stream = u64::from(self.seed) | (repeat as u64) << 32;
        let mut random = Xoshiro256PlusPlus::seed_from_u64(stream);
        let mut orders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut from: Vec<usize> = (0..self.rows).collect();
        for ticker in &self.tickers {
            let order =
                orders.entry(ticker.len()).or_insert_with(|| block_order(ticker.len(), self.block_rows, &mut random));
            for (row, other) in ticker.iter().zip(order) {
                from[*row] = ticker[*other];
            }
        }
        from
    }

    /// The rows whose outcomes the training rows of a fold get in a repeat, all of them training rows of the fold. Folds
    /// share one permutation as they share rows, so that their models go together as without it: where a row would get the
    /// outcome of one that does not train, it gets what that one gets.
    pub(crate) fn of_fold(&self, train: &[usize], repeat: usize) -> Vec<usize> {
        let from = self.permutation(repeat);
        let mut trains = vec![false; self.rows];
        train.iter().for_each(|&row| trains[row] = true);
        train
            .iter()
            .map(|&row| {
                let mut other = from[row];
                while !trains[other] {
                    other = from[other];
                }
                other
            })
            .collect()
    }
}

/// The numbers below `rows`, cut into as many blocks of at least `block_rows` as there is room for, in random order.
fn block_order(rows: usize, block_rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
    let count = (rows / block_rows).max(1);
    let mut blocks: Vec<Range<usize>> = (0..count).map(|i| i * rows / count..(i + 1) * rows / count).collect();
    blocks.shuffle(random);
    blocks.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(rsquared: f64) -> Scores {
        Scores { rsquared: Some(rsquared), ..Scores::new(crate::Task::Regression, 0.0, &[], &[]) }
    }

    fn control(rsquared: f64, controls: &[f64]) -> Control {
        let spec = ControlSpec { repeats: controls.len() as u32, ..ControlSpec::default() };
        Control::new(&spec, rsquared, controls.iter().copied().map(scores).collect())
    }

    #[test]
    fn p_counts_the_controls_at_or_above_the_score() {
        let low = [-0.1; 49];
        let found = control(0.1, &low);
        assert_eq!((found.p_value, found.verdict, found.median), (0.02, Verdict::BetterThanChance, -0.1));
        assert_eq!(found.sentence, "Better than chance: p = 0.02");
        let found = control(0.1, &[0.1, 0.3, 0.2, 0.0]);
        assert_eq!((found.p_value, found.verdict), (0.8, Verdict::CannotBeTold));
        assert!((found.median - 0.15).abs() < 1e-15);
        assert_eq!(found.sentence, "Cannot be told from chance: p = 0.80, and 4 repeats cannot show less than 0.20");
        let many: Vec<f64> = (0..99).map(|i| if i < 40 { 0.2 } else { 0.0 }).collect();
        assert_eq!(control(0.1, &many).sentence, "Cannot be told from chance: p = 0.41");
    }

    #[test]
    fn a_score_that_equals_its_controls_in_all_but_rounding_is_no_better() {
        assert_eq!(control(1e-16, &[0.0; 99]).p_value, 1.0);
    }

    #[test]
    fn p_values_show_two_digits() {
        for (p, expected) in
            [(0.41, "0.41"), (1.0, "1.00"), (1.0 / 21.0, "0.048"), (0.02, "0.02"), (1.0 / 1001.0, "0.001")]
        {
            assert_eq!(p_text(p), expected);
        }
    }

    /// Of tickers that begin where the one before ends.
    fn shuffler(ends: &[usize], horizon_bars: u32, seed: u32) -> Shuffler {
        let starts = [0].iter().chain(ends);
        let tickers = starts.zip(ends).map(|(start, end)| (*start..*end).collect()).collect();
        Shuffler::new(tickers, ends[ends.len() - 1], horizon_bars, seed)
    }

    #[test]
    fn outcomes_move_in_whole_blocks_within_their_ticker() {
        let tickers = [0..53, 53..70, 70..75];
        let all: Vec<usize> = (0..75).collect();
        let shuffler = shuffler(&[53, 70, 75], 3, 9);
        let permuted = shuffler.of_fold(&all, 0);
        for range in tickers.clone() {
            let mut sorted = permuted[range.clone()].to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, all[range.clone()]);
            let runs = permuted[range].chunk_by(|a, b| a + 1 == *b).map(<[usize]>::len).collect::<Vec<_>>();
            assert!(runs.iter().all(|run| *run >= 6 || *run == 5), "{runs:?}");
        }
        assert_ne!(permuted[..53], all[..53]);
        assert_eq!(permuted[70..], all[70..], "too short to permute");
        assert_eq!(shuffler.reach(&tickers.clone().map(|ticker| ticker.len())).unwrap(), (5, 8));
        assert_ne!(shuffler.of_fold(&all, 1), permuted);
        assert_eq!(self::shuffler(&[53, 70, 75], 3, 9).of_fold(&all, 0), permuted);
        assert_ne!(self::shuffler(&[53, 70, 75], 3, 10).of_fold(&all, 0), permuted);
    }

    #[test]
    fn folds_share_a_permutation_of_their_own_rows() {
        let shuffler = shuffler(&[200], 2, 4);
        let (all, some): (Vec<usize>, Vec<usize>) = ((0..200).collect(), (0..70).chain(90..200).collect());
        for repeat in 0..20 {
            let (whole, part) = (shuffler.of_fold(&all, repeat), shuffler.of_fold(&some, repeat));
            let mut sorted = part.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, some, "each outcome of a training row once");
            let alike = some.iter().zip(&part).filter(|(row, other)| whole[**row] == **other).count();
            assert!(alike >= 160, "{alike} of 180: all but those that would get one of the other 20");
        }
    }

    #[test]
    fn tickers_with_equally_many_rows_keep_moving_together() {
        let permuted = shuffler(&[40, 80], 2, 1).of_fold(&(0..80).collect::<Vec<_>>(), 0);
        let other: Vec<usize> = permuted[40..].iter().map(|row| row - 40).collect();
        assert_eq!(permuted[..40], other);
    }

    #[test]
    fn too_few_rows_for_two_blocks_are_refused() {
        let refused = shuffler(&[30, 69], 10, 0).reach(&[30, 39]).unwrap_err().to_string();
        assert!(refused.contains("blocks of 20 rows") && refused.contains("more than 39"), "{refused}");
    }
}
