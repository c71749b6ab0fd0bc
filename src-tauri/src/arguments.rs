//! What the program is told when it starts. For anything more than opening a workspace there is `algom`.

use std::ffi::OsString;
use std::path::PathBuf;

use algomosaic_api::{Code, Problem, VERSION};

const USAGE: &str = "algomosaic [--workspace DIR | --sample]\n\
     Opens the window of algoMosaic: on the workspace DIR, on the sample (made where it is missing), or on the Start\n\
     page. Headless work is done by `algom`.";

/// What the window shows first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// The Start page, no workspace open.
    Start,
    /// A workspace.
    Workspace(PathBuf),
    /// The sample workspace.
    Sample,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Open the window.
    Open(First),
    /// Print this and end.
    Say(String),
}

impl Arguments {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(given: impl IntoIterator<Item = OsString>) -> Result<Arguments, Problem> {
        let mut given = given.into_iter();
        let mut first = First::Start;
        while let Some(argument) = given.next() {
            match argument.to_str() {
                Some("--help" | "-h") => return Ok(Arguments::Say(USAGE.to_owned())),
                Some("--version" | "-V") => return Ok(Arguments::Say(format!("algomosaic {VERSION}"))),
                Some("--sample") => first = First::Sample,
                Some("--workspace") => match given.next() {
                    Some(folder) => first = First::Workspace(PathBuf::from(folder)),
                    None => return Err(wrong("--workspace names no folder")),
                },
                Some(text) if text.starts_with("--workspace=") => {
                    first = First::Workspace(PathBuf::from(text.trim_start_matches("--workspace=")));
                }
                _ => return Err(wrong(&format!("there is no argument {}", argument.to_string_lossy()))),
            }
        }
        Ok(Arguments::Open(first))
    }
}

fn wrong(message: &str) -> Problem {
    Problem::new(Code::Usage, message, "Use `algomosaic [--workspace DIR | --sample]`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(given: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(given.iter().map(OsString::from)).map_err(|problem| problem.message)
    }

    #[test]
    fn a_workspace_or_the_sample_may_be_named_and_nothing_else() {
        let open = |folder: &str| Ok(Arguments::Open(First::Workspace(PathBuf::from(folder))));
        assert_eq!(parse(&[]), Ok(Arguments::Open(First::Start)));
        assert_eq!(parse(&["--sample"]), Ok(Arguments::Open(First::Sample)));
        assert_eq!(parse(&["--workspace", "a b"]), open("a b"));
        assert_eq!(parse(&["--workspace=a"]), open("a"));
        assert_eq!(parse(&["--workspace"]), Err("--workspace names no folder".to_owned()));
        assert_eq!(parse(&["demo"]), Err("there is no argument demo".to_owned()));
        assert_eq!(parse(&["--version"]), Ok(Arguments::Say(format!("algomosaic {VERSION}"))));
    }
}
