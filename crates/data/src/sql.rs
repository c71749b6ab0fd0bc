//! A person's query, read to learn which tables it names, and handed to the engine with those names replaced.
//! One SELECT at a time; nothing else passes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use algomosaic_core::Problem;
use sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, SelectItem, SetExpr, Statement, TableAlias, TableFactor,
    VisitMut as _, VisitorMut,
};
use sqlparser::dialect::BigQueryDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::Result;
use crate::schema::Marks;
use crate::table_name::TableName;

/// A query with its tables.
pub(crate) struct Resolved {
    /// The query in the engine's words; table `i` is called [`view`]`(i)`.
    pub(crate) sql: String,
    /// The tables it names.
    pub(crate) tables: Vec<TableName>,
    /// Columns of the result that are a table's own, under its own name; `None` where the query is more than a plain
    /// SELECT from tables.
    pub(crate) own: Option<Own>,
    /// The words of the query, in lower case.
    pub(crate) words: BTreeSet<String>,
}

/// Columns that a plain SELECT takes as they are.
pub(crate) struct Own {
    /// By name, in lower case.
    pub(crate) named: BTreeSet<String>,
    /// `*`: every column of the tables.
    pub(crate) all: bool,
}

/// Words by which a query reads rows that come later.
const LATER: &[&str] = &["lead", "following", "last_value", "nth_value", "first_value", "desc"];

impl Resolved {
    /// How far the columns of the result look ahead, given the marks of the tables' columns. A column that is a table's own
    /// keeps its mark. One that is computed gets the greatest horizon when the query names a marked column, or reads later
    /// rows: it may look ahead, and is kept from the features rather than trusted.
    pub(crate) fn marks(&self, marks: &Marks, columns: &[&str], of_tables: &BTreeSet<String>) -> Marks {
        let Some(horizon) = marks.values().copied().max() else { return Marks::new() };
        let looks_ahead = marks.keys().any(|name| self.words.contains(&name.to_lowercase()))
            || LATER.iter().any(|word| self.words.contains(*word));
        let mut found = Marks::new();
        for column in columns {
            let folded = column.to_lowercase();
            let is_own = match &self.own {
                Some(own) => own.named.contains(&folded) || (own.all && of_tables.contains(&folded)),
                None => of_tables.contains(&folded),
            };
            let own_mark = marks.iter().find(|(name, _)| name.to_lowercase() == folded).map(|(_, horizon)| *horizon);
            if let Some(horizon) = own_mark.or_else(|| (!is_own && looks_ahead).then_some(horizon)) {
                found.insert((*column).to_owned(), horizon);
            }
        }
        found
    }
}

/// What table `index` of a query is called in the engine.
pub(crate) fn view(index: usize) -> String {
    format!("table_{index}")
}

/// Reads a query. Names are completed with the project and the dataset.
pub(crate) fn resolve(sql: &str, project: &str, dataset: &str) -> Result<Resolved> {
    let dialect = BigQueryDialect {};
    let refused = |error: String| Problem::bad(format!("the query cannot be read: {error}"), "Correct it there.");
    let mut statements = Parser::new(&dialect)
        .with_recursion_limit(200)
        .try_with_sql(sql)
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| refused(error.to_string().replace("sql parser error: ", "")))?;
    let statement = match (statements.pop(), statements.is_empty()) {
        (Some(statement @ Statement::Query(_)), true) => statement,
        (None, _) => return Err(Problem::bad("the query is empty", "Write a SELECT.").into()),
        (Some(_), true) => {
            return Err(Problem::bad(
                "only SELECT can be run here",
                "Write one SELECT; tables are made by import and features.",
            )
            .into());
        }
        (Some(_), false) => {
            return Err(Problem::bad("there is more than one statement", "Run one SELECT at a time.").into());
        }
    };
    let own = own_columns(&statement);
    let words = Tokenizer::new(&dialect, sql).tokenize().map_err(|error| refused(error.to_string()))?;
    let words = words.into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.value.to_lowercase()),
        _ => None,
    });
    let words = words.collect();
    let mut statement = statement;
    let mut names = Names { project, dataset, with: BTreeSet::new(), tables: Vec::new() };
    if let ControlFlow::Break(problem) = statement.visit(&mut names) {
        return Err(problem.into());
    }
    let tables = names.tables;
    Ok(Resolved { sql: in_engine_quotes(&statement.to_string(), &dialect).map_err(refused)?, tables, own, words })
}

/// The columns a plain SELECT from tables takes as they are.
fn own_columns(statement: &Statement) -> Option<Own> {
    let Statement::Query(query) = statement else { return None };
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let plain = |factor: &TableFactor| matches!(factor, TableFactor::Table { .. });
    let from_tables =
        select.from.iter().all(|from| plain(&from.relation) && from.joins.iter().all(|join| plain(&join.relation)));
    if query.with.is_some() || !from_tables {
        return None;
    }
    let column = |expr: &Expr| match expr {
        Expr::Identifier(name) => Some(name.value.to_lowercase()),
        Expr::CompoundIdentifier(parts) => parts.last().map(|name| name.value.to_lowercase()),
        _ => None,
    };
    let mut own = Own { named: BTreeSet::new(), all: false };
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) => own.named.extend(column(expr)),
            SelectItem::ExprWithAlias { expr, alias } => {
                own.named.extend(column(expr).filter(|name| *name == alias.value.to_lowercase()));
            }
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => own.all = true,
            _ => {}
        }
    }
    Some(own)
}

struct Names<'a> {
    project: &'a str,
    dataset: &'a str,
    with: BTreeSet<String>,
    tables: Vec<TableName>,
}

impl VisitorMut for Names<'_> {
    type Break = Problem;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Problem> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.with.insert(table.alias.name.value.to_lowercase());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Problem> {
        let TableFactor::Table { name, alias, args, .. } = factor else { return ControlFlow::Continue(()) };
        if args.is_some() {
            let function = name.to_string();
            return ControlFlow::Break(Problem::bad(
                format!("the table function {function} cannot be used here"),
                "Import the file first, then name its table.",
            ));
        }
        let parts: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.clone()).collect();
        let full = parts.join(".");
        if !full.contains('.') && self.with.contains(&full.to_lowercase()) {
            return ControlFlow::Continue(());
        }
        let table = match TableName::parse(&full, self.project, self.dataset) {
            Ok(table) => table,
            Err(problem) => return ControlFlow::Break(problem),
        };
        if alias.is_none() {
            *alias = Some(TableAlias {
                explicit: true,
                name: Ident::with_quote('`', &table.table),
                columns: Vec::new(),
                at: None,
            });
        }
        let index = self.tables.iter().position(|known| *known == table).unwrap_or_else(|| {
            self.tables.push(table);
            self.tables.len() - 1
        });
        *name = ObjectName(vec![ObjectNamePart::Identifier(Ident::new(view(index)))]);
        ControlFlow::Continue(())
    }
}

/// BigQuery quotes names with backticks and text with either quote; the engine names with `"` and text with `'`.
fn in_engine_quotes(sql: &str, dialect: &BigQueryDialect) -> std::result::Result<String, String> {
    let tokens = Tokenizer::new(dialect, sql).with_unescape(false).tokenize().map_err(|error| error.to_string())?;
    Ok(tokens
        .into_iter()
        .map(|token| match token {
            Token::Word(word) if word.quote_style == Some('`') => format!("\"{}\"", word.value.replace('"', "\"\"")),
            Token::DoubleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
            other => other.to_string(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &str, tables: &[&str]) {
        let resolved = resolve(sql, "local", "main").unwrap();
        assert_eq!(resolved.sql, expected);
        assert_eq!(resolved.tables.iter().map(ToString::to_string).collect::<Vec<_>>(), tables);
    }

    #[test]
    fn table_names_are_found_and_replaced() {
        check(
            "select `a b`, 'x' from market.bars",
            "SELECT \"a b\", 'x' FROM table_0 AS \"bars\"",
            &["local.market.bars"],
        );
        check(
            "WITH t AS (SELECT 1 AS x FROM bars b) SELECT * FROM t JOIN `p.d.bars` ON t.x = bars.x",
            "WITH t AS (SELECT 1 AS x FROM table_0 b) SELECT * FROM t JOIN table_1 AS \"bars\" ON t.x = bars.x",
            &["local.main.bars", "p.d.bars"],
        );
    }

    #[test]
    fn what_is_computed_from_a_label_or_from_later_rows_is_a_label() {
        let marks = Marks::from([("ROR_n10".to_owned(), 10)]);
        let of_tables = ["close", "aror_5", "ror_n10"].map(str::to_owned).into();
        for (sql, columns, expected) in [
            ("SELECT * FROM t", vec!["close", "AROR_5", "ROR_n10"], vec!["ROR_n10"]),
            ("SELECT close, ROR_n10 AS leak FROM t", vec!["close", "leak"], vec!["leak"]),
            (
                "SELECT *, ror_n10 * 2 AS leak FROM t",
                vec!["close", "AROR_5", "ROR_n10", "leak"],
                vec!["ROR_n10", "leak"],
            ),
            ("SELECT close, ROR_n10 AS AROR_5 FROM t", vec!["close", "AROR_5"], vec!["AROR_5"]),
            ("SELECT close, LEAD(close, 10) OVER (ORDER BY x) AS leak FROM t", vec!["close", "leak"], vec!["leak"]),
            ("SELECT x AS leak FROM (SELECT ROR_n10 AS x FROM t)", vec!["leak"], vec!["leak"]),
            ("SELECT close, close * 2 AS fine FROM t", vec!["close", "fine"], vec![]),
        ] {
            let found = resolve(sql, "local", "main").unwrap().marks(&marks, &columns, &of_tables);
            assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{sql}");
        }
    }

    #[test]
    fn whatever_is_not_one_select_is_refused() {
        for sql in [
            "",
            "DROP TABLE x",
            "SELECT 1; SELECT 2",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT FROM WHERE",
            "COPY x TO 'y'",
        ] {
            assert!(resolve(sql, "local", "main").is_err(), "{sql}");
        }
    }
}
