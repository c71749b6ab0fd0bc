//! `algom query`: a statement of SQL, to the terminal or a file.

use std::process::ExitCode;

use algomosaic_api::{DryRunDocument, Problem, QueryDocument, SqlDocument, sql_file, sql_params};
use serde_json::json;

use super::Session;
use crate::args::Query;
use crate::progress::with_job;
use crate::text::{count, table};

/// Rows a terminal shows; a file or JSON has them all.
const SHOWN: usize = 200;

pub(crate) fn run(session: &Session<'_>, query: &Query) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let mut params = sql_params(&query.param)?;
    let sql = match (&query.text.sql, &query.text.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(file)) => sql_file(file, &mut params)?,
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
