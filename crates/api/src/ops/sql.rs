//! Statements a person writes: run, checked, explained. A SELECT's rows become a result, which is paged as any table.

use std::time::Instant;

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Marks, Prepared, Staging, StatementKind};

use crate::statement::typed;
use crate::wire::{ColumnInfo, QueryRecord, SqlCheck, SqlFunctionInfo, SqlOutcome, SqlParam, SqlWords};
use crate::wire_cloud::Cost;
use crate::workspace::Workspace;

use super::{results, saved};

/// Reads a statement and binds it to the tables as they are now.
pub(crate) fn prepare<'w>(workspace: &'w Workspace, sql: &str, params: &[SqlParam]) -> Result<Prepared<'w>, Problem> {
    Ok(workspace.warehouse().prepare(sql, &typed(params)?)?)
}

/// Runs a statement and writes it into the history, whatever comes of it.
pub(crate) fn run(workspace: &Workspace, sql: &str, params: &[SqlParam], job: &Job) -> Result<SqlOutcome, Problem> {
    let (started, ran_at) = (Instant::now(), crate::jobs::now());
    let outcome = run_prepared(workspace, sql, params, job);
    let (rows, problem, cost) = match &outcome {
        Ok(SqlOutcome::Rows { result }) => (Some(result.rows), None, result.cost),
        Ok(SqlOutcome::Changed { rows, cost, .. }) => (Some(*rows), None, *cost),
        Err(problem) => (None, Some(problem.message.clone()), None),
    };
    let seconds = started.elapsed().as_secs_f64();
    saved::remember(workspace, &QueryRecord { sql: sql.to_owned(), ran_at, seconds, rows, problem, cost });
    outcome
}

fn run_prepared(workspace: &Workspace, sql: &str, params: &[SqlParam], job: &Job) -> Result<SqlOutcome, Problem> {
    job.stage("running the query")?;
    let started = Instant::now();
    let prepared = prepare(workspace, sql, params)?;
    if prepared.kind() == StatementKind::Select {
        return Ok(SqlOutcome::Rows { result: results::keep(workspace, &prepared, sql, params, job)? });
    }
    workspace.writable()?;
    let staging = Staging::create(workspace.root(), &algomosaic_data::unique())?;
    let (billed, runs_there) = (job.billed(), prepared.runs_in().is_some());
    let changed = prepared.change(&staging, job)?;
    Ok(SqlOutcome::Changed {
        statement: changed.statement.to_string(),
        table: changed.table.to_string(),
        rows: changed.rows,
        seconds: started.elapsed().as_secs_f64(),
        cost: runs_there.then(|| Cost::of(job.billed() - billed)),
    })
}

/// Reads a statement without running it: what it reads and gives, or what is wrong with it and where.
pub(crate) fn check(workspace: &Workspace, sql: &str, params: &[SqlParam]) -> Result<SqlCheck, Problem> {
    let read = || -> Result<SqlCheck, Problem> {
        let prepared = prepare(workspace, sql, params)?;
        let (columns, marks) = prepared.columns(&Job::new())?;
        let (bytes, runs_in) = (prepared.bytes()?, prepared.runs_in().map(str::to_owned));
        Ok(SqlCheck {
            statement: Some(prepared.kind().to_string()),
            problem: None,
            line: None,
            column: None,
            tables: prepared.tables().iter().map(ToString::to_string).collect(),
            columns: column_infos(columns, &marks),
            bytes,
            usd: runs_in.is_some().then(|| algomosaic_cloud::price_usd(bytes, prepared.tables().len())),
            runs_in,
        })
    };
    match read() {
        Err(problem) if problem.code != Code::Internal => {
            let place = algomosaic_data::fault_of(&problem);
            Ok(SqlCheck {
                statement: None,
                line: place.map(|place| place.line),
                column: place.map(|place| place.column),
                problem: Some(problem),
                tables: Vec::new(),
                columns: Vec::new(),
                bytes: 0,
                runs_in: None,
                usd: None,
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

/// The functions and keywords an editor can complete.
pub(crate) fn sql_words() -> SqlWords {
    let function = |function: &algomosaic_data::SqlFunction| SqlFunctionInfo {
        name: function.name.to_owned(),
        signature: function.signature.to_owned(),
        help: function.help.to_owned(),
    };
    SqlWords {
        functions: algomosaic_data::functions().iter().map(function).collect(),
        keywords: KEYWORDS.iter().map(|word| (*word).to_owned()).collect(),
    }
}

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
