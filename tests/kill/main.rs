//! A job killed at any moment, or cancelled, leaves the workspace whole: tables that can be read, and each run there with
//! all of its tables or not at all.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[path = "../support/mod.rs"]
mod support;

use support::{algom, files, json, rows, sample};

/// The shards of a lineage table.
fn shards(home: &Path, prefix: &str) -> Vec<String> {
    let tables = json(home, &["tables", prefix]);
    let tables = tables.as_array().unwrap().iter();
    tables.map(|t| format!("{}.{}", t["dataset"].as_str().unwrap(), t["table"].as_str().unwrap())).collect()
}

/// The ids in a column of a lineage table's shards.
fn ids(home: &Path, prefix: &str, column: &str, condition: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in shards(home, prefix) {
        for row in rows(home, &format!("SELECT DISTINCT {column} FROM {table} WHERE {condition}")) {
            found.insert(row[0].as_str().unwrap().to_owned());
        }
    }
    found
}

/// Everything that must hold of a workspace, whatever was killed in it.
fn check(home: &Path) {
    let jobs = json(home, &["jobs", "list"]);
    for job in jobs.as_array().unwrap() {
        assert_ne!(job["state"], "running", "{job}");
    }
    for table in json(home, &["tables"]).as_array().unwrap() {
        assert!(table["rows"].is_u64(), "{table} can be read");
    }
    let train = "model_execution_type = 'TRAIN'";
    let runs = ids(home, "model_metadata.model_queries", "model_execution_id", train);
    let any = "true";
    for (prefix, condition) in [
        ("model_metadata.model_parameters", any),
        ("model_performance.model_performance", any),
        ("model_predictions.model_evaluation", any),
        ("model_feature_importance.", any),
        ("model_metadata.model_metadata", "parameter = 'model_execution_type' AND value = 'TRAIN'"),
    ] {
        assert_eq!(ids(home, prefix, "model_execution_id", condition), runs, "{prefix} has the same runs");
    }
    let tests = ids(home, "model_performance.model_backtest_metadata", "backtest_execution_id", any);
    assert_eq!(ids(home, "model_performance.model_backtest_summary", "backtest_execution_id", any), tests);
    let files_of_models = ids(home, "model_metadata.model_storage", "value", "parameter = 'file'");
    assert!(files_of_models.iter().all(|file| home.join("w").join(file).exists()), "every model file is there");
    assert_eq!(ids(home, "model_metadata.model_storage", "value", "parameter = 'model_execution_id'"), runs);
    let left: Vec<String> = files(&home.join("w"))
        .into_iter()
        .filter(|file| file.contains("tmp-") || file.contains("/commit-") || file.ends_with("/lock"))
        .filter(|file| !file.starts_with("exports/"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "nothing half made is left");
}

#[test]
fn a_killed_job_leaves_the_workspace_whole() {
    let home = sample();
    let home = home.path();
    // How long the whole takes here decides the 20 moments, from the first instant to the last.
    let begun = Instant::now();
    assert!(algom(home).args(["--quiet", "-w", "w", "demo"]).status().unwrap().success());
    let whole = begun.elapsed();
    check(home);
    let mut killed = 0;
    for moment in 0..20 {
        let mut child = algom(home)
            .args(["--quiet", "-w", "w", "demo"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / 24);
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += usize::from(ended.is_none());
        check(home);
    }
    assert!(killed >= 10, "most of the 20 were killed while they worked: {killed}");
    assert!(algom(home).args(["--quiet", "-w", "w", "demo"]).status().unwrap().success(), "and it still works");
}

#[test]
fn a_killed_change_of_a_run_counts_as_a_whole_or_not_at_all() {
    let home = sample();
    let home = home.path();
    assert!(algom(home).args(["--quiet", "-w", "w", "demo"]).status().unwrap().success());
    let runs = json(home, &["models"]);
    let id = runs[0]["model_execution_id"].as_str().unwrap();
    let begun = Instant::now();
    json(home, &["models", "tag", id, "before"]);
    let whole = begun.elapsed();
    for moment in 0..20_u32 {
        // Two tags of one act are there together or not at all.
        let (a, b) = (format!("a{moment}"), format!("b{moment}"));
        let mut child = algom(home)
            .args(["--quiet", "-w", "w", "models", "tag", id, &a, &b])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / 18);
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        check(home);
        let tags = json(home, &["models", "show", id])["tags"].clone();
        let has = |tag: &str| tags.as_array().unwrap().iter().any(|known| known == tag);
        assert_eq!(has(&a), has(&b), "{tags}");
        assert!(ended.is_none() || has(&a), "what was done is kept: {tags}");
        assert!(has("before"), "{tags}");
    }
    json(home, &["models", "tag", id, "after"]);
}

#[test]
fn a_cancelled_job_ends_with_130_and_says_so() {
    let home = sample();
    let home = home.path();
    assert!(algom(home).args(["--quiet", "-w", "w", "demo"]).status().unwrap().success(), "the features are made");
    let train = ["train", "w/train/elastic_net.toml", "--from", "features.us_daily", "--set", "control.repeats=1000"];
    for delay in [400, 900] {
        let mut command = algom(home);
        command.args(["-w", "w"]).args(train).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let begun = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", support::text(&output.stderr));
        assert!(support::text(&output.stderr).contains("cancelled"));
        assert!(begun.elapsed() < Duration::from_secs(20), "it stops, and does not run to its end");
        check(home);
        let jobs = json(home, &["jobs", "list"]);
        assert_eq!(jobs[0]["state"], "cancelled");
    }
}

/// Bytes in the files of the workspace's running jobs.
fn spilled(home: &Path) -> u64 {
    let jobs = home.join("w/jobs");
    files(&jobs).iter().filter_map(|file| jobs.join(file).metadata().ok()).map(|facts| facts.len()).sum()
}

#[test]
fn a_query_beyond_the_memory_spills_and_what_a_killed_one_spilled_is_removed() {
    let home = support::workspace();
    let home = home.path();
    let settings = home.join("w/algomosaic.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{text}\n[limits]\nmemory = \"64MB\"\nthreads = 1\n")).unwrap();
    // Two million texts of 64 letters: twice the memory.
    let sql = "SELECT COUNT(DISTINCT TO_HEX(SHA256(CAST(n AS STRING)))) FROM UNNEST(GENERATE_ARRAY(1, 2000000)) AS n";
    let start = || {
        let mut command = algom(home);
        command.args(["--quiet", "--json", "-w", "w", "query", sql]).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let wait_for_spill = |child: &mut std::process::Child| {
        while spilled(home) < 10_000_000 {
            assert!(child.try_wait().unwrap().is_none(), "it ended and had spilled {} bytes", spilled(home));
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let mut killed = start();
    wait_for_spill(&mut killed);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(spilled(home) > 0, "a killed process removes nothing");

    let mut child = start();
    wait_for_spill(&mut child);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["rows"], serde_json::json!([[2_000_000]]));
    assert_eq!(files(&home.join("w/jobs")), Vec::<String>::new(), "neither left anything");
}
