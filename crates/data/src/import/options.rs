//! What an import can be told, and what a preview and a check answer. Nothing here reads a file.

use std::collections::BTreeMap;

/// How to read a file. What is `None` is detected; the default detects all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// The form of the file.
    pub format: Option<FileFormat>,
    /// The columns: what becomes of each. Those of the file that are not named are detected and kept.
    pub columns: Option<Vec<ImportColumn>>,
    /// The ticker of the bars, where the file has no such column.
    pub ticker: Option<String>,
    /// The interval of the bars, such as `1d`, where the file has no such column.
    pub interval: Option<String>,
    /// Whether the rows are bars.
    pub bars: Option<bool>,
    /// Sort bars by ticker and time instead of refusing those out of order.
    pub sort: bool,
    /// Leave out rows that cannot be kept, and say so, instead of refusing the file.
    pub drop_bad_rows: bool,
}

/// The form of a file. A text file's name may also end in `.gz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFormat {
    /// Text with a delimiter.
    Csv(CsvFormat),
    /// An array of objects.
    Json,
    /// An object a line.
    NdJson,
    /// Parquet.
    Parquet,
    /// Arrow IPC, a file or a stream.
    Arrow,
}

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFormat {
    /// Between two fields.
    pub delimiter: char,
    /// Around a field that holds a delimiter, a line end or a quote (doubled); `None` when no character has that meaning.
    pub quote: Option<char>,
    /// Whether the first line names the columns; else they are `f0_`, `f1_` ...
    pub header: bool,
    /// The encoding by its WHATWG label, such as `UTF-8` or `windows-1252`.
    pub encoding: String,
    /// The decimal sign, `.` or `,`.
    pub decimal: char,
    /// Lines before the header that are not read.
    pub skip_lines: u32,
    /// Unquoted texts that mean NULL beside the empty field.
    pub null_texts: Vec<String>,
}

impl Default for CsvFormat {
    fn default() -> Self {
        CsvFormat {
            delimiter: ',',
            quote: Some('"'),
            header: true,
            encoding: "UTF-8".to_owned(),
            decimal: '.',
            skip_lines: 0,
            null_texts: Vec::new(),
        }
    }
}

/// What becomes of a column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// Its name in the file.
    pub source: String,
    /// Its name in the table.
    pub name: String,
    /// Its BigQuery type: `INT64`, `NUMERIC`, `ARRAY<STRING>` ...; with ` NOT NULL` behind it, a missing value is a fault.
    pub kind: String,
    /// How its texts are written. For times: `ISO`, `DD/MM/YYYY`, `MM/DD/YYYY`, `DD.MM.YYYY`, `YYYYMMDD` and the like (a
    /// time of day may follow), `epoch_s`, `epoch_ms`, `epoch_us`, or a strptime pattern with `%`. For numbers the thousands
    /// separator in an example: `1,234.5`, `1.234,5`, `1 234.5`. `None`: detected for times, no separator for numbers.
    /// A preview has `DD/MM/YYYY or MM/DD/YYYY` on a STRING whose order of day and month is open: choose one, and the type.
    pub format: Option<String>,
    /// Whether it goes into the table.
    pub keep: bool,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// Rows of the part.
    pub rows: u64,
    /// Rows that were left out.
    pub dropped: u64,
    /// Why they were.
    pub faults: Vec<Fault>,
    /// What the person should know: what was taken from the file's name, what looks odd.
    pub notes: Vec<String>,
}

/// The first rows of a file as they will be in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPreview {
    /// The form it is read in.
    pub format: FileFormat,
    /// The form that was detected.
    pub detected: FileFormat,
    /// Every column of the file.
    pub columns: Vec<ImportColumn>,
    /// Rows of the kept columns, in the order of `columns`, as text; `None` is NULL, or a text that does not fit its column.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether the rows are bars.
    pub bars: bool,
    /// The ticker that bars without such a column get.
    pub ticker: Option<String>,
    /// The interval that bars without such a column get.
    pub interval: Option<String>,
    /// What was decided and could be decided otherwise.
    pub notes: Vec<String>,
}

/// What an import would find.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportCheck {
    /// Rows that can be imported.
    pub rows: u64,
    /// Rows that cannot.
    pub dropped: u64,
    /// Every kind of fault.
    pub faults: Vec<Fault>,
    /// What the bars are like; `None` when the rows are no bars or none can be kept.
    pub bars: Option<BarsReport>,
}

/// A kind of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong: `close is not a number`.
    pub reason: String,
    /// In how many rows.
    pub count: u64,
    /// The first ten lines (rows, where the file has no lines), counted from 1 with the header.
    pub lines: Vec<u64>,
    /// The first value at fault; empty when there is none to show.
    pub example: String,
    /// Whether such rows cannot be kept. Where false, the rows are good and their order is not.
    pub drops: bool,
}

/// What bars are like. What is odd in them is reported and kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BarsReport {
    /// How many tickers.
    pub tickers: u64,
    /// The first time.
    pub from: String,
    /// The last time.
    pub to: String,
    /// Bars whose high is below their low.
    pub high_below_low: u64,
    /// Bars whose open or close is outside low to high.
    pub prices_outside_range: u64,
    /// Bars with a price of zero or less.
    pub prices_not_positive: u64,
    /// Bars without volume.
    pub zero_volume: u64,
    /// Bars at a time that their ticker has already.
    pub duplicates: u64,
    /// Bars before the one above them.
    pub unsorted: u64,
    /// Places where bars are missing: two bars of a ticker over five intervals apart within a day; for daily bars, over
    /// five weekdays.
    pub gaps: u64,
    /// The first ten lines of each kind, by the field's name.
    pub lines: BTreeMap<String, Vec<u64>>,
}
