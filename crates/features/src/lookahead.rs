//! The look-ahead check: the same features from bars that end earlier must be the same. It trusts no declaration, but
//! compares values. Labels look ahead by their nature and are not checked.

use algomosaic_core::Job;
use polars::prelude::IdxSize;
use serde::{Deserialize, Serialize};

use crate::bars;
use crate::compute::calculate;
use crate::plan::{Plan, Strictness};
use crate::recipe::Recipe;
use crate::{Error, FeatureFrame};

/// What the look-ahead check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LookaheadReport {
    /// How many feature columns were compared.
    #[specta(type = f64)]
    pub columns_checked: usize,
    /// The columns with a value that changes when later bars are removed. Empty is good.
    pub looks_ahead: Vec<LooksAhead>,
}

/// A column that looks ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LooksAhead {
    /// The column.
    pub column: String,
    /// The first row that changes, counted from 0 in the order of `ticker`, then `ticker_time`.
    #[specta(type = f64)]
    pub row: usize,
}

/// Parts of the time covered at which the bars are cut, besides just before the last bar.
const CUTS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Computes the features from all bars, then from the bars up to several earlier times, and compares. Features that
/// the recipe may not have, since they look ahead, are computed all the same, and found.
pub fn check_lookahead(recipe: &Recipe, bars: &FeatureFrame, job: &Job) -> Result<LookaheadReport, Error> {
    let mut features = recipe.clone();
    features.label.clear();
    Plan::of(recipe, &bars.labels, Strictness::LetPass)?;
    let plan = Plan::of(&features, &bars.labels, Strictness::LetPass)?;
    let sorted = bars::sort(&bars.frame)?;
    let mut times = sorted.times.clone();
    times.sort_unstable();
    times.dedup();
    let mut cuts: Vec<usize> = CUTS.iter().map(|part| (times.len() as f64 * part) as usize).collect();
    cuts.push(times.len().saturating_sub(1));
    cuts.retain(|count| *count > 0);
    cuts.dedup();
    let share = 1.0 / (cuts.len() + 1) as f64;
    let whole = calculate(&plan, &sorted, &job.part(0.0, share))?;
    let mut first: Vec<Option<usize>> = vec![None; whole.len()];
    for (i, count) in cuts.iter().enumerate() {
        let last = times[count - 1];
        let kept: Vec<usize> = (0..sorted.times.len()).filter(|row| sorted.times[*row] <= last).collect();
        let places = kept.iter().map(|row| IdxSize::try_from(*row)).collect::<Result<_, _>>();
        let cut = bars::take(&sorted.frame, places.map_err(|e| Error::Frame(e.to_string()))?)?;
        let part = job.part(share * (i + 1) as f64, share * (i + 2) as f64);
        let again = calculate(&plan, &bars::sort(&cut)?, &part)?;
        for ((found, (_, before)), (_, after)) in first.iter_mut().zip(&whole).zip(&again) {
            let changed =
                kept.iter().zip(after).find(|(row, value)| !same(before[**row], **value)).map(|(row, _)| *row);
            *found = match (*found, changed) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    }
    let looks_ahead = whole
        .iter()
        .zip(first)
        .filter_map(|((column, _), row)| row.map(|row| LooksAhead { column: column.name.clone(), row }))
        .collect();
    Ok(LookaheadReport { columns_checked: whole.len(), looks_ahead })
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
