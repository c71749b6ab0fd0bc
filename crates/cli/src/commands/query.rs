//! `algom query`: a SELECT, to the terminal or a file.

use std::process::ExitCode;

use algomosaic_api::Problem;
use serde_json::json;

use super::{Session, read};
use crate::args::Query;
use crate::progress::with_job;
use crate::text::{count, table};

/// Rows a terminal shows; a file or JSON has them all.
const SHOWN: usize = 200;

pub(crate) fn run(session: &Session<'_>, query: &Query) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let sql = match (&query.text.sql, &query.text.file) {
        (Some(sql), _) => sql.clone(),
        (None, Some(file)) => read(file)?,
        (None, None) => String::new(),
    };
    if let Some(out) = &query.out {
        let rows = with_job(session.output, |job| app.query_to_file(&sql, query.limit, out, job))?;
        return session
            .output
            .document(&json!({"rows": rows, "out": out}), || format!("{} rows into {}", count(rows), out.display()));
    }
    let document = with_job(session.output, |job| app.query(&sql, query.limit, job))?;
    session.output.document(&document, || {
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
    })
}
