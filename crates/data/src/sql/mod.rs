//! BigQuery's SQL on the embedded engine.
//!
//! A statement is parsed, read against the tables it names (`analyse`), and said anew in the engine's words. Types are
//! known throughout, so that each function and operator is the one BigQuery means; what is not known is refused with its
//! line and column. Nothing of the person's text is handed on as it is.

mod aggregate;
mod alter;
mod analyse;
mod calls;
mod cast;
pub(crate) mod catalog;
mod compare;
mod dialect;
mod expr;
mod fault;
mod format;
mod from;
mod functions;
pub(crate) mod kind;
mod literal;
pub(crate) mod macros;
mod merge;
mod params;
mod query;
mod scope;
mod select;
mod statement;
mod stored;
mod term;
mod time;

use sqlparser::ast::Statement;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use algomosaic_core::Problem;

use crate::error::Result;

pub use fault::{SqlFault, fault_of};
pub use functions::{SqlFunction, functions};
pub use params::{SqlParams, SqlValue, fill, text_params};
pub use statement::StatementKind;
pub(crate) use statement::{Plan, There};

/// The longest statement that is read.
const LONGEST: usize = 1_000_000;

/// What relation `index` of a statement is called in the engine.
pub(crate) fn view(index: usize) -> String {
    format!("table_{index}")
}

/// Reads a statement against the tables it names.
pub(crate) fn plan(sql: &str, params: &SqlParams, catalog: &mut (dyn catalog::Catalog + Send)) -> Result<Plan> {
    if sql.len() > LONGEST {
        return Err(Problem::bad(
            "line 1, column 1: the statement is longer than a million bytes",
            "Put values into a table, and join it.",
        )
        .into());
    }
    // Deep statements need a deep stack; the thread's own is of unknown size.
    let work = || -> Result<Plan> {
        let statement = parse(sql)?;
        statement::read(&statement, sql, params, catalog)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("sql".to_owned()).stack_size(256 << 20).spawn_scoped(scope, work);
        match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| {
                Err(Problem::new(
                    algomosaic_core::Code::Internal,
                    "the statement could not be read",
                    "Please report it.",
                )
                .into())
            }),
            Err(error) => Err(Problem::new(
                algomosaic_core::Code::Internal,
                format!("no thread could be started: {error}"),
                "Close other programs.",
            )
            .into()),
        }
    })
}

/// One statement.
fn parse(sql: &str) -> Result<Statement> {
    let dialect = dialect::Sql::new();
    let mut tokens = Tokenizer::new(&dialect, sql)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| unreadable(sql, &error.to_string()))?;
    after_safe(&mut tokens);
    copied(&mut tokens);
    refuse_x_quoted(sql, &tokens)?;
    let mut statements = Parser::new(&dialect)
        .with_recursion_limit(150)
        .with_options(ParserOptions::new().with_unescape(false))
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| unreadable(sql, &error.to_string()))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (None, _) => Err(Problem::bad("line 1, column 1: the statement is empty", "Write a SELECT.").into()),
        (Some(_), false) => {
            Err(Problem::bad("line 1, column 1: there is more than one statement", "Run one statement at a time.")
                .into())
        }
    }
}

/// `SAFE.SUBSTR` is a name, though SUBSTR alone is a word of the parser's grammar.
fn after_safe(tokens: &mut [TokenWithSpan]) {
    for index in 2..tokens.len() {
        let is_safe = matches!(&tokens[index - 2].token, Token::Word(word) if word.value.eq_ignore_ascii_case("SAFE"));
        if is_safe
            && tokens[index - 1].token == Token::Period
            && let Token::Word(word) = &mut tokens[index].token
        {
            word.keyword = Keyword::NoKeyword;
        }
    }
}

/// `CREATE TABLE a COPY b` as the parser knows it: CLONE, which gives the same table.
fn copied(tokens: &mut [TokenWithSpan]) {
    let mut words = tokens.iter_mut().filter_map(|token| match &mut token.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word),
        _ => None,
    });
    if words.next().is_none_or(|word| word.keyword != Keyword::CREATE) {
        return;
    }
    let copy = words.take_while(|word| word.keyword != Keyword::AS).find(|word| word.keyword == Keyword::COPY);
    if let Some(word) = copy {
        word.keyword = Keyword::CLONE;
    }
}

/// `X'FF'` is of other dialects; the parser takes it for `0xFF`.
fn refuse_x_quoted(sql: &str, tokens: &[TokenWithSpan]) -> Result<()> {
    for token in tokens.iter().filter(|token| matches!(token.token, Token::HexStringLiteral(_))) {
        let at = token.span.start;
        let line = sql.split('\n').nth(usize::try_from(at.line).unwrap_or(1).saturating_sub(1)).unwrap_or_default();
        let first = line.chars().nth(usize::try_from(at.column).unwrap_or(1).saturating_sub(1));
        if first != Some('0') {
            let message = fault::located(at, "a literal X'…' is not supported here");
            return Err(Problem::bad(message, "Write 0xFF for a number, b'\\xFF' for bytes.").into());
        }
    }
    Ok(())
}

/// The parser's message with its place in front.
fn unreadable(sql: &str, message: &str) -> Problem {
    let message = message.trim_start_matches("sql parser error: ");
    let (text, at) = match message.rsplit_once(" at Line: ") {
        Some((text, place)) => {
            let mut numbers = place.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
            let line = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(1);
            let column = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(1);
            (text, Location { line, column })
        }
        None => (message, Location { line: 1, column: 1 }),
    };
    let text = match text {
        "recursion limit exceeded" => "it is nested too deeply".to_owned(),
        text => text
            .replace("Expected: ", "expected ")
            .replace(", found: EOF", ", and it ends here")
            .replace(", found: ", ", found "),
    };
    let first = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    if let Some(word) = statement::refused_word(&first) {
        return Problem::bad(
            fault::located(Location { line: 1, column: 1 }, &format!("{word} is not supported here")),
            statement::KINDS_HINT,
        );
    }
    Problem::bad(fault::located(at, &format!("the statement cannot be read: {text}")), "Correct it there.")
}
