//! What travels to the window, and what the command line prints of the same things. Shapes only, no logic beyond them.

mod data_page;
pub(crate) mod models;

use std::collections::BTreeMap;

use algomosaic_charts::Chart;
use algomosaic_core::{Param, Problem};
use algomosaic_data::Cell;
use algomosaic_model::{
    Check, Classes, Control, CurvePoint, Fold, Importance, Leak, Residuals, Scores, Searched, SplitSummary, Trial,
};
use serde::{Deserialize, Serialize};

use crate::settings::Recent;
use crate::wire_cloud::BigQueryUse;

pub use data_page::{
    Bin, ColumnProfile, CopiedText, Filter, FilterOp, Profile, Quantile, QueryRecord, ResultInfo, SavedQuery, SortKey,
    SqlCheck, SqlFunctionInfo, SqlOutcome, SqlParam, SqlWords, TopValue, ViewInfo, ViewRequest,
};
pub use models::{
    AliasChange, Comparison, ComparisonRow, Fact, LineageKind, LineageStep, LogLine, RepeatDocument, RunDocument,
    RunLog, RunQuery, RunRecord, RunSort, TrashChange,
};

/// A workspace that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct WorkspaceInfo {
    /// Its folder.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Completes unqualified table names.
    pub project: String,
    /// Completes unqualified table names.
    pub dataset: String,
    /// The prefix of model files; may be empty.
    pub domain: String,
    /// Nothing can be written there.
    pub read_only: bool,
    /// It was made by `--sample`.
    pub is_sample: bool,
    /// BigQuery, where the workspace uses it.
    pub bigquery: Option<BigQueryUse>,
}

/// What the Start page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct StartState {
    /// The workspace that is open.
    pub workspace: Option<WorkspaceInfo>,
    /// Those opened before, the last first.
    pub recent: Vec<Recent>,
    /// The version of the software.
    pub version: String,
    /// Where the sample workspace is, or will be made.
    pub sample_path: String,
}

/// A table in a listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TableInfo {
    /// Its project.
    pub project: String,
    /// Its dataset.
    pub dataset: String,
    /// Its name.
    pub table: String,
    /// Its rows; none when a part cannot be read.
    #[specta(type = Option<f64>)]
    pub rows: Option<u64>,
    /// Why it cannot be read, when it cannot.
    pub fault: Option<Problem>,
    /// Its bytes on disk.
    #[specta(type = f64)]
    pub bytes: u64,
    /// When it last changed, RFC 3339, UTC.
    pub modified: String,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// Its type, as BigQuery names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many bars it looks ahead; none when it is no label.
    pub label_horizon: Option<u32>,
}

/// A value as the window gets it: like [`Cell`], with whole numbers beyond 2^53 as text, since JavaScript rounds them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(untagged)]
pub enum WireCell {
    /// BOOL.
    Bool(bool),
    /// A number that JavaScript has exactly.
    Number(f64),
    /// Everything else.
    Text(String),
    /// NULL.
    Null(()),
}

impl From<Cell> for WireCell {
    fn from(cell: Cell) -> Self {
        const EXACT: u64 = 1 << 53;
        match cell {
            Cell::Null => WireCell::Null(()),
            Cell::Bool(v) => WireCell::Bool(v),
            Cell::Int(v) if v.unsigned_abs() <= EXACT => WireCell::Number(v as f64),
            Cell::Float(v) if v.is_finite() => WireCell::Number(v),
            Cell::Text(v) => WireCell::Text(v),
            other => WireCell::Text(other.text()),
        }
    }
}

/// Some rows of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TablePage {
    /// The columns.
    pub columns: Vec<ColumnInfo>,
    /// The rows.
    pub rows: Vec<Vec<WireCell>>,
    /// The first row's position in the table.
    #[specta(type = f64)]
    pub offset: u64,
    /// Rows of the whole table.
    #[specta(type = f64)]
    pub total: u64,
}

/// An algorithm with its form.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct AlgorithmForm {
    /// As requests name it.
    pub id: String,
    /// As the form labels it.
    pub label: String,
    /// What it does.
    pub help: String,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Whether undefined features can be kept (`prepare.impute = "keep"`).
    #[serde(default)]
    pub keeps_undefined: bool,
    /// Whether it tells several classes, where the outcome is text or one of 3 to 20 whole numbers.
    #[serde(default)]
    pub several_classes: bool,
}

/// What a training can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
pub struct TrainForm {
    /// The algorithms.
    pub algorithms: Vec<AlgorithmForm>,
    /// Which rows are held out.
    pub split: Vec<Param>,
    /// Those of them that change something, by the kind of split.
    #[serde(default)]
    pub split_takes: BTreeMap<String, Vec<String>>,
    /// What happens to features first.
    #[serde(default)]
    pub prepare: Vec<Param>,
    /// A search over parameters; its ranges beside these.
    #[serde(default)]
    pub search: Vec<Param>,
    /// The kinds of split that leave rows a search does not see; with another there is none.
    #[serde(default)]
    pub search_splits: Vec<String>,
    /// The job without signal.
    pub control: Vec<Param>,
}

/// A table one can train on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TrainSource {
    /// The table, in full.
    pub table: String,
    /// Columns that look ahead.
    pub outcomes: Vec<String>,
    /// Columns that may be features.
    pub features: Vec<String>,
    /// How many columns look ahead and are kept out.
    pub labels_kept_out: u32,
    /// Rows.
    #[specta(type = Option<f64>)]
    pub rows: Option<u64>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct RunSummary {
    /// The run.
    pub model_execution_id: String,
    /// Its model.
    pub model_id: String,
    /// The algorithm, as tables have it.
    pub model_type: String,
    /// The outcome's column.
    pub outcome: String,
    /// When it started, RFC 3339, UTC.
    pub executed_at: String,
    /// R² on the held-out rows.
    pub rsquared: Option<f64>,
    /// The median of the control's R².
    pub control_median: Option<f64>,
    /// Of the score against the control.
    pub p_value: Option<f64>,
    /// Whether the split leaks.
    pub leaks: bool,
    /// Better than chance, in a split that does not leak.
    pub signal: bool,
    /// The data, in words.
    pub source: String,
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
}

/// A run in full, as tables and model file keep it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct RunDetail {
    /// The model.
    pub model_id: String,
    /// The run.
    pub model_execution_id: String,
    /// The algorithm, as tables have it.
    pub model_type: String,
    /// The outcome's column.
    pub outcome: String,
    /// SHA-256 of the data.
    pub data_hash: String,
    /// The data: a table, a file or a query.
    pub source: String,
    /// The seed of everything random.
    pub seed: u32,
    /// How long it took.
    pub run_time_seconds: f64,
    /// How many models were fitted, the control's among them.
    pub fits: u32,
    /// How many features.
    pub feature_count: u32,
    /// Rows with every feature and the outcome.
    pub record_count: u32,
    /// When it started, RFC 3339, UTC.
    pub executed_at: String,
    /// The model file, relative to the workspace.
    pub model_file: String,
    /// On the held-out rows.
    pub scores: Scores,
    /// The job without signal.
    pub control: Control,
    /// How the rows were split.
    pub split: SplitSummary,
    /// What to know about the data and the fit.
    pub checks: Vec<Check>,
    /// How the model does in each of several classes; none for other outcomes.
    #[serde(default)]
    pub classes: Option<Classes>,
    /// The features, the most important first.
    pub importance: Vec<Importance>,
    /// Each training with its held-out rows.
    #[serde(default)]
    pub folds: Vec<Fold>,
    /// Scores of each path of a combinatorial split.
    #[serde(default)]
    pub paths: Vec<Scores>,
    /// What the leak check found.
    #[serde(default)]
    pub leaks: Vec<Leak>,
    /// Tests of the errors of the held-out rows.
    #[serde(default)]
    pub residuals: Option<Residuals>,
    /// Scores of the last fold after training on growing shares of its training time.
    #[serde(default)]
    pub learning_curve: Vec<CurvePoint>,
    /// The search over parameters, with every trial.
    #[serde(default)]
    pub search: Option<Searched>,
    /// The newest bar of each ticker whose outcome is not known yet.
    #[serde(default)]
    pub latest: Vec<LatestPrediction>,
    /// The standard charts; empty where they were not asked for.
    pub charts: Vec<Chart>,
    /// The tables the run wrote.
    pub tables: Vec<String>,
}

/// The trials of a search that is not done: it runs, or it was stopped and goes on from these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct SearchTrials {
    /// How many there will be.
    pub count: u32,
    /// Those so far, in the order they were tried.
    pub trials: Vec<Trial>,
    /// The number of the best; none while none has a score.
    pub best: Option<u32>,
    /// Their scores.
    pub chart: Chart,
}

/// What the model says of a ticker's newest bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct LatestPrediction {
    /// The ticker; empty where the data has none.
    pub ticker: String,
    /// The bar, RFC 3339, UTC.
    pub ticker_time: String,
    /// Of the outcome, or of a classifier the probability that it is above zero; of several classes the value of the
    /// likeliest.
    pub prediction: Option<f64>,
    /// The likeliest of several classes.
    #[serde(default)]
    pub class: Option<String>,
}

/// A file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SavedFile {
    /// Its path.
    pub path: String,
}
