//! `algom tables` and `algom schema`.

use std::process::ExitCode;

use algomosaic_api::{Code, Problem, TableInfo};

use super::Session;
use crate::progress::with_job;
use crate::text::{count, table};

pub(crate) fn list(session: &Session<'_>, pattern: Option<&str>) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let mut tables = app.embedded_tables()?;
    // What is here is listed also when BigQuery cannot be reached.
    match with_job(session.output, |job| app.tables_elsewhere(job)) {
        Ok(more) => tables.extend(more),
        Err(problem) if problem.code == Code::Cancelled => return Err(problem),
        Err(problem) => session.output.note(&format!("BigQuery's tables are missing: {problem}. {}", problem.hint)),
    }
    if let Some(pattern) = pattern {
        let pattern = pattern.to_lowercase();
        tables.retain(|table| matches(&pattern, &full(table).to_lowercase()));
    }
    session.output.document(&tables, || {
        if tables.is_empty() {
            return "No table. Fill one: algom import FILE --table market.bars".to_owned();
        }
        let rows: Vec<Vec<String>> = tables
            .iter()
            .map(|info| {
                let rows = info.rows.map_or_else(|| "unreadable".to_owned(), count);
                vec![full(info), rows, count(info.bytes), info.modified.clone()]
            })
            .collect();
        let mut text = table(&["table", "rows", "bytes", "modified"], &rows);
        for fault in tables.iter().filter_map(|info| info.fault.as_ref()) {
            text.push_str(&format!("\n{fault}. {}", fault.hint));
        }
        text
    })
}

fn full(info: &TableInfo) -> String {
    format!("{}.{}.{}", info.project, info.dataset, info.table)
}

/// Whether the pieces between the stars come in `name` in their order.
fn matches(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    pattern.split('*').all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

pub(crate) fn schema(session: &Session<'_>, name: &str) -> Result<ExitCode, Problem> {
    let columns = session.open()?.columns(name)?;
    session.output.document(&columns, || {
        let rows: Vec<Vec<String>> = columns
            .iter()
            .map(|column| {
                let label = match column.label_horizon {
                    Some(bars) => format!("label, {bars} bars ahead"),
                    None => String::new(),
                };
                vec![column.name.clone(), column.kind.clone(), label]
            })
            .collect();
        table(&["column", "type", ""], &rows)
    })
}
