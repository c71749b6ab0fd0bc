//! `algom import`: files into a table; or how they would be read, and what an import would find.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use algomosaic_api::{
    Code, CsvFormat, FileFormat, Finished, ImportCheck, ImportColumn, ImportOptions, ImportPreview, Problem, Request,
};

use super::{Session, read, unexpected};
use crate::args::{FileForm, Import};
use crate::progress::with_job;
use crate::text::{count, table};

pub(crate) fn run(session: &Session<'_>, import: &Import) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let piped =
        import.files.iter().any(|file| file == Path::new("-")).then(|| Piped::read(import.format)).transpose()?;
    let files: Vec<String> = import
        .files
        .iter()
        .map(|file| match &piped {
            Some(piped) if file == Path::new("-") => piped.0.to_string_lossy().into_owned(),
            _ => file.to_string_lossy().into_owned(),
        })
        .collect();
    let options = options(session, import, &files)?;
    if import.preview {
        let preview = with_job(session.output, |job| app.preview_import(&files, &options, job))?;
        return session.output.document(&preview, || preview_words(&preview));
    }
    if import.check {
        let check = with_job(session.output, |job| app.check_import(&files, &options, job))?;
        return session.output.document(&check, || check_words(&check));
    }
    let table = import.table.clone().unwrap_or_default();
    let request = Request::Import { files, table, if_exists: import.if_exists.into(), options };
    match session.run(&request)? {
        Finished::Import(document) => session.output.document(&document, || {
            let mut text = format!("{} into {}", rows(document.rows), document.table);
            if document.dropped > 0 {
                text.push_str(&format!("; {} left out", rows(document.dropped)));
            }
            for note in &document.notes {
                text.push_str(&format!("\nnote: {note}"));
            }
            text
        }),
        _ => Err(unexpected()),
    }
}

/// Standard input as a temporary file, removed with it.
struct Piped(PathBuf);

impl Piped {
    fn read(form: Option<FileForm>) -> Result<Piped, Problem> {
        let ending = match form {
            Some(FileForm::Csv) => "csv",
            Some(FileForm::Json) => "json",
            Some(FileForm::Ndjson) => "ndjson",
            Some(FileForm::Parquet) => "parquet",
            Some(FileForm::Arrow) => "arrow",
            None => {
                return Err(Problem::new(
                    Code::Usage,
                    "the form of what comes from standard input is not named",
                    "Name it: --format csv, json, ndjson, parquet or arrow.",
                ));
            }
        };
        let folder = std::env::temp_dir().join(format!("algomosaic-stdin-{}", std::process::id()));
        let failed = |error: std::io::Error| {
            Problem::new(Code::Internal, format!("standard input could not be read: {error}"), "Import a file instead.")
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        // Not the name of a ticker: whose prices these are must be said.
        let piped = Piped(folder.join(format!("_stdin.{ending}")));
        let mut to = std::fs::File::create(&piped.0).map_err(failed)?;
        std::io::copy(&mut std::io::stdin().lock(), &mut to).map_err(failed)?;
        Ok(piped)
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        // What is left in a temporary folder harms nothing.
        if let Some(folder) = self.0.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The options of the request: what was said, in place of what is detected.
fn options(session: &Session<'_>, import: &Import, files: &[String]) -> Result<ImportOptions, Problem> {
    let mut options = ImportOptions {
        ticker: import.ticker.clone(),
        interval: import.interval.clone(),
        sort: import.sort,
        drop_bad_rows: import.drop_bad_rows,
        ..ImportOptions::default()
    };
    options.format = match import.format {
        None => None,
        Some(FileForm::Json) => Some(FileFormat::Json),
        Some(FileForm::Ndjson) => Some(FileFormat::NdJson),
        Some(FileForm::Parquet) => Some(FileFormat::Parquet),
        Some(FileForm::Arrow) => Some(FileFormat::Arrow),
        // How a CSV file is written is detected.
        Some(FileForm::Csv) => None,
    };
    let preview =
        |options: &ImportOptions| with_job(session.output, |job| session.app.preview_import(files, options, job));
    if import.delimiter.is_some() || import.encoding.is_some() || import.decimal.is_some() {
        let mut format = match preview(&options).map(|preview| preview.detected) {
            Ok(FileFormat::Csv(format)) => format,
            Ok(_) => {
                return Err(Problem::new(
                    Code::Usage,
                    "--delimiter, --encoding and --decimal are for CSV files, and this is none",
                    "Leave them out, or name the form (--format csv).",
                ));
            }
            // What is said may be just what it takes to read the file.
            Err(_) => CsvFormat {
                delimiter: ",".to_owned(),
                quote: Some("\"".to_owned()),
                header: true,
                encoding: "UTF-8".to_owned(),
                decimal: ".".to_owned(),
                skip_lines: 0,
                null_texts: Vec::new(),
            },
        };
        if let Some(delimiter) = &import.delimiter {
            format.delimiter =
                if matches!(delimiter.as_str(), "tab" | "\\t") { "\t".to_owned() } else { delimiter.clone() };
        }
        if let Some(encoding) = &import.encoding {
            format.encoding.clone_from(encoding);
        }
        if let Some(decimal) = &import.decimal {
            format.decimal.clone_from(decimal);
        }
        options.format = Some(FileFormat::Csv(format));
    }
    if let Some(schema) = &import.schema {
        options.columns = Some(schema_columns(&read(schema)?)?);
    }
    if let Some(date_format) = &import.date_format {
        let mut seen = preview(&options)?;
        let clocks: Vec<bool> = (0..seen.columns.len())
            .map(|index| {
                seen.rows.iter().any(|row| {
                    row.get(index).is_some_and(|text| text.as_deref().is_some_and(|text| text.contains(':')))
                })
            })
            .collect();
        let mut any = false;
        for (column, clock) in seen.columns.iter_mut().zip(clocks) {
            let kind = column.kind.trim_end_matches(" NOT NULL");
            // Where day and month could not be told apart, the column was taken for text.
            let open = column.format.as_deref().is_some_and(|format| format.contains(" or "));
            if open {
                column.kind = if clock { "DATETIME" } else { "DATE" }.to_owned();
            } else if !matches!(kind, "DATE" | "DATETIME" | "TIMESTAMP") && column.name != "ticker_time" {
                continue;
            }
            column.format = Some(date_format.clone());
            any = true;
        }
        let columns = seen.columns;
        if !any {
            return Err(Problem::new(
                Code::Usage,
                "--date-format is given, and no column has dates or times",
                "Name the type of the column (--schema), or leave the format out.",
            ));
        }
        options.columns = Some(columns);
    }
    Ok(options)
}

/// BigQuery's schema form as columns.
fn schema_columns(text: &str) -> Result<Vec<ImportColumn>, Problem> {
    #[derive(serde::Deserialize)]
    struct Entry {
        name: String,
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        mode: Option<String>,
        #[serde(default)]
        fields: Vec<Entry>,
    }
    fn kind_of(entry: &Entry) -> String {
        let kind = entry.kind.to_uppercase();
        let kind = if matches!(kind.as_str(), "RECORD" | "STRUCT") {
            let fields: Vec<String> =
                entry.fields.iter().map(|field| format!("{} {}", field.name, kind_of(field))).collect();
            format!("STRUCT<{}>", fields.join(", "))
        } else {
            kind
        };
        match entry.mode.as_deref().map(str::to_uppercase).as_deref() {
            Some("REPEATED") => format!("ARRAY<{kind}>"),
            _ => kind,
        }
    }
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| {
        Problem::bad(
            format!("the schema cannot be read: {error}"),
            r#"Write BigQuery's form: [{"name": "x", "type": "INT64", "mode": "NULLABLE"}]."#,
        )
    })?;
    Ok(entries
        .iter()
        .map(|entry| {
            let required = entry.mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("REQUIRED"));
            ImportColumn {
                source: entry.name.clone(),
                name: String::new(),
                kind: format!("{}{}", kind_of(entry), if required { " NOT NULL" } else { "" }),
                format: None,
                keep: true,
            }
        })
        .collect())
}

fn rows(number: u64) -> String {
    format!("{} {}", count(number), if number == 1 { "row" } else { "rows" })
}

fn preview_words(preview: &ImportPreview) -> String {
    let form = match &preview.format {
        FileFormat::Csv(csv) => format!(
            "CSV, delimiter {:?}, {}, {}, decimal sign {:?}",
            csv.delimiter,
            csv.encoding,
            if csv.header { "with a header" } else { "without a header" },
            csv.decimal
        ),
        FileFormat::Json => "JSON".to_owned(),
        FileFormat::NdJson => "NDJSON".to_owned(),
        FileFormat::Parquet => "Parquet".to_owned(),
        FileFormat::Arrow => "Arrow".to_owned(),
    };
    let columns: Vec<Vec<String>> = preview
        .columns
        .iter()
        .map(|column| {
            vec![
                column.source.clone(),
                if column.keep { column.name.clone() } else { "left out".to_owned() },
                column.kind.clone(),
                column.format.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header: Vec<&str> =
        preview.columns.iter().filter(|column| column.keep).map(|column| column.name.as_str()).collect();
    let shown: Vec<Vec<String>> = preview
        .rows
        .iter()
        .take(10)
        .map(|row| row.iter().map(|cell| cell.clone().unwrap_or_else(|| "NULL".to_owned())).collect())
        .collect();
    let mut text =
        format!("{form}\n\n{}\n\n{}", table(&["file", "table", "type", "format"], &columns), table(&header, &shown));
    for note in &preview.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    text
}

fn check_words(check: &ImportCheck) -> String {
    let mut text = format!("{} can be imported", rows(check.rows));
    if check.dropped > 0 {
        text.push_str(&format!(", {} cannot", count(check.dropped)));
    }
    for fault in &check.faults {
        let lines: Vec<String> = fault.lines.iter().map(ToString::to_string).collect();
        let example = if fault.example.is_empty() { String::new() } else { format!(", as in {:?}", fault.example) };
        let word = if lines.len() == 1 { "line" } else { "lines" };
        text.push_str(&format!("\n{}: {}{example} ({word} {})", rows(fault.count), fault.reason, lines.join(", ")));
    }
    if let Some(bars) = &check.bars {
        text.push_str(&format!(
            "\nbars of {} {} from {} to {}",
            count(bars.tickers),
            if bars.tickers == 1 { "ticker" } else { "tickers" },
            bars.from,
            bars.to
        ));
        for (what, number) in [
            ("high below low", bars.high_below_low),
            ("open or close outside low to high", bars.prices_outside_range),
            ("price of zero or less", bars.prices_not_positive),
            ("no volume", bars.zero_volume),
            ("gaps", bars.gaps),
        ] {
            if number > 0 {
                text.push_str(&format!("\n{what}: {}", count(number)));
            }
        }
    }
    text
}
