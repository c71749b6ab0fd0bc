//! What goes to standard output and standard error. A reader that went away is no failure.

use std::io::{self, Write};
use std::process::ExitCode;

use algomosaic_api::{Code, Problem};
use serde::Serialize;
use serde_json::json;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON document.
    pub(crate) json: bool,
    /// Errors only.
    pub(crate) quiet: bool,
}

impl Output {
    /// Prints the document, as JSON or in words.
    pub(crate) fn document<T: Serialize>(
        &self,
        document: &T,
        words: impl FnOnce() -> String,
    ) -> Result<ExitCode, Problem> {
        let text = if self.json {
            let json = serde_json::to_string_pretty(document);
            json.map_err(|error| {
                Problem::new(
                    Code::Internal,
                    format!("the result cannot be written as JSON: {error}"),
                    "Please report this.",
                )
            })?
        } else if self.quiet {
            return Ok(ExitCode::SUCCESS);
        } else {
            words()
        };
        let mut out = io::stdout().lock();
        match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(error) => Err(Problem::new(Code::Internal, format!("the result cannot be printed: {error}"), "")),
        }
    }

    /// Prints an error: what happened to what, the rule it broke, what to do next. Returns its exit code.
    pub(crate) fn problem(&self, problem: &Problem) -> ExitCode {
        if self.json {
            let _ = writeln!(io::stdout(), "{}", json!({"error": problem}));
        }
        let one_line = |text: &str| text.replace('\n', " ");
        let _ = writeln!(io::stderr(), "error: {}", one_line(&problem.message));
        if !problem.hint.is_empty() {
            let _ = writeln!(io::stderr(), "hint: {}", one_line(&problem.hint));
        }
        ExitCode::from(problem.code.exit())
    }

    /// Prints what a person must know beside the document, to standard error, however quiet it is to be.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "note: {}", text.replace('\n', " "));
    }

    /// Whether progress is wanted.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet
    }
}
