//! The warm-up check: how many rows pass until a value no longer depends on where the bars begin. It trusts no declaration,
//! but compares values.

use algomosaic_core::Job;
use polars::prelude::IdxSize;
use serde::{Deserialize, Serialize};

use crate::bars;
use crate::compute::calculate;
use crate::plan::{Plan, Strictness};
use crate::recipe::Recipe;
use crate::{Error, FeatureFrame};

/// How long a column takes to settle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WarmUp {
    /// The column.
    pub column: String,
    /// Rows of each ticker without a value, for want of earlier bars.
    #[specta(type = f64)]
    pub undefined: usize,
    /// Rows of each ticker until values that begin at a later bar agree with those that began earlier, to one part in a
    /// million. `None` when they never do in these bars: the column depends on all earlier bars.
    #[specta(type = Option<f64>)]
    pub unsettled: Option<usize>,
}

/// Parts of a ticker's bars that are left out at the start.
const STARTS: [f64; 3] = [0.2, 0.35, 0.5];
/// Values this close, relative to the greatest of the column, have settled.
const CLOSE: f64 = 1e-6;

/// Computes the features from all bars, then without the first bars of each ticker, and counts the rows that differ.
pub fn check_warm_up(recipe: &Recipe, bars: &FeatureFrame, job: &Job) -> Result<Vec<WarmUp>, Error> {
    let mut features = recipe.clone();
    features.label.clear();
    let plan = Plan::of(&features, &bars.labels, Strictness::LetPass)?;
    let sorted = bars::sort(&bars.frame)?;
    let share = 1.0 / (STARTS.len() + 1) as f64;
    let whole = calculate(&plan, &sorted, &job.part(0.0, share))?;
    let mut found: Vec<WarmUp> = whole
        .iter()
        .map(|(column, _)| WarmUp { column: column.name.clone(), undefined: column.warm_up, unsettled: Some(0) })
        .collect();
    for (i, start) in STARTS.iter().enumerate() {
        let kept: Vec<usize> = sorted
            .tickers
            .iter()
            .flat_map(|range| range.start + (range.len() as f64 * start) as usize..range.end)
            .collect();
        let places = kept.iter().map(|row| IdxSize::try_from(*row)).collect::<Result<_, _>>();
        let cut = bars::sort(&bars::take(&sorted.frame, places.map_err(|e| Error::Frame(e.to_string()))?)?)?;
        let part = job.part(share * (i + 1) as f64, share * (i + 2) as f64);
        let again = calculate(&plan, &cut, &part)?;
        for ((found, (_, before)), (_, after)) in found.iter_mut().zip(&whole).zip(&again) {
            let (before, after) = (&before.values, &after.values);
            let size = before.iter().filter(|v| v.is_finite()).fold(0.0_f64, |size, value| size.max(value.abs()));
            for range in &cut.tickers {
                let differs = |row: &usize| !close(before[kept[*row]], after[*row], size);
                let last = range.clone().rev().find(differs).map_or(0, |row| row + 1 - range.start);
                found.unsettled = match found.unsettled {
                    // A column that differs up to the end of a cut that is long enough has no end to its warm-up.
                    Some(so_far) if last < range.len() || range.is_empty() => Some(so_far.max(last)),
                    _ => None,
                };
            }
        }
    }
    Ok(found)
}

fn close(a: f64, b: f64, size: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= CLOSE * size
}
