//! Statements a person writes: run, checked, explained. A SELECT's rows become a result, which is paged as any table.

use std::time::Instant;

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Marks, Prepared};

use crate::wire::{ColumnInfo, QueryRecord, SqlCheck, SqlFunctionInfo, SqlOutcome, SqlParam, SqlWords};
use crate::workspace::Workspace;

use super::{results, saved};

/// Reads a statement and binds it to the tables as they are now.
pub(crate) fn prepare<'w>(workspace: &'w Workspace, sql: &str, params: &[SqlParam]) -> Result<Prepared<'w>, Problem> {
    if let Some(param) = params.first() {
        return Err(Problem::bad(
            format!("the query has no parameter @{}", param.name),
            "Parameters are not read yet: write the value into the query.",
        ));
    }
    Ok(workspace.warehouse().prepare(sql)?)
}

/// Runs a statement and writes it into the history, whatever comes of it.
pub(crate) fn run(workspace: &Workspace, sql: &str, params: &[SqlParam], job: &Job) -> Result<SqlOutcome, Problem> {
    let (started, ran_at) = (Instant::now(), crate::jobs::now());
    let outcome = run_prepared(workspace, sql, params, job);
    let (rows, problem) = match &outcome {
        Ok(SqlOutcome::Rows { result }) => (Some(result.rows), None),
        Ok(SqlOutcome::Changed { rows, .. }) => (Some(*rows), None),
        Err(problem) => (None, Some(problem.message.clone())),
    };
    let seconds = started.elapsed().as_secs_f64();
    saved::remember(workspace, &QueryRecord { sql: sql.to_owned(), ran_at, seconds, rows, problem });
    outcome
}

fn run_prepared(workspace: &Workspace, sql: &str, params: &[SqlParam], job: &Job) -> Result<SqlOutcome, Problem> {
    job.stage("running the query")?;
    let prepared = prepare(workspace, sql, params)?;
    Ok(SqlOutcome::Rows { result: results::keep(workspace, &prepared, sql, params, job)? })
}

/// Reads a statement without running it: what it reads and gives, or what is wrong with it and where.
pub(crate) fn check(workspace: &Workspace, sql: &str, params: &[SqlParam]) -> Result<SqlCheck, Problem> {
    let read = || -> Result<SqlCheck, Problem> {
        let prepared = prepare(workspace, sql, params)?;
        let (columns, marks) = prepared.columns(&Job::new())?;
        let mut bytes = 0;
        for table in prepared.tables() {
            bytes += workspace.warehouse().bytes(table)?;
        }
        Ok(SqlCheck {
            statement: Some("SELECT".to_owned()),
            problem: None,
            line: None,
            column: None,
            tables: prepared.tables().iter().map(ToString::to_string).collect(),
            columns: column_infos(columns, &marks),
            bytes,
        })
    };
    match read() {
        Err(problem) if problem.code != Code::Internal => {
            let place = place(&problem.message);
            Ok(SqlCheck {
                statement: None,
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                problem: Some(problem),
                tables: Vec::new(),
                columns: Vec::new(),
                bytes: 0,
            })
        }
        checked => checked,
    }
}

/// How the engine would do it, as a plan in text.
pub(crate) fn explain(workspace: &Workspace, sql: &str, params: &[SqlParam]) -> Result<String, Problem> {
    Ok(prepare(workspace, sql, params)?.explain(&Job::new())?)
}

/// Columns with their marks.
pub(crate) fn column_infos(columns: Vec<algomosaic_data::Column>, marks: &Marks) -> Vec<ColumnInfo> {
    let info = |column: algomosaic_data::Column| ColumnInfo {
        label_horizon: marks.get(&column.name).copied(),
        name: column.name,
        kind: column.kind,
    };
    columns.into_iter().map(info).collect()
}

/// The line and the column that a message about a statement names.
fn place(message: &str) -> Option<(u32, u32)> {
    let lower = message.to_lowercase();
    let number = |word: &str| -> Option<u32> {
        let (at, _) = lower.match_indices(word).find(|(at, _)| {
            let rest = lower[at + word.len()..].trim_start_matches([':', ' ']);
            rest.starts_with(|letter: char| letter.is_ascii_digit())
        })?;
        let rest = lower[at + word.len()..].trim_start_matches([':', ' ']);
        rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    };
    Some((number("line")?, number("column")?))
}

/// The functions and keywords an editor can complete.
pub(crate) fn sql_words() -> SqlWords {
    let function = |(name, signature, help): &(&str, &str, &str)| SqlFunctionInfo {
        name: (*name).to_owned(),
        signature: (*signature).to_owned(),
        help: (*help).to_owned(),
    };
    SqlWords {
        functions: FUNCTIONS.iter().map(function).collect(),
        keywords: KEYWORDS.iter().map(|word| (*word).to_owned()).collect(),
    }
}

const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("ABS", "ABS(x)", "The value without its sign."),
    ("AVG", "AVG(x)", "The mean of a group."),
    ("CAST", "CAST(x AS type)", "The value in another type; an error where it does not fit."),
    ("COALESCE", "COALESCE(x, ...)", "The first value that is not NULL."),
    ("CORR", "CORR(x, y)", "The correlation within a group."),
    ("COUNT", "COUNT(*) | COUNT(x)", "How many rows, or how many values."),
    ("EXTRACT", "EXTRACT(part FROM time)", "A part of a time, such as YEAR or HOUR."),
    ("FIRST_VALUE", "FIRST_VALUE(x) OVER (...)", "The value of the window's first row."),
    ("IF", "IF(condition, x, y)", "x where the condition holds, else y."),
    ("LAG", "LAG(x, n) OVER (...)", "The value n rows before."),
    ("LEAD", "LEAD(x, n) OVER (...)", "The value n rows later. It looks ahead: the column becomes a label."),
    ("LN", "LN(x)", "The natural logarithm."),
    ("LOWER", "LOWER(text)", "The text in lower case."),
    ("MAX", "MAX(x)", "The greatest value of a group."),
    ("MIN", "MIN(x)", "The least value of a group."),
    ("NULLIF", "NULLIF(x, y)", "NULL where x equals y, else x."),
    ("RANK", "RANK() OVER (...)", "The place within the window, with gaps after ties."),
    ("ROUND", "ROUND(x, digits)", "The value rounded."),
    ("ROW_NUMBER", "ROW_NUMBER() OVER (...)", "The number of the row within the window."),
    ("SAFE_CAST", "SAFE_CAST(x AS type)", "The value in another type; NULL where it does not fit."),
    ("SQRT", "SQRT(x)", "The square root."),
    ("STDDEV_SAMP", "STDDEV_SAMP(x)", "The standard deviation of a sample."),
    ("STRPOS", "STRPOS(text, part)", "Where the part begins in the text, from 1; 0 where it does not."),
    ("SUM", "SUM(x)", "The sum of a group."),
    ("UPPER", "UPPER(text)", "The text in upper case."),
];

const KEYWORDS: &[&str] = &[
    "SELECT",
    "DISTINCT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "QUALIFY",
    "WINDOW",
    "ORDER BY",
    "LIMIT",
    "OFFSET",
    "WITH",
    "AS",
    "JOIN",
    "INNER JOIN",
    "LEFT JOIN",
    "RIGHT JOIN",
    "FULL JOIN",
    "CROSS JOIN",
    "ON",
    "USING",
    "UNION ALL",
    "UNION DISTINCT",
    "INTERSECT DISTINCT",
    "EXCEPT DISTINCT",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "EXISTS",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "OVER",
    "PARTITION BY",
    "ROWS BETWEEN",
    "PRECEDING",
    "FOLLOWING",
    "CURRENT ROW",
    "UNBOUNDED",
    "ASC",
    "DESC",
    "NULLS FIRST",
    "NULLS LAST",
    "TRUE",
    "FALSE",
    "NULL",
    "DATE",
    "DATETIME",
    "TIMESTAMP",
    "INTERVAL",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_found_however_the_message_writes_it() {
        for (message, expected) in [
            ("the query cannot be read: Expected: an expression, found: FROM at Line: 1, Column: 8", Some((1, 8))),
            ("line 12, column 3: there is no column closee", Some((12, 3))),
            ("there is no column_2 in the line", None),
        ] {
            assert_eq!(place(message), expected, "{message}");
        }
    }
}
