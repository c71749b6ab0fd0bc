//! What came of an operation: the documents the command line prints, and the short form a job keeps.

use algomosaic_backtest::{Statistics, Summary};
use algomosaic_model::Scores;
use serde::{Deserialize, Serialize};

use crate::wire::RunDetail;

/// What a finished job keeps: enough to find its results again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The main job.
    Demo {
        /// Its runs, the first the one to show.
        model_execution_ids: Vec<String>,
        /// Its backtest.
        backtest_execution_id: String,
        /// The folder with charts and CSVs.
        out: String,
    },
    /// An import.
    Import(ImportDocument),
    /// Features.
    Features(FeaturesDocument),
    /// A training.
    Train {
        /// The run.
        model_execution_id: String,
    },
    /// A run that was trained again.
    Repeat {
        /// The new run.
        model_execution_id: String,
        /// The run that was repeated.
        repeat_of: String,
        /// The data have the same hash.
        same_data: bool,
        /// Every score is equal to the last digit.
        same_scores: bool,
        /// The names of what differs.
        differs: Vec<String>,
    },
    /// Predictions.
    Predict {
        /// The run that made them.
        model_execution_id: String,
        /// How many.
        rows: u32,
        /// The table that holds them: their own where one was asked for.
        #[serde(default)]
        table: Option<String>,
    },
    /// Tables and models that were copied to Google Cloud or from it.
    Transfer(TransferDocument),
    /// A backtest.
    Backtest {
        /// The run.
        backtest_execution_id: String,
    },
}

/// What `algom import` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ImportDocument {
    /// The table, in full.
    pub table: String,
    /// Rows added.
    #[specta(type = f64)]
    pub rows: u64,
    /// Rows left out.
    #[serde(default)]
    #[specta(type = f64)]
    pub dropped: u64,
    /// Why they were left out.
    #[serde(default)]
    pub faults: Vec<crate::wire_import::Fault>,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// What `algom features` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct FeaturesDocument {
    /// The table, in full.
    pub table: Option<String>,
    /// The file.
    pub out: Option<String>,
    /// Rows.
    pub rows: u32,
    /// Columns the recipe made, labels among them.
    pub columns: u32,
    /// Those that look ahead.
    pub labels: Vec<String>,
    /// How many of the rows were computed now; all of them unless the table was updated.
    #[serde(default)]
    #[specta(type = f64)]
    pub rows_written: usize,
    /// What the person should know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What `algom push` and `algom pull` print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TransferDocument {
    /// The tables.
    pub tables: Vec<TransferredTable>,
    /// The models' files that went to the bucket.
    pub models: Vec<String>,
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TransferredTable {
    /// The table that was read, in full.
    pub from: String,
    /// The table that was written, in full.
    pub to: String,
    /// Rows.
    #[specta(type = f64)]
    pub rows: u64,
}

/// What `algom check-lookahead` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookaheadDocument {
    /// How many columns were recomputed.
    pub columns_checked: usize,
    /// Those that look ahead.
    pub looks_ahead: Vec<algomosaic_features::LooksAhead>,
    /// How many rows of each column are not settled.
    pub warm_up: Vec<algomosaic_features::WarmUp>,
}

/// What `algom predict` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictDocument {
    /// The model.
    pub model_id: String,
    /// This run.
    pub model_execution_id: String,
    /// Rows predicted.
    pub rows: u32,
    /// Where outcomes are known.
    pub scores: Option<Scores>,
    /// The table that holds the predictions: their own where one was asked for.
    pub table: Option<String>,
    /// The tables written.
    pub tables: Vec<String>,
}

/// What `algom backtest` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BacktestDocument {
    /// Of account, dates, rules and columns.
    pub backtest_id: String,
    /// Of the same and the start time.
    pub backtest_execution_id: String,
    /// The ticker that was traded.
    pub ticker: String,
    /// From the first to the last bar, UTC.
    pub period: (String, String),
    /// What became of the account.
    pub summary: Summary,
    /// How good that was.
    pub statistics: Statistics,
    /// What the reader should know beside the numbers.
    pub notes: Vec<String>,
    /// The tables written.
    pub tables: Vec<String>,
}

/// What `algom demo` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoDocument {
    /// The workspace.
    pub workspace: String,
    /// The folder with charts and CSVs.
    pub out: String,
    /// The run of ElasticNet.
    pub train: RunDetail,
    /// The run of least squares, to compare.
    pub compare: RunDetail,
    /// The backtest.
    pub backtest: BacktestDocument,
    /// Files of charts.
    pub charts: Vec<String>,
    /// CSV files.
    pub csv: Vec<String>,
    /// The tables written.
    pub tables: Vec<String>,
}
