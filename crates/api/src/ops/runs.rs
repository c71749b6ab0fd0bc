//! Runs, read back from the tables of their lineage: the list, one in full, and the model by any of its names.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Cell, TableName, cells};
use polars::prelude::{Column, DataFrame};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::wire::models::no_run;
use crate::wire::{RunDetail, RunQuery, RunSort, RunSummary};
use crate::workspace::Workspace;

use super::charts;
use super::models::events;

/// The metadata of one run: parameter to value.
pub(crate) type Metadata = BTreeMap<String, String>;

/// What a list needs of the metadata.
const LISTED: [&str; 8] = [
    "model_execution_type",
    "model_id",
    "model_type",
    "outcome_variable",
    "execution_started_at",
    "split",
    "request",
    "model_file",
];

/// The runs of a query, in its order.
pub(crate) fn list(workspace: &Workspace, query: &RunQuery) -> Result<Vec<RunSummary>, Problem> {
    let filter = Filter::new(query)?;
    let registry = events::read(workspace)?;
    let mut runs: Vec<RunSummary> = all(workspace, &registry)?
        .into_iter()
        .filter(|run| run.deleted_at.is_some() == query.trash && filter.fits(run))
        .collect();
    sort(&mut runs, query.sort, query.reverse);
    Ok(runs)
}

/// Every run, those in the trash among them, the newest first; those that were purged are gone.
fn all(workspace: &Workspace, registry: &events::Registry) -> Result<Vec<RunSummary>, Problem> {
    let listed = LISTED.map(|name| format!("'{name}'")).join(", ");
    let metadata = trainings(workspace, &format!(" WHERE parameter IN ({listed})"))?;
    let scores = performance(workspace, " WHERE parameter IN ('rsquared', 'control_rsquared', 'p_value')")?;
    let mut runs = Vec::new();
    for (execution, values) in metadata {
        let standing = registry.of(&execution);
        if standing.purged_at.is_some() {
            continue;
        }
        let get = |name: &str| values.get(name).cloned().unwrap_or_default();
        let score = |name: &str| scores.get(&execution).and_then(|of_run| of_run.get(name).copied().flatten());
        let leaks = json::<Value>(&values, "split")?["leaks"] == Value::Bool(true);
        let p_value = score("p_value");
        runs.push(RunSummary {
            model_id: get("model_id"),
            model_type: get("model_type"),
            outcome: get("outcome_variable"),
            executed_at: get("execution_started_at"),
            rsquared: score("rsquared"),
            control_median: score("control_rsquared"),
            p_value,
            leaks,
            signal: !leaks && p_value.is_some_and(|p| p <= algomosaic_model::control::SIGNIFICANCE),
            source: source(&values),
            domain: domain(&get("model_file")),
            tags: standing.tags.into_iter().collect(),
            note: standing.note,
            aliases: registry.aliases_of(&execution),
            deleted_at: standing.deleted_at,
            model_execution_id: execution,
        });
    }
    sort(&mut runs, RunSort::Started, false);
    Ok(runs)
}

/// What is before `models/` in the name of a model file.
pub(crate) fn domain(model_file: &str) -> String {
    model_file.rsplit_once("models/").map_or("", |(domain, _)| domain.trim_end_matches('/')).to_owned()
}

/// The parts of a query that filter, read once.
struct Filter<'a> {
    query: &'a RunQuery,
    text: Option<String>,
    algorithm: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

impl<'a> Filter<'a> {
    fn new(query: &'a RunQuery) -> Result<Filter<'a>, Problem> {
        if query.min_score.is_some_and(|score| !score.is_finite()) {
            return Err(Problem::bad(
                "the least score must be a number",
                "Write it like 0.01; R² of 1 is the best there is.",
            ));
        }
        let time = |name: &str, text: &Option<String>, end_of_day: &str| -> Result<Option<String>, Problem> {
            let Some(text) = text else { return Ok(None) };
            if chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
                return Ok(Some(format!("{text}T{end_of_day}Z")));
            }
            let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| {
                Problem::bad(
                    format!("{name} is {text:?}, which is no day and no time"),
                    "Write a day like 2026-01-31, or a time like 2026-01-31T09:30:00Z.",
                )
            })?;
            Ok(Some(algomosaic_data::timestamp_text(time.timestamp_micros())))
        };
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        Ok(Filter {
            query,
            text: query.text.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()),
            algorithm: query.algorithm.as_deref().map(|wanted| {
                let known = algomosaic_model::algorithms().iter().find(|known| known.id == wanted);
                plain(known.map_or(wanted, |known| known.label))
            }),
            since: time("since", &query.since, "00:00:00.000000")?,
            until: time("until", &query.until, "23:59:59.999999")?,
        })
    }

    fn fits(&self, run: &RunSummary) -> bool {
        let query = self.query;
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let among = |wanted: &Option<String>, values: &[String]| {
            wanted.as_ref().is_none_or(|wanted| values.iter().any(|value| value == wanted))
        };
        self.text.as_deref().is_none_or(|text| mentions(run, text))
            && is(&query.domain, &run.domain)
            && is(&query.outcome, &run.outcome)
            && self.algorithm.as_deref().is_none_or(|wanted| wanted == plain(&run.model_type))
            && among(&query.tag, &run.tags)
            && among(&query.alias, &run.aliases)
            && self.since.as_deref().is_none_or(|since| run.executed_at.as_str() >= since)
            && self.until.as_deref().is_none_or(|until| run.executed_at.as_str() <= until)
            && query.min_score.is_none_or(|least| run.rsquared.is_some_and(|score| score >= least))
            && (!query.signal_only || run.signal)
    }
}

/// Whether a run's words hold a text in small letters.
fn mentions(run: &RunSummary, text: &str) -> bool {
    let words = [&run.model_execution_id, &run.model_id, &run.model_type, &run.outcome, &run.source, &run.note];
    words.into_iter().chain(&run.tags).chain(&run.aliases).any(|word| word.to_lowercase().contains(text))
}

fn sort(runs: &mut [RunSummary], by: RunSort, reverse: bool) {
    let number = |a: Option<f64>, b: Option<f64>| match (a, b) {
        // Undefined comes last, also backwards.
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) if reverse => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
    };
    let negative = |value: Option<f64>| value.map(|value| -value);
    let text = |a: &str, b: &str| if reverse { b.cmp(a) } else { a.cmp(b) };
    runs.sort_by(|a, b| {
        let order = match by {
            RunSort::Started => text(&b.executed_at, &a.executed_at),
            RunSort::Score => number(negative(a.rsquared), negative(b.rsquared)),
            RunSort::PValue => number(a.p_value, b.p_value),
            RunSort::Model => text(&a.model_type, &b.model_type),
            RunSort::Outcome => text(&a.outcome, &b.outcome),
        };
        order.then_with(|| b.executed_at.cmp(&a.executed_at))
    });
}

/// A list of runs as a frame: what the export of the list has.
pub(crate) fn frame(runs: &[RunSummary]) -> Result<DataFrame, Problem> {
    let text = |name: &str, of: &dyn Fn(&RunSummary) -> String| -> Column {
        Column::new(name.into(), runs.iter().map(of).collect::<Vec<String>>())
    };
    let number = |name: &str, of: fn(&RunSummary) -> Option<f64>| -> Column {
        Column::new(name.into(), runs.iter().map(of).collect::<Vec<Option<f64>>>())
    };
    let columns = vec![
        text("model_execution_id", &|run| run.model_execution_id.clone()),
        text("model_id", &|run| run.model_id.clone()),
        text("model_type", &|run| run.model_type.clone()),
        text("outcome", &|run| run.outcome.clone()),
        number("rsquared", |run| run.rsquared),
        number("control_median", |run| run.control_median),
        number("p_value", |run| run.p_value),
        Column::new("leaks".into(), runs.iter().map(|run| run.leaks).collect::<Vec<bool>>()),
        text("executed_at", &|run| run.executed_at.clone()),
        text("source", &|run| run.source.clone()),
        text("domain", &|run| run.domain.clone()),
        text("aliases", &|run| run.aliases.join(", ")),
        text("tags", &|run| run.tags.join(", ")),
        text("note", &|run| run.note.clone()),
    ];
    DataFrame::new(runs.len(), columns).map_err(|error| algomosaic_data::Error::from(error).into())
}

/// A run in full by any of its names, with its charts where they are wanted. It may be in the trash.
pub(crate) fn detail(workspace: &Workspace, wanted: &str, with_charts: bool) -> Result<RunDetail, Problem> {
    let execution = find_any(workspace, wanted)?;
    let values = metadata_of(workspace, &execution)?;
    let get = |name: &str| values.get(name).cloned().unwrap_or_default();
    let number = |name: &str| get(name).parse::<f64>().unwrap_or(f64::NAN);
    let filter = format!(" WHERE model_execution_id = '{execution}'");
    let of_run = performance(workspace, &filter)?.remove(&execution).unwrap_or_default();
    let scores: Map<String, Value> =
        of_run.iter().map(|(name, value)| (name.clone(), value.map_or(Value::Null, Value::from))).collect();
    let mut scores = scores;
    let rows = scores.get("rows").and_then(Value::as_f64).unwrap_or(0.0);
    scores.insert("rows".to_owned(), Value::from(rows as u32));
    if scores.contains_key("roc_auc") {
        scores.insert("classes".to_owned(), Value::Object(scores.clone()));
    }
    let control: algomosaic_model::Control = json(&values, "control")?;
    let mut run = RunDetail {
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
        classes: json_or_nothing(&values, "classes")?,
        importance: importance(workspace, &execution, &values)?,
        folds: json_or_nothing(&values, "folds")?,
        paths: json_or_nothing(&values, "paths")?,
        leaks: json_or_nothing(&values, "leaks")?,
        residuals: json_or_nothing(&values, "residuals")?,
        learning_curve: json_or_nothing(&values, "learning_curve")?,
        search: json_or_nothing(&values, "search")?,
        latest: json_or_nothing(&values, "latest")?,
        charts: Vec::new(),
        tables: json(&values, "tables")?,
        model_execution_id: execution,
    };
    if with_charts {
        run.charts = charts::of_detail(workspace, &run)?;
    }
    Ok(run)
}

/// The run of an id, of a model's id, of the start of either, or of an alias. One in the trash cannot be used.
pub(crate) fn find(workspace: &Workspace, wanted: &str) -> Result<String, Problem> {
    let registry = events::read(workspace)?;
    let execution = locate(workspace, &registry, wanted)?;
    if registry.is_deleted(&execution) {
        return Err(Problem::not_found(
            format!("the run {} is in the trash", short(&execution)),
            format!("Restore it first: algom models restore {}", short(&execution)),
        ));
    }
    Ok(execution)
}

/// Like [`find`], also in the trash.
pub(crate) fn find_any(workspace: &Workspace, wanted: &str) -> Result<String, Problem> {
    locate(workspace, &events::read(workspace)?, wanted)
}

/// The run in the trash of any of its names. One that is not there is refused, whatever else is.
pub(crate) fn find_deleted(workspace: &Workspace, wanted: &str) -> Result<String, Problem> {
    let registry = events::read(workspace)?;
    let wanted = wanted.trim();
    let trash = registry.trash();
    let matching: Vec<&String> = trash.iter().filter(|run| wanted.len() >= 4 && run.starts_with(wanted)).collect();
    match matching[..] {
        [run] => Ok(run.clone()),
        _ => locate(workspace, &registry, wanted),
    }
}

/// One run of the list.
pub(crate) fn summary(workspace: &Workspace, execution: &str) -> Result<RunSummary, Problem> {
    let registry = events::read(workspace)?;
    all(workspace, &registry)?
        .into_iter()
        .find(|run| run.model_execution_id == execution)
        .ok_or_else(|| no_run(execution))
}

/// Each model file with the runs that have it, each with its file's SHA-256.
pub(crate) fn model_files(workspace: &Workspace) -> Result<BTreeMap<String, BTreeMap<String, String>>, Problem> {
    let mut files: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let filter = " WHERE parameter IN ('model_execution_type', 'model_file', 'model_file_sha256')";
    for (run, mut values) in trainings(workspace, filter)? {
        let mut take = |name: &str| values.remove(name).unwrap_or_default();
        let (file, sha256) = (take("model_file"), take("model_file_sha256"));
        files.entry(file).or_default().insert(run, sha256);
    }
    Ok(files)
}

/// The start of an id, as lists show it.
pub(crate) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Never guesses: what several runs share is refused with their ids.
fn locate(workspace: &Workspace, registry: &events::Registry, wanted: &str) -> Result<String, Problem> {
    let wanted = wanted.trim();
    let (alias, outcome) = wanted.split_once(':').map_or((wanted, None), |(alias, outcome)| (alias, Some(outcome)));
    if events::alias(alias).is_ok() {
        let mut holders = registry.holders(alias);
        holders.retain(|(scope, _)| outcome.is_none_or(|outcome| outcome == scope.outcome));
        return match &holders[..] {
            [] => Err(no_run(wanted)),
            [(_, run)] => Ok(run.clone()),
            several => {
                let of = |(scope, run): &(events::Scope, String)| {
                    let domain = if scope.domain.is_empty() { String::new() } else { format!(" in {}", scope.domain) };
                    format!("{} for {}{domain}", short(run), scope.outcome)
                };
                Err(Problem::new(
                    Code::Usage,
                    format!(
                        "{wanted} names {} runs: {}",
                        several.len(),
                        several.iter().map(of).collect::<Vec<_>>().join(", ")
                    ),
                    format!("Name one by its id, or with the outcome: {alias}:{}", several[0].0.outcome),
                ))
            }
        };
    }
    if wanted.len() < 4 || !wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(no_run(wanted));
    }
    let wanted = wanted.to_ascii_lowercase();
    let is_training = |values: &Metadata| values.get("model_execution_type").is_some_and(|kind| kind == "TRAIN");
    if wanted.len() == 40 && is_training(&metadata_of(workspace, &wanted)?) {
        return if registry.of(&wanted).purged_at.is_some() { Err(was_purged(&wanted)) } else { Ok(wanted) };
    }
    let runs = all(workspace, registry)?;
    let is = |run: &&RunSummary| run.model_execution_id.starts_with(&wanted) || run.model_id.starts_with(&wanted);
    let matching: Vec<&RunSummary> = runs.iter().filter(is).collect();
    // What was deleted stands back behind what was not.
    let kept: Vec<&RunSummary> = matching.iter().copied().filter(|run| run.deleted_at.is_none()).collect();
    match &(if kept.is_empty() { matching } else { kept })[..] {
        [] => {
            let purged = registry.purged().into_iter().find(|run| run.starts_with(&wanted));
            Err(purged.map_or_else(|| no_run(&wanted), |run| was_purged(&run)))
        }
        [run] => Ok(run.model_execution_id.clone()),
        several => {
            const SHOWN: usize = 5;
            let of = |run: &&RunSummary| {
                format!(
                    "{} ({}, {})",
                    short(&run.model_execution_id),
                    run.model_type,
                    run.executed_at.get(..19).unwrap_or_default().replace('T', " ")
                )
            };
            let mut named: Vec<String> = several.iter().take(SHOWN).map(of).collect();
            if several.len() > SHOWN {
                named.push(format!("{} more", several.len() - SHOWN));
            }
            Err(Problem::new(
                Code::Usage,
                format!("{} names {} runs: {}", short(&wanted), several.len(), named.join(", ")),
                format!("Name one of them, such as {}.", short(&several[0].model_execution_id)),
            ))
        }
    }
}

/// A run whose model file is gone for good.
pub(crate) fn was_purged(run: &str) -> Problem {
    Problem::not_found(
        format!("the run {} was purged: its model file is gone, and only its rows in the tables remain", short(run)),
        "Query model_metadata for what it was, or train again.",
    )
}

/// `YYYYMMDD` of a run, by which its tables are named.
pub(crate) fn date_of(values: &str) -> String {
    values.chars().filter(char::is_ascii_digit).take(8).collect()
}

/// When a run started, by its execution id.
pub(crate) fn started_at(workspace: &Workspace, execution: &str) -> Result<String, Problem> {
    value_of(workspace, execution, "execution_started_at")
}

/// SHA-256 of the model file as the run wrote it.
pub(crate) fn model_hash(workspace: &Workspace, execution: &str) -> Result<String, Problem> {
    value_of(workspace, execution, "model_file_sha256")
}

fn value_of(workspace: &Workspace, execution: &str, name: &str) -> Result<String, Problem> {
    Ok(metadata_of(workspace, execution)?.remove(name).unwrap_or_default())
}

/// The metadata of one run.
pub(crate) fn metadata_of(workspace: &Workspace, execution: &str) -> Result<Metadata, Problem> {
    let filter = format!(" WHERE model_execution_id = '{execution}'");
    Ok(metadata(workspace, &filter)?.remove(execution).unwrap_or_default())
}

/// The table's shards of all days.
pub(crate) fn shards(workspace: &Workspace, dataset: &str, prefix: &str) -> Result<Vec<TableName>, Problem> {
    let is_shard = |table: &str| {
        table
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
            .is_some_and(|date| date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let names = workspace.warehouse().names_in(dataset)?;
    Ok(names.into_iter().filter(|name| is_shard(&name.table)).collect())
}

/// The metadata of the trainings.
fn trainings(workspace: &Workspace, filter: &str) -> Result<BTreeMap<String, Metadata>, Problem> {
    let mut runs = metadata(workspace, filter)?;
    runs.retain(|_, values| values.get("model_execution_type").is_some_and(|kind| kind == "TRAIN"));
    Ok(runs)
}

/// The metadata of runs of any kind.
pub(crate) fn metadata(workspace: &Workspace, filter: &str) -> Result<BTreeMap<String, Metadata>, Problem> {
    let mut runs: BTreeMap<String, Metadata> = BTreeMap::new();
    for row in union(workspace, "model_metadata", "model_metadata", "model_execution_id, parameter, value", filter)? {
        if let [Cell::Text(id), Cell::Text(name), Cell::Text(value)] = &row[..] {
            runs.entry(id.clone()).or_default().insert(name.clone(), value.clone());
        }
    }
    Ok(runs)
}

fn performance(
    workspace: &Workspace,
    filter: &str,
) -> Result<BTreeMap<String, BTreeMap<String, Option<f64>>>, Problem> {
    let mut runs: BTreeMap<String, BTreeMap<String, Option<f64>>> = BTreeMap::new();
    let columns = "model_execution_id, parameter, value";
    for row in union(workspace, "model_performance", "model_performance", columns, filter)? {
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
                split: None,
                permutation: None,
                shap: None,
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
pub(crate) fn union(
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

pub(crate) fn json<T: DeserializeOwned>(values: &Metadata, name: &str) -> Result<T, Problem> {
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
