//! Runs side by side: only what is not the same in all of them.

use std::collections::BTreeMap;

use algomosaic_core::{Code, Problem};
use polars::prelude::{Column, DataFrame};

use crate::ops::runs;
use crate::wire::{Comparison, ComparisonRow, Fact, RunDetail, RunRecord, WireCell};
use crate::workspace::Workspace;

use super::record;

/// Runs in one comparison at most.
const MOST: usize = 12;

/// Compares runs, by any of their names.
pub(crate) fn compare(workspace: &Workspace, wanted: &[String]) -> Result<Comparison, Problem> {
    if !(2..=MOST).contains(&wanted.len()) {
        return Err(Problem::new(
            Code::Usage,
            format!("a comparison takes 2 to {MOST} runs, not {}", wanted.len()),
            "Name the runs by id or alias: algom models compare champion 1f0c2a.",
        ));
    }
    let ids = wanted.iter().map(|run| runs::find_any(workspace, run)).collect::<Result<Vec<String>, Problem>>()?;
    if let Some(position) = (1..ids.len()).find(|position| ids[..*position].contains(&ids[*position])) {
        return Err(Problem::new(
            Code::Usage,
            format!(
                "{} names a run that is in the comparison already: {}",
                wanted[position],
                runs::short(&ids[position])
            ),
            "Name each run once.",
        ));
    }
    let runs = ids.iter().map(|id| runs::summary(workspace, id)).collect::<Result<Vec<_>, Problem>>()?;
    let all = ids.iter().map(|id| record::both(workspace, id)).collect::<Result<Vec<_>, Problem>>()?;
    Ok(Comparison { runs, rows: rows(&all) })
}

/// What differs between runs, in the order of a page.
pub(crate) fn rows(runs: &[(RunDetail, RunRecord)]) -> Vec<ComparisonRow> {
    let mut table = Differences { runs: runs.len(), rows: Vec::new() };
    let text = |of: &dyn Fn(&RunDetail) -> String| -> Vec<WireCell> {
        runs.iter().map(|(detail, _)| WireCell::Text(of(detail))).collect()
    };
    let number = |of: &dyn Fn(&RunDetail) -> Option<f64>| -> Vec<WireCell> {
        runs.iter().map(|(detail, _)| cell(of(detail))).collect()
    };
    // Parameters that were set are among those of the model.
    let asked: Vec<Vec<Fact>> = runs
        .iter()
        .map(|(_, record)| record.request.iter().filter(|fact| !fact.name.starts_with("params.")).cloned().collect())
        .collect();
    table.facts("request", asked.iter().map(Vec::as_slice));
    table.facts("parameters", runs.iter().map(|(_, record)| &record.params[..]));
    table.add("model", "model_type", text(&|run| run.model_type.clone()));
    table.add("model", "model_id", text(&|run| run.model_id.clone()));
    table.add("data", "source", text(&|run| run.source.clone()));
    table.add("data", "data_hash", text(&|run| run.data_hash.clone()));
    table.add("data", "record_count", number(&|run| Some(f64::from(run.record_count))));
    table.add("data", "train_start", text(&|run| run.split.train_start.clone()));
    table.add("data", "train_end", text(&|run| run.split.train_end.clone()));
    table.add("data", "train_rows", number(&|run| Some(f64::from(run.split.train_rows))));
    table.add("data", "purged_rows", number(&|run| Some(f64::from(run.split.purged_rows))));
    table.add("data", "test_start", text(&|run| run.split.test_start.clone()));
    table.add("data", "test_end", text(&|run| run.split.test_end.clone()));
    table.add("data", "test_rows", number(&|run| Some(f64::from(run.split.test_rows))));
    table.add("data", "leaks", runs.iter().map(|(run, _)| WireCell::Bool(run.split.leaks)).collect());
    table.add("features", "feature_count", number(&|run| Some(f64::from(run.feature_count))));
    // Of features, those that are not in every run.
    let in_all = |feature: &String| runs.iter().all(|(_, record)| record.features.contains(feature));
    let own = |record: &RunRecord| -> Vec<String> {
        record.features.iter().filter(|feature| !in_all(feature)).cloned().collect()
    };
    table.add(
        "features",
        "not_in_all",
        runs.iter().map(|(_, record)| WireCell::Text(own(record).join(", "))).collect(),
    );
    let names: Vec<&str> =
        runs.first().map(|(run, _)| run.scores.named().map(|(name, _)| name).collect()).unwrap_or_default();
    for name in names {
        let score = |run: &RunDetail| run.scores.named().find(|(known, _)| *known == name).and_then(|(_, score)| score);
        table.add("scores", name, number(&score));
    }
    table.add("scores", "rows", number(&|run| Some(f64::from(run.scores.rows))));
    table.add("control", "kind", text(&|run| run.control.kind.clone()));
    table.add("control", "repeats", number(&|run| Some(f64::from(run.control.repeats))));
    table.add("control", "seed", number(&|run| Some(f64::from(run.control.seed))));
    table.add("control", "median", number(&|run| Some(run.control.median)));
    let least = |run: &RunDetail| run.control.rsquared.iter().copied().reduce(f64::min);
    let most = |run: &RunDetail| run.control.rsquared.iter().copied().reduce(f64::max);
    table.add("control", "least", number(&least));
    table.add("control", "most", number(&most));
    table.add("control", "p_value", number(&|run| Some(run.control.p_value)));
    table.facts("versions", runs.iter().map(|(_, record)| &record.versions[..]));
    table.rows
}

fn cell(value: Option<f64>) -> WireCell {
    value.filter(|value| value.is_finite()).map_or(WireCell::Null(()), WireCell::Number)
}

struct Differences {
    runs: usize,
    rows: Vec<ComparisonRow>,
}

impl Differences {
    fn add(&mut self, section: &str, name: &str, values: Vec<WireCell>) {
        if values.windows(2).any(|pair| pair[0] != pair[1]) {
            self.rows.push(ComparisonRow { section: section.to_owned(), name: name.to_owned(), values });
        }
    }

    /// A row for each name that any run has.
    fn facts<'a>(&mut self, section: &str, facts: impl Iterator<Item = &'a [Fact]>) {
        let mut names: BTreeMap<&str, Vec<WireCell>> = BTreeMap::new();
        for (run, facts) in facts.enumerate() {
            for fact in facts {
                let values = names.entry(&fact.name).or_insert_with(|| vec![WireCell::Null(()); self.runs]);
                values[run] = WireCell::Text(fact.value.clone());
            }
        }
        for (name, values) in names {
            self.add(section, name, values);
        }
    }
}

/// A comparison as a frame: a column for each run, named by the start of its id. Values are text, a missing one is null.
pub(crate) fn frame(comparison: &Comparison) -> Result<DataFrame, Problem> {
    let rows = &comparison.rows;
    let column = |name: &str, values: Vec<Option<String>>| Column::new(name.into(), values);
    let mut columns = vec![
        column("section", rows.iter().map(|row| Some(row.section.clone())).collect()),
        column("name", rows.iter().map(|row| Some(row.name.clone())).collect()),
    ];
    for (index, run) in comparison.runs.iter().enumerate() {
        let values = rows.iter().map(|row| row.values.get(index).and_then(text)).collect();
        columns.push(column(runs::short(&run.model_execution_id), values));
    }
    DataFrame::new(rows.len(), columns).map_err(|error| algomosaic_data::Error::from(error).into())
}

fn text(value: &WireCell) -> Option<String> {
    match value {
        WireCell::Bool(value) => Some(value.to_string()),
        WireCell::Number(value) => Some(value.to_string()),
        WireCell::Text(text) => Some(text.clone()),
        WireCell::Null(()) => None,
    }
}
