//! A recipe over bars that have grown: only the rows that are new, or that later bars change, are computed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use algomosaic_core::Job;
use algomosaic_indicators::Memory;
use polars::prelude::IdxSize;

use crate::bars::{self, Bars};
use crate::compute::{calculate, frame_of, remembered};
use crate::plan::{Plan, Strictness};
use crate::recipe::Recipe;
use crate::{Error, FeatureFrame};

/// The rows of a ticker that were computed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The last `ticker_time`, in the unit of the bars.
    pub last: i64,
    /// How many rows there are.
    pub rows: usize,
}

/// The rows to write.
#[derive(Debug, Clone)]
pub struct Update {
    /// The rows, as [`crate::compute`] gives them: the new ones, and before them those whose labels were not known yet.
    pub rows: FeatureFrame,
    /// For each ticker with rows to write, the time of the first; what was written from there on is replaced.
    pub from: BTreeMap<String, i64>,
    /// Whether rows that were there before are among them.
    pub replaces: bool,
    /// How many bars were read to compute them.
    pub bars_computed: usize,
}

/// The rows that a run over all bars would give and an earlier run over fewer bars did not. Values of exponential means
/// and of running sums agree with those of a full run to the precision of the numbers they are made of, all others
/// exactly; what depends on every earlier bar is computed from the first.
pub fn update(recipe: &Recipe, bars: &FeatureFrame, seen: &BTreeMap<String, Seen>, job: &Job) -> Result<Update, Error> {
    let plan = Plan::of(recipe, &bars.labels, Strictness::FeaturesLookBack)?;
    let sorted = bars::sort(&bars.frame)?;
    let horizon = plan.columns().map(|column| column.horizon).max().unwrap_or(0) as usize;
    let memory = plan.columns().map(|column| column.memory).try_fold(0, |most, own| own.map(|own| own.max(most)));
    let remembered = if memory.is_some() { remembered(&plan, &sorted)? } else { Vec::new() };
    let (mut needed, mut from, mut replaces) = (Vec::new(), BTreeMap::new(), false);
    let mut keep = Vec::new();
    for range in &sorted.tickers {
        let ticker = ticker(&sorted, range.start);
        let new = match seen.get(&ticker) {
            None => range.start,
            Some(seen) => {
                let new = range.start + sorted.times[range.clone()].partition_point(|time| *time <= seen.last);
                if new - range.start != seen.rows {
                    return Err(Error::Bars(format!(
                        "{ticker} has {} bars up to its last row in the table, which has {} rows of it: bars came or went in \
                         between, so compute the whole table anew",
                        new - range.start,
                        seen.rows
                    )));
                }
                new
            }
        };
        if new == range.end {
            continue;
        }
        let write = new.saturating_sub(horizon).max(range.start);
        replaces |= write < new;
        let start = match memory {
            None => range.start,
            Some(memory) => {
                let row = write - range.start;
                let first = |series: &Cow<[f64]>| Memory::first_bar(&series[range.clone()], row, memory);
                let first = remembered.iter().map(first).fold(row.saturating_sub(memory), usize::min);
                range.start + first
            }
        };
        from.insert(ticker, sorted.times[write]);
        keep.extend((start..range.end).map(|row| row >= write));
        needed.extend(start..range.end);
    }
    let part = bars::sort(&bars::take(&sorted.frame, places(needed.iter().copied())?)?)?;
    let made = calculate(&plan, &part, job)?;
    let all = frame_of(part.frame, made, bars)?;
    let written = keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row);
    let rows = FeatureFrame { frame: bars::take(&all.frame, places(written)?)?, labels: all.labels };
    Ok(Update { rows, from, replaces, bars_computed: needed.len() })
}

fn places(rows: impl Iterator<Item = usize>) -> Result<Vec<IdxSize>, Error> {
    rows.map(IdxSize::try_from).collect::<Result<_, _>>().map_err(|e| Error::Frame(e.to_string()))
}

/// The name of a row's ticker; empty where the bars have no column of tickers.
fn ticker(bars: &Bars, row: usize) -> String {
    let column = bars.frame.column("ticker").ok().and_then(|column| column.str().ok());
    column.and_then(|names| names.get(row)).unwrap_or_default().to_owned()
}
