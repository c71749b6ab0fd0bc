//! One SELECT: its list, its groups, its windows and its order.

use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, GroupByWithModifier, Ident, NamedWindowExpr, OrderBy, Select, SelectFlavor,
    SelectItem, SelectItemQualifiedWildcardKind, Spanned as _, ValueTableMode, WildcardAdditionalOptions,
};
use sqlparser::tokenizer::Span;

use crate::engine::identifier;
use crate::sql::analyse::{Analyser, Output, Rel};
use crate::sql::fault::{Read, missing, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::query::position;
use crate::sql::scope::{Scope, same};
use crate::sql::term::{Form, Term};

/// An entry of a select list.
struct Item {
    name: Option<String>,
    term: Term,
}

impl Analyser<'_> {
    /// A SELECT with the ORDER BY and the LIMIT of its query.
    pub(crate) fn select(&mut self, select: &Select, order_by: Option<&OrderBy>, limit: &str) -> Read<Rel> {
        let id = self.fresh();
        self.scopes.push(Scope { id, ..Scope::default() });
        let aggregate = std::mem::replace(&mut self.in_aggregate, false);
        let rel = self.select_inside(select, order_by, limit);
        self.in_aggregate = aggregate;
        self.scopes.pop();
        rel.map(|mut rel| {
            rel.outer.retain(|(scope, _, _)| *scope != id);
            rel
        })
    }

    fn select_inside(&mut self, select: &Select, order_by: Option<&OrderBy>, limit: &str) -> Read<Rel> {
        let at = select.select_token.0.span;
        refuse_foreign(at, select)?;
        let from = self.from(&select.from)?;
        let mut outer: Vec<(usize, String, Span)> = Vec::new();
        let mut sql = String::new();
        let mut filter_ahead = self.join_ahead(&select.from);
        if let Some(condition) = &select.selection {
            let term = self.condition(condition, "WHERE")?;
            refuse_aggregate(&term, "WHERE", true)?;
            filter_ahead = filter_ahead.max(self.filter_ahead(condition, &term));
            self.prune(condition)?;
            outer.extend(term.free);
            sql.push_str(&format!(" WHERE {}", term.sql));
        }
        for window in &select.named_window {
            let spec = match &window.1 {
                NamedWindowExpr::WindowSpec(spec) => spec.clone(),
                NamedWindowExpr::NamedWindow(name) => self.window_named(name)?,
            };
            self.scope().windows.push((window.0.value.clone(), spec));
        }
        let mut items = self.items(&select.projection)?;
        let keys = self.group_by(&select.group_by, &items)?;
        if let Some((text, _)) = &keys {
            sql.push_str(text);
        }
        self.scope().aliases = items
            .iter()
            .filter_map(|item| item.name.clone().map(|name| (name, item.term.clone())))
            .filter(|(name, _)| {
                items.iter().filter(|other| other.name.as_deref().is_some_and(|n| same(n, name))).count() == 1
            })
            .collect();
        let mut having_aggregates = false;
        let mut checked: Vec<Term> = Vec::new();
        if let Some(condition) = &select.having {
            let term = self.condition(condition, "HAVING")?;
            having_aggregates = term.aggregates;
            filter_ahead = filter_ahead.max(term.ahead);
            sql.push_str(&format!(" HAVING {}", term.sql));
            checked.push(term);
        }
        if let Some(condition) = &select.qualify {
            let term = self.condition(condition, "QUALIFY")?;
            if !term.windowed && !items.iter().any(|item| item.term.windowed) {
                return Err(wrong(
                    condition.span(),
                    "QUALIFY without a window function",
                    "Write WHERE, or name a function with OVER.",
                ));
            }
            filter_ahead = filter_ahead.max(term.ahead);
            sql.push_str(&format!(" QUALIFY {}", term.sql));
            checked.push(term);
        }
        let grouped = keys.is_some() || having_aggregates || items.iter().any(|item| item.term.aggregates);
        if grouped {
            let keys = keys.map(|(_, keys)| keys).unwrap_or_default();
            let id = self.scope().id;
            for term in items.iter().map(|item| &item.term).chain(&checked) {
                refuse_ungrouped(term, &keys, id)?;
            }
        }
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => false,
            Some(Distinct::Distinct) => true,
            Some(Distinct::On(_)) => return Err(unsupported(at, "DISTINCT ON")),
        };
        let mode = select.value_table_mode.as_ref();
        let distinct =
            distinct || matches!(mode, Some(ValueTableMode::DistinctAsStruct | ValueTableMode::DistinctAsValue));
        if distinct && let Some(item) = items.iter().find(|item| !item.term.kind.can_group()) {
            return Err(wrong(
                item.term.at,
                format!("SELECT DISTINCT cannot compare values of type {}", item.term.kind),
                "Leave the column out, or make a STRING of it: TO_JSON_STRING(…).",
            ));
        }
        for item in &mut items {
            outer.extend(item.term.free.iter().cloned());
            if item.term.form != Form::Column && filter_ahead > 0 {
                item.term.ahead = item.term.ahead.max(filter_ahead);
            }
        }
        let items = as_values(at, items, mode)?;
        let mut columns: Vec<Output> = Vec::new();
        let mut list = Vec::new();
        for item in &items {
            let engine = unused_name(item.name.as_deref().unwrap_or("f0_"), &columns);
            list.push(format!("{} AS {}", item.term.sql, identifier(&engine)));
            columns.push(Output {
                name: item.name.clone(),
                engine,
                kind: item.term.kind.clone(),
                ahead: item.term.ahead,
                at: item.term.at,
            });
        }
        let values: Vec<String> = items.iter().map(|item| item.term.sql.clone()).collect();
        let order = self.order_clause(order_by, &columns, &values, distinct)?;
        let word = if distinct { "SELECT DISTINCT" } else { "SELECT" };
        Ok(Rel {
            sql: format!("{word} {}{from}{sql}{order}{limit}", list.join(", ")),
            columns,
            of_values: mode.is_some(),
            outer,
        })
    }

    /// How far ahead the rows that pass a condition have been looked at. To ask whether a label is there does not look.
    fn filter_ahead(&mut self, condition: &Expr, term: &Term) -> u32 {
        match condition {
            Expr::IsNull(_) | Expr::IsNotNull(_) => 0,
            Expr::Nested(inner) => self.filter_ahead(inner, term),
            Expr::BinaryOp { left, op: sqlparser::ast::BinaryOperator::And, right } => {
                let side = |this: &mut Self, expr: &Expr| match this.expr(expr) {
                    Ok(term) => this.filter_ahead(expr, &term),
                    Err(_) => term.ahead,
                };
                side(self, left).max(side(self, right))
            }
            _ => term.ahead,
        }
    }

    fn join_ahead(&mut self, from: &[sqlparser::ast::TableWithJoins]) -> u32 {
        use sqlparser::ast::{JoinConstraint, JoinOperator as J};
        let mut ahead = 0;
        for join in from.iter().flat_map(|from| &from.joins) {
            if let J::Join(c)
            | J::Inner(c)
            | J::Left(c)
            | J::LeftOuter(c)
            | J::Right(c)
            | J::RightOuter(c)
            | J::FullOuter(c) = &join.join_operator
                && let JoinConstraint::On(condition) = c
                && let Ok(term) = self.expr(condition)
            {
                ahead = ahead.max(self.filter_ahead(condition, &term));
            }
        }
        ahead
    }

    fn items(&mut self, projection: &[SelectItem]) -> Read<Vec<Item>> {
        let mut items = Vec::new();
        for item in projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let term = self.expr(expr)?;
                    items.push(Item { name: name_of(expr).map(|name| as_stored(name, &term)), term });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    items.push(Item { name: Some(alias.value.clone()), term: self.expr(expr)? });
                }
                SelectItem::Wildcard(options) => {
                    let id = self.scope().id;
                    let at = options.wildcard_token.0.span;
                    let all: Vec<Item> = self
                        .scope()
                        .star
                        .iter()
                        .map(|column| Item {
                            name: Some(column.name.clone()).filter(|name| !name.is_empty()),
                            term: column.term(at, id),
                        })
                        .collect();
                    if all.is_empty() {
                        return Err(wrong(at, "SELECT * needs a FROM", "Name a table: SELECT * FROM dataset.table."));
                    }
                    items.extend(self.star(all, options)?);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                    let path: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident()).cloned().collect();
                    let all = self.star_of(&path)?;
                    items.extend(self.star(all, options)?);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), options) => {
                    let term = self.expr(expr)?;
                    let all = parts_of(&term)?;
                    items.extend(self.star(all, options)?);
                }
                SelectItem::ExprWithAliases { expr, .. } => {
                    return Err(unsupported(expr.span(), "several names for one value"));
                }
            }
        }
        if items.is_empty() {
            return Err(wrong(Span::empty(), "a SELECT without columns", "Name at least one."));
        }
        Ok(items)
    }

    fn star_of(&mut self, path: &[Ident]) -> Read<Vec<Item>> {
        if let [name] = path {
            for scope in self.scopes.iter().rev() {
                if let Some(source) =
                    scope.sources.iter().find(|s| s.alias.as_deref().is_some_and(|a| same(a, &name.value)))
                {
                    let visible = source.columns.iter().filter(|column| !column.hidden);
                    return Ok(visible
                        .map(|column| Item {
                            name: Some(column.name.clone()).filter(|name| !name.is_empty()),
                            term: column.term(name.span, scope.id),
                        })
                        .collect());
                }
            }
        }
        let term = self.path(path)?;
        parts_of(&term)
    }

    fn star(&mut self, mut all: Vec<Item>, options: &WildcardAdditionalOptions) -> Read<Vec<Item>> {
        let WildcardAdditionalOptions {
            wildcard_token,
            opt_ilike,
            opt_exclude,
            opt_except,
            opt_replace,
            opt_rename,
            opt_alias,
        } = options;
        let at = wildcard_token.0.span;
        if opt_ilike.is_some() || opt_exclude.is_some() || opt_rename.is_some() || opt_alias.is_some() {
            return Err(unsupported(at, "ILIKE, EXCLUDE, RENAME or an alias after *"));
        }
        let unknown = |name: &Ident, all: &[Item], word: &str| {
            missing(
                name.span,
                format!("{word} names {}, which is not in *", name.value),
                &name.value,
                all.iter().filter_map(|i| i.name.as_deref()),
                "Name one of the columns of *.",
            )
        };
        if let Some(except) = opt_except {
            for name in std::iter::once(&except.first_element).chain(&except.additional_elements) {
                let before = all.len();
                if !all.iter().any(|item| item.name.as_deref().is_some_and(|n| same(n, &name.value))) {
                    return Err(unknown(name, &all, "EXCEPT"));
                }
                all.retain(|item| !item.name.as_deref().is_some_and(|n| same(n, &name.value)));
                if all.is_empty() && before > 0 {
                    return Err(wrong(at, "EXCEPT leaves no column of *", "Leave at least one."));
                }
            }
        }
        if let Some(replace) = opt_replace {
            for element in &replace.items {
                let name = &element.column_name;
                let term = self.expr(&element.expr)?;
                let Some(item) = all.iter_mut().find(|item| item.name.as_deref().is_some_and(|n| same(n, &name.value)))
                else {
                    return Err(unknown(name, &all, "REPLACE"));
                };
                item.term = term;
            }
        }
        Ok(all)
    }

    /// The clause, and its keys in the engine's words.
    fn group_by(&mut self, group_by: &GroupByExpr, items: &[Item]) -> Read<Option<(String, Vec<String>)>> {
        let (exprs, modifiers) = match group_by {
            GroupByExpr::Expressions(exprs, modifiers) if exprs.is_empty() && modifiers.is_empty() => return Ok(None),
            GroupByExpr::Expressions(exprs, modifiers) => (exprs, modifiers),
            GroupByExpr::All(modifiers) if modifiers.is_empty() => {
                let keys: Vec<String> = items
                    .iter()
                    .filter(|item| !item.term.aggregates && !item.term.windowed && !item.term.free.is_empty())
                    .map(|item| item.term.sql.clone())
                    .collect();
                let text = if keys.is_empty() { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
                return Ok(Some((text, keys)));
            }
            GroupByExpr::All(_) => return Err(unsupported(Span::empty(), "GROUP BY ALL with a modifier")),
        };
        if let Some(modifier) = modifiers.first() {
            let what = match modifier {
                GroupByWithModifier::Rollup => "WITH ROLLUP (write GROUP BY ROLLUP(…))",
                GroupByWithModifier::Cube => "WITH CUBE (write GROUP BY CUBE(…))",
                _ => "this form of GROUP BY",
            };
            return Err(unsupported(Span::empty(), what));
        }
        let mut keys = Vec::new();
        let mut texts = Vec::new();
        for expr in exprs {
            let text = match expr {
                Expr::Rollup(sets) => format!("ROLLUP ({})", self.group_sets(sets, items, &mut keys)?),
                Expr::Cube(sets) => format!("CUBE ({})", self.group_sets(sets, items, &mut keys)?),
                Expr::GroupingSets(sets) => {
                    let mut all = Vec::new();
                    for set in sets {
                        let mut of_set = Vec::new();
                        for expr in set {
                            of_set.push(self.group_key(expr, items, &mut keys)?);
                        }
                        all.push(format!("({})", of_set.join(", ")));
                    }
                    format!("GROUPING SETS ({})", all.join(", "))
                }
                expr => self.group_key(expr, items, &mut keys)?,
            };
            texts.push(text);
        }
        Ok(Some((format!(" GROUP BY {}", texts.join(", ")), keys)))
    }

    fn group_sets(&mut self, sets: &[Vec<Expr>], items: &[Item], keys: &mut Vec<String>) -> Read<String> {
        let mut all = Vec::new();
        for set in sets {
            let of_set: Vec<String> = set.iter().map(|expr| self.group_key(expr, items, keys)).collect::<Read<_>>()?;
            all.push(if of_set.len() == 1 { of_set.concat() } else { format!("({})", of_set.join(", ")) });
        }
        Ok(all.join(", "))
    }

    /// A key: a position, a name of the select list, or an expression.
    fn group_key(&mut self, expr: &Expr, items: &[Item], keys: &mut Vec<String>) -> Read<String> {
        let at = expr.span();
        let named = |name: &Ident| {
            let mut found = items.iter().filter(|item| item.name.as_deref().is_some_and(|n| same(n, &name.value)));
            match (found.next(), found.next()) {
                (Some(item), None) => Some(item.term.clone()),
                _ => None,
            }
        };
        let term = match (position(expr), expr) {
            (Some(place), _) => match items.get(place.wrapping_sub(1)) {
                Some(item) => item.term.clone(),
                None => {
                    return Err(wrong(
                        at,
                        format!("GROUP BY {place} names none of the {} columns", items.len()),
                        "Positions count from 1.",
                    ));
                }
            },
            (None, Expr::Identifier(name)) => match named(name) {
                Some(term) => term,
                None => self.expr(expr)?,
            },
            _ => self.expr(expr)?,
        };
        refuse_aggregate(&Term { at, ..term.clone() }, "GROUP BY", true)?;
        if !term.kind.can_group() {
            return Err(wrong(
                at,
                format!("values of type {} cannot be grouped", term.kind),
                "Group by one of its parts, or by TO_JSON_STRING(…).",
            ));
        }
        keys.push(term.sql.clone());
        Ok(term.sql)
    }
}

/// Everything of a SELECT that other dialects have and BigQuery does not.
fn refuse_foreign(at: Span, select: &Select) -> Read<()> {
    let Select {
        select_token: _,
        optimizer_hints,
        distinct: _,
        select_modifiers,
        top,
        top_before_distinct: _,
        projection: _,
        exclude,
        into,
        from: _,
        lateral_views,
        prewhere,
        selection: _,
        connect_by,
        group_by: _,
        cluster_by,
        distribute_by,
        sort_by,
        having: _,
        named_window: _,
        qualify: _,
        window_before_qualify: _,
        value_table_mode: _,
        flavor,
    } = select;
    for (there, what) in [
        (!optimizer_hints.is_empty(), "a hint"),
        (select_modifiers.is_some(), "a modifier after SELECT"),
        (top.is_some(), "TOP (write LIMIT)"),
        (exclude.is_some(), "EXCLUDE (write EXCEPT)"),
        (into.is_some(), "SELECT INTO (write CREATE TABLE … AS SELECT)"),
        (!lateral_views.is_empty(), "LATERAL VIEW (write UNNEST)"),
        (prewhere.is_some(), "PREWHERE"),
        (!connect_by.is_empty(), "CONNECT BY"),
        (!cluster_by.is_empty() || !distribute_by.is_empty() || !sort_by.is_empty(), "CLUSTER, DISTRIBUTE or SORT BY"),
        (*flavor != SelectFlavor::Standard, "a query that begins with FROM"),
    ] {
        if there {
            return Err(unsupported(at, what));
        }
    }
    Ok(())
}

pub(crate) fn refuse_aggregate(term: &Term, clause: &str, windows_too: bool) -> Read<()> {
    if term.aggregates {
        return Err(wrong(
            term.at,
            format!("{clause} cannot hold an aggregate"),
            "Use HAVING, or compute it in a subquery.",
        ));
    }
    if windows_too && term.windowed {
        return Err(wrong(
            term.at,
            format!("{clause} cannot hold a window function"),
            "Use QUALIFY, or compute it in a subquery.",
        ));
    }
    Ok(())
}

/// A column beside an aggregate must be a key, or within one.
fn refuse_ungrouped(term: &Term, keys: &[String], scope: usize) -> Read<()> {
    if keys.contains(&term.sql) {
        return Ok(());
    }
    for (of, sql, at) in &term.free {
        // A key may be more than a column: DATE_TRUNC(date, MONTH). Whether the column stands within it, the engine sees.
        let within =
            keys.iter().any(|key| key == sql || (key.contains(sql.as_str()) && term.sql.contains(key.as_str())));
        if *of == scope && !within {
            let name = sql.rsplit('.').next().unwrap_or(sql).trim_matches('"').to_owned();
            return Err(wrong(
                *at,
                format!("{name} is neither in GROUP BY nor in an aggregate"),
                format!("Add {name} to GROUP BY, or write ANY_VALUE({name})."),
            ));
        }
    }
    Ok(())
}

/// What an expression without AS is called.
fn name_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(path) => path.last().map(|name| name.value.clone()),
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(sqlparser::ast::AccessExpr::Dot(Expr::Identifier(name))) => Some(name.value.clone()),
            _ => None,
        },
        Expr::Nested(inner) => name_of(inner),
        _ => None,
    }
}

/// A column keeps the capitals of its table.
fn as_stored(name: String, term: &Term) -> String {
    let stored = term.sql.strip_suffix('"').and_then(|sql| sql.rsplit_once(".\"")).map(|(_, stored)| stored);
    match stored {
        Some(stored) if term.form == Form::Column && same(stored, &name) => stored.to_owned(),
        _ => name,
    }
}

/// The fields of a STRUCT as columns.
fn parts_of(term: &Term) -> Read<Vec<Item>> {
    let Kind::Struct(fields) = &term.kind else {
        return Err(wrong(
            term.at,
            format!(".* is asked of {}", term.kind.with_article()),
            "Only a table or a STRUCT has .*.",
        ));
    };
    let names = crate::sql::kind::field_names(fields);
    Ok(fields
        .iter()
        .zip(names)
        .map(|((name, kind), engine)| {
            let mut part = term.with(format!("({}).{}", term.sql, identifier(&engine)), kind.clone());
            part.form = term.form.clone();
            Item { name: name.clone(), term: part }
        })
        .collect())
}

/// SELECT AS STRUCT and AS VALUE make one value of each row.
fn as_values(at: Span, items: Vec<Item>, mode: Option<&ValueTableMode>) -> Read<Vec<Item>> {
    match mode {
        None => Ok(items),
        Some(ValueTableMode::AsValue | ValueTableMode::DistinctAsValue) => {
            if items.len() != 1 {
                return Err(wrong(at, "SELECT AS VALUE gives one column", "Leave one, or write SELECT AS STRUCT."));
            }
            Ok(items.into_iter().map(|item| Item { name: None, ..item }).collect())
        }
        Some(ValueTableMode::AsStruct | ValueTableMode::DistinctAsStruct) => {
            let terms: Vec<(Option<String>, Term)> = items.into_iter().map(|item| (item.name, item.term)).collect();
            Ok(vec![Item { name: None, term: struct_of(at, &terms)? }])
        }
    }
}

/// A STRUCT of terms.
pub(crate) fn struct_of(at: Span, terms: &[(Option<String>, Term)]) -> Read<Term> {
    let fields: Vec<(Option<String>, Kind)> =
        terms.iter().map(|(name, term)| (name.clone(), term.kind.clone())).collect();
    let names = crate::sql::kind::field_names(&fields);
    for (index, name) in names.iter().enumerate() {
        if names[..index].iter().any(|other| same(other, name)) {
            return Err(wrong(at, format!("the STRUCT has two fields {name}"), "Give each a name of its own."));
        }
    }
    let parts: Vec<String> = names
        .iter()
        .zip(terms)
        .map(|(name, (_, term))| match term.kind {
            Kind::Null => format!("{} := CAST(NULL AS BIGINT)", identifier(name)),
            _ => format!("{} := {}", identifier(name), term.sql),
        })
        .collect();
    let all: Vec<&Term> = terms.iter().map(|(_, term)| term).collect();
    Ok(Term::from(at, format!("struct_pack({})", parts.join(", ")), Kind::Struct(fields), &all))
}

/// A name for the engine that no column before has.
pub(crate) fn unused_name(wanted: &str, columns: &[Output]) -> String {
    let mut name = wanted.to_owned();
    let mut count = 1;
    while columns.iter().any(|column| same(&column.engine, &name)) {
        count += 1;
        name = format!("{wanted}:{count}");
    }
    name
}
