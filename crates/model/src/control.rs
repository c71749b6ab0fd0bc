//! The control: the same job where no signal can be, so that a score can be told from chance.
//! Outcomes of the training rows are permuted in blocks, which keeps the dependence within them; the test rows stay.

use std::collections::BTreeMap;
use std::ops::Range;

use algomosaic_core::{Param, Params, Value};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::{Error, Scores};

const REPEATS: u32 = 20;

/// At or below this p-value a score counts as better than chance.
pub const SIGNIFICANCE: f64 = 0.05;

/// What a control takes, for forms, files and checks.
pub const PARAMS: &[Param] = &[
    Param::choice("kind", "Control", "shuffled_blocks", &[("shuffled_blocks", "Shuffled blocks")]).help(
        "How the signal is destroyed: the outcomes are permuted in blocks of twice the horizon within each ticker",
    ),
    Param::int("repeats", "Repeats", REPEATS as i64)
        .range(1, 10_000)
        .help("How often the job is done without signal; from 19 on a score can be better than chance"),
    Param::int("seed", "Seed", 0).range(0, u32::MAX as i64).help("Start of everything random in the job"),
];

/// Kinds that a later version has.
pub(crate) const LATER_KINDS: &[&str] = &["random_walk"];

/// How the signal is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ControlKind {
    /// Outcomes of the training rows, permuted in blocks of at least twice the horizon within each ticker.
    #[default]
    ShuffledBlocks,
}

impl ControlKind {
    /// As files and tables have it.
    pub const fn name(self) -> &'static str {
        match self {
            ControlKind::ShuffledBlocks => "shuffled_blocks",
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

/// Permutes outcomes in blocks within each ticker. Tickers with equally many rows are permuted alike, so that what
/// moves them together still does.
pub(crate) struct Shuffler {
    tickers: Vec<Range<usize>>,
    block_rows: usize,
    random: Xoshiro256PlusPlus,
}

impl Shuffler {
    /// `tickers` are the ranges of rows of each ticker, in time order within.
    pub(crate) fn new(tickers: Vec<Range<usize>>, horizon_bars: u32, seed: u32) -> Result<Self, Error> {
        // A label of horizon 0 or 1 still needs blocks of two to keep any dependence at all.
        let block_rows = (horizon_bars as usize * 2).max(2);
        let shuffler = Shuffler { tickers, block_rows, random: Xoshiro256PlusPlus::seed_from_u64(u64::from(seed)) };
        let most = shuffler.tickers.iter().map(Range::len).max().unwrap_or(0);
        if most < 2 * block_rows {
            return Err(Error::TooFew {
                what: format!(
                    "the control permutes blocks of {block_rows} rows within each ticker and needs two of them, but no \
                     ticker has more than {most} training rows"
                ),
                hint: "Take a longer history, or a label with a shorter horizon.".to_owned(),
            });
        }
        Ok(shuffler)
    }

    /// Rows of tickers that are too short to permute, and the blocks of the longest ticker.
    pub(crate) fn reach(&self) -> (usize, usize) {
        let fixed = self.tickers.iter().map(Range::len).filter(|rows| *rows < 2 * self.block_rows).sum();
        (fixed, self.tickers.iter().map(Range::len).max().unwrap_or(0) / self.block_rows)
    }

    /// Rows of a block, at least.
    pub(crate) fn block_rows(&self) -> usize {
        self.block_rows
    }

    /// The outcomes in their next permutation.
    pub(crate) fn next(&mut self, outcomes: &[f64]) -> Vec<f64> {
        let mut orders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut permuted = Vec::with_capacity(outcomes.len());
        for ticker in &self.tickers {
            let order = orders
                .entry(ticker.len())
                .or_insert_with(|| block_order(ticker.len(), self.block_rows, &mut self.random));
            permuted.extend(order.iter().map(|row| outcomes[ticker.start + row]));
        }
        permuted
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
        Scores { rsquared: Some(rsquared), ..Scores::new(0.0, &[], &[]) }
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

    #[test]
    fn outcomes_move_in_whole_blocks_within_their_ticker() {
        let outcomes: Vec<f64> = (0..75).map(f64::from).collect();
        let mut shuffler = Shuffler::new(vec![0..53, 53..70, 70..75], 3, 9).unwrap();
        let permuted = shuffler.next(&outcomes);
        for range in [0..53, 53..70, 70..75] {
            let mut sorted = permuted[range.clone()].to_vec();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(sorted, outcomes[range.clone()]);
            let runs = permuted[range].chunk_by(|a, b| b - a == 1.0).map(<[f64]>::len).collect::<Vec<_>>();
            assert!(runs.iter().all(|run| *run >= 6 || *run == 5), "{runs:?}");
        }
        assert_ne!(permuted[..53], outcomes[..53]);
        assert_eq!(permuted[70..], outcomes[70..], "too short to permute");
        assert_eq!(shuffler.reach(), (5, 8));
        assert_ne!(shuffler.next(&outcomes), permuted);
        assert_eq!(Shuffler::new(vec![0..53, 53..70, 70..75], 3, 9).unwrap().next(&outcomes), permuted);
    }

    #[test]
    fn tickers_with_equally_many_rows_keep_moving_together() {
        let outcomes: Vec<f64> = (0..40).chain(0..40).map(f64::from).collect();
        let permuted = Shuffler::new(vec![0..40, 40..80], 2, 1).unwrap().next(&outcomes);
        assert_eq!(permuted[..40], permuted[40..]);
    }

    #[test]
    fn too_few_rows_for_two_blocks_are_refused() {
        let refused = Shuffler::new(vec![0..30, 30..69], 10, 0).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("blocks of 20 rows") && refused.contains("more than 39"), "{refused}");
    }
}
