//! Import as it crosses the boundary: the shapes of `algomosaic_data`'s, a character as a text.

use std::collections::BTreeMap;

use algomosaic_core::Problem;
use algomosaic_data as data;
use serde::{Deserialize, Serialize};

/// How to read a file. What is absent is detected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, specta::Type)]
#[serde(default, deny_unknown_fields)]
pub struct ImportOptions {
    /// The form of the file.
    pub format: Option<FileFormat>,
    /// What becomes of the columns; those that are not named are detected and kept.
    pub columns: Option<Vec<ImportColumn>>,
    /// The ticker of bars, where the files have no such column.
    pub ticker: Option<String>,
    /// The interval of bars, such as `1d`.
    pub interval: Option<String>,
    /// Whether the rows are bars.
    pub bars: Option<bool>,
    /// Sort bars by time instead of refusing those out of order.
    pub sort: bool,
    /// Leave out rows that cannot be kept, and say so, instead of refusing the file.
    pub drop_bad_rows: bool,
}

/// The form of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileFormat {
    /// Text with a delimiter.
    Csv(CsvFormat),
    /// An array of objects.
    Json,
    /// An object a line.
    #[serde(rename = "ndjson")]
    NdJson,
    /// Parquet.
    Parquet,
    /// Arrow IPC, a file or a stream.
    Arrow,
}

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CsvFormat {
    /// Between two fields: one character.
    pub delimiter: String,
    /// Around a field that holds a delimiter: one character, or none.
    pub quote: Option<String>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// The encoding by its WHATWG label.
    pub encoding: String,
    /// The decimal sign.
    pub decimal: String,
    /// Lines before the header that are not read.
    pub skip_lines: u32,
    /// Unquoted texts that mean NULL beside the empty field.
    pub null_texts: Vec<String>,
}

/// What becomes of a column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ImportColumn {
    /// Its name in the file.
    pub source: String,
    /// Its name in the table.
    pub name: String,
    /// Its BigQuery type, with ` NOT NULL` behind it where a missing value is a fault.
    #[serde(rename = "type")]
    pub kind: String,
    /// How its texts are written: `DD/MM/YYYY`, `epoch_ms`, `1.234,5` ...
    pub format: Option<String>,
    /// Whether it goes into the table.
    pub keep: bool,
}

/// The first rows of a file as they will be in the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ImportPreview {
    /// The form it is read in.
    pub format: FileFormat,
    /// The form that was detected.
    pub detected: FileFormat,
    /// Every column of the file.
    pub columns: Vec<ImportColumn>,
    /// Rows of the kept columns as text; absent is NULL, or a text that does not fit its column.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct ImportCheck {
    /// Rows that can be imported.
    #[specta(type = f64)]
    pub rows: u64,
    /// Rows that cannot.
    #[specta(type = f64)]
    pub dropped: u64,
    /// Every kind of fault.
    pub faults: Vec<Fault>,
    /// What the bars are like; absent when the rows are no bars.
    pub bars: Option<BarsReport>,
}

/// A kind of fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Fault {
    /// What is wrong.
    pub reason: String,
    /// In how many rows.
    #[specta(type = f64)]
    pub count: u64,
    /// The first ten lines.
    #[specta(type = Vec<f64>)]
    pub lines: Vec<u64>,
    /// The first value at fault; empty when there is none to show.
    pub example: String,
    /// Whether such rows cannot be kept.
    pub drops: bool,
}

/// What bars are like. What is odd in them is reported and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct BarsReport {
    /// How many tickers.
    #[specta(type = f64)]
    pub tickers: u64,
    /// The first time.
    pub from: String,
    /// The last time.
    pub to: String,
    /// Bars whose high is below their low.
    #[specta(type = f64)]
    pub high_below_low: u64,
    /// Bars whose open or close is outside low to high.
    #[specta(type = f64)]
    pub prices_outside_range: u64,
    /// Bars with a price of zero or less.
    #[specta(type = f64)]
    pub prices_not_positive: u64,
    /// Bars without volume.
    #[specta(type = f64)]
    pub zero_volume: u64,
    /// Bars at a time that their ticker has already.
    #[specta(type = f64)]
    pub duplicates: u64,
    /// Bars before the one above them.
    #[specta(type = f64)]
    pub unsorted: u64,
    /// Places where bars are missing.
    #[specta(type = f64)]
    pub gaps: u64,
    /// The first ten lines of each kind, by the field's name.
    #[specta(type = BTreeMap<String, Vec<f64>>)]
    pub lines: BTreeMap<String, Vec<u64>>,
}

fn character(what: &str, text: &str) -> Result<char, Problem> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(Problem::bad(
            format!("{what} is {text:?}, and must be one character"),
            "Write one character, such as , or ; or a tab.",
        )),
    }
}

impl ImportOptions {
    /// As the reader takes it; refused where a character is none.
    pub(crate) fn to_data(&self) -> Result<data::ImportOptions, Problem> {
        let format = match &self.format {
            None => None,
            Some(FileFormat::Csv(csv)) => Some(data::FileFormat::Csv(data::CsvFormat {
                delimiter: character("the delimiter", &csv.delimiter)?,
                quote: csv.quote.as_deref().map(|quote| character("the quote", quote)).transpose()?,
                header: csv.header,
                encoding: csv.encoding.clone(),
                decimal: character("the decimal sign", &csv.decimal)?,
                skip_lines: csv.skip_lines,
                null_texts: csv.null_texts.clone(),
            })),
            Some(FileFormat::Json) => Some(data::FileFormat::Json),
            Some(FileFormat::NdJson) => Some(data::FileFormat::NdJson),
            Some(FileFormat::Parquet) => Some(data::FileFormat::Parquet),
            Some(FileFormat::Arrow) => Some(data::FileFormat::Arrow),
        };
        Ok(data::ImportOptions {
            format,
            columns: self.columns.as_ref().map(|columns| {
                columns
                    .iter()
                    .map(|column| data::ImportColumn {
                        source: column.source.clone(),
                        name: column.name.clone(),
                        kind: column.kind.clone(),
                        format: column.format.clone(),
                        keep: column.keep,
                    })
                    .collect()
            }),
            ticker: self.ticker.clone(),
            interval: self.interval.clone(),
            bars: self.bars,
            sort: self.sort,
            drop_bad_rows: self.drop_bad_rows,
        })
    }
}

impl From<data::FileFormat> for FileFormat {
    fn from(format: data::FileFormat) -> Self {
        match format {
            data::FileFormat::Csv(csv) => FileFormat::Csv(CsvFormat {
                delimiter: csv.delimiter.to_string(),
                quote: csv.quote.map(String::from),
                header: csv.header,
                encoding: csv.encoding,
                decimal: csv.decimal.to_string(),
                skip_lines: csv.skip_lines,
                null_texts: csv.null_texts,
            }),
            data::FileFormat::Json => FileFormat::Json,
            data::FileFormat::NdJson => FileFormat::NdJson,
            data::FileFormat::Parquet => FileFormat::Parquet,
            data::FileFormat::Arrow => FileFormat::Arrow,
        }
    }
}

impl From<data::ImportPreview> for ImportPreview {
    fn from(preview: data::ImportPreview) -> Self {
        ImportPreview {
            format: preview.format.into(),
            detected: preview.detected.into(),
            columns: preview
                .columns
                .into_iter()
                .map(|column| ImportColumn {
                    source: column.source,
                    name: column.name,
                    kind: column.kind,
                    format: column.format,
                    keep: column.keep,
                })
                .collect(),
            rows: preview.rows,
            bars: preview.bars,
            ticker: preview.ticker,
            interval: preview.interval,
            notes: preview.notes,
        }
    }
}

impl From<data::Fault> for Fault {
    fn from(fault: data::Fault) -> Self {
        Fault {
            reason: fault.reason,
            count: fault.count,
            lines: fault.lines,
            example: fault.example,
            drops: fault.drops,
        }
    }
}

impl From<data::ImportCheck> for ImportCheck {
    fn from(check: data::ImportCheck) -> Self {
        ImportCheck {
            rows: check.rows,
            dropped: check.dropped,
            faults: check.faults.into_iter().map(Fault::from).collect(),
            bars: check.bars.map(|bars| BarsReport {
                tickers: bars.tickers,
                from: bars.from,
                to: bars.to,
                high_below_low: bars.high_below_low,
                prices_outside_range: bars.prices_outside_range,
                prices_not_positive: bars.prices_not_positive,
                zero_volume: bars.zero_volume,
                duplicates: bars.duplicates,
                unsorted: bars.unsorted,
                gaps: bars.gaps,
                lines: bars.lines,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_options_detect_everything() {
        assert_eq!(serde_json::from_str::<ImportOptions>("{}").unwrap(), ImportOptions::default());
        let csv = r#"{"format":{"kind":"csv","delimiter":";","quote":null,"header":true,"encoding":"UTF-8","decimal":",","skip_lines":0,"null_texts":[]}}"#;
        let options: ImportOptions = serde_json::from_str(csv).unwrap();
        assert!(matches!(options.to_data().unwrap().format, Some(data::FileFormat::Csv(csv)) if csv.delimiter == ';'));
        let wrong: ImportOptions = serde_json::from_str(&csv.replace("\";\"", "\";;\"")).unwrap();
        assert!(wrong.to_data().unwrap_err().message.contains("one character"));
    }
}
