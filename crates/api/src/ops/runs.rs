//! Runs, read back from the tables of their lineage: the list, one in full, and the model by any of its names.

use std::collections::BTreeMap;

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Cell, TableName, cells};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::wire::{RunDetail, RunSummary};
use crate::workspace::Workspace;

use super::charts;

/// The metadata of one run: parameter to value.
type Metadata = BTreeMap<String, String>;

/// Every training run, the newest first.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<RunSummary>, Problem> {
    let all = metadata(workspace, None)?;
    let scores = performance(workspace)?;
    let mut runs = Vec::new();
    for (execution, values) in all {
        let get = |name: &str| values.get(name).cloned().unwrap_or_default();
        let score = |name: &str| scores.get(&execution).and_then(|of_run| of_run.get(name).copied().flatten());
        runs.push(RunSummary {
            model_id: get("model_id"),
            model_type: get("model_type"),
            outcome: get("outcome_variable"),
            executed_at: get("execution_started_at"),
            rsquared: score("rsquared"),
            control_median: score("control_rsquared"),
            p_value: score("p_value"),
            leaks: json::<Value>(&values, "split")?["leaks"] == Value::Bool(true),
            source: source(&values),
            model_execution_id: execution,
        });
    }
    runs.sort_by(|a, b| b.executed_at.cmp(&a.executed_at));
    Ok(runs)
}

/// A run in full, with its charts where they are wanted.
pub(crate) fn detail(workspace: &Workspace, model_execution_id: &str, with_charts: bool) -> Result<RunDetail, Problem> {
    let execution = find(workspace, model_execution_id)?;
    let values = metadata(workspace, Some(&execution))?.remove(&execution).unwrap_or_default();
    let get = |name: &str| values.get(name).cloned().unwrap_or_default();
    let number = |name: &str| get(name).parse::<f64>().unwrap_or(f64::NAN);
    let of_run = performance(workspace)?.remove(&execution).unwrap_or_default();
    let scores: Map<String, Value> =
        of_run.iter().map(|(name, value)| (name.clone(), value.map_or(Value::Null, Value::from))).collect();
    let mut scores = scores;
    let rows = scores.get("rows").and_then(Value::as_f64).unwrap_or(0.0);
    scores.insert("rows".to_owned(), Value::from(rows as u32));
    if scores.contains_key("roc_auc") {
        scores.insert("classes".to_owned(), Value::Object(scores.clone()));
    }
    let control: algomosaic_model::Control = json(&values, "control")?;
    Ok(RunDetail {
        model_id: get("model_id"),
        model_type: get("model_type"),
        outcome: get("outcome_variable"),
        data_hash: get("data_hash"),
        source: source(&values),
        seed: number("seed") as u32,
        run_time_seconds: number("execution_run_time"),
        fits: get("fits").parse().unwrap_or(control.repeats + 1),
        feature_count: number("feature_count") as u32,
        record_count: number("record_count") as u32,
        executed_at: get("execution_started_at"),
        model_file: get("model_file"),
        scores: parse(Value::Object(scores), "scores")?,
        control,
        split: json(&values, "split")?,
        checks: json(&values, "checks")?,
        importance: importance(workspace, &execution, &values)?,
        folds: json_or_nothing(&values, "folds")?,
        paths: json_or_nothing(&values, "paths")?,
        leaks: json_or_nothing(&values, "leaks")?,
        residuals: json_or_nothing(&values, "residuals")?,
        learning_curve: json_or_nothing(&values, "learning_curve")?,
        search: json_or_nothing(&values, "search")?,
        latest: json_or_nothing(&values, "latest")?,
        charts: if with_charts { charts::of_run(workspace, &execution)? } else { Vec::new() },
        tables: json(&values, "tables")?,
        model_execution_id: execution,
    })
}

/// The execution id of a run, from it, from the model's id, or from the start of either. The newest wins for a model.
pub(crate) fn find(workspace: &Workspace, wanted: &str) -> Result<String, Problem> {
    let unknown = || {
        Problem::not_found(format!("there is no run or model {wanted}"), "`algom models list` shows those there are.")
    };
    if wanted.len() < 4 || !wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let runs = list(workspace)?;
    let matching: Vec<&RunSummary> = runs
        .iter()
        .filter(|run| run.model_execution_id.starts_with(wanted) || run.model_id.starts_with(wanted))
        .collect();
    let first = matching.first().ok_or_else(unknown)?;
    if matching.iter().any(|run| run.model_id != first.model_id) {
        return Err(Problem::new(
            Code::Usage,
            format!("{wanted} is the start of {} different models' ids", matching.len()),
            "Give more of the id.",
        ));
    }
    Ok(first.model_execution_id.clone())
}

/// `YYYYMMDD` of a run, by which its tables are named.
pub(crate) fn date_of(values: &str) -> String {
    values.chars().filter(char::is_ascii_digit).take(8).collect()
}

/// When a run started, by its execution id.
pub(crate) fn started_at(workspace: &Workspace, execution: &str) -> Result<String, Problem> {
    Ok(metadata(workspace, Some(execution))?
        .remove(execution)
        .and_then(|values| values.get("execution_started_at").cloned())
        .unwrap_or_default())
}

/// SHA-256 of the model file as the run wrote it.
pub(crate) fn model_hash(workspace: &Workspace, execution: &str) -> Result<String, Problem> {
    Ok(metadata(workspace, Some(execution))?
        .remove(execution)
        .and_then(|values| values.get("model_file_sha256").cloned())
        .unwrap_or_default())
}

/// The table's shards of all days.
pub(crate) fn shards(workspace: &Workspace, dataset: &str, prefix: &str) -> Result<Vec<TableName>, Problem> {
    let is_shard = |table: &str| {
        table
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            .is_some_and(|date| date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let tables = workspace.warehouse().tables()?;
    Ok(tables
        .into_iter()
        .map(|table| table.name)
        .filter(|name| name.dataset == dataset && is_shard(&name.table))
        .collect())
}

fn metadata(workspace: &Workspace, execution: Option<&str>) -> Result<BTreeMap<String, Metadata>, Problem> {
    let filter = execution.map(|id| format!(" WHERE model_execution_id = '{id}'")).unwrap_or_default();
    let mut runs: BTreeMap<String, Metadata> = BTreeMap::new();
    for row in union(workspace, "model_metadata", "model_metadata", "model_execution_id, parameter, value", &filter)? {
        if let [Cell::Text(id), Cell::Text(name), Cell::Text(value)] = &row[..] {
            runs.entry(id.clone()).or_default().insert(name.clone(), value.clone());
        }
    }
    runs.retain(|_, values| values.get("model_execution_type").is_some_and(|kind| kind == "TRAIN"));
    Ok(runs)
}

fn performance(workspace: &Workspace) -> Result<BTreeMap<String, BTreeMap<String, Option<f64>>>, Problem> {
    let mut runs: BTreeMap<String, BTreeMap<String, Option<f64>>> = BTreeMap::new();
    for row in union(workspace, "model_performance", "model_performance", "model_execution_id, parameter, value", "")? {
        if let [Cell::Text(id), Cell::Text(name), value] = &row[..] {
            let value = if let Cell::Float(value) = value { Some(*value) } else { None };
            runs.entry(id.clone()).or_default().insert(name.clone(), value);
        }
    }
    Ok(runs)
}

fn importance(
    workspace: &Workspace,
    execution: &str,
    values: &Metadata,
) -> Result<Vec<algomosaic_model::Importance>, Problem> {
    if values.contains_key("importance") {
        return json(values, "importance");
    }
    let tables: Vec<String> = json(values, "tables")?;
    let Some(table) = tables.iter().find(|table| table.contains(".feature_importance_")) else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT variable, importance, rank, pct_rank FROM `{table}` WHERE model_execution_id = '{execution}' ORDER BY rank"
    );
    let result = workspace.warehouse().query(&sql, None, &Job::new())?;
    let mut found = Vec::new();
    for row in cells(&result.frame)? {
        if let [Cell::Text(variable), importance, Cell::Int(rank), pct_rank] = &row[..] {
            let float = |cell: &Cell| if let Cell::Float(value) = cell { *value } else { f64::NAN };
            found.push(algomosaic_model::Importance {
                variable: variable.clone(),
                importance: float(importance),
                rank: u32::try_from(*rank).unwrap_or(u32::MAX),
                pct_rank: float(pct_rank),
                rank_mean: None,
                rank_deviation: None,
                group: None,
            });
        }
    }
    Ok(found)
}

/// Rows of the shards of all days.
fn union(
    workspace: &Workspace,
    dataset: &str,
    prefix: &str,
    columns: &str,
    filter: &str,
) -> Result<Vec<Vec<Cell>>, Problem> {
    let selects: Vec<String> = shards(workspace, dataset, prefix)?
        .iter()
        .map(|name| format!("SELECT {columns} FROM `{name}`{filter}"))
        .collect();
    if selects.is_empty() {
        return Ok(Vec::new());
    }
    let result = workspace.warehouse().query(&selects.join(" UNION ALL "), None, &Job::new())?;
    Ok(cells(&result.frame)?)
}

fn source(values: &Metadata) -> String {
    let request: Value = values.get("request").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    match request.get("from") {
        Some(from) => ["table", "path", "sql"]
            .iter()
            .find_map(|key| from.get(key).and_then(Value::as_str))
            .unwrap_or_default()
            .to_owned(),
        None => algomosaic_data::sample::FEATURES_TABLE.to_owned(),
    }
}

fn json<T: DeserializeOwned>(values: &Metadata, name: &str) -> Result<T, Problem> {
    let text = values.get(name).map_or("null", String::as_str);
    parse(serde_json::from_str(text).unwrap_or_default(), name)
}

/// The same for what runs of older versions do not have.
fn json_or_nothing<T: DeserializeOwned + Default>(values: &Metadata, name: &str) -> Result<T, Problem> {
    if values.contains_key(name) { json(values, name) } else { Ok(T::default()) }
}

fn parse<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| {
        Problem::bad(
            format!("the run's {name} cannot be read from model_metadata: {error}"),
            "The table was written by another version or changed by hand; train again.",
        )
    })
}
