//! The main job, checked from outside: its tables against each other and against plain re-computation.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

#[path = "../support/mod.rs"]
mod support;

use support::{algom, json, rows, run, sample, text};

fn demo(home: &Path) -> Value {
    json(home, &["demo"])
}

fn shard(document: &Value, prefix: &str) -> String {
    let tables = document["tables"].as_array().unwrap();
    let found = tables.iter().map(|table| table.as_str().unwrap()).find(|table| table.contains(prefix));
    found.unwrap_or_else(|| panic!("no table {prefix} in {tables:?}")).to_owned()
}

/// Equal to nine digits, or to a millionth of a cent where amounts cancel.
fn near(left: f64, right: f64) {
    assert!((left - right).abs() <= 1e-9 * right.abs().max(10.0), "{left} is not {right}");
}

/// The columns DOMAIN gives each table, to the letter.
#[test]
fn every_table_has_its_columns() {
    let home = sample();
    let document = demo(home.path());
    let identity = "model_id model_execution_id model_parameter_id model_data_id execution_started_at execution_ended_at \
        execution_run_time model_execution_type model_outcome";
    let bars = "ticker_time ticker exchange interval open high low close volume";
    for (prefix, columns) in [
        (".model_metadata_", "model_execution_id parameter value".to_owned()),
        (".model_parameters_", "model_execution_id parameter value".to_owned()),
        (".model_queries_", "model_execution_id model_data_id model_executed_at model_outcome model_execution_type parameter value".to_owned()),
        (".model_storage_", "model_id model_storage_datetime parameter value".to_owned()),
        (".model_prediction_", format!("{identity} {bars} predictions outcomes errors")),
        (".model_evaluation_", format!("{identity} {bars} predictions outcomes errors")),
        (".model_performance_2", format!("{identity} parameter value")),
        (
            ".model_backtest_2",
            "backtest_execution_id backtest_executed model_execution_id ticker_time ticker high low open close volume trade amount \
             commission account account_value quantity quantity_margin buy_trades sell_trades sell_short_trades buy_cover_trades \
             buy_volume sell_volume sell_short_volume buy_cover_volume account_change"
                .to_owned(),
        ),
        (".model_backtest_metadata_", "backtest_execution_id backtest_id backtest_executed parameter value".to_owned()),
        (".model_backtest_summary_", "backtest_execution_id backtest_executed parameter value".to_owned()),
        (".feature_importance_all_", "model_execution_id data_id outcome_variable variable importance rank pct_rank".to_owned()),
    ] {
        let table = shard(&document, prefix);
        let schema = json(home.path(), &["schema", &table]);
        let found: Vec<&str> = schema.as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
        assert_eq!(found, columns.split_whitespace().collect::<Vec<_>>(), "{table}");
    }
    let metadata = rows(
        home.path(),
        &format!(
            "SELECT parameter FROM {} WHERE model_execution_id = '{}'",
            shard(&document, ".model_metadata_"),
            document["train"]["model_execution_id"].as_str().unwrap()
        ),
    );
    let metadata: Vec<&str> = metadata.iter().map(|row| row[0].as_str().unwrap()).collect();
    for parameter in "model_id model_parameter_id data_id data_hash model_execution_type outcome_variable execution_started_at \
        execution_ended_at execution_run_time model_type model_description model_labels index_features feature_list feature_count \
        record_count split seed software_version"
        .split_whitespace()
    {
        assert!(metadata.contains(&parameter), "{parameter}");
    }
}

/// Scores again from the evaluation table, by the formulas of DOMAIN, with nothing of the program's arithmetic.
#[test]
fn the_scores_follow_from_the_evaluation_table() {
    let home = sample();
    let document = demo(home.path());
    let train = &document["train"];
    let execution = train["model_execution_id"].as_str().unwrap();
    let table = shard(&document, ".model_evaluation_");
    let evaluated: Vec<(f64, f64, f64)> = rows(
        home.path(),
        &format!("SELECT predictions, outcomes, errors FROM {table} WHERE model_execution_id = '{execution}'"),
    )
    .iter()
    .map(|row| (row[0].as_f64().unwrap(), row[1].as_f64().unwrap(), row[2].as_f64().unwrap()))
    .collect();
    let count = evaluated.len() as f64;
    assert_eq!(train["split"]["test_rows"].as_u64().unwrap() as usize, evaluated.len());
    for (prediction, outcome, error) in &evaluated {
        assert!((outcome - prediction - error).abs() < 1e-12);
    }
    let mae = evaluated.iter().map(|(p, y, _)| (y - p).abs()).sum::<f64>() / count;
    assert!((train["scores"]["mae"].as_f64().unwrap() / mae - 1.0).abs() < 1e-9);
    let moved = evaluated.iter().filter(|(_, y, _)| *y != 0.0).count() as f64;
    let hits = evaluated.iter().filter(|(p, y, _)| p * y > 0.0).count() as f64;
    near(train["scores"]["direction_hits"].as_f64().unwrap(), hits / moved);

    // The mean of the training outcomes, from the features table and the split as it is described.
    let split = &train["split"];
    let features = "features.us_daily";
    let columns = json(home.path(), &["schema", features]);
    let index = ["ticker_time", "ticker", "exchange", "interval", "open", "high", "low", "close", "volume"];
    let used: Vec<&str> = columns
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .filter(|name| !index.contains(name))
        .collect();
    let defined: Vec<String> = used.iter().map(|name| format!("`{name}` IS NOT NULL")).collect();
    let horizon = split["horizon_bars"].as_u64().unwrap();
    let start = split["test_start"].as_str().unwrap();
    // A training row counts when the bar its label ends on is before the first held-out time.
    let sql = format!(
        "SELECT COUNT(*), AVG(ROR_n10) FROM (SELECT *, LEAD(ticker_time, {horizon}) OVER (PARTITION BY ticker ORDER BY ticker_time) AS label_end \
         FROM {features}) WHERE label_end < TIMESTAMP '{start}' AND {}",
        defined.join(" AND ")
    );
    let row = &rows(home.path(), &sql)[0];
    assert_eq!(row[0], split["train_rows"], "the purge leaves just these rows");
    let mean = row[1].as_f64().unwrap();
    let residual: f64 = evaluated.iter().map(|(p, y, _)| (y - p).powi(2)).sum();
    let total: f64 = evaluated.iter().map(|(_, y, _)| (y - mean).powi(2)).sum();
    assert!((train["scores"]["rsquared"].as_f64().unwrap() - (1.0 - residual / total)).abs() < 1e-11);

    let control = &train["control"];
    let score = train["scores"]["rsquared"].as_f64().unwrap();
    let scores: Vec<f64> = control["rsquared"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert_eq!(scores.len(), 50);
    let above = scores.iter().filter(|control| **control >= score).count() as f64;
    near(control["p_value"].as_f64().unwrap(), (1.0 + above) / 51.0);
    let first: f64 = scores[0];
    assert!(scores.iter().any(|control| (control - first).abs() > 1e-9), "each repeat is another shuffle");
}

/// Labels again from the bars, with SQL.
#[test]
fn the_outcome_is_the_log_return_of_the_next_ten_bars() {
    let home = sample();
    demo(home.path());
    let sql = "SELECT MAX(ABS(ROR_n10 - LN(later / close))), COUNT(ROR_n10), COUNT(later) FROM (SELECT *, LEAD(close, 10) OVER (PARTITION BY ticker ORDER BY ticker_time) AS later FROM features.us_daily)";
    let row = &rows(home.path(), sql)[0];
    assert!(row[0].as_f64().unwrap() < 1e-12);
    assert_eq!(row[1], row[2]);
    let schema = json(home.path(), &["schema", "features.us_daily"]);
    let labels: Vec<&Value> =
        schema.as_array().unwrap().iter().filter(|column| !column["label_horizon"].is_null()).collect();
    assert_eq!(labels.len(), 1);
    assert_eq!(labels[0]["label_horizon"], 10);
    let features = schema.as_array().unwrap().len() - labels.len() - 9;
    assert!(features >= 25, "{features} columns");
}

/// Cash and position add up at every bar, by the rule of DOMAIN.
#[test]
fn the_backtest_conserves_cash_and_position() {
    let home = sample();
    let document = demo(home.path());
    let table = shard(&document, ".model_backtest_2");
    let sql = format!(
        "SELECT account, account_value, quantity, quantity_margin, close, account_change, open, buy_volume, sell_volume, commission, ticker_time FROM {table} ORDER BY ticker_time"
    );
    let mut cash = 10_000.0;
    let mut held = 0.0;
    let mut fills = 0;
    for row in rows(home.path(), &sql) {
        let value = |column: usize| row[column].as_f64().unwrap();
        let traded = value(7) - value(8);
        cash -= traded * value(6) + value(9);
        held += traded;
        fills += usize::from(traded != 0.0);
        near(value(0), cash);
        assert!((value(2) - held).abs() < 1e-6);
        near(value(1), value(0) + value(2) * value(4) + value(3) * value(4));
        if traded != 0.0 {
            near(value(9), traded.abs() * value(6) * 0.001);
        }
    }
    assert_eq!(document["backtest"]["summary"]["trades"].as_u64().unwrap() as usize, fills);
    near(document["backtest"]["summary"]["account_cash"].as_f64().unwrap(), cash);
    assert!(
        document["backtest"]["period"][0].as_str().unwrap()[..10]
            >= document["train"]["split"]["test_start"].as_str().unwrap()[..10]
    );
}

#[test]
fn charts_and_csvs_are_real_files() {
    let home = sample();
    let document = demo(home.path());
    let charts: Vec<&str> = document["charts"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    for name in [
        "predictions_by_date",
        "errors_by_date",
        "prediction_histogram",
        "error_histogram",
        "predicted_against_actual",
        "equity",
    ] {
        let of_kind = |ending: &str| charts.iter().find(|path| path.ends_with(&format!("{name}.{ending}"))).unwrap();
        let png = std::fs::read(of_kind("png")).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.len() > 20_000, "{name}");
        let svg = std::fs::read_to_string(of_kind("svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
    }
    for path in document["csv"].as_array().unwrap() {
        let mut reader = csv::Reader::from_path(path.as_str().unwrap()).unwrap();
        let records: Result<Vec<_>, _> = reader.records().collect();
        assert!(!records.unwrap().is_empty(), "{path}");
    }
}

#[test]
fn the_same_job_gives_the_same_numbers_and_the_step_by_step_way_does_too() {
    let home = sample();
    let home = home.path();
    let first = demo(home);
    let second = demo(home);
    for key in ["scores", "control", "split", "model_id", "data_hash", "importance"] {
        assert_eq!(first["train"][key], second["train"][key], "{key}");
    }
    assert_ne!(first["train"]["model_execution_id"], second["train"]["model_execution_id"]);
    assert_eq!(first["backtest"]["summary"], second["backtest"]["summary"]);
    assert_eq!(first["backtest"]["backtest_id"], second["backtest"]["backtest_id"]);

    json(
        home,
        &[
            "features",
            "w/recipes/momentum.toml",
            "--from",
            "market.bars_us_daily",
            "--table",
            "features.own",
            "--out",
            "own.parquet",
        ],
    );
    let by_table = json(home, &["train", "w/train/elastic_net.toml", "--from", "features.own"]);
    let by_file = json(home, &["train", "w/train/elastic_net.toml", "--from", "own.parquet"]);
    let by_query = json(home, &["train", "w/train/elastic_net.toml", "--from", "SELECT * FROM features.own"]);
    for run in [&by_table, &by_file, &by_query] {
        assert_eq!(run["scores"], first["train"]["scores"]);
        assert_eq!(run["model_id"], first["train"]["model_id"]);
    }
    let shown = json(home, &["models", "show", by_table["model_execution_id"].as_str().unwrap()]);
    for key in ["scores", "control", "split", "checks", "importance", "tables", "model_file", "data_hash", "fits"] {
        assert_eq!(shown[key], by_table[key], "{key} is read back as it was");
    }
    let other =
        json(home, &["train", "w/train/elastic_net.toml", "--from", "features.own", "--set", "params.alpha=0.01"]);
    assert_ne!(other["scores"], first["train"]["scores"]);
    assert_ne!(other["model_id"], first["train"]["model_id"]);
}

#[test]
fn predictions_reach_the_bars_whose_outcome_is_not_known_yet() {
    let home = sample();
    let home = home.path();
    let document = demo(home);
    let table = shard(&document, ".model_prediction_");
    let sql = format!(
        "SELECT ticker, COUNT(*) FROM {table} WHERE outcomes IS NULL AND predictions IS NOT NULL GROUP BY ticker ORDER BY ticker"
    );
    let unknown: BTreeMap<String, u64> =
        rows(home, &sql).iter().map(|row| (row[0].as_str().unwrap().to_owned(), row[1].as_u64().unwrap())).collect();
    assert_eq!(unknown, ["AAPL", "GOOG", "IBM", "MSFT"].map(|ticker| (ticker.to_owned(), 10)).into());
    let evaluation = shard(&document, ".model_evaluation_");
    let execution = document["train"]["model_execution_id"].as_str().unwrap();
    let sql = format!(
        "SELECT COUNT(*), MAX(ABS(p.predictions - e.predictions)) FROM {table} p JOIN {evaluation} e ON p.ticker = e.ticker AND p.ticker_time = e.ticker_time WHERE e.model_execution_id = '{execution}'"
    );
    let row = &rows(home, &sql)[0];
    assert_eq!(row[0], document["train"]["split"]["test_rows"]);
    assert!(row[1].as_f64().unwrap() < 1e-12, "the model file predicts what the training did");
}

#[test]
fn a_label_cannot_be_a_feature_and_nothing_in_the_recipe_looks_ahead() {
    let home = sample();
    let home = home.path();
    demo(home);
    let output = run(
        home,
        &["train", "w/train/ols.toml", "--from", "features.us_daily", "--set", "features=['AROR_5', 'ROR_n10']"],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("ROR_n10"), "{}", text(&output.stderr));
    let checked = json(home, &["check-lookahead", "w/recipes/momentum.toml", "--from", "market.bars_us_daily"]);
    assert_eq!(checked["looks_ahead"], json!([]));
    assert!(checked["columns_checked"].as_u64().unwrap() >= 25);
}

#[test]
fn a_label_is_no_feature_under_another_name_either() {
    let home = sample();
    let home = home.path();
    demo(home);
    let query = "SELECT ticker_time, ticker, AROR_5, RSI_14, ROR_n10, ROR_n10 * 2 AS leak FROM features.us_daily";
    let run = json(home, &["train", "w/train/ols.toml", "--from", query]);
    assert_eq!(run["feature_count"], 2, "{}", run["checks"]);
    assert!(run["scores"]["rsquared"].as_f64().unwrap() < 0.1);
}

#[test]
fn a_later_run_never_takes_the_model_file_of_an_earlier_one() {
    let home = sample();
    let home = home.path();
    demo(home);
    let train = |size: &str| {
        json(
            home,
            &["train", "w/train/ols.toml", "--from", "features.us_daily", "--set", &format!("split.test_size={size}")],
        )
    };
    let predict = |run: &Value| {
        let out = ["predict", "--model", run["model_execution_id"].as_str().unwrap(), "--from", "features.us_daily"];
        json(home, &out)["scores"].clone()
    };
    let first = train("0.5");
    let before = predict(&first);
    let second = train("0.1");
    assert_eq!(first["model_id"], second["model_id"], "the id says nothing of the rows");
    assert_ne!(first["model_file"], second["model_file"]);
    assert_eq!(predict(&first), before);
    assert_ne!(predict(&second), before);

    let file = home.join("w").join(first["model_file"].as_str().unwrap());
    std::fs::copy(home.join("w").join(second["model_file"].as_str().unwrap()), file).unwrap();
    let run = first["model_execution_id"].as_str().unwrap();
    let output = support::run(home, &["predict", "--model", run, "--from", "features.us_daily"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("is not the one that its run wrote"), "{}", text(&output.stderr));
}

#[test]
fn the_demo_makes_its_own_workspace() {
    let home = tempfile::tempdir().unwrap();
    let output = algom(home.path()).args(["--json", "-q", "demo", "--out", "charts"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let workspace = document["workspace"].as_str().unwrap();
    assert!(Path::new(workspace).starts_with(home.path().canonicalize().unwrap()), "{workspace}");
    assert!(home.path().join("charts/equity.png").exists());
}

fn trained(home: &Path, settings: &[&str]) -> Value {
    let mut arguments = vec!["train", "w/train/elastic_net.toml", "--from", "features.us_daily"];
    let repeats = ["control.repeats=5"];
    arguments.extend(repeats.iter().chain(settings).flat_map(|setting| ["--set", *setting]));
    json(home, &arguments)
}

/// What standard error says of a refusal.
fn refused(home: &Path, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    text(&output.stderr)
}

#[test]
fn a_run_over_folds_is_shown_and_read_back_whole() {
    let home = sample();
    let home = home.path();
    demo(home);
    for (kind, folds, paths) in [("walk_forward", 5, 0), ("purged_kfold", 5, 0), ("combinatorial_purged", 15, 5)] {
        let setting = format!("split.kind={kind}");
        let run = trained(home, &[&setting, "prepare.impute=median", "prepare.winsorize=0.01"]);
        let found = run["folds"].as_array().unwrap();
        assert_eq!((found.len(), run["paths"].as_array().unwrap().len()), (folds, paths));
        assert_eq!(run["split"]["folds"], folds);
        let tested: u64 = found.iter().map(|fold| fold["test_rows"].as_u64().unwrap()).sum();
        let times = if kind == "combinatorial_purged" { 5 } else { 1 };
        assert_eq!(tested, times * run["split"]["test_rows"].as_u64().unwrap(), "each row so often");
        assert_eq!(run["latest"].as_array().unwrap().len(), 4, "the newest bar of each ticker");
        assert_eq!(run["learning_curve"].as_array().unwrap().len(), 5);
        assert_eq!(run["learning_curve"][4]["scores"], found[folds - 1]["scores"]);
        let id = run["model_execution_id"].as_str().unwrap();
        let shown = json(home, &["models", "show", id]);
        for key in "scores folds paths leaks residuals learning_curve search latest importance fits checks".split(' ') {
            assert_eq!(shown[key], run[key], "{key} is read back as it was");
        }
        let newest = &run["latest"][0];
        let predicted = json(home, &["predict", "--model", id, "--from", "features.us_daily"]);
        let sql = format!(
            "SELECT predictions FROM {} WHERE model_execution_id = '{}' AND ticker = '{}' ORDER BY ticker_time DESC LIMIT 1",
            shard(&predicted, ".model_prediction_"),
            predicted["model_execution_id"].as_str().unwrap(),
            newest["ticker"].as_str().unwrap()
        );
        near(rows(home, &sql)[0][0].as_f64().unwrap(), newest["prediction"].as_f64().unwrap());
    }
    let arguments = ["train", "w/train/ols.toml", "--from", "features.us_daily", "--set", "split.kind=purged_kfold"];
    let shown = text(&algom(home).args(["-w", "w"]).args(arguments).output().unwrap().stdout);
    for part in [", in 5 folds; ", "  Fold   Held out", "  Newest "] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_classifier_is_scored_as_one_and_read_back() {
    let home = sample();
    let home = home.path();
    demo(home);
    let run = trained(home, &["algorithm=logistic", "params={}"]);
    let evaluation = shard(&run, ".model_evaluation_");
    let id = run["model_execution_id"].as_str().unwrap();
    let sql = format!(
        "SELECT AVG(IF((predictions > 0.5) = (outcomes > 0), 1.0, 0.0)), AVG(POW(predictions - outcomes, 2)) FROM {evaluation} \
         WHERE model_execution_id = '{id}'"
    );
    let found = &rows(home, &sql)[0];
    near(run["scores"]["classes"]["accuracy"].as_f64().unwrap(), found[0].as_f64().unwrap());
    near(run["scores"]["classes"]["brier"].as_f64().unwrap(), found[1].as_f64().unwrap());
    assert_eq!(json(home, &["models", "show", id])["scores"], run["scores"]);
}

#[test]
fn a_search_keeps_its_trials_and_a_random_walk_finds_its_recipe() {
    let home = sample();
    let home = home.path();
    demo(home);
    let ranges = "search.ranges={alpha={min=0.00001,max=1.0,log=true}}";
    let run = trained(home, &[ranges, "search.trials=6", "search.kind=random"]);
    assert_eq!(run["search"]["trials"].as_array().unwrap().len(), 6);
    let left = std::fs::read_dir(home.join("w/searches")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "the kept trials are a part of the run now");

    let walk = trained(home, &["control.kind=random_walk"]);
    assert_eq!(walk["control"]["kind"], "random_walk");
    assert_eq!(walk["control"]["rsquared"].as_array().unwrap().len(), 5);
    // The same rows by a query say nothing of their recipe, until the training file names it.
    let query = "SELECT * FROM features.us_daily";
    let mut arguments = vec!["train", "w/train/elastic_net.toml", "--from", query, "--set", "control.repeats=5"];
    arguments.extend(["--set", "control.kind=random_walk"]);
    let unknown = refused(home, &arguments);
    assert!(unknown.contains("needs the recipe that made the features"), "{unknown}");
    arguments.extend(["--set", "recipe=../recipes/momentum.toml"]);
    assert_eq!(json(home, &arguments)["control"]["rsquared"], walk["control"]["rsquared"]);
    std::fs::write(home.join("other.toml"), "name = \"other\"\n[[feature]]\nindicator = \"algom.rsi\"\nn = 14\n")
        .unwrap();
    let other = format!("recipe={}", home.join("other.toml").display());
    *arguments.last_mut().unwrap() = &other;
    let wrong = refused(home, &arguments);
    assert!(wrong.contains("does not make the outcome ROR_n10"), "{wrong}");
}

#[test]
fn a_feature_that_tells_the_outcome_stops_the_training_until_it_is_confirmed() {
    let home = sample();
    let home = home.path();
    demo(home);
    // Bars with a column that someone else computed, as a file: nothing marks it.
    let sql = "SELECT *, LEAD(close, 10) OVER (PARTITION BY ticker ORDER BY ticker_time) / close AS told \
               FROM market.bars_us_daily ORDER BY ticker, ticker_time";
    json(home, &["query", sql, "--out", "told.csv"]);
    json(home, &["features", "w/recipes/momentum.toml", "--from", "told.csv", "--table", "features.told"]);
    let mut arguments = vec!["train", "w/train/ols.toml", "--from", "features.told", "--set", "control.repeats=2"];
    arguments.extend(["--set", "features=['AROR_5', 'told']"]);
    let stopped = refused(home, &arguments);
    assert!(stopped.contains("told is a rising function of ROR_n10") && stopped.contains("confirm_leaks"), "{stopped}");
    arguments.extend(["--set", "confirm_leaks=['told']"]);
    let run = json(home, &arguments);
    assert_eq!((&run["leaks"][0]["column"], &run["leaks"][0]["confirmed"]), (&json!("told"), &json!(true)));
}

#[test]
fn a_backtest_never_trades_on_bars_that_a_refitted_model_was_trained_on() {
    let home = sample();
    let home = home.path();
    demo(home);
    let until = "SELECT * FROM features.us_daily WHERE ticker_time < TIMESTAMP '2010-01-01'";
    let settings = ["--set", "control.repeats=1", "--set", "split.kind=purged_kfold"];
    let run = json(home, &[&["train", "w/train/ols.toml", "--from", until], &settings[..]].concat());
    let id = run["model_execution_id"].as_str().unwrap();
    let none = refused(home, &["backtest", "w/rules/dip.toml", "--from", until, "--model", id]);
    assert!(none.contains("there is no bar that the model says something new of"), "{none}");
    let tested = json(home, &["backtest", "w/rules/dip.toml", "--from", "features.us_daily", "--model", id]);
    let end = run["folds"].as_array().unwrap().last().unwrap()["test_end"].as_str().unwrap();
    let sql = format!(
        "SELECT COUNT(DISTINCT ticker_time) FROM features.us_daily WHERE ticker_time > TIMESTAMP '{}' AND ticker_time < TIMESTAMP '{}'",
        &end[..10],
        &tested["period"][0].as_str().unwrap()[..10]
    );
    // Ten bars whose outcome the training knew, one of them the last training bar's own.
    assert_eq!(rows(home, &sql)[0][0], 10, "{} to {}", end, tested["period"][0]);
}

#[test]
fn a_backtest_of_held_out_predictions_reads_each_bar_from_models_that_did_not_see_it() {
    let home = sample();
    let home = home.path();
    demo(home);
    let rules = "predictions = \"held_out\"\nfill = \"close\"\nticker = \"AAPL\"\n[[rule]]\ntrade = \"BUY\"\nwhen = \"predictions > 0.03\"\namount = \"0.0001\"\n";
    std::fs::write(home.join("held_out.toml"), rules).unwrap();
    let backtest = ["backtest", "held_out.toml", "--from", "features.us_daily"];
    for split in ["purged_kfold", "combinatorial_purged", "walk_forward"] {
        // The nearest row alone: of a row it was trained on, this model says the outcome itself.
        let settings = [
            "algorithm=knn",
            "params.n_neighbors=1",
            "features=['AROR_5', 'RSI_14', 'ATR_14']",
            "control.repeats=1",
            &format!("split.kind={split}"),
        ];
        let mut train = vec!["train", "w/train/ols.toml", "--from", "features.us_daily"];
        settings.iter().for_each(|setting| train.extend(["--set", setting]));
        let run = json(home, &train);
        let id = run["model_execution_id"].as_str().unwrap();
        let mut arguments = backtest.to_vec();
        arguments.extend(["--model", id]);
        let tested = json(home, &arguments);
        let (bars, held_out) = (shard(&tested, ".model_backtest_2"), shard(&run, ".model_evaluation_"));
        let sql = format!(
            "SELECT COUNT(*), COUNTIF((IFNULL(b.trade, '') = 'BUY') = (e.predictions > 0.03)), \
             COUNTIF(e.predictions = e.outcomes), COUNTIF(b.trade = 'BUY') \
             FROM `{bars}` AS b JOIN `{held_out}` AS e ON CAST(b.ticker_time AS TIMESTAMP) = e.ticker_time AND b.ticker = e.ticker \
             WHERE b.backtest_execution_id = '{}' AND e.model_execution_id = '{id}'",
            tested["backtest_execution_id"].as_str().unwrap()
        );
        let found = rows(home, &sql).remove(0);
        let count = |at: usize| found[at].as_u64().unwrap();
        assert!(count(0) > 500 && count(0) == count(1), "{split}: {found:?}");
        assert!(count(2) * 100 < count(0), "{split}: a model that saw a bar says its outcome: {found:?}");
        assert!(count(3) > 0, "{split}: {found:?}");
        let notes = tested["notes"].to_string();
        assert!(notes.contains("models of run") && notes.contains("did not see it"), "{notes}");
        assert_eq!(notes.contains("learned from bars after them"), split != "walk_forward", "{notes}");
    }
    let unnamed = refused(home, &backtest);
    assert!(unnamed.contains("none is named") && unnamed.contains("--model RUN"), "{unnamed}");
    let id = json(
        home,
        &[
            "train",
            "w/train/ols.toml",
            "--from",
            "features.us_daily",
            "--set",
            "control.repeats=1",
            "--set",
            "split.kind=shuffled",
        ],
    );
    let id = id["model_execution_id"].as_str().unwrap();
    let leaking = refused(home, &["backtest", "held_out.toml", "--from", "features.us_daily", "--model", id]);
    assert!(leaking.contains("mixes past and future"), "{leaking}");
}

#[test]
fn an_outcome_of_several_classes_is_trained_predicted_and_traded_on() {
    let home = sample();
    let home = home.path();
    demo(home);
    let from = "SELECT *, CASE WHEN ROR_n10 > 0.03 THEN 'up' WHEN ROR_n10 < -0.03 THEN 'down' WHEN ROR_n10 IS NOT NULL THEN 'flat' END \
                AS move FROM features.us_daily";
    let settings = [
        "outcome=move",
        "algorithm=random_forest_classifier",
        "params.n_estimators=20",
        "params.max_depth=4",
        "features=['AROR_5', 'RSI_14', 'ATR_pct_14']",
        "control.repeats=2",
    ];
    let mut train = vec!["train", "w/train/ols.toml", "--from", from];
    settings.iter().for_each(|setting| train.extend(["--set", setting]));
    let run = json(home, &train);
    let id = run["model_execution_id"].as_str().unwrap();
    let names: Vec<&str> =
        run["classes"]["classes"].as_array().unwrap().iter().map(|class| class["class"].as_str().unwrap()).collect();
    assert_eq!(names, ["down", "flat", "up"]);
    let held_out = shard(&run, ".model_evaluation_");
    let sql = format!(
        "SELECT COUNT(*), COUNTIF(predicted_class = outcome_class), \
         COUNTIF(ABS(probability_down + probability_flat + probability_up - 1) < 1e-9) \
         FROM `{held_out}` WHERE model_execution_id = '{id}'"
    );
    let found = rows(home, &sql).remove(0);
    let all = found[0].as_u64().unwrap();
    assert_eq!((all, found[2].as_u64().unwrap()), (run["scores"]["rows"].as_u64().unwrap(), all));
    let accuracy = run["scores"]["classes"]["accuracy"].as_f64().unwrap();
    near(found[1].as_f64().unwrap() / all as f64, accuracy);
    assert!(run["latest"].as_array().unwrap().iter().all(|row| names.contains(&row["class"].as_str().unwrap())));

    // What was kept is read back, and shown.
    let shown = json(home, &["models", "show", id]);
    assert_eq!((&shown["classes"], &shown["scores"]), (&run["classes"], &run["scores"]));
    let shown = text(&algom(home).args(["-w", "w", "models", "show", id]).output().unwrap().stdout);
    assert!(shown.contains("as down") && shown.contains("recall"), "{shown}");
    json(home, &["chart", "predictions_by_date", "--run", id, "--out", "chart.csv"]);

    let predicted = json(home, &["predict", "--model", id, "--from", from, "--table", "predictions.move"]);
    assert!(predicted["scores"]["classes"]["accuracy"].as_f64().unwrap() > 0.3);
    let sql = "SELECT COUNTIF(predicted_class = 'up'), COUNTIF(predictions = 2), COUNTIF(probability_up IS NULL) FROM predictions.move";
    let found = rows(home, sql).remove(0);
    assert!(found[0] == found[1] && found[0].as_u64().unwrap() > 0, "{found:?}");

    for predictions in ["model", "held_out"] {
        let rules = format!(
            "predictions = \"{predictions}\"\nticker = \"AAPL\"\n[[rule]]\ntrade = \"BUY\"\n\
             when = \"predictions = 2 AND probability_up > 0.2\"\namount = \"0.01\"\n"
        );
        std::fs::write(home.join("move.toml"), rules).unwrap();
        let tested = json(home, &["backtest", "move.toml", "--from", from, "--model", id]);
        assert!(tested["summary"]["trades"].as_u64().unwrap() > 0, "{tested}");
    }
}
