//! What the Features page shows while a recipe is made: bars, its columns on them, its correlations and its checks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use algomosaic_core::{Code, Job, Problem, names};
use algomosaic_data::{SqlParams, SqlValue, TableName};
use algomosaic_features::{Entry, FeatureFrame, PlannedColumn, Recipe};
use algomosaic_indicators::{Draw, Indicator};
use polars::prelude::{DataFrame, DataType, TimeUnit};

use super::kept::Kept;
use super::{source, tables};
use crate::wire::SavedFile;
use crate::wire_features::{
    BarSource, EntryProblem, FeatureCorrelations, FeaturePreview, IndicatorForm, OutputForm, PreviewColumn,
    PreviewRequest, RecipeCheck, RecipeOn, TickerBars,
};
use crate::workspace::Workspace;

/// Tickers that a list offers.
const TICKERS: u64 = 1_000;
/// The last bars of a ticker that a preview computes over, so that a change shows at once on any table.
const BARS: u32 = 200_000;
/// Tickers whose bars stay in memory: a grid of nine, and a few that were looked at before.
const KEPT: usize = 12;
/// Values of them, all together: 160 MB.
const KEPT_VALUES: usize = 20_000_000;

/// The whole catalogue.
pub(crate) fn catalogue() -> Vec<IndicatorForm> {
    algomosaic_indicators::catalogue()
        .iter()
        .map(|one| IndicatorForm {
            id: one.id,
            family: one.family(),
            group: one.group.label(),
            label: one.label,
            help: one.help,
            formula: one.formula,
            source: one.source,
            params: one.params,
            outputs: one
                .outputs
                .iter()
                .map(|output| OutputForm {
                    name: output.name,
                    pattern: output.pattern,
                    integer: output.integer,
                    draw: output.draw,
                })
                .collect(),
            streams: one.streams(),
        })
        .collect()
}

/// Tables with bars: a time, an open, a high, a low and a close.
pub(crate) fn sources(workspace: &Workspace, known: &KnownTickers) -> Result<Vec<BarSource>, Problem> {
    let mut found = Vec::new();
    for table in tables::to_work_on(workspace)? {
        let Ok((columns, _)) = workspace.warehouse().columns(&table.name) else { continue };
        let has = |name: &str| columns.iter().any(|column| column.name == name);
        if !["ticker_time", "open", "high", "low", "close"].iter().all(|name| has(name)) {
            continue;
        }
        let tickers = if has("ticker") { known.of(workspace, &table.name)? } else { Vec::new() };
        found.push(BarSource {
            table: table.name.to_string(),
            tickers,
            columns: columns
                .iter()
                .filter(|column| matches!(column.kind.as_str(), "FLOAT64" | "INT64"))
                .map(|column| column.name.clone())
                .collect(),
        });
    }
    Ok(found)
}

/// The tickers of tables, each with the state of the table that they were read from: on BigQuery each reading is billed.
#[derive(Default)]
pub(crate) struct KnownTickers(Mutex<BTreeMap<String, (String, Vec<TickerBars>)>>);

impl KnownTickers {
    fn of(&self, workspace: &Workspace, table: &TableName) -> Result<Vec<TickerBars>, Problem> {
        let place = format!("{}\n{table}", workspace.root().display());
        let version = workspace.warehouse().version(table)?;
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tickers)) = known().get(&place).filter(|(of, _)| *of == version) {
            return Ok(tickers.clone());
        }
        let found = tickers(workspace, &table.to_string())?;
        known().insert(place, (version, found.clone()));
        Ok(found)
    }
}

fn tickers(workspace: &Workspace, table: &str) -> Result<Vec<TickerBars>, Problem> {
    let sql = format!(
        "SELECT ticker, COUNT(*) AS bars FROM `{table}` WHERE ticker IS NOT NULL GROUP BY ticker ORDER BY ticker"
    );
    let frame = workspace.warehouse().query(&sql, Some(TICKERS), &Job::new())?.frame;
    let broken = |error: polars::prelude::PolarsError| {
        Problem::new(Code::Internal, error.to_string(), "Please report this; the workspace is whole.")
    };
    let names = frame.column("ticker").and_then(|column| column.str().cloned()).map_err(broken)?;
    let counts = frame.column("bars").and_then(|column| column.i64().cloned()).map_err(broken)?;
    let tickers = names.iter().zip(counts.iter()).map(|(name, bars)| TickerBars {
        ticker: name.unwrap_or_default().to_owned(),
        bars: bars.and_then(|bars| u64::try_from(bars).ok()).unwrap_or(0),
    });
    Ok(tickers.collect())
}

/// The bars that were read last, so that each change of a parameter computes and does not read.
#[derive(Default)]
pub(crate) struct LastBars(Mutex<Vec<Named>>);

/// Bars, and a text that stands for them: their place, and the version of the table.
type Named = (String, Arc<FeatureFrame>);

impl LastBars {
    fn get(&self, workspace: &Workspace, table: &str, ticker: Option<&str>) -> Result<Named, Problem> {
        let name = workspace.warehouse().name(table)?;
        let version = workspace.warehouse().version(&name)?;
        let key = format!("{}\n{name}\n{ticker:?}\n{version}", workspace.root().display());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|(of, _)| *of == key) {
            let found = kept.remove(place);
            kept.push(found.clone());
            return Ok(found);
        }
        let mut params = SqlParams::new();
        let filter = match ticker {
            Some(ticker) => {
                params.insert("ticker".to_owned(), SqlValue { kind: "STRING".to_owned(), value: ticker.into() });
                "WHERE ticker = @ticker "
            }
            None => "",
        };
        let sql = format!("SELECT * FROM `{name}` {filter}ORDER BY ticker_time DESC LIMIT {BARS}");
        let read = workspace.warehouse().prepare(&sql, &params)?.frame(None, &Job::new())?;
        // Oldest first, as they are computed, so that no preview sorts them again.
        let bars = Arc::new(FeatureFrame { frame: read.frame.reverse(), labels: read.marks });
        kept.push((key.clone(), Arc::clone(&bars)));
        let values =
            |kept: &[Named]| kept.iter().map(|(_, bars)| bars.frame.height() * bars.frame.width()).sum::<usize>();
        while kept.len() > 1 && (kept.len() > KEPT || values(&kept) > KEPT_VALUES) {
            kept.remove(0);
        }
        Ok((key, bars))
    }
}

/// The last bars of a ticker with the columns of a recipe. An entry that cannot be computed says why, and the others
/// are computed.
pub(crate) fn preview(
    workspace: &Workspace,
    last: &LastBars,
    request: &PreviewRequest,
) -> Result<FeaturePreview, Problem> {
    let (place, bars) = last.get(workspace, &request.table, request.ticker.as_deref())?;
    let (recipe, problems) = computable(&request.recipe, &bars);
    let hidden = |column: &PlannedColumn| {
        let (is_label, entry) = recipe.place(column);
        if is_label { &request.hidden_labels } else { &request.hidden_features }.contains(&entry)
    };
    let made = algomosaic_features::compute_wanted(&recipe.recipe, &bars, |column| !hidden(column), &Job::new())?;
    let height = made.frame.height();
    let shown = (request.bars as usize).min(height);
    let frame = made.frame.slice(i64::try_from(height - shown).unwrap_or(0), shown);
    let planned = recipe.recipe.columns_over(&bars.labels)?;
    let mut columns = Vec::with_capacity(planned.len());
    for column in &planned {
        let (is_label, entry) = recipe.place(column);
        columns.push(PreviewColumn {
            name: column.name.clone(),
            is_label,
            entry,
            horizon: column.horizon,
            warm_up: column.warm_up,
            overlay: column.overlay,
            apart: column.apart,
            draw: draw(&recipe.recipe, column),
            values: if hidden(column) { Vec::new() } else { numbers(&frame, &column.name)? },
        });
    }
    let bars_id = format!("{place}\n{shown} of {height}");
    let are_known = request.known_bars.as_ref() == Some(&bars_id);
    let of_bars = |name: &str| {
        if are_known || frame.column(name).is_err() { Ok(Vec::new()) } else { numbers(&frame, name) }
    };
    Ok(FeaturePreview {
        bars_id,
        times: if are_known { Vec::new() } else { times(&frame)? },
        open: of_bars("open")?,
        high: of_bars("high")?,
        low: of_bars("low")?,
        close: of_bars("close")?,
        volume: of_bars("volume")?,
        columns,
        problems,
    })
}

/// The entries of a recipe that can be computed, and where they stood.
struct Computable {
    recipe: Recipe,
    features: Vec<u32>,
    labels: Vec<u32>,
}

impl Computable {
    /// Whether a column is a label, and where its entry stood in the recipe that was asked for.
    fn place(&self, column: &PlannedColumn) -> (bool, u32) {
        let place = column.entry_place;
        let places = if column.is_label { &self.labels } else { &self.features };
        (column.is_label, places.get(place).copied().unwrap_or(0))
    }
}

/// Tries the recipe whole; when it fails, entry by entry.
fn computable(recipe: &Recipe, bars: &FeatureFrame) -> (Computable, Vec<EntryProblem>) {
    let tip = FeatureFrame { frame: bars.frame.head(Some(1)), labels: bars.labels.clone() };
    let works = |recipe: &Recipe| algomosaic_features::compute(recipe, &tip, &Job::new()).map(drop);
    let all = |entries: &[Entry]| (0..).take(entries.len()).collect::<Vec<u32>>();
    if works(recipe).is_ok() {
        let whole = Computable { recipe: recipe.clone(), features: all(&recipe.feature), labels: all(&recipe.label) };
        return (whole, Vec::new());
    }
    let empty = Recipe { name: recipe.name.clone(), feature: Vec::new(), label: Vec::new() };
    let mut found = Computable { recipe: empty, features: Vec::new(), labels: Vec::new() };
    let mut problems = Vec::new();
    for (is_label, entries) in [(false, &recipe.feature), (true, &recipe.label)] {
        for (place, entry) in (0..).zip(entries) {
            let mut next = found.recipe.clone();
            if is_label { &mut next.label } else { &mut next.feature }.push(entry.clone());
            match works(&next) {
                Ok(()) => {
                    found.recipe = next;
                    if is_label { &mut found.labels } else { &mut found.features }.push(place);
                }
                Err(error) => {
                    let problem = Problem::from(error);
                    problems.push(EntryProblem {
                        is_label,
                        entry: place,
                        message: problem.message,
                        hint: problem.hint,
                    });
                }
            }
        }
    }
    (found, problems)
}

/// How a column is drawn.
fn draw(recipe: &Recipe, column: &PlannedColumn) -> Draw {
    let entries = if column.is_label { &recipe.label } else { &recipe.feature };
    let Some(entry) = entries.get(column.entry_place) else { return Draw::Line };
    let found: Option<&Indicator> = match (&entry.indicator, &entry.transform) {
        (Some(id), _) => algomosaic_indicators::find(id),
        (_, Some(id)) => algomosaic_indicators::transform(id),
        _ => None,
    };
    found.and_then(|found| found.outputs.get(column.output_place)).map_or(Draw::Line, |output| output.draw)
}

fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>, Problem> {
    let broken = |error: polars::prelude::PolarsError| {
        Problem::new(Code::Internal, error.to_string(), "Please report this; the workspace is whole.")
    };
    let column = frame.column(name).and_then(|column| column.cast(&DataType::Float64)).map_err(broken)?;
    Ok(column.f64().map_err(broken)?.iter().map(|value| value.filter(|value| value.is_finite())).collect())
}

fn times(frame: &DataFrame) -> Result<Vec<f64>, Problem> {
    let broken = |error: polars::prelude::PolarsError| {
        Problem::new(Code::Internal, error.to_string(), "Please report this; the workspace is whole.")
    };
    let column = frame.column("ticker_time").map_err(broken)?;
    let a_second = match column.dtype() {
        DataType::Date => 1.0 / 86_400.0,
        DataType::Datetime(TimeUnit::Milliseconds, _) => 1e3,
        DataType::Datetime(TimeUnit::Nanoseconds, _) => 1e9,
        _ => 1e6,
    };
    let numbers = column.to_physical_repr().cast(&DataType::Float64).map_err(broken)?;
    Ok(numbers.f64().map_err(broken)?.iter().map(|time| time.unwrap_or(0.0) / a_second).collect())
}

/// Rank correlations of the recipe's columns with each other and with its labels.
pub(crate) fn correlations(workspace: &Workspace, on: &RecipeOn, job: &Job) -> Result<FeatureCorrelations, Problem> {
    let read = source::read(workspace, &on.from, &job.part(0.0, 0.3))?;
    let made = algomosaic_features::compute(&on.recipe, &read.data, &job.part(0.3, 0.6))?;
    let planned = on.recipe.columns_over(&read.data.labels)?;
    let columns: Vec<String> =
        planned.iter().map(|column| column.name.clone()).filter(|name| !names::is_index(name)).collect();
    let found = algomosaic_features::correlations(&made, &columns, &job.part(0.6, 1.0))?;
    let labels: BTreeMap<&str, bool> = planned.iter().map(|column| (column.name.as_str(), column.is_label)).collect();
    let is_label = |name: &String| labels.get(name.as_str()).copied().unwrap_or(false);
    Ok(FeatureCorrelations {
        labels: found.columns.iter().filter(|name| is_label(name)).cloned().collect(),
        columns: found.columns,
        matrix: found
            .matrix
            .into_iter()
            .map(|row| row.into_iter().map(|value| value.is_finite().then_some(value)).collect())
            .collect(),
        rows: found.rows,
    })
}

const EXPORTS: Kept = Kept { folder: "exports", ending: "csv", one: "file" };

/// Saves a table of numbers that the page shows below the workspace's `exports`.
pub(crate) fn save_csv(workspace: &Workspace, name: &str, csv: &str) -> Result<SavedFile, Problem> {
    EXPORTS.save(workspace, name, csv)?;
    Ok(SavedFile { path: EXPORTS.file(workspace, name)?.to_string_lossy().into_owned() })
}

/// The look-ahead check and the warm-up check.
pub(crate) fn check(workspace: &Workspace, on: &RecipeOn, job: &Job) -> Result<RecipeCheck, Problem> {
    let read = source::read(workspace, &on.from, &job.part(0.0, 0.1))?;
    job.stage("looking for later bars")?;
    let ahead = algomosaic_features::check_lookahead(&on.recipe, &read.data, &job.part(0.1, 0.6))?;
    job.stage("measuring the warm-up")?;
    let warm_up = algomosaic_features::check_warm_up(&on.recipe, &read.data, &job.part(0.6, 1.0))?;
    Ok(RecipeCheck { columns_checked: ahead.columns_checked, looks_ahead: ahead.looks_ahead, warm_up })
}

#[cfg(test)]
mod tests;
