//! What the tests of the whole share: running `algom`, a workspace with the sample, reading its JSON.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// `algom` with a home of its own, so that nothing of the person's is touched.
pub(crate) fn algom(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_algom"));
    command.env("ALGOMOSAIC_HOME", home.join("home")).env_remove("ALGOMOSAIC_WORKSPACE").current_dir(home);
    command
}

/// A temporary folder with an empty workspace `w` in it.
pub(crate) fn workspace() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let made = algom(home.path()).args(["init", "w"]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    home
}

/// A temporary folder with a workspace `w` that holds the sample.
pub(crate) fn sample() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let made = algom(home.path()).args(["init", "w", "--sample"]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    home
}

/// Runs `algom -w w` with arguments.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> Output {
    algom(home).args(["--quiet", "-w", "w"]).args(arguments).output().unwrap()
}

/// Runs `algom -w w --json` with arguments and reads the document. It must succeed.
pub(crate) fn json(home: &Path, arguments: &[&str]) -> Value {
    let output = algom(home).args(["--quiet", "--json", "-w", "w"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The rows of a query.
pub(crate) fn rows(home: &Path, sql: &str) -> Vec<Vec<Value>> {
    serde_json::from_value(json(home, &["query", sql])["rows"].clone()).unwrap()
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Every file below a folder, relative to it.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
