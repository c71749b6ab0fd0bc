//! The application: one facade over data, features, models, backtests and charts. The window and the command line build
//! the same [`Request`] and hand it to the same operation; both get the same documents back.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod app;
mod browser;
mod catalogue;
mod files;
mod google;
mod jobs;
mod ops;
mod outcome;
mod request;
mod settings;
mod statement;
mod tasks;
mod unconnected;
mod wire;
mod wire_cloud;
mod wire_features;
mod wire_import;
mod workspace;

pub use algomosaic_charts::{Chart, HeatMap, Theme};
pub use algomosaic_core::{Code, Job, Param, ParamKind, Problem, Progress, Value};
pub use algomosaic_data::{Cell, Column, OutFormat, SqlFault, SqlFunction, fault_of, functions};
pub use algomosaic_features::{Entry, Recipe, Setting, WarmUp};
pub use algomosaic_model::{Classes, Importance};
pub use app::{App, Finished};
pub use browser::open_in_browser;
pub use catalogue::{CatalogueEntry, indicators};
pub use files::{TrainRequest, read_text, rules_file, train_file};
pub use jobs::{JobRecord, JobState};
pub use ops::charts::{ChartFormat, PictureFormat};
pub use ops::export_model::{ExportedModel, ModelFormat};
pub use ops::query::{ChangeDocument, DryRunDocument, QueryDocument, SqlDocument};
pub use outcome::{
    BacktestDocument, DemoDocument, FeaturesDocument, ImportDocument, LookaheadDocument, Outcome, PredictDocument,
    TransferDocument, TransferredTable,
};
pub use request::{IfExists, Request, Source};
pub use settings::{Recent, Settings};
pub use statement::{sql_file, sql_params};
pub use wire::{
    AlgorithmForm, AliasChange, Bin, ColumnInfo, ColumnProfile, Comparison, ComparisonRow, CopiedText, Fact, Filter,
    FilterOp, LineageKind, LineageStep, LogLine, Profile, Quantile, QueryRecord, RepeatDocument, ResultInfo, RunDetail,
    RunDocument, RunLog, RunQuery, RunRecord, RunSort, RunSummary, SavedFile, SavedQuery, SearchTrials, SortKey,
    SqlCheck, SqlFunctionInfo, SqlOutcome, SqlParam, SqlWords, StartState, TableInfo, TablePage, TopValue, TrainForm,
    TrainSource, TrashChange, ViewInfo, ViewRequest, WireCell, WorkspaceInfo,
};
pub use wire_cloud::{
    BigQueryUse, ConnectBy, ConnectRequest, ConnectedDocument, ConnectionInfo, ConnectionStatus, Cost,
    DisconnectedDocument, FieldProblem, GoogleSettings, GoogleSettingsPage, PermissionInfo, WarehouseChoice,
};
pub use wire_features::{
    BarSource, EntryProblem, FeatureCorrelations, FeaturePreview, IndicatorForm, OutputForm, PreviewColumn,
    PreviewRequest, RecipeCheck, RecipeOn, SavedRecipe, TickerBars,
};
pub use wire_import::{
    BarsReport, CsvFormat, Fault, FileFormat, ImportCheck, ImportColumn, ImportOptions, ImportPreview,
};
pub use workspace::{Role, Workspace};

/// The version of the software, as the footer, the tables and the model files have it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
