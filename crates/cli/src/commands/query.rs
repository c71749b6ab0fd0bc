//! `algom query`: a statement of SQL, to the terminal or a file.

use std::collections::BTreeMap;
use std::process::ExitCode;

use algomosaic_api::{Code, DryRunDocument, Problem, QueryDocument, SqlDocument, SqlParams, SqlValue};
use serde_json::{Value, json};

use super::{Session, read};
use crate::args::Query;
use crate::progress::with_job;
use crate::text::{count, table};

/// Rows a terminal shows; a file or JSON has them all.
const SHOWN: usize = 200;

pub(crate) fn run(session: &Session<'_>, query: &Query) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let mut params = params(&query.param)?;
    let sql = match (&query.text.sql, &query.text.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(file)) => filled(&read(file)?, &mut params)?,
        (None, None) => String::new(),
    };
    if query.dry_run || query.max_bytes.is_some() {
        let document = app.dry_run(&sql, &params)?;
        if query.dry_run {
            return session.output.document(&document, || dry_run_text(&document));
        }
        if let Some(most) = query.max_bytes.filter(|most| document.bytes > *most) {
            return Err(Problem::bad(
                format!("the statement would read {} bytes, and --max-bytes is {}", count(document.bytes), count(most)),
                "Read fewer tables, or allow more bytes.",
            ));
        }
    }
    if let Some(out) = &query.out {
        let rows = with_job(session.output, |job| app.sql_to_file(&sql, &params, query.limit, out, job))?;
        return session
            .output
            .document(&json!({"rows": rows, "out": out}), || format!("{} rows into {}", count(rows), out.display()));
    }
    let document = with_job(session.output, |job| app.run_statement(&sql, &params, query.limit, job))?;
    session.output.document(&document, || match &document {
        SqlDocument::Rows(rows) => rows_text(rows),
        SqlDocument::Changed(change) => match change.statement.as_str() {
            "DROP TABLE" => format!("{}: {}", change.statement, change.table),
            _ => format!("{}: {} rows of {}", change.statement, count(change.rows), change.table),
        },
    })
}

fn rows_text(document: &QueryDocument) -> String {
    let header: Vec<&str> = document.columns.iter().map(|column| column.name.as_str()).collect();
    let rows: Vec<Vec<String>> =
        document.rows.iter().take(SHOWN).map(|row| row.iter().map(algomosaic_api::Cell::text).collect()).collect();
    let more = document.rows.len().saturating_sub(SHOWN);
    let note = if more > 0 {
        format!("\n… and {} more rows (--out FILE or --json has them)", count(more as u64))
    } else {
        String::new()
    };
    format!("{}{note}", table(&header, &rows))
}

fn dry_run_text(document: &DryRunDocument) -> String {
    let columns: Vec<Vec<String>> =
        document.columns.iter().map(|column| vec![column.name.clone(), column.kind.clone()]).collect();
    let tables = if document.tables.is_empty() { "no table".to_owned() } else { document.tables.join(", ") };
    let columns =
        if columns.is_empty() { String::new() } else { format!("\n{}", table(&["column", "type"], &columns)) };
    format!("{} would read {} bytes of {tables}{columns}", document.statement, count(document.bytes))
}

/// The parameters that were given: `name=value`, `name:TYPE=value`. Arrays and structs are JSON.
fn params(given: &[String]) -> Result<SqlParams, Problem> {
    let mut params = SqlParams::new();
    for text in given {
        let refused = || {
            Problem::new(
                Code::Usage,
                format!("--param {text} is no parameter"),
                "Write --param name=value, or --param name:TYPE=value.",
            )
        };
        let (left, value) = text.split_once('=').ok_or_else(refused)?;
        let (name, kind) = left.split_once(':').unwrap_or((left, "STRING"));
        let kind = kind.trim().to_uppercase();
        if name.is_empty() || kind.is_empty() {
            return Err(refused());
        }
        let value = if kind.starts_with("ARRAY") || kind.starts_with("STRUCT") {
            serde_json::from_str(value).map_err(|_| {
                Problem::new(
                    Code::Usage,
                    format!("the value of --param {name} is no JSON"),
                    format!("Write --param '{name}:ARRAY<STRING>=[\"a\", \"b\"]'."),
                )
            })?
        } else if kind != "STRING" && value.eq_ignore_ascii_case("null") {
            Value::Null
        } else {
            Value::from(value)
        };
        if params.insert(name.to_owned(), SqlValue { kind, value }).is_some() {
            return Err(Problem::new(Code::Usage, format!("--param {name} is given twice"), "Give it once."));
        }
    }
    Ok(params)
}

/// The text of a file with its `{name}` filled in; what fills one is no parameter of the statement.
fn filled(text: &str, params: &mut SqlParams) -> Result<String, Problem> {
    let names = algomosaic_api::text_params(text);
    let mut values = BTreeMap::new();
    for name in names {
        if let Some(SqlValue { value: Value::String(value), .. }) = params.get(&name) {
            values.insert(name.clone(), value.clone());
            if !text.contains(&format!("@{name}")) {
                params.remove(&name);
            }
        }
    }
    algomosaic_api::fill(text, &values)
}
