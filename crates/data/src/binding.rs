//! The tables of a statement as they are at one instant: their parts, their columns, and the engine's views of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use algomosaic_core::{Job, Problem};
use duckdb::Connection;

use crate::damage::blamed;
use crate::engine::{self, identifier, quoted, read_parts};
use crate::error::Result;
use crate::sql::catalog::{Catalog, Relation, Shape};
use crate::sql::kind::Kind;
use crate::sql::view;
use crate::table_name::TableName;
use crate::warehouse::{Warehouse, marks};

/// The tables a statement names, each listed once.
pub(crate) struct Binding<'w> {
    warehouse: &'w Warehouse,
    pub(crate) connection: Connection,
    tables: BTreeMap<TableName, Bound>,
}

/// A table at the instant of its first mention.
struct Bound {
    parts: Vec<PathBuf>,
    shape: Shape,
    /// The engine's type of each column.
    stored: Vec<String>,
    bytes: u64,
}

impl<'w> Binding<'w> {
    pub(crate) fn new(warehouse: &'w Warehouse, connection: Connection) -> Binding<'w> {
        Binding { warehouse, connection, tables: BTreeMap::new() }
    }

    fn bound(&mut self, table: &TableName) -> Result<&Bound> {
        if let Some(elsewhere) = self.warehouse.elsewhere(table)
            && !self.tables.contains_key(table)
        {
            // Its copy is fetched only when rows are read here.
            let there = elsewhere.table(table, &Job::new())?;
            let of = |column: &crate::schema::Column| {
                let kind = Kind::of_name(&column.kind).ok_or_else(|| not_readable(table, column))?;
                Ok((column.name.clone(), kind))
            };
            let columns = there.columns.iter().map(of).collect::<std::result::Result<Vec<_>, Problem>>()?;
            let shape = Shape { columns, marks: there.marks };
            self.tables
                .insert(table.clone(), Bound { parts: Vec::new(), shape, stored: Vec::new(), bytes: there.bytes });
        }
        if !self.tables.contains_key(table) {
            let parts = self.warehouse.parts(table)?;
            let read =
                || Ok((engine::described(&self.connection, &read_parts(&parts))?, marks(&self.connection, &parts)?));
            let (described, marks) = read().map_err(|error| blamed(&parts, error, &Job::new()))?;
            let mut columns = Vec::new();
            let mut stored = Vec::new();
            for (name, kind) in described {
                columns.push((name, Kind::of_engine(&kind).unwrap_or(Kind::String)));
                stored.push(kind);
            }
            let bytes = parts.iter().filter_map(|part| std::fs::metadata(part).ok()).map(|facts| facts.len()).sum();
            self.tables.insert(table.clone(), Bound { parts, shape: Shape { columns, marks }, stored, bytes });
        }
        self.tables.get(table).ok_or_else(|| {
            Problem::new(algomosaic_core::Code::Internal, format!("{table} was not bound"), "Please report it.").into()
        })
    }

    /// The parts of some tables.
    pub(crate) fn parts(&self, tables: &[TableName]) -> Vec<PathBuf> {
        tables.iter().filter_map(|table| self.tables.get(table)).flat_map(|bound| bound.parts.clone()).collect()
    }

    /// Bytes of some tables.
    pub(crate) fn bytes(&self, tables: &[TableName]) -> u64 {
        tables.iter().filter_map(|table| self.tables.get(table)).map(|bound| bound.bytes).sum()
    }

    /// Fetches the copies of the tables that are elsewhere.
    pub(crate) fn copies(&mut self, tables: &[TableName]) -> Result<()> {
        for table in tables {
            let Some(elsewhere) = self.warehouse.elsewhere(table) else { continue };
            let parts = vec![elsewhere.copy(table, &Job::new())?];
            let described = engine::described(&self.connection, &read_parts(&parts))?;
            if let Some(bound) = self.tables.get_mut(table) {
                let place = |name: &str| bound.shape.columns.iter().position(|(own, _)| own == name);
                let mut stored = vec![String::new(); bound.shape.columns.len()];
                for (name, kind) in described {
                    if let Some(place) = place(&name) {
                        stored[place] = kind;
                    }
                }
                bound.stored = stored;
                bound.parts = parts;
            }
        }
        Ok(())
    }

    /// Makes the views by which a statement reads its relations.
    pub(crate) fn views(&mut self, relations: &[Relation]) -> Result<()> {
        for (index, relation) in relations.iter().enumerate() {
            let rows = match relation {
                Relation::Table(table) => {
                    let bound = self.bound(table)?;
                    bound.rows(&bound.shape.columns, None)
                }
                Relation::Wildcard { columns, tables } => {
                    let mut all = Vec::new();
                    for (suffix, table) in tables {
                        all.push(self.bound(table)?.rows(columns, Some(suffix)));
                    }
                    if all.is_empty() {
                        let mut list: Vec<String> = columns
                            .iter()
                            .map(|(name, kind)| format!("CAST(NULL AS {}) AS {}", kind.engine(), identifier(name)))
                            .collect();
                        list.push("'' AS \"_TABLE_SUFFIX\"".to_owned());
                        all.push(format!("SELECT {} WHERE FALSE", list.join(", ")));
                    }
                    all.join(" UNION ALL ")
                }
            };
            engine::run(&self.connection, &format!("CREATE TEMP VIEW {} AS {rows}", view(index)), &Job::new())?;
        }
        Ok(())
    }
}

impl Bound {
    /// Its rows, with the columns in their types: a part may hold a narrower one.
    fn rows(&self, columns: &[(String, Kind)], suffix: Option<&str>) -> String {
        let mut list: Vec<String> = columns
            .iter()
            .map(|(name, kind)| {
                let to = identifier(name);
                let own = self.shape.columns.iter().position(|(own, _)| own.to_lowercase() == name.to_lowercase());
                match own.and_then(|index| Some((self.shape.columns.get(index)?, self.stored.get(index)?))) {
                    None => format!("CAST(NULL AS {}) AS {to}", kind.engine()),
                    Some(((own, _), stored)) if is_same(stored, kind) => format!("{} AS {to}", identifier(own)),
                    Some(((own, _), _)) => format!("CAST({} AS {}) AS {to}", identifier(own), kind.engine()),
                }
            })
            .collect();
        if let Some(suffix) = suffix {
            list.push(format!("{} AS \"_TABLE_SUFFIX\"", quoted(suffix)));
        }
        format!("SELECT {} FROM {}", list.join(", "), read_parts(&self.parts))
    }
}

/// A SELECT of the rows of Parquet files, with the columns in these types.
pub(crate) fn typed_rows(connection: &Connection, columns: &[(String, Kind)], parts: Vec<PathBuf>) -> Result<String> {
    let (names, stored): (Vec<String>, Vec<String>) =
        engine::described(connection, &read_parts(&parts))?.into_iter().unzip();
    let own = names.into_iter().map(|name| (name, Kind::String)).collect();
    let bound = Bound { parts, shape: Shape { columns: own, marks: Default::default() }, stored, bytes: 0 };
    Ok(bound.rows(columns, None))
}

pub(crate) fn not_readable(table: &TableName, column: &crate::schema::Column) -> Problem {
    Problem::bad(
        format!("{table} has the column {} of the type {}, which cannot be read", column.name, column.kind),
        "Select the other columns into a table of their own, or a text made of this one.",
    )
}

fn is_same(stored: &str, kind: &Kind) -> bool {
    stored == kind.engine() || (stored == "TIMESTAMP WITH TIME ZONE" && *kind == Kind::Timestamp)
}

impl Catalog for Binding<'_> {
    fn name(&self, text: &str) -> std::result::Result<TableName, Problem> {
        self.warehouse.name(text)
    }

    fn shape(&mut self, table: &TableName) -> std::result::Result<Shape, Problem> {
        Ok(self.bound(table)?.shape.clone())
    }

    fn tables(&mut self, project: &str, dataset: Option<&str>) -> std::result::Result<Vec<TableName>, Problem> {
        Ok(self.warehouse.names_of(project, dataset)?)
    }

    fn modified(&mut self, table: &TableName) -> std::result::Result<i64, Problem> {
        Ok(self.warehouse.modified(table)?)
    }

    fn texts(&mut self, sql: &str) -> std::result::Result<Vec<String>, Problem> {
        let read = || -> Result<Vec<String>> {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.map(|row| Ok(row?)).collect()
        };
        Ok(read()?)
    }
}
