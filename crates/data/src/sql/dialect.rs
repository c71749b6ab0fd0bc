//! BigQuery's grammar for the parser: its own BigQuery dialect, with the bit operators it lacks and BigQuery's order of
//! operators.

use std::any::TypeId;

use sqlparser::ast::Statement;
use sqlparser::dialect::{BigQueryDialect, Dialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

/// The dialect a statement is parsed in.
#[derive(Debug)]
pub(crate) struct Sql(BigQueryDialect);

impl Sql {
    pub(crate) fn new() -> Sql {
        Sql(BigQueryDialect {})
    }
}

/// Methods that the parser's BigQuery dialect answers.
macro_rules! as_bigquery {
    ($($name:ident),* $(,)?) => {
        $(fn $name(&self) -> bool {
            self.0.$name()
        })*
    };
}

impl Dialect for Sql {
    fn dialect(&self) -> TypeId {
        self.0.dialect()
    }

    fn parse_statement(&self, parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
        self.0.parse_statement(parser)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.0.is_delimited_identifier_start(ch)
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        self.0.identifier_quote_style(identifier)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.0.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.0.is_identifier_part(ch)
    }

    fn is_column_alias(&self, keyword: &Keyword, parser: &mut Parser) -> bool {
        self.0.is_column_alias(keyword, parser)
    }

    as_bigquery!(
        supports_projection_trailing_commas,
        supports_column_definition_trailing_commas,
        supports_triple_quoted_string,
        supports_window_function_null_treatment_arg,
        supports_string_literal_backslash_escape,
        supports_window_clause_named_window_reference,
        supports_parenthesized_set_variables,
        supports_select_wildcard_except,
        require_interval_qualifier,
        supports_struct_literal,
        supports_select_expr_star,
        supports_from_first_select,
        supports_execute_immediate,
        supports_table_versioning,
        supports_group_by_expr,
        supports_pipe_operator,
        supports_create_table_multi_schema_info_sources,
        supports_select_wildcard_replace,
        supports_comma_separated_trim,
    );

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    /// From strong to weak: `* / ||`, `+ -`, `<< >>`, `&`, `^`, `|`, comparisons
    /// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/operators>).
    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        match parser.peek_token_ref().token {
            Token::StringConcat => Some(Ok(40)),
            Token::ShiftLeft | Token::ShiftRight => Some(Ok(28)),
            Token::Ampersand => Some(Ok(27)),
            Token::Caret => Some(Ok(26)),
            Token::Pipe => Some(Ok(25)),
            _ => None,
        }
    }
}
