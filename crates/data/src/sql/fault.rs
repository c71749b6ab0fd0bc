//! What is wrong with a statement, and where in its text.

use algomosaic_core::{Code, Problem, names};
use sqlparser::tokenizer::{Location, Span};

/// Where in a statement's text something is wrong; both count from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlFault {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// The place a problem names: every problem of a statement's text begins `line L, column C: `.
pub fn fault_of(problem: &Problem) -> Option<SqlFault> {
    let rest = problem.message.strip_prefix("line ")?;
    let (line, rest) = rest.split_once(", column ")?;
    let (column, _) = rest.split_once(": ")?;
    Some(SqlFault { line: line.parse().ok()?, column: column.parse().ok()? })
}

/// A statement that cannot be run, and why. Small, since every step of reading a statement may return one.
#[derive(Debug)]
pub(crate) struct Fault(pub(crate) Box<Problem>);

/// The result of reading a part of a statement.
pub(crate) type Read<T> = std::result::Result<T, Fault>;

impl From<Fault> for crate::error::Error {
    fn from(fault: Fault) -> Self {
        (*fault.0).into()
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Fault(Box::new(problem))
    }
}

impl From<crate::error::Error> for Fault {
    fn from(error: crate::error::Error) -> Self {
        Problem::from(error).into()
    }
}

/// A message with its place. A place the parser does not know is the start.
pub(crate) fn located(at: Location, message: &str) -> String {
    format!("line {}, column {}: {message}", at.line.max(1), at.column.max(1))
}

/// Something a statement says that cannot be.
pub(crate) fn wrong(at: Span, message: impl AsRef<str>, hint: impl Into<String>) -> Fault {
    Problem::bad(located(at.start, message.as_ref()), hint).into()
}

/// Something BigQuery has and this does not.
pub(crate) fn unsupported(at: Span, what: impl AsRef<str>) -> Fault {
    wrong(at, format!("{} is not supported here", what.as_ref()), "docs/sql.md lists what is.")
}

/// Something named that is not there, with the nearest name.
pub(crate) fn missing<'a>(
    at: Span,
    message: impl AsRef<str>,
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> Fault {
    let (message, hint) = match names::nearest(wanted, known) {
        Some(name) => (format!("{}; did you mean {name}?", message.as_ref()), "Correct the name.".to_owned()),
        None => (message.as_ref().to_owned(), otherwise.to_owned()),
    };
    Problem::bad(located(at.start, &message), hint).into()
}

/// A problem that came without a place, such as a table that is not there.
pub(crate) fn placed(at: Span, problem: Problem) -> Fault {
    match problem.code {
        Code::Internal => problem.into(),
        code => Problem::new(code, located(at.start, &problem.message), problem.hint).into(),
    }
}
