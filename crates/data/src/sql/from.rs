//! The FROM clause: tables, queries, arrays, joins, PIVOT and UNPIVOT.

use sqlparser::ast::{
    BinaryOperator, Expr, ExprWithAlias, Ident, Join, JoinConstraint, JoinOperator, NullInclusion, ObjectName,
    PivotValueSource, Spanned as _, TableAlias, TableFactor, TableWithJoins,
};
use sqlparser::tokenizer::Span;

use crate::engine::identifier;
use crate::sql::analyse::{Analyser, Output};
use crate::sql::cast::{cast, common};
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::scope::{Col, Source, same};
use crate::sql::term::{Form, Term};

/// A source with the engine's text of it.
pub(crate) struct From {
    pub(crate) sql: String,
    pub(crate) sources: Vec<Source>,
    pub(crate) star: Vec<Col>,
}

/// The columns of a query under an alias.
pub(crate) fn source_of(engine: &str, alias: Option<&str>, columns: &[Output], of_values: bool) -> Source {
    let reach = |column: &Output| format!("{engine}.{}", identifier(&column.engine));
    let alias = alias.map(str::to_owned);
    if let (true, [value]) = (of_values, columns) {
        let row = Col {
            name: alias.clone().unwrap_or_default(),
            sql: reach(value),
            kind: value.kind.clone(),
            ahead: value.ahead,
            hidden: false,
        };
        return value_source(alias, row);
    }
    let columns = columns
        .iter()
        .map(|column| Col {
            name: column.name.clone().unwrap_or_default(),
            sql: reach(column),
            kind: column.kind.clone(),
            ahead: column.ahead,
            hidden: false,
        })
        .collect();
    Source { alias, columns, row: None }
}

/// Rows that are values: a STRUCT shows its fields as columns.
fn value_source(alias: Option<String>, row: Col) -> Source {
    let columns = match &row.kind {
        Kind::Struct(fields) => crate::sql::kind::field_names(fields)
            .iter()
            .zip(fields)
            .map(|(engine, (name, kind))| Col {
                name: name.clone().unwrap_or_default(),
                sql: format!("({}).{}", row.sql, identifier(engine)),
                kind: kind.clone(),
                ahead: row.ahead,
                hidden: false,
            })
            .collect(),
        _ => vec![row.clone()],
    };
    Source { alias, columns, row: Some(row) }
}

impl Analyser<'_> {
    /// The clause in the engine's words; its names come into the scope.
    pub(crate) fn from(&mut self, from: &[TableWithJoins]) -> Read<String> {
        if from.is_empty() {
            return Ok(String::new());
        }
        let mut texts = Vec::new();
        for table in from {
            texts.push(self.joined(table)?);
        }
        Ok(format!(" FROM {}", texts.join(" CROSS JOIN ")))
    }

    /// Adds a source to the scope.
    fn enter(&mut self, from: From) -> Read<String> {
        for source in &from.sources {
            if let Some(alias) = &source.alias
                && self.scope().sources.iter().any(|other| other.alias.as_deref().is_some_and(|o| same(o, alias)))
            {
                return Err(wrong(
                    Span::empty(),
                    format!("two tables of the FROM clause are called {alias}"),
                    "Give one another alias: FROM a AS x.",
                ));
            }
        }
        self.scope().star.extend(from.star);
        self.scope().sources.extend(from.sources);
        Ok(from.sql)
    }

    fn joined(&mut self, table: &TableWithJoins) -> Read<String> {
        let first = self.scope().star.len();
        let from = self.factor(&table.relation)?;
        let mut sql = self.enter(from)?;
        for join in &table.joins {
            sql = self.join(sql, first, join)?;
        }
        Ok(sql)
    }

    /// A join of what stands at the left, whose columns begin at `first` in `*`, with one more source.
    fn join(&mut self, left: String, first: usize, join: &Join) -> Read<String> {
        let at = join.relation.span();
        if join.global {
            return Err(unsupported(at, "GLOBAL JOIN"));
        }
        let (word, constraint) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) => ("JOIN", c),
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => ("LEFT JOIN", c),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => ("RIGHT JOIN", c),
            JoinOperator::FullOuter(c) => ("FULL JOIN", c),
            JoinOperator::CrossJoin(c @ JoinConstraint::None) => ("CROSS JOIN", c),
            _ => return Err(unsupported(at, "this kind of join")),
        };
        let of_array = matches!(join.relation, TableFactor::UNNEST { .. });
        let right = self.factor(&join.relation)?;
        let text = right.sql.clone();
        let own = self.scope().star.len();
        match constraint {
            JoinConstraint::None if word == "CROSS JOIN" || (of_array && word == "JOIN") => {
                self.enter(right)?;
                Ok(format!("{left} CROSS JOIN {text}"))
            }
            JoinConstraint::None if of_array && word == "LEFT JOIN" => {
                self.enter(right)?;
                Ok(format!("{left} LEFT JOIN {text} ON TRUE"))
            }
            JoinConstraint::None => {
                Err(wrong(at, format!("{word} needs ON or USING"), "Write ON a.x = b.x, or CROSS JOIN."))
            }
            JoinConstraint::On(condition) => {
                self.enter(right)?;
                let term = self.condition(condition, "ON")?;
                crate::sql::select::refuse_aggregate(&term, "ON", true)?;
                Ok(format!("{left} {word} {text} ON {}", term.sql))
            }
            JoinConstraint::Using(names) => {
                self.enter(right)?;
                let condition = self.using(word, first, own, names)?;
                Ok(format!("{left} {word} {text} ON {condition}"))
            }
            JoinConstraint::Natural => Err(unsupported(at, "NATURAL JOIN")),
        }
    }

    /// USING: the named columns stand once and first, those of the left then of the right follow.
    fn using(&mut self, word: &str, first: usize, own: usize, names: &[ObjectName]) -> Read<String> {
        let star = self.scope().star.split_off(first);
        let (mut left, mut right) = (star[..own - first].to_vec(), star[own - first..].to_vec());
        let mut merged = Vec::new();
        let mut conditions = Vec::new();
        for name in names {
            let at = name.span();
            let name = name.to_string().replace('`', "");
            let take = |side: &mut Vec<Col>, which: &str| {
                let found: Vec<usize> = (0..side.len()).filter(|i| same(&side[*i].name, &name)).collect();
                match found[..] {
                    [index] => Ok(side.remove(index)),
                    [] => Err(wrong(
                        at,
                        format!("USING names {name}, which the {which} side does not have"),
                        "Join with ON.",
                    )),
                    _ => Err(wrong(
                        at,
                        format!("USING names {name}, which the {which} side has more than once"),
                        "Join with ON.",
                    )),
                }
            };
            let (a, b) = (take(&mut left, "left")?, take(&mut right, "right")?);
            let id = self.scope().id;
            let (ta, tb) = (a.term(at, id), b.term(at, id));
            let Some(kind) = common(&[&ta, &tb]) else {
                return Err(wrong(
                    at,
                    format!("USING compares {name} as {} with {}", a.kind, b.kind),
                    "Join with ON and a cast.",
                ));
            };
            let (ta, tb) = (cast(at, &ta, &kind, false)?, cast(at, &tb, &kind, false)?);
            conditions.push(format!("{} = {}", ta.sql, tb.sql));
            let sql = match word {
                "RIGHT JOIN" => tb.sql,
                "FULL JOIN" => format!("coalesce({}, {})", ta.sql, tb.sql),
                _ => ta.sql,
            };
            merged.push(Col { name: a.name, sql, kind, ahead: a.ahead.max(b.ahead), hidden: false });
        }
        self.scope().star.extend(merged.into_iter().chain(left).chain(right));
        Ok(format!("({})", conditions.join(" AND ")))
    }

    fn factor(&mut self, factor: &TableFactor) -> Read<From> {
        let at = factor.span();
        self.deeper(at, |this| this.factor_inside(factor))
    }

    fn factor_inside(&mut self, factor: &TableFactor) -> Read<From> {
        let at = factor.span();
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                if args.is_some() {
                    return Err(wrong(
                        at,
                        format!("the table function {name} cannot be used here"),
                        "Import the file first, then name its table.",
                    ));
                }
                for (there, what) in [
                    (sample.is_some(), "TABLESAMPLE"),
                    (version.is_some(), "FOR SYSTEM_TIME AS OF"),
                    (
                        *with_ordinality
                            || !with_hints.is_empty()
                            || !partitions.is_empty()
                            || json_path.is_some()
                            || !index_hints.is_empty(),
                        "this form of a table's name",
                    ),
                ] {
                    if there {
                        return Err(unsupported(at, what));
                    }
                }
                let alias = alias_of(alias.as_ref())?;
                self.table(name, alias)
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if *lateral || sample.is_some() {
                    return Err(unsupported(at, "LATERAL or TABLESAMPLE"));
                }
                // A query of the FROM clause does not see its neighbours.
                let neighbours = std::mem::take(self.scope());
                let rel = self.query(subquery);
                *self.scope() = neighbours;
                let rel = rel?;
                let engine = format!("s{}", self.fresh());
                let source = source_of(&engine, alias_of(alias.as_ref())?.as_deref(), &rel.columns, rel.of_values);
                Ok(From {
                    sql: format!("({}) AS {engine}", rel.sql),
                    star: source.columns.clone(),
                    sources: vec![source],
                })
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality } => {
                let [array] = &array_exprs[..] else { return Err(unsupported(at, "UNNEST of several arrays")) };
                if *with_ordinality {
                    return Err(unsupported(at, "WITH ORDINALITY (write WITH OFFSET)"));
                }
                let offset = with_offset
                    .then(|| with_offset_alias.as_ref().map_or("offset".to_owned(), |name| name.value.clone()));
                let alias = alias_of(alias.as_ref())?;
                let array = self.expr(array)?;
                self.unnest(at, &array, alias, offset)
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                let outside = std::mem::take(self.scope());
                self.scope().id = outside.id;
                let sql = self.joined(table_with_joins);
                let inside = std::mem::replace(self.scope(), outside);
                Ok(From { sql: format!("({})", sql?), sources: inside.sources, star: inside.star })
            }
            TableFactor::Pivot { table, aggregate_functions, value_column, value_source, default_on_null, alias } => {
                if default_on_null.is_some() {
                    return Err(unsupported(at, "DEFAULT ON NULL"));
                }
                let from = self.factor(table)?;
                self.pivot(at, from, aggregate_functions, value_column, value_source, alias_of(alias.as_ref())?)
            }
            TableFactor::Unpivot { table, value, name, columns, null_inclusion, alias } => {
                let from = self.factor(table)?;
                let keep = matches!(null_inclusion, Some(NullInclusion::IncludeNulls));
                self.unpivot(at, from, value, name, columns, keep, alias_of(alias.as_ref())?)
            }
            other => {
                Err(unsupported(at, format!("{} in FROM", other.to_string().split('(').next().unwrap_or_default())))
            }
        }
    }

    /// A name of the FROM clause: of WITH, of an array column, or of a table.
    fn table(&mut self, name: &ObjectName, alias: Option<String>) -> Read<From> {
        let at = name.span();
        let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident()).cloned().collect();
        if let [only] = &parts[..]
            && let Some(cte) = self.cte(&only.value).cloned()
        {
            let engine = format!("s{}", self.fresh());
            let alias = alias.unwrap_or_else(|| only.value.clone());
            let source = source_of(&engine, Some(&alias), &cte.columns, cte.of_values);
            return Ok(From {
                sql: format!("{} AS {engine}", cte.engine),
                star: source.columns.clone(),
                sources: vec![source],
            });
        }
        // FROM t, t.array: the array of each row.
        if parts.len() > 1
            && self
                .scope()
                .sources
                .iter()
                .any(|source| source.alias.as_deref().is_some_and(|a| same(a, &parts[0].value)))
            && let Ok(Some(array)) = self.scope().find(&parts)
            && matches!(array.kind, Kind::Array(_))
        {
            let alias = alias.or_else(|| parts.last().map(|name| name.value.clone()));
            return self.unnest(at, &array, alias, None);
        }
        self.stored(at, &parts, alias)
    }

    /// The elements of an array as rows.
    fn unnest(&mut self, at: Span, array: &Term, alias: Option<String>, offset: Option<String>) -> Read<From> {
        let Kind::Array(of) = &array.kind else {
            return Err(wrong(
                array.at,
                format!("UNNEST needs an ARRAY, and this is {}", array.called()),
                "Give it an array, such as SPLIT(text) or [1, 2].",
            ));
        };
        if array.aggregates || array.windowed {
            return Err(wrong(at, "UNNEST cannot hold an aggregate or a window function", "Compute it in a subquery."));
        }
        let engine = format!("s{}", self.fresh());
        let kind = if **of == Kind::Null { Kind::Int64 } else { (**of).clone() };
        // Literals are typed, so that an empty array gives rows of its type.
        let list = if **of == Kind::Null { format!("CAST({} AS BIGINT[])", array.sql) } else { array.sql.clone() };
        let sql = format!(
            "LATERAL (SELECT unnest(a.list) AS v, generate_subscripts(a.list, 1) - 1 AS o FROM (SELECT {list} AS list) AS a) AS {engine}"
        );
        let row = Col {
            name: alias.clone().unwrap_or_default(),
            sql: format!("{engine}.v"),
            kind,
            ahead: array.ahead,
            hidden: false,
        };
        let source = value_source(alias, row);
        let mut star = source.columns.clone();
        let mut sources = vec![source];
        if let Some(name) = offset {
            let column = Col { name, sql: format!("{engine}.o"), kind: Kind::Int64, ahead: 0, hidden: false };
            star.push(column.clone());
            sources.push(Source { alias: None, columns: vec![column], row: None });
        }
        Ok(From { sql, sources, star })
    }

    /// Columns of a source alone: what PIVOT and UNPIVOT see.
    fn alone<T>(&mut self, from: &From, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let outside = std::mem::take(self.scope());
        self.scope().id = outside.id;
        self.scope().star.clone_from(&from.star);
        self.scope().sources.clone_from(&from.sources);
        let result = read(self);
        *self.scope() = outside;
        result
    }

    fn pivot(
        &mut self,
        at: Span,
        from: From,
        aggregates: &[ExprWithAlias],
        key: &[Expr],
        values: &PivotValueSource,
        alias: Option<String>,
    ) -> Read<From> {
        let [key] = key else { return Err(unsupported(at, "PIVOT over several columns")) };
        let PivotValueSource::List(values) = values else {
            return Err(unsupported(at, "PIVOT with values that are not written out"));
        };
        let (columns, used) = self.alone(&from, |this| {
            let key = this.expr(key)?;
            let mut columns: Vec<(String, Term)> = Vec::new();
            let mut used: Vec<String> = key.free.iter().map(|(_, sql, _)| sql.clone()).collect();
            for value in values {
                let literal = this.expr(&value.expr)?;
                let Some(literal) = crate::sql::cast::coerce(&literal, &key.kind) else {
                    return Err(wrong(
                        literal.at,
                        format!("PIVOT compares {} with {}", key.kind, literal.kind),
                        "Write values of the column's type.",
                    ));
                };
                let called = match &value.alias {
                    Some(alias) => alias.value.clone(),
                    None => value_name(&value.expr),
                };
                for aggregate in aggregates {
                    let Expr::Function(function) = &aggregate.expr else {
                        return Err(wrong(at, "PIVOT needs aggregates", "Write PIVOT(SUM(x) FOR y IN (…))."));
                    };
                    let condition = format!("({} IS NOT DISTINCT FROM {})", key.sql, literal.sql);
                    let term = this.aggregate_where(function, &condition)?;
                    // What an aggregate names is not a key of the groups.
                    let mut names = Vec::new();
                    let _ = sqlparser::ast::visit_expressions(&aggregate.expr, |inner| {
                        if let Ok(Some(term)) = match inner {
                            Expr::Identifier(name) => this.scope().find(std::slice::from_ref(name)),
                            Expr::CompoundIdentifier(path) => this.scope().find(path),
                            _ => Ok(None),
                        } {
                            names.extend(term.free.into_iter().map(|(_, sql, _)| sql));
                        }
                        std::ops::ControlFlow::<()>::Continue(())
                    });
                    used.extend(names);
                    let name = match &aggregate.alias {
                        Some(alias) => format!("{}_{called}", alias.value),
                        None if aggregates.len() > 1 => {
                            return Err(wrong(
                                at,
                                "PIVOT with several aggregates needs a name for each",
                                "Write SUM(x) AS s.",
                            ));
                        }
                        None => called.clone(),
                    };
                    let mut term = term;
                    term.ahead = term.ahead.max(key.ahead);
                    columns.push((name, term));
                }
            }
            Ok((columns, used))
        })?;
        let engine = format!("s{}", self.fresh());
        let mut outputs: Vec<Output> = Vec::new();
        let mut list = Vec::new();
        let mut groups = Vec::new();
        for column in from.star.iter().filter(|column| !used.contains(&column.sql)) {
            groups.push(column.sql.clone());
            let name = crate::sql::select::unused_name(&column.name, &outputs);
            list.push(format!("{} AS {}", column.sql, identifier(&name)));
            outputs.push(Output {
                name: Some(column.name.clone()),
                engine: name,
                kind: column.kind.clone(),
                ahead: column.ahead,
                at,
            });
        }
        for (called, term) in columns {
            let name = crate::sql::select::unused_name(&called, &outputs);
            list.push(format!("{} AS {}", term.sql, identifier(&name)));
            outputs.push(Output { name: Some(called), engine: name, kind: term.kind, ahead: term.ahead, at });
        }
        let group = if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
        let source = source_of(&engine, alias.as_deref(), &outputs, false);
        Ok(From {
            sql: format!("(SELECT {} FROM {}{group}) AS {engine}", list.join(", "), from.sql),
            star: source.columns.clone(),
            sources: vec![source],
        })
    }

    #[allow(clippy::too_many_arguments, reason = "they are the parts of one clause")]
    fn unpivot(
        &mut self,
        at: Span,
        from: From,
        value: &Expr,
        name: &Ident,
        columns: &[ExprWithAlias],
        keep_nulls: bool,
        alias: Option<String>,
    ) -> Read<From> {
        let names = match value {
            Expr::Identifier(value) => vec![value],
            Expr::Tuple(list) => list
                .iter()
                .filter_map(|item| if let Expr::Identifier(name) = item { Some(name) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        // The columns of each row that is made, with what the row is called.
        let mut picked: Vec<(Vec<Term>, String)> = Vec::new();
        for column in columns {
            let items = match &column.expr {
                Expr::Tuple(list) => &list[..],
                other => std::slice::from_ref(other),
            };
            let mut terms = Vec::new();
            let mut label = Vec::new();
            for item in items {
                let term = self.alone(&from, |this| this.expr(item))?;
                if term.form != Form::Column {
                    return Err(wrong(term.at, "UNPIVOT takes columns", "Name columns of the table."));
                }
                terms.push(term);
                label.push(if let Expr::Identifier(name) = item { name.value.clone() } else { item.to_string() });
            }
            if terms.len() != names.len() {
                return Err(wrong(
                    column.expr.span(),
                    format!("UNPIVOT makes {} columns of values, and {} are given here", names.len(), terms.len()),
                    "Write UNPIVOT((a, b) FOR k IN ((a1, b1), (a2, b2))).",
                ));
            }
            picked.push((terms, column.alias.as_ref().map_or_else(|| label.join("_"), |alias| alias.value.clone())));
        }
        let mut kinds = Vec::new();
        for index in 0..names.len() {
            let Some(kind) = common(&picked.iter().map(|(terms, _)| &terms[index]).collect::<Vec<_>>()) else {
                return Err(wrong(at, "UNPIVOT joins columns of different types", "Cast them in a subquery first."));
            };
            kinds.push(kind);
        }
        let mut rows = Vec::new();
        let mut ahead = vec![0; names.len()];
        for (terms, label) in &picked {
            let mut fields = Vec::new();
            for (index, (term, kind)) in terms.iter().zip(&kinds).enumerate() {
                ahead[index] = ahead[index].max(term.ahead);
                fields.push(format!("v{index} := {}", cast(at, term, kind, false)?.sql));
            }
            rows.push(format!("struct_pack({}, k := {})", fields.join(", "), crate::engine::quoted(label)));
        }
        let engine = format!("s{}", self.fresh());
        let mut outputs: Vec<Output> = Vec::new();
        let mut list = Vec::new();
        for column in from
            .star
            .iter()
            .filter(|column| !picked.iter().any(|(terms, _)| terms.iter().any(|term| term.sql == column.sql)))
        {
            let unused = crate::sql::select::unused_name(&column.name, &outputs);
            list.push(format!("{} AS {}", column.sql, identifier(&unused)));
            outputs.push(Output {
                name: Some(column.name.clone()),
                engine: unused,
                kind: column.kind.clone(),
                ahead: column.ahead,
                at,
            });
        }
        let mut made: Vec<(&Ident, String, Kind, u32)> = Vec::new();
        for (index, (called, (kind, ahead))) in names.iter().zip(kinds.into_iter().zip(ahead)).enumerate() {
            made.push((called, format!("u.x.v{index}"), kind, ahead));
        }
        let nulls: Vec<String> = made.iter().map(|(_, sql, _, _)| format!("{sql} IS NOT NULL")).collect();
        made.push((name, "u.x.k".to_owned(), Kind::String, 0));
        for (called, sql, kind, ahead) in made {
            let unused = crate::sql::select::unused_name(&called.value, &outputs);
            list.push(format!("{sql} AS {}", identifier(&unused)));
            outputs.push(Output { name: Some(called.value.clone()), engine: unused, kind, ahead, at });
        }
        let filter = if keep_nulls { String::new() } else { format!(" WHERE {}", nulls.join(" OR ")) };
        let source = source_of(&engine, alias.as_deref(), &outputs, false);
        Ok(From {
            sql: format!(
                "(SELECT {} FROM {} CROSS JOIN LATERAL (SELECT unnest([{}]) AS x) AS u{filter}) AS {engine}",
                list.join(", "),
                from.sql,
                rows.join(", ")
            ),
            star: source.columns.clone(),
            sources: vec![source],
        })
    }

    /// Leaves out the tables of a wildcard that the conditions on `_TABLE_SUFFIX` exclude.
    pub(crate) fn prune(&mut self, condition: &Expr) -> Read<()> {
        if let Expr::BinaryOp { left, op: BinaryOperator::And, right } = condition {
            self.prune(left)?;
            return self.prune(right);
        }
        if let Expr::Nested(inner) = condition {
            return self.prune(inner);
        }
        let term = self.expr(condition)?;
        let id = self.scope().id;
        let mut names: Vec<&String> = term.free.iter().filter(|(of, _, _)| *of == id).map(|(_, sql, _)| sql).collect();
        names.dedup();
        let [only] = names[..] else { return Ok(()) };
        if term.has_query || term.free.iter().any(|(of, _, _)| *of != id) {
            return Ok(());
        }
        let Some(index) = self.suffixes.get(only).copied() else { return Ok(()) };
        self.sift(index, only, &term.sql)
    }
}

/// The name of an alias. A list of columns after it is of other dialects.
fn alias_of(alias: Option<&TableAlias>) -> Read<Option<String>> {
    match alias {
        None => Ok(None),
        Some(alias) if alias.columns.is_empty() && alias.at.is_none() => Ok(Some(alias.name.value.clone())),
        Some(alias) => Err(unsupported(alias.name.span, "a list of columns after an alias")),
    }
}

/// The column PIVOT makes of a value.
fn value_name(expr: &Expr) -> String {
    let text = match expr {
        Expr::Value(value) => match &value.value {
            sqlparser::ast::Value::Boolean(yes) => yes.to_string(),
            sqlparser::ast::Value::Null => "NULL".to_owned(),
            sqlparser::ast::Value::Number(text, _) => format!("_{}", text.replace('.', "_point_")),
            other => other.clone().into_string().unwrap_or_else(|| other.to_string()),
        },
        Expr::TypedString(text) => text.value.value.clone().into_string().unwrap_or_default(),
        Expr::UnaryOp { op: sqlparser::ast::UnaryOperator::Minus, expr } => format!("_minus{}", value_name(expr)),
        other => other.to_string(),
    };
    if let Expr::TypedString(_) = expr { format!("_{}", text.replace('-', "_")) } else { text }
}
