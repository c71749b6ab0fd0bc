//! A workspace whose models are in a bucket, through `algom` and an emulator of Cloud Storage; and what the emulator does
//! not do, by a service of our own.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake_gcs::Emulator;
use crate::stub::{Reply, Stub};
use crate::support::{algom, files, text};
use crate::{http, with};

const SECTION: &str = "[google]\nwarehouse = \"off\"\nbucket = \"models\"\n";

/// Makes a bucket.
pub(crate) fn make(storage: &Emulator, name: &str) {
    let (status, _) = http(storage.url(), "POST", "/storage/v1/b?project=p", &json!({"name": name}).to_string());
    assert!(status.contains("200"), "{status}");
}

/// The names of the files in a bucket.
pub(crate) fn names(storage: &Emulator, bucket: &str) -> Vec<String> {
    let (_, body) = http(storage.url(), "GET", &format!("/storage/v1/b/{bucket}/o"), "");
    let listed: Value = serde_json::from_str(&body).unwrap();
    let items = listed["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn command(home: &Path, url: &str) -> Command {
    let mut command = algom(home);
    command.env("STORAGE_EMULATOR_HOST", url).args(["--quiet", "--json", "-w", "w"]);
    command
}

fn run(home: &Path, url: &str, arguments: &[&str]) -> Output {
    command(home, url).args(arguments).output().unwrap()
}

fn document(home: &Path, url: &str, arguments: &[&str]) -> Value {
    let output = run(home, url, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const FEATURES: [&str; 6] =
    ["features", "w/recipes/momentum.toml", "--from", "market.bars_us_daily", "--table", "features.us_daily"];
const TRAIN: [&str; 6] = ["train", "w/train/ols.toml", "--from", "features.us_daily", "--set", "control.repeats=2"];

/// A workspace with features to train on.
fn ready(section: &str) -> tempfile::TempDir {
    let home = with("");
    let features = algom(home.path()).args(["--quiet", "-w", "w"]).args(FEATURES).output().unwrap();
    assert!(features.status.success(), "{}", text(&features.stderr));
    let file = home.path().join("w/algomosaic.toml");
    std::fs::write(&file, format!("{}\n{section}", std::fs::read_to_string(&file).unwrap())).unwrap();
    home
}

fn train(home: &Path, url: &str) -> Output {
    run(home, url, &TRAIN)
}

fn trained(home: &Path, url: &str) -> Value {
    let output = train(home, url);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn models_in_a_bucket_are_shared_kept_here_and_purged() {
    for storage in [Emulator::storage(), Emulator::storage_at_any_port()].into_iter().flatten() {
        make(&storage, "models");
        let (here, there) = (ready(SECTION), ready(SECTION));
        let (here, there) = (here.path(), there.path());
        let first = trained(here, storage.url());
        let second = trained(there, storage.url());
        assert_eq!(first["model_id"], second["model_id"]);
        let file = |run: &Value| run["model_file"].as_str().unwrap().to_owned();
        assert_ne!(file(&first), file(&second), "nobody overwrites anybody");
        let mut both = [file(&first), file(&second)];
        both.sort();
        assert_eq!(names(&storage, "models"), both);
        assert_eq!(files(&here.join("w/models")), Vec::<String>::new());
        let sql = "SELECT parameter, value FROM model_metadata.`model_storage_*` ORDER BY parameter";
        let rows = document(here, storage.url(), &["query", sql])["rows"].to_string();
        assert!(rows.contains("\"gs://models\"") && rows.contains("\"generation\""), "{rows}");

        let id = first["model_execution_id"].as_str().unwrap();
        let predict = ["predict", "--model", id, "--from", "features.us_daily"];
        let nowhere = "http://127.0.0.1:1";
        let scores = document(here, nowhere, &predict)["scores"].clone();
        std::fs::remove_dir_all(here.join("w/cache")).unwrap();
        let said = run(here, nowhere, &predict);
        assert_eq!(said.status.code(), Some(6), "{}", text(&said.stderr));
        assert!(text(&said.stderr).contains("models that were used on this computer before"), "{}", text(&said.stderr));
        assert_eq!(document(here, storage.url(), &predict)["scores"], scores, "it is fetched");
        assert_eq!(document(here, nowhere, &predict)["scores"], scores, "once");

        document(here, storage.url(), &["models", "delete", id]);
        let said = run(here, nowhere, &["models", "purge"]);
        assert_eq!(said.status.code(), Some(6));
        assert!(text(&said.stderr).contains("Purge again later"), "{}", text(&said.stderr));
        document(here, storage.url(), &["models", "purge"]);
        assert_eq!(names(&storage, "models"), [file(&second)]);
    }
}

#[test]
fn models_of_the_folder_are_pushed_to_the_bucket() {
    let Some(storage) = Emulator::storage_at_any_port() else { return };
    make(&storage, "models");
    let home = ready("");
    let home = home.path();
    let run_of = trained(home, storage.url());
    let file = home.join("w/algomosaic.toml");
    std::fs::write(&file, format!("{}\n{SECTION}", std::fs::read_to_string(&file).unwrap())).unwrap();
    for expected in [1, 0] {
        let pushed = document(home, storage.url(), &["push", "--models"]);
        assert_eq!(pushed["models"].as_array().unwrap().len(), expected);
        assert_eq!(names(&storage, "models"), [run_of["model_file"].as_str().unwrap()]);
    }
}

#[test]
fn a_job_killed_at_any_moment_leaves_bucket_and_tables_whole() {
    let Some(storage) = Emulator::storage() else { return };
    make(&storage, "models");
    let home = ready(SECTION);
    let home = home.path();
    let begun = Instant::now();
    trained(home, storage.url());
    let whole = begun.elapsed();
    for moment in 0..12_u32 {
        // Most moments lie in the last third, where files and tables are written.
        let after = if moment < 4 { whole * moment / 6 } else { whole * (2 * 9 + moment - 3) / 27 };
        let mut child =
            command(home, storage.url()).args(TRAIN).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
        let sql = "SELECT value FROM model_metadata.`model_storage_*` WHERE parameter = 'file' ORDER BY value";
        let rows = document(home, storage.url(), &["query", sql])["rows"].clone();
        let named: Vec<String> =
            rows.as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
        assert_eq!(names(&storage, "models"), named, "killed after {after:?} of {whole:?}");
    }
}

#[test]
fn what_the_bucket_refuses_is_said_before_the_training() {
    let Some(storage) = Emulator::storage_at_any_port() else { return };
    let home = ready(SECTION);
    let missing = train(home.path(), storage.url());
    assert_eq!(missing.status.code(), Some(4), "{}", text(&missing.stderr));
    assert!(text(&missing.stderr).contains("there is no bucket models"), "{}", text(&missing.stderr));

    let stub = Stub::start();
    stub.on("GET", "/storage/v1/b/*", [Reply::error(403, "forbidden", "ada does not have storage.objects.get access")]);
    let refused = train(home.path(), &stub.url());
    assert_eq!(refused.status.code(), Some(5), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("algom connect status"), "{}", text(&refused.stderr));

    let started = Instant::now();
    let away = train(home.path(), "http://127.0.0.1:1");
    assert_eq!(away.status.code(), Some(6), "{}", text(&away.stderr));
    assert!(text(&away.stderr).contains("work without it"), "{}", text(&away.stderr));
    assert!(started.elapsed() < Duration::from_secs(60));
    let sql = "SELECT COUNT(*) FROM model_metadata.`model_storage_*`";
    let none = run(home.path(), "http://127.0.0.1:1", &["query", sql]);
    assert!(!none.status.success() || text(&none.stdout).contains('0'), "nothing is written");
}

#[test]
fn someone_else_who_was_first_keeps_the_name() {
    let home = ready(SECTION);
    let stub = Stub::start();
    stub.on("GET", "/storage/v1/b/models?", [Reply::json(200, &json!({"name": "models"}))]);
    // 412 as in the service's documentation; the emulator overwrites in a session all the same.
    stub.on("POST", "/upload/storage/v1/b/models/o", [Reply::error(412, "conditionNotMet", "Precondition Failed")]);
    let said = train(home.path(), &stub.url());
    assert!(!said.status.success());
    let asked = stub.asked("POST", "/upload/storage/v1/b/models/o");
    assert_eq!(asked.len(), 2, "under its name, then under one of its own");
    for request in &asked {
        assert_eq!(request.query("ifGenerationMatch").as_deref(), Some("0"), "{}", request.target);
    }
    assert_ne!(asked[0].query("name"), asked[1].query("name"));
}
