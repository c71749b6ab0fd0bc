//! A person's query, read to learn which tables it names, and handed to the engine with those names replaced.
//! One SELECT at a time; nothing else passes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use algomosaic_core::Problem;
use sqlparser::ast::{
    Ident, ObjectName, ObjectNamePart, Query, Statement, TableAlias, TableFactor, VisitMut as _, VisitorMut,
};
use sqlparser::dialect::BigQueryDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::Result;
use crate::table_name::TableName;

/// A query with its tables.
pub(crate) struct Resolved {
    /// The query in the engine's words; table `i` is called [`view`]`(i)`.
    pub(crate) sql: String,
    /// The tables it names.
    pub(crate) tables: Vec<TableName>,
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
    let mut statement = statement;
    let mut names = Names { project, dataset, with: BTreeSet::new(), tables: Vec::new() };
    if let ControlFlow::Break(problem) = statement.visit(&mut names) {
        return Err(problem.into());
    }
    let tables = names.tables;
    Ok(Resolved { sql: in_engine_quotes(&statement.to_string(), &dialect).map_err(refused)?, tables })
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
