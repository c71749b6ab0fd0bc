//! How a run came about and what was made with it: files, bars, the rows it was trained on, the training, its model file,
//! its predictions, the backtests that used them.

use algomosaic_core::{Job, Problem};
use algomosaic_data::{Cell, cells, sample};

use crate::jobs::{self, JobRecord, JobState};
use crate::ops::runs::{self, Metadata};
use crate::outcome::Outcome;
use crate::request::{Request, Source};
use crate::wire::{Fact, LineageKind, LineageStep};
use crate::workspace::Workspace;

/// How far back the origin of a table is followed.
const DEEPEST: usize = 5;

/// The steps, in the order in which they were made.
pub(crate) fn steps(
    workspace: &Workspace,
    execution: &str,
    values: &Metadata,
    query: &[Fact],
) -> Result<Vec<LineageStep>, Problem> {
    let get = |name: &str| values.get(name).cloned().unwrap_or_default();
    let fact = |name: &str| query.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
    let started = get("execution_started_at");
    let inputs: Vec<&str> = match fact("table") {
        Some(table) => vec![table],
        None => fact("tables")
            .map(|tables| tables.split(", ").filter(|table| !table.is_empty()).collect())
            .unwrap_or_default(),
    };
    let jobs: Vec<JobRecord> =
        jobs::list(workspace.root()).into_iter().filter(|job| job.state == JobState::Done).collect();
    let mut steps = Vec::new();
    for table in &inputs {
        origin(workspace, &jobs, table, &started, DEEPEST, &mut steps);
    }
    if let Some(file) = fact("file").filter(|_| fact("input_type") == Some("file")) {
        steps.push(step(LineageKind::File, file.to_owned(), None, None, None));
    }
    if let Some(sql) = fact("sql") {
        steps.push(step(LineageKind::Data, sql.to_owned(), None, None, None));
    }
    let tables: Vec<String> = runs::json::<Option<Vec<String>>>(values, "tables")?.unwrap_or_default();
    let written = |part: &str| tables.iter().find(|table| table.contains(part)).cloned();
    steps.push(step(
        LineageKind::Training,
        format!("{} for {}", get("model_type"), get("outcome_variable")),
        written(".model_metadata_"),
        Some(execution.to_owned()),
        Some(started),
    ));
    steps.push(step(LineageKind::Model, get("model_file"), written(".model_storage_"), Some(get("model_id")), None));
    let evaluation = "Predictions on the held-out rows".to_owned();
    steps.push(step(LineageKind::Evaluation, evaluation, written(".model_evaluation_"), None, None));
    steps.extend(predictions(workspace, execution)?);
    steps.extend(backtests(workspace, execution)?);
    Ok(steps)
}

fn step(
    kind: LineageKind,
    title: String,
    table: Option<String>,
    id: Option<String>,
    at: Option<String>,
) -> LineageStep {
    LineageStep { kind, title, table, id, at }
}

/// What a table was made from, as far as the jobs that were done before `until` say, then the table.
fn origin(
    workspace: &Workspace,
    jobs: &[JobRecord],
    table: &str,
    until: &str,
    depth: usize,
    steps: &mut Vec<LineageStep>,
) {
    let full = |name: &str| workspace.warehouse().name(name).map_or_else(|_| name.to_owned(), |name| name.to_string());
    let made = jobs.iter().filter(|job| job.started_at.as_str() <= until).find_map(|job| {
        let at = job.ended_at.clone();
        match (&job.request, &job.outcome) {
            (Request::Features { from, recipe, .. }, Some(Outcome::Features(document)))
                if document.table.as_deref() == Some(table) =>
            {
                let name = algomosaic_features::Recipe::from_toml(recipe).map(|recipe| recipe.name).unwrap_or_default();
                Some((Some(from.clone()), format!("Features of the recipe {name}"), at))
            }
            (Request::Import { files, .. }, Some(Outcome::Import(document))) if document.table == table => {
                let files = files.iter().map(|path| Source::File { path: path.clone() }.to_string());
                Some((None, format!("Imported from {}", files.collect::<Vec<_>>().join(", ")), at))
            }
            (Request::Demo { .. }, _) if table == full(sample::FEATURES_TABLE) => {
                let bars = Source::Table { table: full(sample::BARS_TABLE) };
                // Its end says nothing of when the features were made: they come early in it.
                Some((Some(bars), "Features of the recipe momentum".to_owned(), None))
            }
            _ => None,
        }
    });
    let kind =
        if made.as_ref().is_some_and(|(from, ..)| from.is_some()) { LineageKind::Data } else { LineageKind::Bars };
    let (title, at) = match made {
        Some((from, title, at)) => {
            match from {
                Some(Source::Table { table }) if depth > 0 => {
                    origin(workspace, jobs, &full(&table), until, depth - 1, steps);
                }
                Some(Source::File { path }) => steps.push(step(LineageKind::File, path, None, None, None)),
                Some(Source::Sql { sql, .. }) => steps.push(step(LineageKind::Bars, sql, None, None, None)),
                _ => {}
            }
            (title, at)
        }
        None => (table.to_owned(), None),
    };
    steps.push(step(kind, title, Some(table.to_owned()), None, at));
}

/// Prediction runs of the model of this training.
fn predictions(workspace: &Workspace, execution: &str) -> Result<Vec<LineageStep>, Problem> {
    let names = "'trained_by', 'execution_started_at', 'model_description', 'record_count'";
    let made = runs::metadata(workspace, &format!(" WHERE parameter IN ({names})"))?;
    let mut steps: Vec<LineageStep> = made
        .into_iter()
        .filter(|(_, values)| values.get("trained_by").is_some_and(|by| by == execution))
        .map(|(id, values)| {
            let get = |name: &str| values.get(name).cloned().unwrap_or_default();
            let at = get("execution_started_at");
            let table = algomosaic_data::lineage::Table::Prediction.name(&runs::date_of(&at), None);
            let table = format!("{}.{table}", workspace.info().project);
            let title = format!("{}: {} rows", get("model_description"), get("record_count"));
            step(LineageKind::Predictions, title, Some(table), Some(id), Some(at))
        })
        .collect();
    steps.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(steps)
}

/// Backtests whose rules used this training's predictions.
fn backtests(workspace: &Workspace, execution: &str) -> Result<Vec<LineageStep>, Problem> {
    let mut steps = Vec::new();
    for name in runs::shards(workspace, "model_performance", "model_backtest_metadata")? {
        let sql = format!(
            "SELECT backtest_execution_id, MAX(IF(parameter = 'ticker', value, NULL)), MAX(IF(parameter = 'start', value, NULL)), \
             MAX(IF(parameter = 'end', value, NULL)), MAX(backtest_executed) FROM `{name}` WHERE backtest_execution_id IN \
             (SELECT backtest_execution_id FROM `{name}` WHERE parameter = 'model_execution_id' AND value = '{execution}') \
             GROUP BY backtest_execution_id"
        );
        for row in cells(&workspace.warehouse().query(&sql, None, &Job::new())?.frame)? {
            let text = |index: usize| match row.get(index) {
                Some(Cell::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let day = |index: usize| text(index).get(..10).unwrap_or_default().to_owned();
            steps.push(step(
                LineageKind::Backtest,
                format!("Backtest of {}, {} to {}", text(1), day(2), day(3)),
                Some(name.to_string().replace("model_backtest_metadata_", "model_backtest_")),
                Some(text(0)),
                Some(text(4)),
            ));
        }
    }
    steps.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(steps)
}
