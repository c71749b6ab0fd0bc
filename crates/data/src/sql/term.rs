//! A part of a statement as the engine is told it, with what is known of it: its type, and how far it looks ahead.

use sqlparser::tokenizer::Span;

use crate::sql::fault::{Read, wrong};
use crate::sql::kind::Kind;

/// What an expression is written as, where that decides what it may become.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// Anything that is computed.
    Computed,
    /// A column of a table or of a query, as it is.
    Column,
    /// A whole number in the text.
    Int(i64),
    /// A number with a point or an exponent in the text.
    Float(String),
    /// A text.
    Text(String),
    /// A parameter, which coerces as a text in its place would.
    Param,
}

/// An expression in the engine's words. The text stands alone: it is in parentheses where it needs them.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) sql: String,
    pub(crate) kind: Kind,
    pub(crate) form: Form,
    /// How many rows ahead it looks: 0 for what was known at its row.
    pub(crate) ahead: u32,
    /// An aggregate outside a window is in it.
    pub(crate) aggregates: bool,
    /// A window function is in it.
    pub(crate) windowed: bool,
    /// A subquery is in it.
    pub(crate) has_query: bool,
    /// Columns that stand outside aggregates: of which scope, in the engine's words, and where.
    pub(crate) free: Vec<(usize, String, Span)>,
    /// Where it stands in the text.
    pub(crate) at: Span,
}

impl Term {
    pub(crate) fn new(at: Span, sql: impl Into<String>, kind: Kind) -> Term {
        Term {
            sql: sql.into(),
            kind,
            form: Form::Computed,
            ahead: 0,
            aggregates: false,
            windowed: false,
            has_query: false,
            free: Vec::new(),
            at,
        }
    }

    /// A term made of others: it looks as far ahead as they do.
    pub(crate) fn from(at: Span, sql: impl Into<String>, kind: Kind, parts: &[&Term]) -> Term {
        let mut term = Term::new(at, sql, kind);
        for part in parts {
            term.take(part);
        }
        term
    }

    /// Notes what another term brings into this one.
    pub(crate) fn take(&mut self, part: &Term) {
        self.ahead = self.ahead.max(part.ahead);
        self.aggregates |= part.aggregates;
        self.windowed |= part.windowed;
        self.has_query |= part.has_query;
        self.free.extend(part.free.iter().cloned());
    }

    /// The same facts with another text and type.
    pub(crate) fn with(&self, sql: impl Into<String>, kind: Kind) -> Term {
        Term { sql: sql.into(), kind, form: Form::Computed, ..self.clone() }
    }

    /// What it is called in a message.
    pub(crate) fn called(&self) -> String {
        self.kind.to_string()
    }
}

/// What a failing value becomes: an error of the engine with our words, or NULL below `SAFE.`.
pub(crate) fn failure(safe: bool, message: &str) -> String {
    if safe { "NULL".to_owned() } else { format!("error({})", crate::engine::quoted(&format!("{OURS}{message}"))) }
}

/// The failure of a date or a time that BigQuery lacks. A cast that fails, since `error` is never folded, and a condition
/// such as `date > DATE_SUB('2026-01-31', INTERVAL 1 DAY)` that is not folded skips no part of a table.
pub(crate) fn out_of_years(safe: bool, engine: &str) -> String {
    if safe { "NULL".to_owned() } else { format!("CAST('{OURS}the value is outside the years 1 to 9999' AS {engine})") }
}

/// Marks a message of ours within an error of the engine.
pub(crate) const OURS: &str = "~";

/// Refuses a term of another type.
pub(crate) fn expect(term: &Term, kind: &Kind, what: &str) -> Read<()> {
    if term.kind == *kind || term.kind == Kind::Null {
        return Ok(());
    }
    Err(wrong(
        term.at,
        format!("{what} must be {kind}, and this is {}", term.kind),
        format!("Give it {}, or cast it: CAST(… AS {kind}).", kind.with_article()),
    ))
}
