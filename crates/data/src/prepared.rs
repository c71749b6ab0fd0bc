//! A statement that was read and bound to the tables as they were at that instant; not run yet.

use std::collections::BTreeSet;
use std::path::Path;

use algomosaic_core::Job;
use duckdb::Connection;
use polars::prelude::DataFrame;

use crate::cell::{Cell, cells};
use crate::commit::Transaction;
use crate::engine::{self, quoted};
use crate::error::Result;
use crate::part::MARKS_KEY;
use crate::schema::{Column, Marks, columns_of};
use crate::sql::Resolved;
use crate::table_name::TableName;
use crate::warehouse::{IfExists, QueryResult, Warehouse};

/// A statement bound to its tables. It sees them as they were when it was prepared.
pub struct Prepared<'w> {
    pub(crate) warehouse: &'w Warehouse,
    pub(crate) connection: Connection,
    pub(crate) resolved: Resolved,
    /// The marks of the tables' columns.
    pub(crate) marks: Marks,
    /// The tables' columns, in lower case.
    pub(crate) of_tables: BTreeSet<String>,
}

impl Prepared<'_> {
    /// The tables it reads.
    pub fn tables(&self) -> &[TableName] {
        &self.resolved.tables
    }

    /// The columns it gives, and which of them look ahead.
    pub fn columns(&self, job: &Job) -> Result<(Vec<Column>, Marks)> {
        let frame = engine::rows(&self.connection, &format!("SELECT * FROM ({}) LIMIT 0", self.resolved.sql), job)?;
        Ok((columns_of(&frame), self.marks_of(&frame)))
    }

    /// Its rows as a frame; `limit` bounds them.
    pub fn frame(self, limit: Option<u64>, job: &Job) -> Result<QueryResult> {
        let statement = match limit {
            Some(limit) => format!("SELECT * FROM ({}) LIMIT {limit}", self.resolved.sql),
            None => self.resolved.sql.clone(),
        };
        let frame = engine::rows(&self.connection, &statement, job)?;
        let marks = self.marks_of(&frame);
        Ok(QueryResult { frame, marks, tables: self.resolved.tables })
    }

    /// Its rows as a staged part of a table, in the query's order; they need not fit into memory. Returns how many.
    pub fn into_table(
        &self,
        transaction: &mut Transaction,
        name: &TableName,
        if_exists: IfExists,
        job: &Job,
    ) -> Result<u64> {
        let (columns, marks) = self.columns(job)?;
        let path = self.warehouse.stage_path(transaction, name, columns, if_exists)?;
        self.write_part(&path, &marks, job)
    }

    /// How the engine would do it, as a plan in text.
    pub fn explain(&self, job: &Job) -> Result<String> {
        let plan = engine::rows(&self.connection, &format!("EXPLAIN {}", self.resolved.sql), job)?;
        let rows = cells(&plan)?;
        Ok(rows.iter().filter_map(|row| row.get(1)).map(Cell::text).collect::<Vec<_>>().join("\n"))
    }

    fn write_part(&self, path: &Path, marks: &Marks, job: &Job) -> Result<u64> {
        let marks = serde_json::to_string(marks).unwrap_or_default();
        let sql = format!(
            "COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{}: {}}})",
            self.resolved.sql,
            quoted(&path.to_string_lossy()),
            quoted(MARKS_KEY),
            quoted(&marks),
        );
        engine::changed(&self.connection, &sql, job)
    }

    fn marks_of(&self, frame: &DataFrame) -> Marks {
        let columns: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        self.resolved.marks(&self.marks, &columns, &self.of_tables)
    }
}
