//! BigQuery's grammar for the parser: its own BigQuery dialect, with the bit operators it lacks and BigQuery's order of
//! operators.

use std::any::TypeId;

use sqlparser::ast::{ArrayElemTypeDef, DataType, Expr, Statement};
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

    /// `ARRAY<STRUCT<…>>[…]`, which the parser lacks: given as CONVERT(type, array), which no text of BigQuery becomes.
    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let word = |place: usize, keyword: Keyword| matches!(&parser.peek_nth_token_ref(place).token, Token::Word(word) if word.quote_style.is_none() && word.keyword == keyword);
        let begins =
            word(0, Keyword::ARRAY) && parser.peek_nth_token_ref(1).token == Token::Lt && word(2, Keyword::STRUCT);
        begins.then(|| array_of_structs(parser))
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

fn array_of_structs(parser: &mut Parser) -> Result<Expr, ParserError> {
    let DataType::Array(ArrayElemTypeDef::AngleBracket(of)) = parser.parse_data_type()? else {
        return parser.expected_ref("ARRAY<STRUCT<…>>", parser.peek_token_ref());
    };
    parser.expect_token(&Token::LBracket)?;
    let array = Expr::Convert {
        is_try: false,
        expr: Box::new(parser.parse_array_expr(true)?),
        data_type: Some(*of),
        charset: None,
        target_before_value: true,
        styles: Vec::new(),
    };
    parser.parse_compound_expr(array, Vec::new())
}
