//! A failure as people and programs read it: a code to branch on, a sentence, and the next step.

use serde::{Deserialize, Serialize};

/// What kind of failure it was. The window branches on it, and the command line turns it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub enum Code {
    /// A bug of ours: something that no input should be able to cause.
    Internal,
    /// The command or the request itself is malformed.
    Usage,
    /// A file, table, recipe or value breaks a rule.
    BadInput,
    /// Something named does not exist.
    NotFound,
    /// It exists already, and the request did not say to append or replace.
    AlreadyExists,
    /// Credentials are missing or refused, or the file system refuses.
    Permission,
    /// A remote service failed.
    Remote,
    /// The disk is full.
    NoSpace,
    /// The workspace was written by a newer version.
    TooNew,
    /// The person stopped it.
    Cancelled,
}

impl Code {
    /// The exit code of `algom`.
    pub const fn exit(self) -> u8 {
        match self {
            Code::Internal => 1,
            Code::Usage => 2,
            Code::BadInput | Code::AlreadyExists | Code::TooNew | Code::NoSpace => 3,
            Code::NotFound => 4,
            Code::Permission => 5,
            Code::Remote => 6,
            Code::Cancelled => 130,
        }
    }
}

/// A failure in three lines: what happened to what (`message`, which also names the rule), and what to do next (`hint`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What kind of failure.
    pub code: Code,
    /// One sentence: which value, which rule.
    pub message: String,
    /// One sentence: the next step. Empty when there is none to give.
    pub hint: String,
}

impl Problem {
    /// A problem with its next step.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Problem { code, message: message.into(), hint: hint.into() }
    }

    /// Bad input, the most common problem.
    pub fn bad(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Problem::new(Code::BadInput, message, hint)
    }

    /// Something named that is not there.
    pub fn not_found(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Problem::new(Code::NotFound, message, hint)
    }
}

/// What is wrong at a place of a file that a person wrote, said with its line: `line 4: expected a number`. `at` counts
/// bytes from the start.
pub fn in_line(text: &str, at: Option<usize>, what: &str) -> String {
    let what = what.trim().replace('\n', "; ");
    match at.and_then(|at| text.get(..at)) {
        Some(before) => format!("line {}: {what}", before.matches('\n').count() + 1),
        None => what,
    }
}

impl From<crate::Cancelled> for Problem {
    fn from(_: crate::Cancelled) -> Self {
        Problem::new(Code::Cancelled, "cancelled; nothing was written", "")
    }
}
