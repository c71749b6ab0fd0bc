//! Queries: WITH, set operations, ORDER BY and LIMIT.

use sqlparser::ast::{
    Expr, LimitClause, OrderBy, OrderByExpr, OrderByKind, OrderBySort, Query, SetExpr, SetOperator, SetQuantifier,
    Spanned as _, Value, With,
};
use sqlparser::tokenizer::Span;

use crate::engine::identifier;
use crate::sql::analyse::{Analyser, Cte, Output, Rel};
use crate::sql::cast::{cast, common};
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::{Scope, same};
use crate::sql::term::{Form, Term};

impl Analyser<'_> {
    /// A query with everything that may stand around a SELECT.
    pub(crate) fn query(&mut self, query: &Query) -> Read<Rel> {
        let at = query.span();
        self.deeper(at, |this| this.query_inside(query))
    }

    fn query_inside(&mut self, query: &Query) -> Read<Rel> {
        let at = query.span();
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        for (there, what) in [
            (fetch.is_some(), "FETCH"),
            (!locks.is_empty(), "FOR UPDATE"),
            (for_clause.is_some(), "FOR"),
            (settings.is_some(), "SETTINGS"),
            (format_clause.is_some(), "FORMAT"),
            (!pipe_operators.is_empty(), "the pipe syntax (|>)"),
        ] {
            if there {
                return Err(unsupported(at, what));
            }
        }
        let known = self.ctes.len();
        let prefix = match with {
            Some(with) => self.with(with)?,
            None => String::new(),
        };
        let limit = self.limit(at, limit_clause.as_ref())?;
        let mut rel = match body.as_ref() {
            SetExpr::Select(select) => self.select(select, order_by.as_ref(), &limit)?,
            body => {
                let inner = self.set(body)?;
                self.ordered(inner, order_by.as_ref(), &limit)?
            }
        };
        rel.sql = format!("{prefix}{}", rel.sql);
        self.ctes.truncate(known);
        Ok(rel)
    }

    fn with(&mut self, with: &With) -> Read<String> {
        let mut texts = Vec::new();
        for (index, cte) in with.cte_tables.iter().enumerate() {
            let at = cte.alias.name.span;
            if with.cte_tables[..index].iter().any(|other| same(&other.alias.name.value, &cte.alias.name.value)) {
                return Err(wrong(
                    at,
                    format!("two tables of WITH are called {}", cte.alias.name.value),
                    "Give one another name.",
                ));
            }
            if cte.from.is_some() || cte.materialized.is_some() {
                return Err(unsupported(at, "this form of WITH"));
            }
            if !cte.alias.columns.is_empty() {
                return Err(unsupported(at, "a list of column names after a name of WITH"));
            }
            let name = cte.alias.name.value.clone();
            let engine = format!("w{}", self.fresh());
            let rel = match with.recursive {
                true => self.recursive(&name, &engine, &cte.query)?,
                false => None,
            };
            let rel = match rel {
                Some(rel) => rel,
                // A name of WITH sees no table of the queries around it.
                None => self.query(&cte.query)?,
            };
            let columns: Vec<String> = rel.columns.iter().map(|column| identifier(&column.engine)).collect();
            texts.push(format!("{engine}({}) AS ({})", columns.join(", "), rel.sql));
            self.ctes.push(Cte { name, engine, columns: rel.columns, of_values: rel.of_values });
        }
        let word = if with.recursive { "WITH RECURSIVE" } else { "WITH" };
        Ok(format!("{word} {} ", texts.join(", ")))
    }

    /// A name of WITH RECURSIVE that names itself; `None` when it does not.
    fn recursive(&mut self, name: &str, engine: &str, query: &Query) -> Read<Option<Rel>> {
        let SetExpr::SetOperation { left, op: SetOperator::Union, set_quantifier, right } = query.body.as_ref() else {
            return Ok(None);
        };
        if !names_table(right, name) {
            return Ok(None);
        }
        let at = query.span();
        if query.order_by.is_some() || query.limit_clause.is_some() || query.with.is_some() {
            return Err(wrong(
                at,
                "ORDER BY, LIMIT or WITH around the recursive part of WITH RECURSIVE",
                "Put them around the outer query.",
            ));
        }
        let word = match set_quantifier {
            SetQuantifier::All => "UNION ALL",
            SetQuantifier::Distinct => "UNION",
            _ => return Err(wrong(at, "UNION needs ALL or DISTINCT", "Write UNION ALL or UNION DISTINCT.")),
        };
        let base = self.set(left)?;
        self.ctes.push(Cte {
            name: name.to_owned(),
            engine: engine.to_owned(),
            columns: base.columns.clone(),
            of_values: base.of_values,
        });
        let step = self.set(right);
        self.ctes.pop();
        let step = step?;
        let kinds: Vec<Kind> = base.columns.iter().map(|column| column.kind.clone()).collect();
        let step = retyped(at, step, &kinds)?;
        let sql = format!("({}) {word} ({})", base.sql, step.sql);
        let columns = base.columns.iter().zip(&step.columns);
        let columns = columns.map(|(a, b)| Output { ahead: a.ahead.max(b.ahead), ..a.clone() }).collect();
        Ok(Some(Rel { sql, columns, ..base }))
    }

    /// A SELECT, a query in parentheses, or a set operation.
    fn set(&mut self, body: &SetExpr) -> Read<Rel> {
        match body {
            SetExpr::Select(select) => self.select(select, None, ""),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let at = body.span();
                self.deeper(at, |this| this.set_operation(at, left, *op, *set_quantifier, right))
            }
            SetExpr::Values(_) => Err(unsupported(body.span(), "VALUES outside INSERT")),
            _ => Err(unsupported(body.span(), "this form of query")),
        }
    }

    fn set_operation(
        &mut self,
        at: Span,
        left: &SetExpr,
        op: SetOperator,
        quantifier: SetQuantifier,
        right: &SetExpr,
    ) -> Read<Rel> {
        let word = match (op, quantifier) {
            (SetOperator::Union, SetQuantifier::All) => "UNION ALL",
            (SetOperator::Union, SetQuantifier::Distinct) => "UNION",
            (SetOperator::Except, SetQuantifier::Distinct) => "EXCEPT",
            (SetOperator::Intersect, SetQuantifier::Distinct) => "INTERSECT",
            (SetOperator::Minus, _) => return Err(unsupported(at, "MINUS")),
            (op, SetQuantifier::None) => {
                return Err(wrong(at, format!("{op} needs ALL or DISTINCT"), format!("Write {op} DISTINCT.")));
            }
            (op, quantifier) => return Err(unsupported(at, format!("{op} {quantifier}"))),
        };
        let (left, right) = (self.set(left)?, self.set(right)?);
        if left.columns.len() != right.columns.len() {
            return Err(wrong(
                at,
                format!("{op} joins {} columns and {}", left.columns.len(), right.columns.len()),
                "Give both sides the same number of columns.",
            ));
        }
        let mut kinds = Vec::new();
        for (a, b) in left.columns.iter().zip(&right.columns) {
            let literal = |column: &Output| {
                let mut term = Term::new(column.at, "NULL", column.kind.clone());
                term.form = Form::Column;
                term
            };
            let Some(kind) = common(&[&literal(a), &literal(b)]) else {
                return Err(wrong(
                    b.at,
                    format!("column {} of {op} is {} on one side and {} on the other", kinds.len() + 1, a.kind, b.kind),
                    "Cast one of them.",
                ));
            };
            if word != "UNION ALL" && !kind.can_group() {
                return Err(wrong(
                    b.at,
                    format!("{op} DISTINCT cannot compare values of type {kind}"),
                    "Leave the column out.",
                ));
            }
            kinds.push(kind);
        }
        let (left, right) = (retyped(at, left, &kinds)?, retyped(at, right, &kinds)?);
        let columns = left.columns.iter().zip(&right.columns);
        let columns = columns.map(|(a, b)| Output { ahead: a.ahead.max(b.ahead), ..a.clone() }).collect();
        Ok(Rel {
            sql: format!("({}) {word} ({})", left.sql, right.sql),
            columns,
            of_values: left.of_values,
            outer: left.outer.into_iter().chain(right.outer).collect(),
        })
    }

    /// ORDER BY and LIMIT around a set operation or a query in parentheses: they see its columns only.
    fn ordered(&mut self, inner: Rel, order_by: Option<&OrderBy>, limit: &str) -> Read<Rel> {
        if order_by.is_none() && limit.is_empty() {
            return Ok(inner);
        }
        let alias = format!("s{}", self.fresh());
        let mut scope = Scope { id: self.fresh(), ..Scope::default() };
        let source = super::from::source_of(&alias, None, &inner.columns, inner.of_values);
        scope.star.clone_from(&source.columns);
        scope.sources.push(source);
        self.scopes.push(scope);
        let list: Vec<String> =
            inner.columns.iter().map(|column| format!("{alias}.{}", identifier(&column.engine))).collect();
        let order = self.order_clause(order_by, &inner.columns, &list, false);
        self.scopes.pop();
        Ok(Rel { sql: format!("SELECT {} FROM ({}) AS {alias}{}{limit}", list.join(", "), inner.sql, order?), ..inner })
    }

    /// ORDER BY, where a name or a position of the select list may stand.
    /// `values` are the columns of the select list in the engine's words.
    pub(crate) fn order_clause(
        &mut self,
        order_by: Option<&OrderBy>,
        outputs: &[Output],
        values: &[String],
        distinct: bool,
    ) -> Read<String> {
        let Some(order_by) = order_by else { return Ok(String::new()) };
        let exprs = match (&order_by.kind, &order_by.interpolate) {
            (OrderByKind::Expressions(exprs), None) => exprs,
            _ => return Err(unsupported(order_by.span(), "ORDER BY ALL")),
        };
        let mut parts = Vec::new();
        for item in exprs {
            let written;
            let key = match position(&item.expr) {
                Some(place) => {
                    if place == 0 || place > outputs.len() {
                        return Err(wrong(
                            item.expr.span(),
                            format!("ORDER BY {place} names none of the {} columns", outputs.len()),
                            "Positions count from 1.",
                        ));
                    }
                    (place.to_string(), &values[place - 1], outputs[place - 1].kind.clone())
                }
                None => match self.output_named(&item.expr, outputs) {
                    Some(place) => ((place + 1).to_string(), &values[place], outputs[place].kind.clone()),
                    None => {
                        let term = self.expr(&item.expr)?;
                        let own = self.scope().id;
                        if let Some((_, _, at)) = term.free.iter().find(|(scope, column, _)| {
                            distinct && *scope == own && !values.contains(&term.sql) && !values.contains(column)
                        }) {
                            return Err(wrong(
                                *at,
                                "ORDER BY after SELECT DISTINCT sees the columns of the result only",
                                "Select the column too, or order by one that is selected.",
                            ));
                        }
                        written = term.sql;
                        (written.clone(), &written, term.kind)
                    }
                },
            };
            parts.push(self.order_item(item, &key.0, key.1, &key.2)?);
        }
        Ok(format!(" ORDER BY {}", parts.join(", ")))
    }

    fn output_named(&self, expr: &Expr, outputs: &[Output]) -> Option<usize> {
        let Expr::Identifier(name) = expr else { return None };
        let mut found =
            outputs.iter().enumerate().filter(|(_, o)| o.name.as_deref().is_some_and(|n| same(n, &name.value)));
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Some(place),
            _ => None,
        }
    }

    /// A key of an ORDER BY with BigQuery's place for NULL and NaN: first when ascending, last when descending.
    /// `key` may be a position; `value` is what stands there.
    pub(crate) fn order_item(&mut self, item: &OrderByExpr, key: &str, value: &str, kind: &Kind) -> Read<String> {
        let at = item.expr.span();
        if item.with_fill.is_some() {
            return Err(unsupported(at, "WITH FILL"));
        }
        if !kind.can_order() {
            return Err(wrong(at, format!("values of type {kind} have no order"), "Order by one of its parts."));
        }
        let descending = match &item.options.sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => return Err(unsupported(at, "ORDER BY … USING")),
        };
        let nulls_first = item.options.nulls_first.unwrap_or(!descending);
        Ok(crate::sql::compare::sort_keys(key, value, kind, descending, nulls_first))
    }

    /// LIMIT and OFFSET: whole numbers, written or given as parameters.
    fn limit(&mut self, at: Span, clause: Option<&LimitClause>) -> Read<String> {
        let Some(clause) = clause else { return Ok(String::new()) };
        let LimitClause::LimitOffset { limit, offset, limit_by } = clause else {
            return Err(wrong(at, "LIMIT with a comma", "Write LIMIT n OFFSET m."));
        };
        if !limit_by.is_empty() {
            return Err(unsupported(at, "LIMIT BY"));
        }
        let mut text = String::new();
        for (word, expr) in [("LIMIT", limit.as_ref()), ("OFFSET", offset.as_ref().map(|offset| &offset.value))] {
            if let Some(expr) = expr {
                text.push_str(&format!(" {word} {}", self.whole_number(expr, word)?));
            }
        }
        Ok(text)
    }

    /// A whole number that is written, or given as a parameter.
    pub(crate) fn whole_number(&mut self, expr: &Expr, of: &str) -> Read<u64> {
        let refused = || {
            wrong(
                expr.span(),
                format!("{of} needs a whole number that is not negative"),
                format!("Write {of} 10, or {of} @name with an INT64."),
            )
        };
        let param = match expr {
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => Some((value.span, name)),
                _ => None,
            },
            Expr::Identifier(name) if name.quote_style.is_none() && name.value.starts_with('@') => {
                Some((name.span, &name.value))
            }
            _ => None,
        };
        if let Some((span, name)) = param {
            let (kind, value) = self.param_value(span, name)?;
            return value
                .as_u64()
                .or_else(|| value.as_str()?.parse().ok())
                .filter(|_| kind == Kind::Int64)
                .ok_or_else(refused);
        }
        let term = self.expr(expr)?;
        match term.form {
            Form::Int(number) => u64::try_from(number).map_err(|_| refused()),
            _ => Err(refused()),
        }
    }
}

/// The number, when an ORDER BY or GROUP BY names a column by its position.
pub(crate) fn position(expr: &Expr) -> Option<usize> {
    let Expr::Value(value) = expr else { return None };
    match &value.value {
        Value::Number(text, _) => text.parse().ok(),
        _ => None,
    }
}

/// The columns of a query as the given types.
pub(crate) fn retyped(at: Span, rel: Rel, kinds: &[Kind]) -> Read<Rel> {
    if rel.columns.iter().zip(kinds).all(|(column, kind)| column.kind == *kind) {
        return Ok(rel);
    }
    let mut list = Vec::new();
    let mut columns = Vec::new();
    for (column, kind) in rel.columns.iter().zip(kinds) {
        let name = identifier(&column.engine);
        let term = Term::new(column.at, format!("q.{name}"), column.kind.clone());
        let written = cast(at, &term, kind, false)?;
        list.push(format!("{} AS {name}", written.sql));
        columns.push(Output { kind: kind.clone(), ..column.clone() });
    }
    Ok(Rel { sql: format!("SELECT {} FROM ({}) AS q", list.join(", "), rel.sql), columns, ..rel })
}

/// Whether a part of a query reads from `name`.
fn names_table(body: &SetExpr, name: &str) -> bool {
    use std::ops::ControlFlow;
    let mut found = false;
    let _ = sqlparser::ast::visit_relations(body, |relation| {
        found |= same(&relation.to_string().replace('`', ""), name);
        ControlFlow::<()>::Continue(())
    });
    found
}
