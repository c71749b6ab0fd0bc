//! The registry of runs: each action, what it answers, and what each bad input is told.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{algom, json, rows, run, sample, text};

const TRAIN: [&str; 4] = ["train", "w/train/ols.toml", "--from", "features.f"];

/// A workspace with a table of features.
fn with_features() -> tempfile::TempDir {
    let home = sample();
    features(home.path(), "market.bars_us_daily");
    home
}

fn features(home: &Path, from: &str) {
    let made = run(home, &["features", "w/recipes/momentum.toml", "--from", from, "--table", "features.f"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

/// Trains least squares on two features; returns the run's id.
fn train(home: &Path, set: &[&str]) -> String {
    let mut arguments = TRAIN.to_vec();
    arguments.extend(["--set", "control.repeats=2", "--set", "features=['AROR_5', 'RSI_14']"]);
    for setting in set {
        arguments.extend(["--set", setting]);
    }
    json(home, &arguments)["model_execution_id"].as_str().unwrap().to_owned()
}

fn listed(home: &Path, arguments: &[&str]) -> Vec<String> {
    let runs = json(home, &[&["models", "list"], arguments].concat());
    runs.as_array().unwrap().iter().map(|run| run["model_execution_id"].as_str().unwrap().to_owned()).collect()
}

/// The exit code and what standard error says.
fn refused(home: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(home, &[&["models"], arguments].concat());
    assert!(!output.status.success(), "{arguments:?} was done");
    let said = text(&output.stderr);
    assert!(said.lines().count() <= 3, "{said}");
    (output.status.code().unwrap(), said)
}

#[test]
fn a_list_is_filtered_and_sorted() {
    let home = with_features();
    let home = home.path();
    let first = train(home, &[]);
    let second = train(home, &["algorithm=ridge", "split.test_size=0.2"]);
    let third = train(home, &["split.kind=shuffled"]);
    json(home, &["models", "tag", &first, "before costs"]);
    json(home, &["models", "note", &second, "A note on\nRisk"]);
    json(home, &["models", "alias", &second, "champion"]);
    let runs = json(home, &["models"]);
    let score = |id: &str| {
        let runs = runs.as_array().unwrap();
        runs.iter().find(|run| run["model_execution_id"] == id).unwrap()["rsquared"].as_f64().unwrap()
    };
    let mut by_score = [&first, &second, &third];
    by_score.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let middle = score(by_score[1]).to_string();
    let today = runs[0]["executed_at"].as_str().unwrap()[..10].to_owned();
    let started = runs[1]["executed_at"].as_str().unwrap().to_owned();
    let all = [&third, &second, &first];
    for (arguments, expected) in [
        (&[][..], &all[..]),
        (&["--reverse"], &[&first, &second, &third]),
        (&["--sort", "score"], &by_score),
        (&["--sort", "score", "--reverse"], &[by_score[2], by_score[1], by_score[0]]),
        (&["--sort", "model"], &[&third, &first, &second]),
        (&["--min-score", &middle, "--sort", "score"], &by_score[..2]),
        (&["--algorithm", "ridge"], &[&second]),
        (&["--algorithm", "Ridge"], &[&second]),
        (&["--algorithm", "ols"], &[&third, &first]),
        (&["--outcome", "ROR_n10"], &all),
        (&["--outcome", "ROR_n5"], &[]),
        (&["--tag", "before costs"], &[&first]),
        (&["--alias", "champion"], &[&second]),
        (&["--text", "RISK"], &[&second]),
        (&["--text", "before"], &[&first]),
        (&["--text", &first[..9]], &[&first]),
        (&["--since", &today, "--until", &today], &all),
        (&["--since", &started], &[&third, &second]),
        (&["--until", &started], &[&second, &first]),
        (&["--until", "2001-01-01"], &[]),
        (&["--domain", ""], &all),
        (&["--domain", "eu"], &[]),
        (&["--trash"], &[]),
        // Two repeats cannot show a p-value below a third, and the shuffled split leaks.
        (&["--signal"], &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
        assert_eq!(listed(home, arguments), expected, "{arguments:?}");
    }
    let leaking: Vec<&Value> = runs.as_array().unwrap().iter().filter(|run| run["leaks"] == true).collect();
    assert_eq!(leaking.len(), 1);
    let printed = algom(home).args(["-w", "w", "models"]).output().unwrap();
    let printed = text(&printed.stdout);
    assert!(printed.contains("leaks") && printed.contains("champion") && printed.contains("before costs"), "{printed}");
    for (arguments, exit, part) in [
        (&["list", "--since", "yesterday"][..], 3, "2026-01-31"),
        (&["list", "--min-score", "nan"], 3, "number"),
        (&["list", "--sort", "size"], 2, ""),
    ] {
        let output = run(home, &[&["models"], arguments].concat());
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
    json(home, &["models", "list", "--tag", "before costs", "--out", "runs.csv"]);
    let csv = fs::read_to_string(home.join("runs.csv")).unwrap();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.contains(&first) && csv.contains("control_median,p_value,leaks"), "{csv}");
}

#[test]
fn tags_and_notes_stay_with_the_run() {
    let home = with_features();
    let home = home.path();
    let id = train(home, &[]);
    let tags = |document: &Value| document["tags"].clone();
    assert_eq!(tags(&json(home, &["models", "tag", &id, "b", " a "])), json!(["a", "b"]));
    assert_eq!(tags(&json(home, &["models", "tag", &id[..8], "b", "é"])), json!(["a", "b", "é"]));
    assert_eq!(tags(&json(home, &["models", "untag", &id, "b"])), json!(["a", "é"]));
    assert_eq!(json(home, &["models", "note", &id, " two\nlines "])["note"], "two\nlines");
    let shown = json(home, &["models", "show", &id]);
    assert_eq!((&shown["tags"], &shown["note"]), (&json!(["a", "é"]), &json!("two\nlines")));
    assert_eq!(json(home, &["models", "note", &id, ""])["note"], "");
    let longest = "x".repeat(10_001);
    for (arguments, exit, part) in [
        (&["tag", &id, ""][..], 3, "is empty"),
        (&["tag", &id, "fine", "a,b"], 3, "comma"),
        (&["untag", &id, "z"], 4, "its tags: a, é"),
        (&["note", &id, &longest], 3, "10000 is the most"),
        (&["tag", "0000000", "x"], 4, "no run or model"),
        (&["note", "ab", "x"], 4, "no run or model"),
    ] {
        let (code, said) = refused(home, arguments);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    assert_eq!(tags(&json(home, &["models", "show", &id])), json!(["a", "é"]), "a refusal changes nothing");
    // What was there stays: every change is a row.
    let events = rows(home, "SELECT event, name, value FROM model_metadata.model_events ORDER BY event_time");
    let acts: Vec<&str> = events.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(acts, ["tag", "tag", "tag", "untag", "note", "note"]);
}

#[test]
fn an_alias_names_one_run_and_moving_it_is_told() {
    let home = with_features();
    let home = home.path();
    let (first, second) = (train(home, &[]), train(home, &["split.test_size=0.2"]));
    assert_eq!(json(home, &["models", "alias", &first, "champion"])["from"], json!(null));
    let moved = json(home, &["models", "alias", &second, "champion"]);
    assert_eq!((&moved["model_execution_id"], &moved["from"]), (&json!(second), &json!(first)));
    assert_eq!((&moved["outcome"], &moved["domain"]), (&json!("ROR_n10"), &json!("")));
    assert_eq!(json(home, &["models", "show", "champion"])["model_execution_id"], json!(second));
    assert_eq!(json(home, &["models", "show", "champion:ROR_n10"])["model_execution_id"], json!(second));
    let predicted = json(home, &["predict", "--model", "champion", "--from", "features.f"]);
    assert_eq!(predicted["model_id"], json(home, &["models", "show", &second])["model_id"]);
    assert_eq!(json(home, &["models", "aliases"]).as_array().unwrap().len(), 1);
    // Given again to who has it: no change.
    json(home, &["models", "alias", "champion", "champion"]);
    let history = json(home, &["models", "aliases", "--history"]);
    let holders: Vec<&Value> = history.as_array().unwrap().iter().map(|change| &change["model_execution_id"]).collect();
    assert_eq!(holders, [&json!(second), &json!(first)]);
    json(home, &["models", "unalias", "champion", "champion"]);
    assert_eq!(json(home, &["models", "aliases"]), json!([]));
    for (arguments, exit, part) in [
        (&["alias", &first, ""][..], 3, "too short"),
        (&["alias", &first, "Champion"], 3, "small letters"),
        (&["alias", &first, "my best"], 3, "other characters"),
        (&["alias", &first, "../x"], 3, "other characters"),
        (&["alias", &first, "beef"], 3, "start of an id"),
        (&["unalias", &first, "champion"], 4, "has no alias champion"),
        (&["show", "champion"], 4, "no run or model champion"),
    ] {
        let (code, said) = refused(home, arguments);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

/// Two outcomes each have a champion, so the alias alone names none.
#[test]
fn each_outcome_has_its_own_champion() {
    let home = sample();
    let home = home.path();
    let recipe = fs::read_to_string(home.join("w/recipes/momentum.toml")).unwrap();
    let both = format!("{recipe}\n[[label]]\nindicator = \"algom.ror\"\nn = -5\n");
    fs::write(home.join("w/recipes/momentum.toml"), both).unwrap();
    features(home, "market.bars_us_daily");
    let (ten, five) = (train(home, &[]), train(home, &["outcome=ROR_n5"]));
    assert_eq!(json(home, &["models", "alias", &ten, "champion"])["from"], json!(null));
    assert_eq!(json(home, &["models", "alias", &five, "champion"])["from"], json!(null));
    let (code, said) = refused(home, &["show", "champion"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains(&ten[..12]) && said.contains(&five[..12]) && said.contains("champion:ROR_n"), "{said}");
    assert_eq!(json(home, &["models", "show", "champion:ROR_n5"])["model_execution_id"], json!(five));
}

#[test]
fn an_id_that_several_runs_share_is_refused_with_their_list() {
    let home = with_features();
    let home = home.path();
    let (first, second) = (train(home, &[]), train(home, &[]));
    let model = json(home, &["models", "show", &first])["model_id"].as_str().unwrap().to_owned();
    for command in [
        &["models", "show", &model][..],
        &["models", "show", &model[..10]],
        &["models", "tag", &model, "x"],
        &["predict", "--model", &model, "--from", "features.f"],
        &["chart", "errors_by_date", "--run", &model, "--out", "x.svg"],
    ] {
        let output = run(home, command);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
        assert!(said.contains(&first[..12]) && said.contains(&second[..12]), "{said}");
    }
    // With one of them in the trash there is no doubt which is meant.
    json(home, &["models", "delete", &second]);
    assert_eq!(json(home, &["models", "show", &model])["model_execution_id"], json!(first));
}

#[test]
fn a_deleted_run_can_be_restored_until_it_is_purged() {
    let home = with_features();
    let home = home.path();
    let (id, other) = (train(home, &[]), train(home, &["split.test_size=0.2"]));
    let file = json(home, &["models", "show", &id])["model_file"].as_str().unwrap().to_owned();
    let file = home.join("w").join(file);
    json(home, &["models", "alias", &id, "champion"]);
    let (code, said) = refused(home, &["delete", "champion"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("is champion") && said.contains("--force"), "{said}");

    let deleted = json(home, &["models", "delete", "champion", "--force"]);
    assert_eq!((&deleted["model_execution_ids"], &deleted["aliases"]), (&json!([id]), &json!(["champion"])));
    assert_eq!((listed(home, &[]), listed(home, &["--trash"])), (vec![other.clone()], vec![id.clone()]));
    assert!(file.exists(), "the trash keeps the model file");
    assert!(!json(home, &["models", "show", &id])["deleted_at"].is_null(), "it can still be looked at");
    for (arguments, exit, part) in [
        (&["delete", &id][..], 4, "in the trash already"),
        (&["tag", &id, "x"], 4, "models restore"),
        (&["show", "champion"], 4, "no run or model"),
        (&["restore", &other], 4, "is not in the trash"),
        (&["purge", &other], 4, "is not in the trash"),
        (&["restore", "abcdef0"], 4, "no run or model"),
    ] {
        let (code, said) = refused(home, arguments);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    let predict = run(home, &["predict", "--model", &id, "--from", "features.f"]);
    assert!(text(&predict.stderr).contains("is in the trash"), "{}", text(&predict.stderr));

    assert_eq!(json(home, &["models", "restore", &id[..8]])["aliases"], json!(["champion"]));
    assert_eq!(json(home, &["models", "show", "champion"])["model_execution_id"], json!(id));
    assert!(refused(home, &["restore", &id]).1.contains("is not in the trash"), "twice");

    // An alias that moved on meanwhile stays where it is.
    json(home, &["models", "delete", &id, "--force"]);
    json(home, &["models", "alias", &other, "champion"]);
    assert_eq!(json(home, &["models", "restore", &id])["aliases"], json!([]));

    json(home, &["models", "delete", &id]);
    let purged = json(home, &["models", "purge"]);
    assert_eq!(purged["model_execution_ids"], json!([id]));
    assert_eq!(purged["removed_files"].as_array().unwrap().len(), 1);
    assert!(!file.exists());
    for arguments in [&["show", &id][..], &["restore", &id], &["show", &id[..9]]] {
        let (code, said) = refused(home, arguments);
        assert_eq!(code, 4);
        assert!(said.contains("was purged"), "{said}");
    }
    assert_eq!((listed(home, &[]), listed(home, &["--trash"])), (vec![other], vec![]));
    assert_eq!(json(home, &["models", "purge"])["model_execution_ids"], json!([]), "nothing is left to purge");
    let kept = rows(
        home,
        &format!("SELECT COUNT(*) FROM `model_metadata.model_metadata_*` WHERE model_execution_id = '{id}'"),
    );
    assert_ne!(kept[0][0], 0, "the lineage stays");
}

/// The same rows give the same model, byte for byte, so both runs have one file.
#[test]
fn a_model_file_that_another_run_has_survives_a_purge() {
    let home = with_features();
    let home = home.path();
    let (first, second) = (train(home, &[]), train(home, &[]));
    let file = |id: &str| json(home, &["models", "show", id])["model_file"].clone();
    assert_eq!(file(&first), file(&second));
    json(home, &["models", "delete", &first]);
    assert_eq!(json(home, &["models", "purge", &first[..12]])["removed_files"], json!([]));
    json(home, &["predict", "--model", &second, "--from", "features.f"]);
}

#[test]
fn a_comparison_shows_only_what_differs() {
    let home = with_features();
    let home = home.path();
    let first = train(home, &["algorithm=ridge"]);
    let second = train(home, &["algorithm=ridge", "params.alpha=5.0", "features=['AROR_5', 'RSI_7']"]);
    let twin = train(home, &["algorithm=ridge"]);
    let compared = json(home, &["models", "compare", &first, &second]);
    let found: std::collections::BTreeMap<String, Value> = compared["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (format!("{} {}", row["section"], row["name"]).replace('"', ""), row["values"].clone()))
        .collect();
    assert_eq!(found["parameters alpha"], json!(["1", "5"]));
    assert!(!found.contains_key("request params.alpha"), "a parameter that was set is told once");
    assert_eq!(found["features not_in_all"], json!(["RSI_14", "RSI_7"]));
    assert!(found.contains_key("scores rsquared") && found.contains_key("control median"), "{found:?}");
    for same in ["request algorithm", "data data_hash", "request outcome", "versions polars", "control repeats"] {
        assert!(!found.contains_key(same), "{same} is the same");
    }
    assert_eq!(json(home, &["models", "compare", &first, &twin])["rows"], json!([]));
    json(home, &["models", "compare", &first, &second, &twin, "--out", "c.csv"]);
    let csv = fs::read_to_string(home.join("c.csv")).unwrap();
    assert!(csv.starts_with(&format!("section,name,{},{},{}", &first[..12], &second[..12], &twin[..12])), "{csv}");
    assert!(csv.contains("parameters,alpha,1,5,"), "{csv}");
    for (arguments, exit, part) in [
        (&["compare", &first, &first[..10]][..], 2, "in the comparison already"),
        (&["compare", &first, "0000000"], 4, "no run or model"),
        (&["compare", &first, &second, "--out", "c.doc"], 3, ".csv"),
    ] {
        let (code, said) = refused(home, arguments);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
    assert_eq!(run(home, &["models", "compare", &first]).status.code(), Some(2));
}

#[test]
fn a_run_is_repeated_from_what_it_kept() {
    let home = with_features();
    let home = home.path();
    let id = train(home, &["algorithm=ridge", "params.alpha=0.1"]);
    let again = json(home, &["models", "repeat", &id[..9]]);
    assert_eq!((&again["same_data"], &again["same_scores"]), (&json!(true), &json!(true)));
    assert_eq!((&again["differs"], &again["repeat_of"]), (&json!([]), &json!(id)));
    let new = again["run"]["model_execution_id"].as_str().unwrap();
    assert_ne!(new, id);
    let shown = json(home, &["models", "show", new]);
    assert_eq!(shown["repeat_of"], json!(id));
    // A repetition can be repeated: it kept the training's request, not its own.
    assert_eq!(json(home, &["models", "repeat", new])["same_scores"], json!(true));

    // With a query, its parameters and its file.
    fs::write(home.join("since.sql"), "SELECT * FROM {table} WHERE ticker_time >= @from").unwrap();
    let query = ["train", "w/train/ols.toml", "--from", "since.sql", "--set", "control.repeats=2"];
    let params = ["--param", "table=features.f", "--param", "from:TIMESTAMP=2010-01-01"];
    let by_query = json(home, &[&query[..], &params[..]].concat());
    let again = json(home, &["models", "repeat", by_query["model_execution_id"].as_str().unwrap()]);
    assert_eq!((&again["same_data"], &again["same_scores"]), (&json!(true), &json!(true)));

    // The table has other rows now.
    features(home, "SELECT * FROM market.bars_us_daily WHERE ticker_time >= '2004-01-01'");
    let changed = json(home, &["models", "repeat", &id]);
    assert_eq!((&changed["same_data"], &changed["same_scores"]), (&json!(false), &json!(false)));
    let differs: Vec<&str> =
        changed["differs"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    for name in ["data_hash", "train_start", "rsquared"] {
        assert!(differs.contains(&name), "{name}: {differs:?}");
    }

    // The table is gone.
    assert!(run(home, &["query", "DROP TABLE features.f"]).status.success());
    let (code, said) = refused(home, &["repeat", &id]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("cannot be repeated") && said.contains("features.f"), "{said}");
    assert!(refused(home, &["repeat", "0000000"]).1.contains("no run or model"));
}

#[test]
fn a_run_keeps_its_request_versions_log_and_lineage() {
    let home = sample();
    let home = home.path();
    let document = json(home, &["demo"]);
    let id = document["train"]["model_execution_id"].as_str().unwrap();
    let shown = json(home, &["models", "show", id]);
    let facts = |key: &str| -> std::collections::BTreeMap<String, String> {
        let list = shown[key].as_array().unwrap().iter();
        list.map(|fact| (fact["name"].as_str().unwrap().to_owned(), fact["value"].as_str().unwrap().to_owned()))
            .collect()
    };
    let request = facts("request");
    assert_eq!((request["operation"].as_str(), request["from.table"].as_str()), ("train", "features.us_daily"));
    assert_eq!(request["algorithm"], "elastic_net");
    let versions = facts("versions");
    assert_eq!(versions["algomosaic"], env!("CARGO_PKG_VERSION"));
    let lock = fs::read_to_string(crate::support::project().join("Cargo.lock")).unwrap();
    assert!(lock.contains(&format!("name = \"polars\"\nversion = \"{}\"", versions["polars"])), "{versions:?}");
    let kinds: Vec<&str> =
        shown["lineage"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["bars", "data", "training", "model", "evaluation", "predictions", "backtest"]);
    assert_eq!(shown["lineage"][0]["table"], "local.market.bars_us_daily");

    let log = json(home, &["models", "log", id]);
    let said: Vec<&str> = log["lines"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert_eq!(said.first(), Some(&"reading features.us_daily"), "of the job only what concerns the run: {said:?}");
    assert!(said.iter().any(|line| line.starts_with("Control 50")) && said.len() < 10, "{said:?}");
    assert_eq!(log["checks"], shown["checks"]);
    // A run that is a part of a larger job can be repeated by itself.
    assert_eq!(json(home, &["models", "repeat", id])["same_scores"], json!(true));
}
