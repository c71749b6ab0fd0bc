//! Reads a statement against the tables it names, and says it in the engine's words. Whatever is not known to mean the
//! same in BigQuery is refused, with its place; nothing of the person's text reaches the engine unread.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::tokenizer::Span;

use crate::sql::catalog::{Catalog, Relation};
use crate::sql::fault::{Read, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::{Scope, same};
use crate::sql::term::Term;
use crate::sql::{SqlParams, view};
use crate::table_name::TableName;

/// A column that a query gives.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// Its name; none where the query gives it none.
    pub(crate) name: Option<String>,
    /// What the engine calls it.
    pub(crate) engine: String,
    pub(crate) kind: Kind,
    /// How many rows ahead it looks.
    pub(crate) ahead: u32,
    pub(crate) at: Span,
}

/// A query in the engine's words.
#[derive(Debug, Clone)]
pub(crate) struct Rel {
    pub(crate) sql: String,
    pub(crate) columns: Vec<Output>,
    /// Its rows are the values of its only column: SELECT AS STRUCT, AS VALUE.
    pub(crate) of_values: bool,
    /// Columns of outer queries it names.
    pub(crate) outer: Vec<(usize, String, Span)>,
}

/// A common table expression.
#[derive(Debug, Clone)]
pub(crate) struct Cte {
    pub(crate) name: String,
    pub(crate) engine: String,
    pub(crate) columns: Vec<Output>,
    pub(crate) of_values: bool,
}

/// How far ahead a value looks that reads later rows, nobody knows how many.
pub(crate) const FAR: u32 = u32::MAX;

/// The state of reading one statement.
pub(crate) struct Analyser<'a> {
    pub(crate) catalog: &'a mut dyn Catalog,
    pub(crate) params: &'a SqlParams,
    pub(crate) used_params: BTreeSet<String>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) tables: Vec<TableName>,
    /// The greatest mark of a table named so far.
    pub(crate) greatest_mark: u32,
    pub(crate) ctes: Vec<Cte>,
    /// Innermost last.
    pub(crate) scopes: Vec<Scope>,
    /// The function being written stands after `SAFE.`.
    pub(crate) safe: bool,
    /// Within the arguments of an aggregate.
    pub(crate) in_aggregate: bool,
    /// What stands for a query's array in the FROM clause, by relation index: pruned tables of wildcards.
    pub(crate) suffixes: BTreeMap<String, usize>,
    depth: u32,
    next: usize,
}

impl<'a> Analyser<'a> {
    pub(crate) fn new(catalog: &'a mut dyn Catalog, params: &'a SqlParams) -> Analyser<'a> {
        Analyser {
            catalog,
            params,
            used_params: BTreeSet::new(),
            relations: Vec::new(),
            tables: Vec::new(),
            greatest_mark: 0,
            ctes: Vec::new(),
            scopes: Vec::new(),
            safe: false,
            in_aggregate: false,
            suffixes: BTreeMap::new(),
            depth: 0,
            next: 0,
        }
    }

    /// A number not given before.
    pub(crate) fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// Goes one level deeper, as far as is safe for the stack.
    pub(crate) fn deeper<T>(&mut self, at: Span, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= 400 {
            return Err(wrong(at, "the statement is nested too deeply", "Give its inner parts names: WITH a AS (…)."));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(crate) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    pub(crate) fn cte(&self, name: &str) -> Option<&Cte> {
        self.ctes.iter().rev().find(|cte| same(&cte.name, name))
    }

    /// What a relation is called in the engine.
    pub(crate) fn relation(&mut self, relation: Relation) -> String {
        let index = self.relations.iter().position(|known| *known == relation).unwrap_or_else(|| {
            self.relations.push(relation);
            self.relations.len() - 1
        });
        view(index)
    }

    /// Notes that the statement reads a table.
    pub(crate) fn reads(&mut self, table: &TableName) {
        if !self.tables.contains(table) {
            self.tables.push(table.clone());
        }
    }

    /// The truth of a condition: refuses what is no BOOL.
    pub(crate) fn condition(&mut self, expr: &sqlparser::ast::Expr, clause: &str) -> Read<Term> {
        let term = self.expr(expr)?;
        crate::sql::term::expect(&term, &Kind::Bool, &format!("the condition of {clause}"))?;
        Ok(term)
    }
}
