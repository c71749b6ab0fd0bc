//! What is kept of a run beside its numbers, read back from the tables.

use algomosaic_core::Problem;
use algomosaic_data::Cell;
use serde_json::Value;

use crate::ops::runs::{self, Metadata};
use crate::wire::{Fact, LogLine, RunDetail, RunDocument, RunLog, RunRecord};
use crate::workspace::Workspace;

use super::{events, lineage};

/// A run with its record, by any of its names.
pub(crate) fn document(workspace: &Workspace, wanted: &str) -> Result<RunDocument, Problem> {
    let execution = runs::find_any(workspace, wanted)?;
    let detail = runs::detail(workspace, &execution, false)?;
    let record = record(workspace, &execution)?;
    Ok(RunDocument { detail, record })
}

/// What is kept of a run, by any of its names.
pub(crate) fn record(workspace: &Workspace, wanted: &str) -> Result<RunRecord, Problem> {
    let execution = runs::find_any(workspace, wanted)?;
    let registry = events::read(workspace)?;
    let standing = registry.of(&execution);
    let values = runs::metadata_of(workspace, &execution)?;
    let get = |name: &str| values.get(name).cloned().unwrap_or_default();
    let query = facts(workspace, "model_queries", &execution)?;
    Ok(RunRecord {
        domain: runs::domain(&get("model_file")),
        tags: standing.tags.into_iter().collect(),
        note: standing.note,
        aliases: registry.aliases_of(&execution),
        deleted_at: standing.deleted_at,
        purged_at: standing.purged_at,
        repeat_of: values.get("repeat_of").cloned(),
        request: request(&values),
        params: facts(workspace, "model_parameters", &execution)?,
        features: runs::json::<Option<Vec<String>>>(&values, "feature_list")?.unwrap_or_default(),
        versions: versions(&values)?,
        log: lines(&values)?,
        job_id: get("job_id"),
        lineage: lineage::steps(workspace, &execution, &values, &query)?,
        query,
    })
}

/// The log of a run, by any of its names.
pub(crate) fn log(workspace: &Workspace, wanted: &str) -> Result<RunLog, Problem> {
    let execution = runs::find_any(workspace, wanted)?;
    let values = runs::metadata_of(workspace, &execution)?;
    Ok(RunLog {
        lines: lines(&values)?,
        checks: runs::json::<Option<Vec<algomosaic_model::Check>>>(&values, "checks")?.unwrap_or_default(),
        versions: versions(&values)?,
        model_execution_id: execution,
    })
}

/// The stages; none for a run of an earlier version.
fn lines(values: &Metadata) -> Result<Vec<LogLine>, Problem> {
    Ok(runs::json::<Option<Vec<LogLine>>>(values, "log")?.unwrap_or_default())
}

fn versions(values: &Metadata) -> Result<Vec<Fact>, Problem> {
    let program =
        Fact { name: "algomosaic".to_owned(), value: values.get("software_version").cloned().unwrap_or_default() };
    let libraries = runs::json::<Option<Vec<Fact>>>(values, "library_versions")?.unwrap_or_default();
    Ok(std::iter::once(program).chain(libraries).collect())
}

/// The libraries that compute, as this program was built with them.
pub(crate) fn library_versions() -> Vec<Fact> {
    env!("ALGOMOSAIC_LIBRARIES")
        .split(',')
        .filter_map(|library| library.split_once(' '))
        .map(|(name, value)| Fact { name: name.to_owned(), value: value.to_owned() })
        .collect()
}

/// A request key by key: `from.table`, `params.alpha`, `split.test_size`.
fn request(values: &Metadata) -> Vec<Fact> {
    let request: Value = values.get("request").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut facts = Vec::new();
    flatten("", &request, &mut facts);
    for fact in &mut facts {
        if let Some(rest) = fact.name.strip_prefix("spec.") {
            fact.name = rest.to_owned();
        }
    }
    facts.retain(|fact| !fact.value.is_empty());
    facts
}

fn flatten(path: &str, value: &Value, facts: &mut Vec<Fact>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, inner, facts);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            facts.push(Fact { name: path.to_owned(), value: items.join(", ") });
        }
        Value::Null => {}
        Value::String(text) => facts.push(Fact { name: path.to_owned(), value: text.clone() }),
        other => facts.push(Fact { name: path.to_owned(), value: other.to_string() }),
    }
}

/// The long rows of a run in a table of the metadata, by name.
fn facts(workspace: &Workspace, table: &str, execution: &str) -> Result<Vec<Fact>, Problem> {
    let filter = format!(" WHERE model_execution_id = '{execution}'");
    let mut facts: Vec<Fact> = runs::union(workspace, "model_metadata", table, "parameter, value", &filter)?
        .into_iter()
        .filter_map(|row| match &row[..] {
            [Cell::Text(name), Cell::Text(value)] => Some(Fact { name: name.clone(), value: value.clone() }),
            _ => None,
        })
        .collect();
    facts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(facts)
}

/// Every number that two runs can be compared by is in these two.
pub(crate) fn both(workspace: &Workspace, execution: &str) -> Result<(RunDetail, RunRecord), Problem> {
    Ok((runs::detail(workspace, execution, false)?, record(workspace, execution)?))
}
