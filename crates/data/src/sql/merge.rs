//! MERGE: rows of a table updated, deleted and inserted by what a source has for them. The table is written anew.

use sqlparser::ast::{
    Merge, MergeAction, MergeClause, MergeClauseKind, MergeInsertExpr, MergeInsertKind, MergeUpdateKind, Spanned as _,
    TableWithJoins,
};

use crate::engine::identifier;
use crate::sql::StatementKind;
use crate::sql::analyse::{Analyser, Output};
use crate::sql::catalog::Shape;
use crate::sql::fault::{Read, placed, unsupported, wrong};
use crate::sql::from::source_of;
use crate::sql::scope::{Col, Scope};
use crate::sql::select::refuse_aggregate;
use crate::sql::statement::{Plan, assigned, empty, is_default, keep_marks, output};
use crate::sql::term::Term;
use crate::table_name::TableName;

/// The number of a row, and that of the first clause that acts on it.
const ROW: &str = "\"row:number\"";
const ACT: &str = "\"row:act\"";

/// What a clause does: a value for each column of the table, or the row goes.
enum Act {
    Values(Vec<Term>),
    Delete,
}

/// A clause that was read.
struct Clause {
    condition: Option<Term>,
    act: Act,
}

impl Analyser<'_> {
    pub(crate) fn merge(&mut self, merge: &Merge) -> Read<Plan> {
        let start = merge.merge_token.0.span;
        if merge.output.is_some() || !merge.optimizer_hints.is_empty() {
            return Err(unsupported(start, "this form of MERGE"));
        }
        if merge.clauses.is_empty() {
            return Err(wrong(start, "MERGE has no WHEN", "Write WHEN MATCHED THEN UPDATE SET …, or another WHEN."));
        }
        let table = TableWithJoins { relation: merge.table.clone(), joins: Vec::new() };
        let (target, target_from, at) = self.enter_target(std::slice::from_ref(&table))?;
        let shape = self.catalog.shape(&target).map_err(|problem| placed(at, problem))?;
        let own: Vec<Col> = self.scope().star.clone();
        let Some((_, t)) = target_from.rsplit_once(" AS ") else { return Err(unsupported(at, "MERGE into this")) };
        let of_target = self.scopes.pop().unwrap_or_default();
        let (s, source_sql, of_source) = self.merge_source(merge)?;

        let id = self.fresh();
        let with =
            |scope: &Scope| Scope { id, star: scope.star.clone(), sources: scope.sources.clone(), ..Scope::default() };
        let (only_target, only_source) = (with(&of_target), with(&of_source));
        let mut both = with(&of_target);
        both.star.extend(of_source.star.iter().cloned());
        both.sources.extend(of_source.sources.iter().cloned());

        let mut all = [only_target, only_source, both];
        let on = self.within(&mut all[2], |this| {
            let term = this.condition(&merge.on, "ON")?;
            refuse_aggregate(&term, "ON", true)?;
            Ok(term)
        })?;
        let mut columns: Vec<Output> = own.iter().map(|column| output(&column.name, column.kind.clone(), 0)).collect();
        let mut clauses: [Vec<Clause>; 3] = Default::default();
        for clause in &merge.clauses {
            let scope = match clause.clause_kind {
                MergeClauseKind::NotMatchedBySource => 0,
                MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => 1,
                MergeClauseKind::Matched => 2,
            };
            let source = of_source.star.clone();
            let read =
                self.within(&mut all[scope], |this| this.merge_clause(clause, &target, &shape, &own, &source))?;
            if let Act::Values(values) = &read.act {
                let chosen = on.ahead.max(read.condition.as_ref().map_or(0, |term| term.ahead));
                for ((column, value), kept) in columns.iter_mut().zip(values).zip(&own) {
                    if value.sql != kept.sql {
                        column.ahead = column.ahead.max(value.ahead).max(chosen);
                    }
                }
            }
            clauses[scope].push(read);
        }
        keep_marks(&mut columns, &shape.marks);

        let names: Vec<String> = own.iter().map(|column| identifier(&column.name)).collect();
        let [by_source, by_target, matched] = &clauses;
        // The rows that a kind of WHEN acts on: the number of each, what is done, and the values it gets.
        let acted = |clauses: &[Clause], first: &str, kept: bool, joined: String| {
            let mut list = vec![format!("{first}.{ROW} AS n"), format!("{} AS {ACT}", chosen(clauses))];
            for (index, (column, name)) in own.iter().zip(&names).enumerate() {
                let otherwise = if kept { &column.sql } else { "NULL" };
                list.push(format!("{} AS {name}", value_of(clauses, index, otherwise)));
            }
            format!("SELECT * FROM (SELECT {} FROM {joined}) AS a WHERE {ACT} IS NOT NULL", list.join(", "))
        };
        let none = format!("SELECT {t}.{ROW} AS n, 1 AS {ACT}, {} FROM {t} WHERE FALSE", names.join(", "));
        let (mut acts, mut new) = (vec![none.clone()], none);
        if !matched.is_empty() {
            // A row of the table that several rows of the source change is an error, as in BigQuery.
            let hits = acted(matched, t, true, format!("{t} JOIN {s} ON {}", on.sql));
            acts.push(format!(
                "SELECT * FROM ({hits}) AS h QUALIFY CASE WHEN count(*) OVER (PARTITION BY n) > 1 THEN error('~MERGE meets more than one row of the source for a row of the table') ELSE TRUE END"
            ));
        }
        if !by_source.is_empty() {
            acts.push(acted(by_source, t, true, format!("{t} LEFT JOIN {s} ON {} WHERE {s}.{ROW} IS NULL", on.sql)));
        }
        if !by_target.is_empty() {
            new = acted(by_target, &s, false, format!("{s} LEFT JOIN {t} ON {} WHERE {t}.{ROW} IS NULL", on.sql));
        }
        let with = format!(
            "WITH {t} AS MATERIALIZED (SELECT *, row_number() OVER () AS {ROW}{target_from}), {s} AS MATERIALIZED ({source_sql}), \"merge:acts\" AS MATERIALIZED ({}), \"merge:new\" AS MATERIALIZED ({new}) ",
            acts.join(" UNION ALL ")
        );
        let kept: Vec<String> = own
            .iter()
            .zip(&names)
            .map(|(column, name)| format!("CASE WHEN u.n IS NULL THEN {} ELSE u.{name} END AS {name}", column.sql))
            .collect();
        // The rows stay in their order, and the new ones follow.
        let sql = format!(
            "{with}SELECT {names} FROM (SELECT {}, FALSE AS \"row:new\", {t}.{ROW} AS n FROM {t} LEFT JOIN \"merge:acts\" AS u ON u.n = {t}.{ROW} \
             WHERE u.{ACT} IS DISTINCT FROM 0 UNION ALL SELECT {names}, TRUE, n FROM \"merge:new\") AS m ORDER BY \"row:new\", n",
            kept.join(", "),
            names = names.join(", ")
        );
        let count =
            format!("{with}SELECT (SELECT count(*) FROM \"merge:acts\") + (SELECT count(*) FROM \"merge:new\")");
        Ok(Plan { sql, count: Some(count), columns, ..empty(StatementKind::Merge, Some(target)) })
    }

    /// The source with its rows numbered: what it is called, its text and its names.
    fn merge_source(&mut self, merge: &Merge) -> Read<(String, String, Scope)> {
        let id = self.fresh();
        self.scopes.push(Scope { id, ..Scope::default() });
        let source = TableWithJoins { relation: merge.source.clone(), joins: Vec::new() };
        let from = self.from(&[source])?;
        let scope = self.scopes.pop().unwrap_or_default();
        let engine = format!("s{}", self.fresh());
        let mut outputs: Vec<Output> = Vec::new();
        let mut list = Vec::new();
        for column in &scope.star {
            let name = crate::sql::select::unused_name(&column.name, &outputs);
            list.push(format!("{} AS {}", column.sql, identifier(&name)));
            outputs.push(Output {
                name: Some(column.name.clone()),
                engine: name,
                kind: column.kind.clone(),
                ahead: column.ahead,
                at: merge.source.span(),
            });
        }
        let alias = scope.sources.first().and_then(|source| source.alias.clone());
        let source = source_of(&engine, alias.as_deref(), &outputs, false);
        let sql = format!("SELECT {}, row_number() OVER () AS {ROW}{from}", list.join(", "));
        Ok((engine, sql, Scope { star: source.columns.clone(), sources: vec![source], ..Scope::default() }))
    }

    /// Reads something among the names of a scope.
    fn within<T>(&mut self, scope: &mut Scope, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.scopes.push(std::mem::take(scope));
        let result = read(self);
        *scope = self.scopes.pop().unwrap_or_default();
        result
    }

    fn merge_clause(
        &mut self,
        clause: &MergeClause,
        target: &TableName,
        shape: &Shape,
        own: &[Col],
        source: &[Col],
    ) -> Read<Clause> {
        let at = clause.when_token.0.span;
        let condition = match &clause.predicate {
            Some(predicate) => {
                let term = self.condition(predicate, "WHEN")?;
                refuse_aggregate(&term, "WHEN", true)?;
                Some(term)
            }
            None => None,
        };
        let act = match &clause.action {
            MergeAction::Delete { .. } => Act::Delete,
            MergeAction::Update(update) if update.update_predicate.is_none() && update.delete_predicate.is_none() => {
                let MergeUpdateKind::Set(assignments) = &update.kind else {
                    return Err(unsupported(at, "UPDATE SET *"));
                };
                let alias = own.first().and_then(|_| self.scope().sources.first()).and_then(|s| s.alias.clone());
                let changed = self.assignments(at, assignments, target, own, alias.as_deref())?;
                let id = self.scope().id;
                let value = |column: &Col| {
                    let set = changed.iter().find(|(name, _)| *name == column.name);
                    set.map_or_else(|| column.term(at, id), |(_, value)| value.clone())
                };
                Act::Values(own.iter().map(value).collect())
            }
            MergeAction::Insert(insert) if insert.insert_predicate.is_none() => {
                Act::Values(self.merge_insert(insert, target, shape, source)?)
            }
            _ => return Err(unsupported(at, "this form of WHEN")),
        };
        Ok(Clause { condition, act })
    }

    /// The values of an inserted row, in the table's order; what is not named is NULL.
    fn merge_insert(
        &mut self,
        insert: &MergeInsertExpr,
        target: &TableName,
        shape: &Shape,
        source: &[Col],
    ) -> Read<Vec<Term>> {
        let at = insert.insert_token.0.span;
        let wanted = self.columns_named(&insert.columns, target, shape)?;
        let id = self.scope().id;
        let mut given = Vec::new();
        match &insert.kind {
            MergeInsertKind::Row => given.extend(source.iter().map(|column| Some(column.term(at, id)))),
            MergeInsertKind::Values(values) => {
                let [row] = &values.rows[..] else {
                    return Err(wrong(at, "INSERT of MERGE has one row of values", "Write VALUES (…) once."));
                };
                for expr in &row.content {
                    given.push(if is_default(expr) { None } else { Some(self.expr(expr)?) });
                }
            }
            MergeInsertKind::Wildcard => return Err(unsupported(at, "INSERT *")),
        }
        if given.len() != wanted.len() {
            return Err(wrong(
                at,
                format!("INSERT names {} columns and gives {} values", wanted.len(), given.len()),
                "Give a value for each.",
            ));
        }
        let mut values = Vec::new();
        for (name, kind) in &shape.columns {
            let found = wanted.iter().zip(&given).find(|((named, _), _)| named == name);
            values.push(match found {
                Some((_, Some(term))) => {
                    refuse_aggregate(term, "INSERT", true)?;
                    assigned(term, kind, name)?
                }
                _ => Term::new(at, format!("CAST(NULL AS {})", kind.engine()), kind.clone()),
            });
        }
        Ok(values)
    }
}

/// The first clause whose condition is true: 1 where it gives values, 0 where it deletes, NULL where there is none.
fn chosen(clauses: &[Clause]) -> String {
    choice(clauses, |clause| if matches!(clause.act, Act::Delete) { "0" } else { "1" }, "NULL")
}

/// The value of a column by the clause that is chosen.
fn value_of(clauses: &[Clause], index: usize, otherwise: &str) -> String {
    let value = |clause: &Clause| match &clause.act {
        Act::Values(values) => values.get(index).map_or(otherwise, |value| value.sql.as_str()).to_owned(),
        Act::Delete => otherwise.to_owned(),
    };
    choice(clauses, value, otherwise)
}

fn choice<T: std::fmt::Display>(clauses: &[Clause], value: impl Fn(&Clause) -> T, otherwise: &str) -> String {
    let mut sql = "(CASE".to_owned();
    for clause in clauses {
        let condition = clause.condition.as_ref().map_or("TRUE", |term| term.sql.as_str());
        sql.push_str(&format!(" WHEN {condition} THEN {}", value(clause)));
    }
    format!("{sql} ELSE {otherwise} END)")
}
