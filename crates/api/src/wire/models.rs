//! The registry of runs as the window and the command line see it: the list with its filter, what people added to a run,
//! comparisons, and how a run came about.

use algomosaic_core::Problem;
use serde::{Deserialize, Serialize};

use super::{RunDetail, WireCell};

/// Which runs, and in which order. What is absent does not filter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, specta::Type)]
#[serde(default, deny_unknown_fields)]
pub struct RunQuery {
    /// In the ids, the algorithm, the outcome, the source, the tags, the aliases or the note, whatever the case.
    pub text: Option<String>,
    /// The domain of the model file; empty text means those without one.
    pub domain: Option<String>,
    /// An algorithm's id or its name in tables.
    pub algorithm: Option<String>,
    /// The outcome's column.
    pub outcome: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// An alias.
    pub alias: Option<String>,
    /// Started on that day or at that time (RFC 3339) or later, UTC.
    pub since: Option<String>,
    /// Started on that day or at that time or earlier, UTC.
    pub until: Option<String>,
    /// R² at or above this.
    pub min_score: Option<f64>,
    /// Better than chance, in a split that does not leak.
    pub signal_only: bool,
    /// The deleted runs in place of the others.
    pub trash: bool,
    /// The order.
    pub sort: RunSort,
    /// That order backwards.
    pub reverse: bool,
}

/// The order of a list of runs. What is undefined comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum RunSort {
    /// The newest first.
    #[default]
    Started,
    /// The highest R² first.
    Score,
    /// The smallest p-value first.
    PValue,
    /// By the algorithm's name.
    Model,
    /// By the outcome's name.
    Outcome,
}

/// What is kept of a run beside its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct RunRecord {
    /// The domain of its model file; may be empty.
    pub domain: String,
    /// By name.
    pub tags: Vec<String>,
    /// Empty where there is none.
    pub note: String,
    /// By name.
    pub aliases: Vec<String>,
    /// When it was deleted, RFC 3339, UTC; it is in the trash then.
    pub deleted_at: Option<String>,
    /// When its model file was removed for good.
    pub purged_at: Option<String>,
    /// The run it repeats.
    pub repeat_of: Option<String>,
    /// What was asked, key by key.
    pub request: Vec<Fact>,
    /// Every parameter of the algorithm, defaults among them.
    pub params: Vec<Fact>,
    /// What was read: table, file or query.
    pub query: Vec<Fact>,
    /// The features, in the model's order.
    pub features: Vec<String>,
    /// The program and the libraries that compute.
    pub versions: Vec<Fact>,
    /// What the job said.
    pub log: Vec<LogLine>,
    /// The job that trained it.
    pub job_id: String,
    /// From bars to predictions and backtests.
    pub lineage: Vec<LineageStep>,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// The value, as text.
    pub value: String,
}

/// What a job said, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LogLine {
    /// RFC 3339, UTC.
    pub at: String,
    /// The stage, in words.
    pub text: String,
}

/// One step of how a run came about, or of what was made with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LineageStep {
    /// What it is.
    pub kind: LineageKind,
    /// In words.
    pub title: String,
    /// The table that holds it, in full.
    pub table: Option<String>,
    /// The run's, the prediction's or the backtest's id.
    pub id: Option<String>,
    /// When it was made, RFC 3339, UTC.
    pub at: Option<String>,
}

/// What a step of the lineage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum LineageKind {
    /// Files that were imported.
    File,
    /// Bars, or whatever a table was made from.
    Bars,
    /// The rows it was trained on.
    Data,
    /// The training.
    Training,
    /// The model file.
    Model,
    /// Predictions on the held-out rows.
    Evaluation,
    /// Predictions on other rows.
    Predictions,
    /// A backtest that used its predictions.
    Backtest,
}

/// An alias that a run got or lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct AliasChange {
    /// The name.
    pub alias: String,
    /// The outcome it stands for: a run per outcome and domain can have it.
    pub outcome: String,
    /// The domain; may be empty.
    pub domain: String,
    /// Who has it since; none when it was taken away.
    pub model_execution_id: Option<String>,
    /// Who had it before.
    pub from: Option<String>,
    /// When, RFC 3339, UTC.
    pub at: String,
}

/// Runs side by side: only what differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Comparison {
    /// The runs, in the order they were named.
    pub runs: Vec<super::RunSummary>,
    /// What is not the same in all of them.
    pub rows: Vec<ComparisonRow>,
}

/// One thing in which runs differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ComparisonRow {
    /// Where it belongs: `request`, `data`, `features`, `parameters`, `scores`, `control`, `versions`.
    pub section: String,
    /// Its name there.
    pub name: String,
    /// One for each run, null where a run has none.
    pub values: Vec<WireCell>,
}

/// What was deleted, restored or purged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TrashChange {
    /// The runs.
    pub model_execution_ids: Vec<String>,
    /// Aliases that name no run while it is in the trash, or that it has again.
    pub aliases: Vec<String>,
    /// Model files that were removed for good.
    pub removed_files: Vec<String>,
}

/// The log of a run: what the job said, what was checked, what it ran on.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct RunLog {
    /// The run.
    pub model_execution_id: String,
    /// The stages.
    pub lines: Vec<LogLine>,
    /// What to know about the data and the fit.
    pub checks: Vec<algomosaic_model::Check>,
    /// The program and the libraries that compute.
    pub versions: Vec<Fact>,
}

/// A run with all that is kept of it, as `algom models show` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunDocument {
    /// Its numbers.
    #[serde(flatten)]
    pub detail: RunDetail,
    /// What is kept beside them.
    #[serde(flatten)]
    pub record: RunRecord,
}

/// A run that was trained again from what it kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RepeatDocument {
    /// The run that was repeated.
    pub repeat_of: String,
    /// The new run.
    pub run: RunDetail,
    /// The data have the same hash.
    pub same_data: bool,
    /// Every score, the control's among them, is equal to the last digit.
    pub same_scores: bool,
    /// What differs, the repeated run first.
    pub differs: Vec<ComparisonRow>,
}

/// What names no run, or more than one.
pub(crate) fn no_run(wanted: &str) -> Problem {
    Problem::not_found(format!("there is no run or model {wanted}"), "`algom models list` shows those there are.")
}
