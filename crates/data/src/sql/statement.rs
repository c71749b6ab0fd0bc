//! Statements: SELECT, and those that change tables.

use std::fmt;

use sqlparser::ast::{
    Assignment, AssignmentTarget, ColumnDef, ColumnOption, CreateTable, CreateTableLikeKind, CreateTableOptions,
    Delete, Expr, FromTable, Insert, ObjectName, ObjectType, SetExpr, Spanned as _, Statement, TableFactor,
    TableObject, TableWithJoins, Update, UpdateTableFromKind,
};
use sqlparser::tokenizer::{Location, Span};

use algomosaic_core::Problem;

use crate::engine::identifier;
use crate::error::Result;
use crate::schema::{Column, Marks};
use crate::sql::SqlParams;
use crate::sql::analyse::{Analyser, FAR, Output, Rel};
use crate::sql::cast::coerce;
use crate::sql::catalog::{Catalog, Relation, Shape};
use crate::sql::fault::{Fault, Read, located, missing, placed, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::{Col, Scope, same};
use crate::sql::term::{Form, Term};
use crate::table_name::TableName;

/// The kind of a statement. Displayed as its word in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// Gives rows.
    Select,
    /// Makes a table.
    CreateTable,
    /// Adds rows.
    Insert,
    /// Changes rows.
    Update,
    /// Removes rows.
    Delete,
    /// Removes a table.
    Drop,
    /// Removes every row.
    Truncate,
    /// Changes, removes and adds rows.
    Merge,
    /// Changes the columns.
    Alter,
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StatementKind::Select => "SELECT",
            StatementKind::CreateTable => "CREATE TABLE",
            StatementKind::Insert => "INSERT",
            StatementKind::Update => "UPDATE",
            StatementKind::Delete => "DELETE",
            StatementKind::Drop => "DROP TABLE",
            StatementKind::Truncate => "TRUNCATE TABLE",
            StatementKind::Merge => "MERGE",
            StatementKind::Alter => "ALTER TABLE",
        })
    }
}

/// What to do about a table that is there, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum There {
    /// It decides nothing: the statement is of an existing table, or makes one that must not exist.
    Plain,
    /// CREATE OR REPLACE.
    Replace,
    /// IF EXISTS, IF NOT EXISTS.
    Forgive,
}

/// A statement in the engine's words.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) kind: StatementKind,
    /// The table it changes.
    pub(crate) target: Option<TableName>,
    /// IF EXISTS and its like.
    pub(crate) there: There,
    /// The rows it gives, or those the table gets.
    pub(crate) sql: String,
    /// How many rows an UPDATE changes; an error where one would change twice.
    pub(crate) count: Option<String>,
    /// The columns of `sql`, and how far each looks ahead.
    pub(crate) columns: Vec<Output>,
    pub(crate) relations: Vec<Relation>,
    /// The tables it reads.
    pub(crate) tables: Vec<TableName>,
}

impl Plan {
    /// The columns as BigQuery names and types them.
    pub(crate) fn described(&self) -> Vec<Column> {
        self.columns
            .iter()
            .map(|column| Column { name: column.engine.clone(), kind: column.kind.to_string() })
            .collect()
    }

    /// The columns that look ahead.
    pub(crate) fn marks(&self) -> Marks {
        self.columns
            .iter()
            .filter(|column| column.ahead > 0)
            .map(|column| (column.engine.clone(), column.ahead))
            .collect()
    }
}

pub(crate) const KINDS_HINT: &str = "SELECT, CREATE TABLE, INSERT, UPDATE, DELETE, MERGE, ALTER TABLE, DROP TABLE and TRUNCATE TABLE can be run, one at a time.";

/// The word of a statement that cannot be run, when it is known.
pub(crate) fn refused_word(first: &str) -> Option<String> {
    const WORDS: &[&str] = &[
        "BEGIN",
        "DECLARE",
        "SET",
        "EXPORT",
        "LOAD",
        "CALL",
        "EXECUTE",
        "GRANT",
        "REVOKE",
        "ASSERT",
        "COPY",
        "ATTACH",
        "DETACH",
        "PRAGMA",
        "INSTALL",
        "CHECKPOINT",
        "VACUUM",
        "DESCRIBE",
        "SHOW",
        "EXPLAIN",
        "USE",
        "IF",
        "LOOP",
        "WHILE",
        "REPEAT",
        "FOR",
        "COMMIT",
        "ROLLBACK",
        "RENAME",
        "ANALYZE",
        "RETURN",
        "RAISE",
        "FROM",
        "SUMMARIZE",
        "IMPORT",
    ];
    WORDS.iter().find(|word| **word == first.trim_end_matches([';', '('])).map(|word| (*word).to_owned())
}

/// Reads a statement.
pub(crate) fn read(statement: &Statement, text: &str, params: &SqlParams, catalog: &mut dyn Catalog) -> Result<Plan> {
    let mut analyser = Analyser::new(catalog, params);
    let mut plan = analyser.statement(statement, text)?;
    analyser.refuse_unused()?;
    let greatest = analyser.greatest_mark;
    for column in &mut plan.columns {
        // It reads later rows, nobody knows how many: as far as the tables' labels do, when they have any.
        if column.ahead == FAR {
            column.ahead = greatest;
        }
    }
    plan.relations = analyser.relations;
    plan.tables = analyser.tables;
    plan.tables.retain(|table| {
        plan.relations.iter().any(|relation| match relation {
            Relation::Table(name) => name == table,
            Relation::Wildcard { tables, .. } => tables.iter().any(|(_, name)| name == table),
        })
    });
    Ok(plan)
}

pub(crate) fn empty(kind: StatementKind, target: Option<TableName>) -> Plan {
    Plan {
        kind,
        target,
        there: There::Plain,
        sql: String::new(),
        count: None,
        columns: Vec::new(),
        relations: Vec::new(),
        tables: Vec::new(),
    }
}

impl Analyser<'_> {
    fn statement(&mut self, statement: &Statement, text: &str) -> Read<Plan> {
        match statement {
            Statement::Query(query) => {
                let rel = self.query(query)?;
                let rel = for_reading(rel, true)?;
                Ok(Plan { sql: rel.sql, columns: rel.columns, ..empty(StatementKind::Select, None) })
            }
            Statement::CreateTable(create) => self.create(create),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Merge(merge) => self.merge(merge),
            Statement::AlterTable(alter) => self.alter(alter),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Drop {
                object_type: ObjectType::Table,
                if_exists,
                names,
                cascade,
                restrict,
                purge,
                temporary,
                table,
            } => {
                let [name] = &names[..] else {
                    return Err(wrong(Span::empty(), "DROP TABLE of several tables", "Drop one at a time."));
                };
                if *cascade || *restrict || *purge || *temporary || table.is_some() {
                    return Err(unsupported(name.span(), "CASCADE, RESTRICT, PURGE or TEMP with DROP TABLE"));
                }
                let there = if *if_exists { There::Forgive } else { There::Plain };
                Ok(Plan { there, ..empty(StatementKind::Drop, Some(self.target(name)?)) })
            }
            Statement::Truncate(truncate) => {
                let [target] = &truncate.table_names[..] else {
                    return Err(wrong(Span::empty(), "TRUNCATE TABLE of several tables", "Truncate one at a time."));
                };
                if !truncate.table
                    || truncate.partitions.is_some()
                    || truncate.identity.is_some()
                    || truncate.cascade.is_some()
                    || truncate.if_exists
                    || truncate.on_cluster.is_some()
                    || target.only
                {
                    return Err(unsupported(target.name.span(), "this form of TRUNCATE"));
                }
                let name = self.target(&target.name)?;
                self.rows_of(&name, target.name.span(), "FALSE").map(|(sql, columns)| Plan {
                    sql,
                    columns,
                    ..empty(StatementKind::Truncate, Some(name))
                })
            }
            _ => {
                let first = text.split_whitespace().next().unwrap_or_default().to_uppercase();
                let second = text.split_whitespace().nth(1).unwrap_or_default().to_uppercase();
                let word = match first.as_str() {
                    "CREATE" | "DROP" => format!("{first} {second}"),
                    _ => first,
                };
                Err(Problem::bad(
                    located(Location { line: 1, column: 1 }, &format!("{word} is not supported here")),
                    KINDS_HINT,
                )
                .into())
            }
        }
    }

    fn table_of(&mut self, name: &ObjectName) -> Read<TableName> {
        let parts: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.clone()).collect();
        self.table_named(name.span(), &parts.join("."))
    }

    /// The table a statement changes.
    pub(crate) fn target(&mut self, name: &ObjectName) -> Read<TableName> {
        let table = self.table_of(name)?;
        table.refuse_reserved().map_err(|problem| placed(name.span(), problem))?;
        Ok(table)
    }

    fn create(&mut self, create: &CreateTable) -> Read<Plan> {
        let at = create.name.span();
        for (there, what) in [
            (create.temporary, "a temporary table"),
            (
                create.external
                    || create.snapshot
                    || create.iceberg
                    || create.dynamic
                    || create.transient
                    || create.volatile,
                "this kind of table",
            ),
            (create.version.is_some(), "FOR SYSTEM_TIME"),
            (create.partition_by.is_some(), "PARTITION BY of a table"),
            (create.cluster_by.is_some() || create.clustered_by.is_some(), "CLUSTER BY of a table"),
            (create.table_options != CreateTableOptions::None, "OPTIONS of a table"),
            (!create.constraints.is_empty() || create.primary_key.is_some(), "a constraint"),
            (
                create.default_ddl_collation.is_some()
                    || create.on_commit.is_some()
                    || create.comment.is_some()
                    || create.location.is_some()
                    || create.file_format.is_some()
                    || create.inherits.is_some()
                    || create.order_by.is_some()
                    || create.with_connection.is_some(),
                "this form of CREATE TABLE",
            ),
            (create.or_replace && create.if_not_exists, "OR REPLACE together with IF NOT EXISTS"),
        ] {
            if there {
                return Err(unsupported(at, what));
            }
        }
        let target = self.target(&create.name)?;
        let there = match (create.or_replace, create.if_not_exists) {
            (true, _) => There::Replace,
            (_, true) => There::Forgive,
            _ => There::Plain,
        };
        let asked = self.columns_asked(&create.columns)?;
        let model = match (&create.like, &create.clone) {
            (Some(CreateTableLikeKind::Plain(like)), None) if like.defaults.is_none() => Some((&like.name, "FALSE")),
            (None, Some(name)) => Some((name, "TRUE")),
            (None, None) => None,
            _ => return Err(unsupported(at, "this form of CREATE TABLE … LIKE")),
        };
        if model.is_some() && !asked.is_empty() {
            return Err(wrong(
                at,
                "LIKE and COPY take the columns of the other table",
                "Leave the list of columns out.",
            ));
        }
        let (sql, columns) = match &create.query {
            Some(_) if matches!(model, Some((_, "TRUE"))) => {
                return Err(wrong(at, "COPY takes the rows of the other table", "Leave the query out, or COPY."));
            }
            Some(query) if let Some((name, _)) = model => {
                // LIKE … AS SELECT: the other table's columns, and the query's rows.
                let like = self.table_of(name)?;
                let asked = self.catalog.shape(&like).map_err(|problem| placed(name.span(), problem))?.columns;
                let rel = self.query(query)?;
                let rel = for_reading(rel, false)?;
                self.placed_into(at, &asked, rel, &target)?
            }
            None if let Some((name, rows)) = model => {
                let other = self.table_of(name)?;
                self.rows_of(&other, name.span(), rows)?
            }
            Some(query) => {
                let rel = self.query(query)?;
                let rel = for_reading(rel, false)?;
                if asked.is_empty() { (rel.sql, rel.columns) } else { self.placed_into(at, &asked, rel, &target)? }
            }
            None if asked.is_empty() => {
                return Err(wrong(at, "the table has no columns", "Write CREATE TABLE t (x INT64), or AS SELECT …."));
            }
            None => {
                let list: Vec<String> = asked
                    .iter()
                    .map(|(name, kind)| format!("CAST(NULL AS {}) AS {}", kind.engine(), identifier(name)))
                    .collect();
                let columns = asked.iter().map(|(name, kind)| output(name, kind.clone(), 0)).collect();
                (format!("SELECT {} WHERE FALSE", list.join(", ")), columns)
            }
        };
        for column in &columns {
            crate::sql::statement::refuse_column(column, at)?;
        }
        Ok(Plan { there, sql, columns, ..empty(StatementKind::CreateTable, Some(target)) })
    }

    pub(crate) fn columns_asked(&mut self, columns: &[ColumnDef]) -> Read<Vec<(String, Kind)>> {
        let mut asked: Vec<(String, Kind)> = Vec::new();
        for column in columns {
            let at = column.name.span;
            for option in &column.options {
                if !matches!(option.option, ColumnOption::Null | ColumnOption::Options(_)) {
                    return Err(unsupported(at, format!("{} of a column", option.option)));
                }
            }
            if asked.iter().any(|(name, _)| same(name, &column.name.value)) {
                return Err(wrong(
                    at,
                    format!("the table has two columns {}", column.name.value),
                    "Give each a name of its own.",
                ));
            }
            asked.push((column.name.value.clone(), Kind::of_type(at, &column.data_type)?));
        }
        Ok(asked)
    }

    /// A query's rows as the columns of a table, in the table's order; what is not given is NULL.
    fn placed_into(
        &mut self,
        at: Span,
        wanted: &[(String, Kind)],
        rel: Rel,
        table: &TableName,
    ) -> Read<(String, Vec<Output>)> {
        if wanted.len() != rel.columns.len() {
            return Err(wrong(
                at,
                format!("{table} gets {} columns and the query gives {}", wanted.len(), rel.columns.len()),
                "Give a value for each.",
            ));
        }
        let mut list = Vec::new();
        let mut columns = Vec::new();
        for ((name, kind), given) in wanted.iter().zip(&rel.columns) {
            let mut term = Term::new(given.at, format!("q.{}", identifier(&given.engine)), given.kind.clone());
            term.form = Form::Column;
            let term = assigned(&term, kind, name)?;
            list.push(format!("{} AS {}", term.sql, identifier(name)));
            columns.push(output(name, kind.clone(), given.ahead));
        }
        Ok((format!("SELECT {} FROM ({}) AS q", list.join(", "), rel.sql), columns))
    }

    fn insert(&mut self, insert: &Insert) -> Read<Plan> {
        let TableObject::TableName(name) = &insert.table else {
            return Err(unsupported(insert.table.span(), "INSERT into this"));
        };
        let at = name.span();
        let foreign = insert.or.is_some()
            || insert.ignore
            || insert.overwrite
            || insert.partitioned.is_some()
            || !insert.after_columns.is_empty()
            || insert.on.is_some()
            || insert.returning.is_some()
            || insert.replace_into
            || insert.priority.is_some()
            || insert.insert_alias.is_some()
            || insert.settings.is_some()
            || insert.format_clause.is_some()
            || !insert.assignments.is_empty()
            || insert.table_alias.is_some()
            || insert.has_table_keyword
            || insert.output.is_some()
            || !insert.optimizer_hints.is_empty()
            || insert.multi_table_insert_type.is_some();
        if foreign {
            return Err(unsupported(at, "this form of INSERT"));
        }
        let target = self.target(name)?;
        let shape = self.catalog.shape(&target).map_err(|problem| placed(at, problem))?;
        let wanted = self.columns_named(&insert.columns, &target, &shape)?;
        let Some(source) = &insert.source else {
            return Err(wrong(at, "INSERT without values", "Write VALUES (…) or SELECT …."));
        };
        let (rows, given) = match source.body.as_ref() {
            SetExpr::Values(values) if source.with.is_none() && source.order_by.is_none() => {
                if values.explicit_row {
                    return Err(unsupported(at, "VALUES ROW"));
                }
                self.values(at, &wanted, values.rows.iter().map(|row| &row.content[..]))?
            }
            _ => {
                let rel = self.query(source)?;
                self.placed_into(at, &wanted, rel, &target)?
            }
        };
        let mut list = Vec::new();
        let mut columns = Vec::new();
        for (name, kind) in &shape.columns {
            match given.iter().find(|column| column.engine == *name) {
                Some(column) => {
                    list.push(format!("r.{}", identifier(name)));
                    columns.push(output(name, kind.clone(), column.ahead));
                }
                None => {
                    list.push(format!("CAST(NULL AS {}) AS {}", kind.engine(), identifier(name)));
                    columns.push(output(name, kind.clone(), 0));
                }
            }
        }
        keep_marks(&mut columns, &shape.marks);
        Ok(Plan {
            sql: format!("SELECT {} FROM ({rows}) AS r", list.join(", ")),
            columns,
            ..empty(StatementKind::Insert, Some(target))
        })
    }

    /// The columns an INSERT names, or all of them.
    pub(crate) fn columns_named(
        &mut self,
        names: &[ObjectName],
        target: &TableName,
        shape: &Shape,
    ) -> Read<Vec<(String, Kind)>> {
        let mut wanted: Vec<(String, Kind)> = Vec::new();
        for column in names {
            let named = column.to_string().replace('`', "");
            let Some((known, kind)) = shape.columns.iter().find(|(known, _)| same(known, &named)) else {
                return Err(missing(
                    column.span(),
                    format!("{target} has no column {named}"),
                    &named,
                    shape.columns.iter().map(|(name, _)| name.as_str()),
                    "`algom schema TABLE` lists its columns.",
                ));
            };
            if wanted.iter().any(|(other, _)| other == known) {
                return Err(wrong(column.span(), format!("INSERT names {named} twice"), "Name it once."));
            }
            wanted.push((known.clone(), kind.clone()));
        }
        Ok(if wanted.is_empty() { shape.columns.clone() } else { wanted })
    }

    fn values<'v>(
        &mut self,
        at: Span,
        wanted: &[(String, Kind)],
        rows: impl Iterator<Item = &'v [Expr]>,
    ) -> Read<(String, Vec<Output>)> {
        let mut texts = Vec::new();
        let mut columns: Vec<Output> = wanted.iter().map(|(name, kind)| output(name, kind.clone(), 0)).collect();
        for row in rows {
            if row.len() != wanted.len() {
                return Err(wrong(
                    row.first().map_or(at, |expr| expr.span()),
                    format!("a row has {} values and {} columns are named", row.len(), wanted.len()),
                    "Give a value for each.",
                ));
            }
            let mut cells = Vec::new();
            for ((expr, (name, kind)), column) in row.iter().zip(wanted).zip(&mut columns) {
                if is_default(expr) {
                    cells.push(format!("CAST(NULL AS {})", kind.engine()));
                    continue;
                }
                let term = self.expr(expr)?;
                column.ahead = column.ahead.max(term.ahead);
                cells.push(assigned(&term, kind, name)?.sql);
            }
            texts.push(format!("({})", cells.join(", ")));
        }
        let names: Vec<String> = wanted.iter().map(|(name, _)| identifier(name)).collect();
        Ok((format!("SELECT * FROM (VALUES {}) AS v({})", texts.join(", "), names.join(", ")), columns))
    }

    /// The rows of a table that meet a condition, in the engine's words, with its columns and their marks.
    fn rows_of(&mut self, table: &TableName, at: Span, condition: &str) -> Read<(String, Vec<Output>)> {
        let shape = self.catalog.shape(table).map_err(|problem| placed(at, problem))?;
        let relation = self.relation(Relation::Table(table.clone()));
        let list: Vec<String> = shape.columns.iter().map(|(name, _)| identifier(name)).collect();
        let mut columns: Vec<Output> = shape.columns.iter().map(|(name, kind)| output(name, kind.clone(), 0)).collect();
        keep_marks(&mut columns, &shape.marks);
        Ok((format!("SELECT {} FROM {relation} WHERE {condition}", list.join(", ")), columns))
    }

    /// The table of an UPDATE or a DELETE, and its names in the scope.
    pub(crate) fn enter_target(&mut self, tables: &[TableWithJoins]) -> Read<(TableName, String, Span)> {
        let [TableWithJoins { relation: relation @ TableFactor::Table { name, .. }, joins }] = tables else {
            return Err(unsupported(Span::empty(), "changing several tables"));
        };
        if !joins.is_empty() {
            return Err(unsupported(name.span(), "a join of the table that is changed (use FROM, or a subquery)"));
        }
        let target = self.target(name)?;
        let id = self.fresh();
        self.scopes.push(Scope { id, ..Scope::default() });
        let table = TableWithJoins { relation: relation.clone(), joins: Vec::new() };
        let from = self.from(&[table])?;
        Ok((target, from, name.span()))
    }

    fn delete(&mut self, delete: &Delete) -> Read<Plan> {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        if !delete.tables.is_empty()
            || delete.using.is_some()
            || delete.returning.is_some()
            || !delete.order_by.is_empty()
            || delete.limit.is_some()
            || delete.output.is_some()
            || !delete.optimizer_hints.is_empty()
        {
            return Err(unsupported(delete.delete_token.0.span, "this form of DELETE"));
        }
        let Some(condition) = &delete.selection else {
            return Err(wrong(
                delete.delete_token.0.span,
                "DELETE needs WHERE",
                "Write WHERE TRUE to delete every row, or TRUNCATE TABLE.",
            ));
        };
        let (target, from, at) = self.enter_target(from)?;
        let term = self.condition(condition, "WHERE")?;
        crate::sql::select::refuse_aggregate(&term, "WHERE", true)?;
        let (_, columns) = self.rows_of(&target, at, "TRUE")?;
        let list: Vec<String> =
            self.scope().star.iter().map(|column| format!("{} AS {}", column.sql, identifier(&column.name))).collect();
        self.scopes.pop();
        let sql = format!("SELECT {}{from} WHERE ({}) IS NOT TRUE", list.join(", "), term.sql);
        Ok(Plan { sql, columns, ..empty(StatementKind::Delete, Some(target)) })
    }

    /// What SET sets: columns of the table, which `alias` names, and the value of each in the column's type.
    pub(crate) fn assignments(
        &mut self,
        start: Span,
        assignments: &[Assignment],
        target: &TableName,
        own: &[Col],
        alias: Option<&str>,
    ) -> Read<Vec<(String, Term)>> {
        let mut changed: Vec<(String, Term)> = Vec::new();
        for assignment in assignments {
            let AssignmentTarget::ColumnName(name) = &assignment.target else {
                return Err(unsupported(start, "SET of several columns at once"));
            };
            let parts: Vec<&str> =
                name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.as_str()).collect();
            let named = match parts[..] {
                [column] => column,
                [table, column] if alias.is_some_and(|alias| same(alias, table)) => column,
                _ => return Err(unsupported(name.span(), "SET of a field")),
            };
            let Some(column) = own.iter().find(|column| same(&column.name, named)) else {
                return Err(missing(
                    name.span(),
                    format!("{target} has no column {named}"),
                    named,
                    own.iter().map(|column| column.name.as_str()),
                    "Name one of its columns.",
                ));
            };
            if changed.iter().any(|(other, _)| same(other, &column.name)) {
                return Err(wrong(name.span(), format!("UPDATE sets {named} twice"), "Set it once."));
            }
            let value = match &assignment.value {
                expr if is_default(expr) => Term::new(expr.span(), "NULL", Kind::Null),
                expr => self.expr(expr)?,
            };
            crate::sql::select::refuse_aggregate(&value, "SET", true)?;
            changed.push((column.name.clone(), assigned(&value, &column.kind, &column.name)?));
        }
        Ok(changed)
    }

    fn update(&mut self, update: &Update) -> Read<Plan> {
        let start = update.update_token.0.span;
        if update.returning.is_some()
            || update.or.is_some()
            || update.limit.is_some()
            || !update.order_by.is_empty()
            || update.output.is_some()
            || !update.optimizer_hints.is_empty()
        {
            return Err(unsupported(start, "this form of UPDATE"));
        }
        let Some(condition) = &update.selection else {
            return Err(wrong(start, "UPDATE needs WHERE", "Write WHERE TRUE to update every row."));
        };
        let (target, target_from, at) = self.enter_target(std::slice::from_ref(&update.table))?;
        let own: Vec<Col> = self.scope().star.clone();
        let joined = match &update.from {
            None => None,
            Some(UpdateTableFromKind::AfterSet(tables)) => Some(self.from(tables)?),
            Some(UpdateTableFromKind::BeforeSet(_)) => return Err(unsupported(start, "FROM before SET")),
        };
        let term = self.condition(condition, "WHERE")?;
        crate::sql::select::refuse_aggregate(&term, "WHERE", true)?;
        let alias = self.scope().sources.first().and_then(|source| source.alias.clone());
        let mut changed = self.assignments(start, &update.assignments, &target, &own, alias.as_deref())?;
        for (_, value) in &mut changed {
            value.ahead = value.ahead.max(term.ahead);
        }
        self.scopes.pop();
        let shape = self.catalog.shape(&target).map_err(|problem| placed(at, problem))?;
        let mut columns: Vec<Output> = Vec::new();
        let mut list = Vec::new();
        for column in &own {
            let value = changed.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value);
            let name = identifier(&column.name);
            columns.push(output(&column.name, column.kind.clone(), value.map_or(0, |value| value.ahead)));
            list.push(match (value, &joined) {
                (None, _) => format!("{} AS {name}", column.sql),
                (Some(value), None) => {
                    format!("CASE WHEN ({}) THEN {} ELSE {} END AS {name}", term.sql, value.sql, column.sql)
                }
                (Some(_), Some(_)) => format!("CASE WHEN u.hit THEN u.{name} ELSE {} END AS {name}", column.sql),
            });
        }
        keep_marks(&mut columns, &shape.marks);
        let (sql, count) = match joined {
            None => (
                format!("SELECT {}{target_from}", list.join(", ")),
                format!("SELECT count(*) {target_from} WHERE {}", term.sql),
            ),
            Some(joined) => update_from(&own, &target_from, &joined, &term, &changed, &list),
        };
        Ok(Plan { sql, count: Some(count), columns, ..empty(StatementKind::Update, Some(target)) })
    }
}

/// UPDATE … FROM: each row of the table has a number, and the rows it is joined with are found by it.
fn update_from(
    own: &[Col],
    target_from: &str,
    joined: &str,
    condition: &Term,
    changed: &[(String, Term)],
    list: &[String],
) -> (String, String) {
    let Some((relation, engine)) = target_from.trim_start_matches(" FROM ").split_once(" AS ") else {
        return (String::new(), String::new());
    };
    let names: Vec<String> = own.iter().map(|column| identifier(&column.name)).collect();
    let numbered =
        format!("(SELECT {}, row_number() OVER () AS \"row:number\" FROM {relation}) AS {engine}", names.join(", "));
    let values: Vec<String> =
        changed.iter().map(|(name, value)| format!("{} AS {}", value.sql, identifier(name))).collect();
    let joined = joined.trim_start_matches(" FROM ");
    let hits = format!(
        "SELECT {engine}.\"row:number\" AS n, TRUE AS hit, {} FROM {numbered} CROSS JOIN {joined} WHERE {}",
        values.join(", "),
        condition.sql
    );
    // A row that several rows of FROM meet is an error, as in BigQuery.
    let once = format!(
        "SELECT * FROM ({hits}) AS h WHERE CASE WHEN count(*) OVER (PARTITION BY n) > 1 THEN error('~UPDATE meets more than one row of FROM for a row of the table') ELSE TRUE END"
    );
    let once = once.replacen("WHERE CASE", "QUALIFY CASE", 1);
    // A join loses the order of the rows.
    let number = format!("{engine}.\"row:number\"");
    let sql = format!(
        "SELECT {} FROM {numbered} LEFT JOIN ({once}) AS u ON u.n = {number} ORDER BY {number}",
        list.join(", ")
    );
    (sql, format!("SELECT count(*) FROM ({once}) AS c"))
}

pub(crate) fn output(name: &str, kind: Kind, ahead: u32) -> Output {
    Output { name: Some(name.to_owned()), engine: name.to_owned(), kind, ahead, at: Span::empty() }
}

pub(crate) fn keep_marks(columns: &mut [Output], marks: &Marks) {
    for column in columns {
        if let Some((_, horizon)) = marks.iter().find(|(name, _)| same(name, &column.engine)) {
            column.ahead = column.ahead.max(*horizon);
        }
    }
}

/// The word DEFAULT, which is NULL here.
pub(crate) fn is_default(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(word) if word.value.eq_ignore_ascii_case("DEFAULT") && word.quote_style.is_none())
}

/// A value as a column's type, or which column and types do not fit.
pub(crate) fn assigned(term: &Term, kind: &Kind, column: &str) -> Read<Term> {
    coerce(term, kind).ok_or_else(|| {
        wrong(
            term.at,
            format!("the column {column} is {kind}, and the value is {}", term.kind),
            format!("Cast it: CAST(… AS {kind})."),
        )
    })
}

/// The rows as someone reads them: names of their own for all columns, values a frame can hold.
fn for_reading(rel: Rel, shown: bool) -> Read<Rel> {
    let mut columns = Vec::new();
    let mut list = Vec::new();
    let mut unnamed = 0;
    for column in &rel.columns {
        let name = match &column.name {
            Some(name) if !name.is_empty() => name.clone(),
            _ => {
                unnamed += 1;
                format!("f{}_", unnamed - 1)
            }
        };
        if columns.iter().any(|other: &Output| same(&other.engine, &name)) {
            return Err(wrong(
                column.at,
                format!("two columns of the result are called {name}"),
                "Give one another name: AS other.",
            ));
        }
        let from = format!("r.{}", identifier(&column.engine));
        let kind = if column.kind == Kind::Null { Kind::Int64 } else { column.kind.clone() };
        let sql = match &column.kind {
            Kind::Null => format!("CAST({from} AS BIGINT)"),
            Kind::Interval if shown => format!("bq_interval_text({from})"),
            Kind::Array(of) if **of == Kind::Null => format!("CAST({from} AS BIGINT[])"),
            _ => from,
        };
        list.push(format!("{sql} AS {}", identifier(&name)));
        columns.push(Output { name: Some(name.clone()), engine: name, kind, ..column.clone() });
    }
    let same_names = columns
        .iter()
        .zip(&rel.columns)
        .all(|(a, b)| a.engine == b.engine && a.kind == b.kind && a.kind != Kind::Interval);
    if same_names && !rel.columns.iter().any(|column| matches!(&column.kind, Kind::Array(of) if **of == Kind::Null)) {
        return Ok(Rel { columns, ..rel });
    }
    Ok(Rel { sql: format!("SELECT {} FROM ({}) AS r", list.join(", "), rel.sql), columns, ..rel })
}

/// A column that a table cannot hold.
pub(crate) fn refuse_column(column: &Output, at: Span) -> std::result::Result<(), Fault> {
    if column.kind == Kind::Interval {
        return Err(wrong(
            at,
            format!("the column {} is an INTERVAL, which a table here cannot hold", column.engine),
            "Store a number of days or seconds.",
        ));
    }
    if column.engine.is_empty() || column.engine.len() > 300 {
        return Err(wrong(at, "a column of a table has a name of 1 to 300 characters", "Name it with AS."));
    }
    Ok(())
}
