//! The shape of the project, held by a test: which crate may use which, and what stays out of where.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

#[path = "../support/mod.rs"]
mod support;

/// Crate to the crates of ours it may use, as ARCHITECTURE.md has it.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("indicators", &["core"]),
    ("trees", &["core"]),
    ("features", &["core", "indicators"]),
    ("model", &["core", "features", "trees"]),
    ("backtest", &["core", "features", "model"]),
    ("data", &["core", "cloud"]),
    ("charts", &["core", "features", "model", "backtest"]),
    ("cloud", &["core"]),
    ("api", &["core", "indicators", "features", "model", "backtest", "data", "charts", "cloud"]),
    ("cli", &["core", "api"]),
    ("desktop", &["api"]),
];

/// Libraries and the only crates of ours that may name them.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("duckdb", &["data"]),
    ("arrow", &["data", "cloud"]),
    ("sqlparser", &["data", "features"]),
    ("linfa", &["model"]),
    ("linfa-linear", &["model"]),
    ("ndarray", &["model"]),
    ("plotters", &["charts"]),
    ("tokio", &["api", "cloud"]),
    ("reqwest", &["cloud"]),
    ("tonic", &["cloud"]),
    ("keyring", &["cloud"]),
    ("oauth2", &["cloud"]),
    ("yup-oauth2", &[]),
    ("gcp-bigquery-client", &["cloud"]),
    ("google-cloud-storage", &["cloud"]),
    ("google-cloud-auth", &["cloud"]),
    ("clap", &["cli"]),
    ("tauri", &["desktop"]),
    ("polars", &["features", "model", "backtest", "data", "api", "cli"]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(support::project())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", support::text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Each crate of ours with the names of what it depends on directly (not for its tests).
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let mut all = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap().trim_start_matches("algomosaic-").to_owned();
        let uses = package["dependencies"].as_array().unwrap();
        let uses = uses.iter().filter(|dependency| dependency["kind"] != "dev");
        all.insert(name, uses.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect());
    }
    all
}

#[test]
fn crates_use_only_what_lies_before_them() {
    let all = dependencies();
    let known: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert_eq!(all.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "a crate is missing from the list");
    for (name, allowed) in MAY_USE {
        for used in all[*name].iter().filter_map(|used| used.strip_prefix("algomosaic-")) {
            assert!(allowed.contains(&used), "{name} uses {used}");
        }
    }
}

#[test]
fn libraries_stay_in_the_crates_that_keep_them() {
    for (name, uses) in dependencies() {
        for (library, allowed) in KEPT_TO {
            assert!(!uses.contains(*library) || allowed.contains(&name.as_str()), "{name} uses {library}");
        }
    }
}

/// Everything a package pulls in, however far.
fn tree(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-e", "normal", "--prefix", "none", "-f", "{p}", "-p", package])
        .current_dir(support::project())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", support::text(&output.stderr));
    support::text(&output.stdout).lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_command_line_has_no_window_in_it() {
    let found = tree("algomosaic-cli");
    assert!(found.contains("duckdb"), "the tree is read");
    for library in ["tauri", "wry", "gtk"] {
        assert!(!found.contains(library), "{library}");
    }
}

// Polars itself brings tokio, so its absence can be asked only of what comes before Polars.
#[test]
fn calculation_reaches_no_network_disk_engine_or_keyring() {
    for package in ["algomosaic-indicators", "algomosaic-features", "algomosaic-model", "algomosaic-backtest"] {
        let found = tree(package);
        for library in ["duckdb", "reqwest", "hyper", "keyring", "tauri", "algomosaic-cloud"] {
            assert!(!found.contains(library), "{package} reaches {library}");
        }
    }
    let indicators = tree("algomosaic-indicators");
    for library in ["polars", "tokio", "rayon"] {
        assert!(!indicators.contains(library), "indicators reaches {library}");
    }
    let trees = tree("algomosaic-trees");
    for library in ["polars", "ndarray", "tokio", "duckdb"] {
        assert!(!trees.contains(library), "trees reaches {library}");
    }
}

#[test]
fn only_the_client_speaks_to_the_shell() {
    let ui = support::project().join("ui/src");
    for file in support::files(&ui) {
        let text = std::fs::read_to_string(ui.join(&file)).unwrap_or_default();
        let speaks = text.contains("from \"@tauri-apps/");
        assert!(!speaks || file.starts_with("api/"), "{file} imports @tauri-apps");
    }
}
