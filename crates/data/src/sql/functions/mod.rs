//! The functions a statement may call, one declaration each: name, signature, help, and how the engine is told.
//! What is not declared here is refused.

mod aggregates;
mod arrays;
mod dates;
mod hashes;
mod json;
mod maths;
mod strings;
mod syntax;
mod windows;

use sqlparser::ast::Expr;
use sqlparser::tokenizer::Span;

use crate::sql::analyse::Analyser;
use crate::sql::fault::Read;
use crate::sql::kind::Kind;
use crate::sql::term::Term;

/// A function as completion and help show it.
#[derive(Debug, Clone, Copy)]
pub struct SqlFunction {
    /// Its name, in capitals.
    pub name: &'static str,
    /// How it is called: `DATE_TRUNC(date DATE, part PART) -> DATE`. Square brackets stand around what may be left out.
    pub signature: &'static str,
    /// One line on what it gives.
    pub help: &'static str,
    pub(crate) rule: Rule,
}

/// How the engine is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// A text with `{0}`, `{1}` … for the arguments, `{*}` for all of them, `{fail:message}` and `{years:type}`.
    Sql(&'static str),
    /// An aggregate: `{distinct}`, `{order}`, `{filter}` and `{over}` stand where the engine wants them.
    Aggregate(&'static str),
    /// A function of windows only.
    Window(&'static str),
    /// A rule of its own.
    Own(fn(&mut Analyser<'_>, &Call<'_>) -> Read<Term>),
    /// An aggregate with a rule of its own, in `aggregate.rs`.
    Special,
    /// Written as an expression of its own, such as CAST; declared for completion.
    Syntax,
}

/// A call of a function with a rule of its own.
pub(crate) struct Call<'c> {
    pub(crate) name: &'static str,
    pub(crate) at: Span,
    /// The arguments as they are written; a call the parser gives another form has none.
    pub(crate) exprs: Vec<&'c Expr>,
    /// The arguments; those that are date parts are placeholders.
    pub(crate) terms: Vec<Term>,
}

impl Call<'_> {
    /// The answer, made of the arguments.
    pub(crate) fn gives(&self, sql: impl Into<String>, kind: Kind) -> Term {
        Term::from(self.at, sql, kind, &self.terms.iter().collect::<Vec<_>>())
    }

    pub(crate) fn sql(&self, index: usize) -> &str {
        self.terms.get(index).map_or("NULL", |term| term.sql.as_str())
    }

    pub(crate) fn kind(&self, index: usize) -> &Kind {
        self.terms.get(index).map_or(&Kind::Null, |term| &term.kind)
    }
}

const fn f(name: &'static str, signature: &'static str, help: &'static str, rule: Rule) -> SqlFunction {
    SqlFunction { name, signature, help, rule }
}

const GROUPS: &[&[SqlFunction]] = &[
    aggregates::FUNCTIONS,
    windows::FUNCTIONS,
    maths::FUNCTIONS,
    strings::FUNCTIONS,
    dates::FUNCTIONS,
    arrays::FUNCTIONS,
    json::FUNCTIONS,
    hashes::FUNCTIONS,
    syntax::FUNCTIONS,
];

/// Every function that can be called, sorted by name; one that takes different types has an entry for each.
pub fn functions() -> &'static [SqlFunction] {
    static ALL: std::sync::LazyLock<Vec<SqlFunction>> = std::sync::LazyLock::new(|| {
        let mut all: Vec<SqlFunction> = GROUPS.iter().flat_map(|group| group.iter().copied()).collect();
        all.sort_by_key(|function| function.name);
        all
    });
    &ALL
}

/// The entries of a name, in the order they are declared.
pub(crate) fn named(name: &str) -> Vec<&'static SqlFunction> {
    GROUPS.iter().flat_map(|group| group.iter()).filter(|function| function.name == name).collect()
}
