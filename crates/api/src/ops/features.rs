//! Features: a recipe over bars, to a table or a file, with the marks of the columns that look ahead. And the check that
//! nothing but a label does.

use std::collections::BTreeMap;
use std::path::Path;

use algomosaic_core::{Code, Problem};
use algomosaic_data::{IfExists, TableName};
use algomosaic_features::{FeatureFrame, PlannedColumn, Recipe, Seen};
use polars::prelude::{BooleanChunked, DataFrame, PolarsError};

use crate::Job;
use crate::jobs::Running;
use crate::outcome::{FeaturesDocument, LookaheadDocument};
use crate::request::Source;
use crate::workspace::Workspace;

use super::source;

/// Where the columns go.
pub(crate) struct Target<'a> {
    pub(crate) table: Option<&'a str>,
    pub(crate) out: Option<&'a str>,
    /// Only the rows of bars that are newer than the table's.
    pub(crate) update: bool,
}

pub(crate) fn features(
    workspace: &Workspace,
    running: &Running<'_>,
    recipe: &str,
    from: &Source,
    target: &Target<'_>,
) -> Result<FeaturesDocument, Problem> {
    if target.table.is_none() && target.out.is_none() {
        return Err(Problem::new(
            Code::Usage,
            "nowhere is named to put the columns",
            "Name a table (--table) or a file (--out).",
        ));
    }
    if target.update && (target.table.is_none() || target.out.is_some()) {
        return Err(Problem::new(
            Code::Usage,
            "an update adds to a table, and a file cannot be added to",
            "Name the table with --table, and leave --out away; `algom query` writes a table to a file.",
        ));
    }
    let recipe = Recipe::from_toml(recipe)?;
    let read = source::read(workspace, from, &running.job.part(0.0, 0.3))?;
    running.job.stage(format!("computing {}", if recipe.name.is_empty() { "the recipe" } else { &recipe.name }))?;
    let name = target.table.map(|table| workspace.warehouse().name(table)).transpose()?;
    if let Some(name) = &name
        && target.update
        && workspace.warehouse().exists(name)?
    {
        return update(workspace, running, &recipe, &read, name);
    }
    let made = algomosaic_features::compute(&recipe, &read.data, &running.job.part(0.3, 0.9))?;
    if let Some(name) = &name {
        let mut transaction = running.staging.transaction()?;
        let warehouse = workspace.warehouse();
        warehouse.stage(&mut transaction, name, &made.frame, &made.labels, IfExists::Replace)?;
        running.job.check()?;
        transaction.commit()?;
    }
    if let Some(out) = target.out {
        algomosaic_data::write_frame(Path::new(out), &made.frame, &made.labels)?;
    }
    let rows = made.frame.height();
    Ok(FeaturesDocument {
        table: name.map(|name| name.to_string()),
        out: target.out.map(str::to_owned),
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        columns: u32::try_from(made.frame.width().saturating_sub(read.data.frame.width())).unwrap_or(u32::MAX),
        notes: without_values(&recipe, &read.data, &made)?,
        labels: made.labels.into_keys().collect(),
        rows_written: rows,
    })
}

/// Says which columns have no value at all, and why: too few bars, or numbers that cannot be computed with.
fn without_values(recipe: &Recipe, bars: &FeatureFrame, made: &FeatureFrame) -> Result<Vec<String>, Problem> {
    let planned = recipe.columns_over(&bars.labels)?;
    if made.frame.height() == 0 {
        return Ok(Vec::new());
    }
    let empty = |name: &str| made.frame.column(name).is_ok_and(|column| column.null_count() == made.frame.height());
    let longest = most_bars(&made.frame)?;
    let (early, lost): (Vec<&PlannedColumn>, Vec<&PlannedColumn>) = planned
        .iter()
        .filter(|column| empty(&column.name))
        .partition(|column| column.warm_up + column.horizon as usize >= longest);
    let mut notes = Vec::new();
    if let Some(needed) = early.iter().map(|column| column.warm_up + column.horizon as usize + 1).max() {
        notes.push(format!(
            "{} no value in any row: up to {needed} bars of a ticker are needed for the first one, and there are {longest}",
            have(&early)
        ));
    }
    if !lost.is_empty() {
        notes.push(format!(
            "{} no value in any row, though there are bars enough: what they read is missing, or is too large or too small \
             to compute with",
            have(&lost)
        ));
    }
    Ok(notes)
}

/// The bars of the ticker that has the most.
fn most_bars(frame: &DataFrame) -> Result<usize, Problem> {
    let Ok(tickers) = frame.column("ticker") else { return Ok(frame.height()) };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ticker in tickers.str().map_err(broken)?.iter() {
        *counts.entry(ticker.unwrap_or_default()).or_default() += 1;
    }
    Ok(counts.into_values().max().unwrap_or(0))
}

/// `SMA_10, RSI_14 and 3 more have`.
fn have(columns: &[&PlannedColumn]) -> String {
    let names: Vec<&str> = columns.iter().take(5).map(|column| column.name.as_str()).collect();
    let more =
        if columns.len() > names.len() { format!(" and {} more", columns.len() - names.len()) } else { String::new() };
    format!("{}{more} {}", names.join(", "), if columns.len() == 1 { "has" } else { "have" })
}

/// Adds the rows of newer bars to a table, and writes anew those whose labels were not known yet.
fn update(
    workspace: &Workspace,
    running: &Running<'_>,
    recipe: &Recipe,
    read: &source::Read,
    name: &TableName,
) -> Result<FeaturesDocument, Problem> {
    let warehouse = workspace.warehouse();
    let mut transaction = running.staging.transaction()?;
    // From reading to commit no one else may append: the rows would be counted wrongly.
    warehouse.hold(&mut transaction, name)?;
    let (columns, _) = warehouse.columns(name)?;
    let by_ticker = columns.iter().any(|column| column.name == "ticker");
    let seen = seen(workspace, name, by_ticker)?;
    let made = algomosaic_features::update(recipe, &read.data, &seen, &running.job.part(0.3, 0.9))?;
    let before: usize = seen.values().map(|seen| seen.rows).sum();
    let new = made.rows.frame.height();
    if new > 0 {
        let (frame, how) = if made.replaces {
            let old = warehouse.read(name, running.job)?.frame;
            let kept = kept(&old, &made.from)?;
            let all = kept.vstack(&made.rows.frame).map_err(|error| columns_differ(name, &error))?;
            (all, IfExists::Replace)
        } else {
            (made.rows.frame.clone(), IfExists::Append)
        };
        warehouse.stage(&mut transaction, name, &frame, &made.rows.labels, how)?;
        running.job.check()?;
        transaction.commit()?;
    }
    let rows = usize::try_from(warehouse.rows(name)?).unwrap_or(usize::MAX);
    Ok(FeaturesDocument {
        table: Some(name.to_string()),
        out: None,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        columns: u32::try_from(made.rows.frame.width().saturating_sub(read.data.frame.width())).unwrap_or(u32::MAX),
        labels: made.rows.labels.into_keys().collect(),
        rows_written: new,
        notes: if rows == before { vec!["there are no newer bars".to_owned()] } else { Vec::new() },
    })
}

/// The last time and the number of rows of each ticker in a table.
fn seen(workspace: &Workspace, name: &TableName, by_ticker: bool) -> Result<BTreeMap<String, Seen>, Problem> {
    let ticker = if by_ticker { "ticker" } else { "''" };
    let sql = format!(
        "SELECT {ticker} AS ticker, UNIX_MICROS(MAX(ticker_time)) AS last, COUNT(*) AS bars FROM `{name}` GROUP BY 1"
    );
    let frame = workspace.warehouse().query(&sql, None, &Job::new())?.frame;
    let column = |name: &str| frame.column(name).map_err(broken);
    let (tickers, last, bars) = (column("ticker")?, column("last")?, column("bars")?);
    let (tickers, last, bars) =
        (tickers.str().map_err(broken)?, last.i64().map_err(broken)?, bars.i64().map_err(broken)?);
    Ok(tickers
        .iter()
        .zip(last.iter())
        .zip(bars.iter())
        .filter_map(|((ticker, last), rows)| {
            let seen = Seen { last: last?, rows: usize::try_from(rows?).ok()? };
            Some((ticker.unwrap_or_default().to_owned(), seen))
        })
        .collect())
}

/// The rows of each ticker before the time from which on it is written anew.
fn kept(old: &DataFrame, from: &BTreeMap<String, i64>) -> Result<DataFrame, Problem> {
    let times = old.column("ticker_time").and_then(|times| times.to_physical_repr().i64().cloned()).map_err(broken)?;
    let tickers = old.column("ticker").ok().and_then(|tickers| tickers.str().ok().cloned());
    let keep: BooleanChunked = times
        .iter()
        .enumerate()
        .map(|(row, time)| {
            let ticker = tickers.as_ref().and_then(|tickers| tickers.get(row)).unwrap_or_default();
            from.get(ticker).is_none_or(|from| time.is_some_and(|time| time < *from))
        })
        .collect();
    old.filter(&keep).map_err(broken)
}

fn broken(error: PolarsError) -> Problem {
    Problem::new(Code::Internal, error.to_string(), "Please report this; the workspace is whole.")
}

fn columns_differ(name: &TableName, error: &PolarsError) -> Problem {
    Problem::bad(
        format!("the columns of {name} are not those that the recipe makes now: {error}"),
        "Compute the whole table anew, without --update.",
    )
}

pub(crate) fn check_lookahead(
    workspace: &Workspace,
    recipe: &str,
    from: &Source,
    job: &Job,
) -> Result<LookaheadDocument, Problem> {
    let recipe = Recipe::from_toml(recipe)?;
    let read = source::read(workspace, from, &job.part(0.0, 0.2))?;
    let report = algomosaic_features::check_lookahead(&recipe, &read.data, &job.part(0.2, 0.7))?;
    let warm_up = algomosaic_features::check_warm_up(&recipe, &read.data, &job.part(0.7, 1.0))?;
    Ok(LookaheadDocument { columns_checked: report.columns_checked, looks_ahead: report.looks_ahead, warm_up })
}
