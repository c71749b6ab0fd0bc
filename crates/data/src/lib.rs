//! The outside world on the side of data: the warehouse, the model store, file formats and the sample.
//! Nothing here knows an indicator, a model or a backtest.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")
)]

mod arrow_bridge;
mod bigquery;
mod binding;
mod bucket;
mod cell;
mod commit;
mod compact;
mod damage;
mod engine;
mod error;
mod export;
mod import;
mod limits;
pub mod lineage;
mod objects;
mod pages;
mod part;
mod prepared;
mod profile;
mod progress;
mod remote;
mod results;
pub mod sample;
mod schema;
mod sql;
mod store;
mod table_dir;
mod table_name;
mod transfer;
mod warehouse;

pub use bigquery::{BigQueryOptions, BigQueryWarehouse};
pub use bucket::CloudBucket;
pub use cell::{Cell, cells, timestamp_text};
pub use commit::{Staging, Transaction, recover, unique, write_atomically};
pub use error::{Error, io_problem};
pub use export::{OutFormat, csv_text, export_table, write_frame};
pub use import::{
    BarsReport, CsvFormat, Fault, FileFormat, ImportCheck, ImportColumn, ImportOptions, ImportPreview, Imported, check,
    expand_files, import_file, preview,
};
pub use limits::Limits;
pub use objects::{Objects, Stored};
pub use part::{marks_of_file, part_bytes};
pub use prepared::{Changed, Prepared};
pub use profile::{Bin, ColumnProfile, Profile, Quantile, TopValue};
pub use remote::{Load, LoadMode, Remote, RemoteListing, RemoteRun, RemoteTable};
pub use results::{RESULTS, ResultRecord};
pub use schema::{Column, Descriptions, Marks, columns_of};
pub use sql::{SqlFault, SqlFunction, SqlParams, SqlValue, StatementKind, fault_of, fill, functions, text_params};
pub use store::{ModelFile, ModelStore, Saved};
pub use table_name::TableName;
pub use transfer::Transferred;
pub use warehouse::{IfExists, Page, QueryResult, TableInfo, Warehouse};
