//! `algom models export`: the two forms, and what is refused.

use std::fs;

use serde_json::{Value, json};

use crate::support;

/// Trains on the sample and gives the id of the run.
fn trained(home: &std::path::Path, algorithm: &str) -> String {
    fs::write(home.join("r.toml"), "name = \"r\"\n[[feature]]\nindicator = \"algom.aror\"\nn = [1, 5]\n[[label]]\nindicator = \"algom.ror\"\nn = -5\n").unwrap();
    let arguments = ["features", "r.toml", "--from", "bars.us_daily", "--table", "features.r"];
    support::json(home, &arguments);
    let file = format!("outcome = \"ROR_n5\"\nalgorithm = \"{algorithm}\"\n[control]\nrepeats = 1\n");
    fs::write(home.join("t.toml"), file).unwrap();
    let run = support::json(home, &["train", "t.toml", "--from", "features.r"]);
    run["model_execution_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_model_is_exported_by_the_ending_of_the_file_or_the_format_asked_for() {
    let home = support::sample();
    let home = home.path();
    let id = trained(home, "ridge");
    let document = support::json(home, &["models", "export", &id[..8], "--out", "m.onnx"]);
    assert_eq!((&document["format"], &document["path"]), (&json!("onnx"), &json!("m.onnx")));
    let bytes = fs::read(home.join("m.onnx")).unwrap();
    // The first field of an ONNX file, its version.
    assert_eq!((document["bytes"].as_u64(), &bytes[..2]), (Some(bytes.len() as u64), &[0x08, 8][..]));

    support::json(home, &["models", "export", &id, "--format", "json", "--out", "m.txt"]);
    let model: Value = serde_json::from_str(&fs::read_to_string(home.join("m.txt")).unwrap()).unwrap();
    assert_eq!(model["signature"]["features"], json!(["AROR_1", "AROR_5"]));

    for (arguments, message, hint) in [
        (
            vec!["models", "export", &id, "--out", "m.onnx"],
            "m.onnx exists already, and an export replaces no file unasked",
            "Choose another file, or say --force.",
        ),
        (
            vec!["models", "export", &id, "--out", "m.bin"],
            "m.bin does not say by its ending what to write",
            "End it in .onnx or .json, or name the format.",
        ),
    ] {
        let output = support::run(home, &arguments);
        let said = support::text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(message) && said.contains(hint), "{said}");
    }
    assert_eq!(fs::read(home.join("m.onnx")).unwrap(), bytes);
    support::json(home, &["models", "export", &id, "--format", "json", "--out", "m.onnx", "--force"]);
    assert_eq!(fs::read(home.join("m.onnx")).unwrap(), fs::read(home.join("m.txt")).unwrap());
}

#[test]
fn what_no_graph_can_do_leaves_no_file() {
    let home = support::sample();
    let home = home.path();
    let id = trained(home, "knn");
    let output = support::run(home, &["models", "export", &id, "--out", "m.onnx"]);
    let said = support::text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot be exported as ONNX") && said.contains("Export it as JSON"), "{said}");
    assert!(!home.join("m.onnx").exists());
    support::json(home, &["models", "export", &id, "--out", "m.json"]);
}
