//! The commands, one a file: arguments to a request, a document to text.

pub(crate) mod backtest;
pub(crate) mod chart;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod features;
pub(crate) mod import;
pub(crate) mod indicators;
pub(crate) mod init;
pub(crate) mod jobs;
pub(crate) mod models;
pub(crate) mod predict;
pub(crate) mod profile;
pub(crate) mod query;
pub(crate) mod tables;
pub(crate) mod train;
pub(crate) mod transfer;

use std::path::{Path, PathBuf};

use algomosaic_api::{App, Code, Finished, Problem, Request, Role, Settings};

use crate::args::Args;
use crate::output::Output;
use crate::progress::with_job;

/// The application, and how the person wants to hear from it.
pub(crate) struct Session<'a> {
    pub(crate) app: App,
    pub(crate) output: &'a Output,
    workspace: Option<PathBuf>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(args: &Args, output: &'a Output) -> Result<Session<'a>, Problem> {
        Ok(Session { app: App::new(Settings::of_user()?, Role::Guest), output, workspace: args.workspace.clone() })
    }

    /// The workspace that was named.
    pub(crate) fn named(&self) -> Option<&Path> {
        self.workspace.as_deref()
    }

    /// Opens the workspace that was named, or the one this folder is in.
    pub(crate) fn open(&self) -> Result<&App, Problem> {
        let found = match &self.workspace {
            Some(path) => path.clone(),
            None => enclosing().ok_or_else(|| {
                Problem::new(
                    Code::NotFound,
                    "no workspace is named, and this folder is in none",
                    "Name one (--workspace DIR), or make one (algom init DIR).",
                )
            })?,
        };
        self.app.open_workspace(&found)?;
        Ok(&self.app)
    }

    /// Runs a request with its progress on standard error.
    pub(crate) fn run(&self, request: &Request) -> Result<Finished, Problem> {
        with_job(self.output, |job| self.app.run(request, job))
    }
}

fn enclosing() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find(|folder| folder.join("algomosaic.toml").exists()).map(Path::to_owned)
}

/// A file of the person's, as text.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    algomosaic_api::read_text(path)
}

/// An operation answered with another's document, which cannot be.
pub(crate) fn unexpected() -> Problem {
    Problem::new(Code::Internal, "the operation gave another result than was asked for", "Please report this.")
}
