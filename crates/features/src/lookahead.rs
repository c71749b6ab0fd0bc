//! The look-ahead check: the same features from bars that end earlier must be the same. It trusts no declaration, but
//! compares values. Labels look ahead by their nature and are not checked.

use algomosaic_core::Job;
use polars::prelude::IdxSize;
use serde::{Deserialize, Serialize};

use crate::bars::{self, Bars};
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
    /// The first row that changes, counted from 0 in the order of `ticker`, then `ticker_time`. None where no value
    /// changes, but the column is known to look ahead: it is made of a label that the bars bring.
    #[specta(type = Option<f64>)]
    pub row: Option<usize>,
    /// How many later bars it is known to read; 0 where only its values tell.
    pub horizon: u32,
}

/// Parts of the time covered at which the bars are cut, besides just before the last bar.
const CUTS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Computes the features from all bars, then from the bars up to several earlier times, and compares. Features that
/// the recipe may not have, since they look ahead, are computed all the same, and found. A label among the bars' own
/// columns was computed before they came here, so what is made of one is named by its mark.
pub fn check_lookahead(recipe: &Recipe, bars: &FeatureFrame, job: &Job) -> Result<LookaheadReport, Error> {
    let mut features = recipe.clone();
    features.label.clear();
    Plan::of(recipe, &bars.labels, Strictness::LetPass)?;
    let plan = Plan::of(&features, &bars.labels, Strictness::LetPass)?;
    let first = first_changes(&bars::sort(&bars.frame)?, job, |bars, job| {
        Ok(calculate(&plan, bars, job)?.into_iter().map(|(_, column)| column.values).collect())
    })?;
    let looks_ahead = plan
        .columns()
        .zip(&first)
        .filter(|(column, row)| row.is_some() || column.horizon > 0)
        .map(|(column, row)| LooksAhead { column: column.name.clone(), row: *row, horizon: column.horizon })
        .collect();
    Ok(LookaheadReport { columns_checked: first.len(), looks_ahead })
}

/// The first row of each column that changes when later bars are removed.
pub(crate) fn first_changes(
    bars: &Bars,
    job: &Job,
    compute: impl Fn(&Bars, &Job) -> Result<Vec<Vec<f64>>, Error>,
) -> Result<Vec<Option<usize>>, Error> {
    let mut times = bars.times.clone();
    times.sort_unstable();
    times.dedup();
    let mut cuts: Vec<usize> = CUTS.iter().map(|part| (times.len() as f64 * part) as usize).collect();
    cuts.push(times.len().saturating_sub(1));
    cuts.retain(|count| *count > 0);
    cuts.dedup();
    let share = 1.0 / (cuts.len() + 1) as f64;
    let whole = compute(bars, &job.part(0.0, share))?;
    let mut first: Vec<Option<usize>> = vec![None; whole.len()];
    for (i, count) in cuts.iter().enumerate() {
        let last = times[count - 1];
        let kept: Vec<usize> = (0..bars.times.len()).filter(|row| bars.times[*row] <= last).collect();
        let places = kept.iter().map(|row| IdxSize::try_from(*row)).collect::<Result<_, _>>();
        let cut = bars::take(&bars.frame, places.map_err(|e| Error::Frame(e.to_string()))?)?;
        let part = job.part(share * (i + 1) as f64, share * (i + 2) as f64);
        let again = compute(&bars::sort(&cut)?, &part)?;
        for ((found, before), after) in first.iter_mut().zip(&whole).zip(&again) {
            let changed =
                kept.iter().zip(after).find(|(row, value)| !same(before[**row], **value)).map(|(row, _)| *row);
            *found = match (*found, changed) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    }
    Ok(first)
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
