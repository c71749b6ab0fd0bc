//! What the Data page sends and gets: views, queries, results, profiles.

use algomosaic_core::Problem;
use algomosaic_data::ResultRecord;
use serde::{Deserialize, Serialize};

use super::{ColumnInfo, WireCell};
use crate::wire_cloud::Cost;

/// A number that is always there and finite: `number` in TypeScript, where a plain f64 would be `number | null`.
type Number = u32;

/// A column to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// The greatest first. NULL comes last either way, NaN before it.
    pub descending: bool,
}

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// Equal.
    Eq,
    /// Not equal, and not NULL.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// The value's text has this in it, in whatever case.
    Contains,
    /// The value's text begins with this, in whatever case.
    StartsWith,
    /// There is no value.
    IsNull,
    /// There is a value.
    IsNotNull,
}

/// Which rows to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub op: FilterOp,
    /// With what, as a person writes it; not read for `is_null` and `is_not_null`.
    pub value: String,
}

/// A table, sorted and filtered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ViewRequest {
    /// The table.
    pub table: String,
    /// The keys, the first the most important. Ties keep the written order.
    pub sort: Vec<SortKey>,
    /// All of them hold for a row that is kept.
    pub filters: Vec<Filter>,
}

/// A view that is ready to be paged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ViewInfo {
    /// The table to page: the one asked for when it is neither sorted nor filtered.
    pub table: String,
    /// Its columns.
    pub columns: Vec<ColumnInfo>,
    /// Its rows.
    #[specta(type = Number)]
    pub rows: u64,
    /// How long it took.
    #[specta(type = Number)]
    pub seconds: f64,
    /// The query that gives the same rows.
    pub sql: String,
}

/// A value for an `@name` in a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SqlParam {
    /// Its name, without the `@`.
    pub name: String,
    /// Its type, as BigQuery names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value as text; an ARRAY as JSON.
    pub value: String,
}

/// The rows a query gave, kept as a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ResultInfo {
    /// Its id.
    pub id: String,
    /// The table to page.
    pub table: String,
    /// The query.
    pub sql: String,
    /// The name it was given; it stays while it has one.
    pub name: Option<String>,
    /// Its rows.
    #[specta(type = Number)]
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnInfo>,
    /// How long the query took.
    #[specta(type = Number)]
    pub seconds: f64,
    /// When, RFC 3339, UTC.
    pub ran_at: String,
    /// The tables it was read from.
    pub tables: Vec<String>,
    /// What it cost, where it ran on BigQuery.
    pub cost: Option<Cost>,
}

impl ResultInfo {
    pub(crate) fn new(record: ResultRecord, table: String, columns: Vec<ColumnInfo>) -> ResultInfo {
        ResultInfo {
            id: record.id,
            table,
            sql: record.sql,
            name: record.name,
            rows: record.rows,
            columns,
            seconds: record.seconds,
            ran_at: record.ran_at,
            tables: record.tables,
            cost: record.bytes_billed.map(Cost::of),
        }
    }
}

/// What came of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SqlOutcome {
    /// Rows.
    Rows {
        /// Where they are.
        result: ResultInfo,
    },
    /// A table was changed.
    Changed {
        /// The statement's first words, such as `DELETE`.
        statement: String,
        /// The table.
        table: String,
        /// How many rows were written or removed.
        #[specta(type = Number)]
        rows: u64,
        /// How long it took.
        #[specta(type = Number)]
        seconds: f64,
        /// What it cost, where it ran on BigQuery.
        cost: Option<Cost>,
    },
}

/// A statement that was read and not run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct SqlCheck {
    /// What kind it is, such as `SELECT`; none when it cannot be read.
    pub statement: Option<String>,
    /// What is wrong with it.
    pub problem: Option<Problem>,
    /// In which line, from 1, where that is known.
    pub line: Option<u32>,
    /// At which character of the line, from 1.
    pub column: Option<u32>,
    /// The tables it reads.
    pub tables: Vec<String>,
    /// The columns it gives.
    pub columns: Vec<ColumnInfo>,
    /// The bytes of the tables it reads; where it runs on BigQuery, those that it would read there.
    #[specta(type = Number)]
    pub bytes: u64,
    /// The project in which it would run, where that is not the embedded warehouse.
    pub runs_in: Option<String>,
    /// An estimate of its price in US$, where it runs on BigQuery.
    #[specta(type = Option<Number>)]
    pub usd: Option<f64>,
}

/// A query that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct QueryRecord {
    /// The query.
    pub sql: String,
    /// When, RFC 3339, UTC.
    pub ran_at: String,
    /// How long it took.
    #[specta(type = Number)]
    pub seconds: f64,
    /// How many rows it gave or changed; none when it failed.
    #[specta(type = Option<Number>)]
    pub rows: Option<u64>,
    /// Why it failed.
    pub problem: Option<String>,
    /// What it cost, where it ran on BigQuery.
    #[serde(default)]
    pub cost: Option<Cost>,
}

/// A query in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SavedQuery {
    /// Its name: the file is `queries/<name>.sql`.
    pub name: String,
    /// The query.
    pub sql: String,
    /// When the file last changed, RFC 3339, UTC.
    pub changed_at: String,
}

/// A function, as an editor shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SqlFunctionInfo {
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub signature: String,
    /// What it gives.
    pub help: String,
}

/// The words an editor can complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SqlWords {
    /// Functions.
    pub functions: Vec<SqlFunctionInfo>,
    /// Keywords.
    pub keywords: Vec<String>,
}

/// A quantile of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Quantile {
    /// Which, from 0 to 1.
    #[specta(type = Number)]
    pub p: f64,
    /// Its value.
    pub value: WireCell,
}

/// A bin of a histogram: `from <= value < to`, the last one with its end. Times in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Bin {
    /// Its start.
    #[specta(type = Number)]
    pub from: f64,
    /// Its end.
    #[specta(type = Number)]
    pub to: f64,
    /// How many values it has.
    #[specta(type = Number)]
    pub count: u64,
}

/// A frequent value of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct TopValue {
    /// The value.
    pub value: WireCell,
    /// How many rows have it.
    #[specta(type = Number)]
    pub count: u64,
}

/// What is in a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type, as BigQuery names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Rows without a value.
    #[specta(type = Number)]
    pub nulls: u64,
    /// Rows whose value is NaN.
    #[specta(type = Number)]
    pub nans: u64,
    /// Different values, NULL and NaN apart.
    #[specta(type = Number)]
    pub distinct: u64,
    /// Whether that number is exact.
    pub distinct_is_exact: bool,
    /// The least value.
    pub min: WireCell,
    /// The greatest value.
    pub max: WireCell,
    /// The mean of numbers.
    #[specta(type = Option<Number>)]
    pub mean: Option<f64>,
    /// The standard deviation of numbers (n - 1).
    #[specta(type = Option<Number>)]
    pub sd: Option<f64>,
    /// Of numbers and times.
    pub quantiles: Vec<Quantile>,
    /// Whether they are those of all rows, not of a sample.
    pub quantiles_are_exact: bool,
    /// The distribution of numbers and times.
    pub histogram: Vec<Bin>,
    /// The most frequent values, where there are few or they are texts.
    pub top: Vec<TopValue>,
}

/// What is in a table's columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Profile {
    /// The table.
    pub table: String,
    /// Its rows.
    #[specta(type = Number)]
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
    /// How long it took to compute.
    #[specta(type = Number)]
    pub seconds: f64,
}

/// Rows as text, for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CopiedText {
    /// Separated by tabs, with a header.
    pub text: String,
    /// How many rows.
    pub rows: u32,
}
