//! Documents, exit codes, standard output and standard error.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{algom, json, rows, run, sample, text, workspace};

#[test]
fn values_are_written_as_the_documentation_says() {
    let home = workspace();
    let sql = "SELECT 9007199254740993 AS i, 0.1 AS f, CAST('NaN' AS FLOAT64) AS n, CAST('inf' AS FLOAT64) AS p, -CAST('inf' AS FLOAT64) AS m, \
        TRUE AS b, 'x' AS s, NULL AS z, DATE '2026-01-31' AS d, TIMESTAMP '2026-01-31 09:30:00+00' AS t";
    let document = json(home.path(), &["query", sql]);
    let row = document["rows"][0].as_array().unwrap();
    assert_eq!(row[0], 9_007_199_254_740_993_i64);
    assert_eq!(row[2..5], [json!("NaN"), json!("Infinity"), json!("-Infinity")]);
    assert_eq!(row[5..9], [json!(true), json!("x"), json!(null), json!("2026-01-31")]);
    assert_eq!(document["columns"][0], json!({"name": "i", "type": "INT64"}));
}

#[test]
fn each_failure_has_its_exit_code() {
    let home = sample();
    for (arguments, exit, part) in [
        (&["query", "SELECT * FROM market.bars_us_dialy"][..], 4, "Did you mean market.bars_us_daily?"),
        (&["query", "SELECT * FROM other.market.bars_us_daily"], 4, "no project other"),
        (&["query", "SELECT nothing FROM market.bars_us_daily"], 3, "nothing"),
        (&["query", "CREATE VIEW v AS SELECT 1"], 3, "CREATE VIEW is not supported"),
        (&["query", "SELECT * FROM read_csv('/etc/passwd')"], 3, "read_csv"),
        (&["query", "SELECT * FROM '/etc/passwd'"], 3, ""),
        (&["query", "SELEC 1"], 3, "line 1, column 1"),
        (&["query", "SELECT @x", "--param", "y=1"], 3, "@x"),
        (&["query", "SELECT COUNT(*) FROM market.bars_us_daily", "--max-bytes", "10"], 3, "--max-bytes"),
        (&["query", "SELECT 1", "--param", "y"], 2, "--param"),
        (&["query"], 2, "required"),
        (&["nonsense"], 2, "nonsense"),
        (&["schema", "market.none"], 4, "no table"),
        (&["models", "show", "zzzz"], 4, "no run or model"),
        (&["models", "show", "abcdef"], 4, "no run or model"),
        (&["predict", "--model", "abcdef", "--from", "market.bars_us_daily"], 4, "no run or model"),
        (&["chart", "equity", "--run", "abcdef", "--out", "x.png"], 4, ""),
        (&["train", "none.toml", "--from", "market.bars_us_daily"], 4, "no such file"),
        (&["train", "w/train/ols.toml"], 2, "--from"),
        (&["train", "w/train/ols.toml", "--from", "market.bars_us_daily"], 4, "ROR_n10"),
        (
            &["train", "w/train/ols.toml", "--from", "market.bars_us_daily", "--set", "algorithm=olss"],
            4,
            "Did you mean ols?",
        ),
        (&["features", "w/rules/dip.toml", "--from", "market.bars_us_daily", "--table", "x"], 3, ""),
        (&["features", "w/recipes/momentum.toml", "--from", "market.bars_us_daily"], 2, "required"),
        (&["backtest", "w/rules/dip.toml", "--from", "market.bars_us_daily"], 3, "AROR_6"),
        (&["query", "SELECT 1", "--out", "x.doc"], 3, ".csv"),
    ] {
        let output = run(home.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert!(exit == 2 || said.lines().count() <= 3, "{arguments:?}: {said}");
    }
}

#[test]
fn an_engine_that_reads_other_files_cannot_be_had() {
    let home = sample();
    for sql in [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT getenv('HOME')",
        "SELECT (SELECT content FROM read_text('/etc/hostname'))",
        "SELECT * FROM parquet_metadata('/etc/hostname')",
    ] {
        let output = run(home.path(), &["query", sql]);
        assert_eq!(output.status.code(), Some(3), "{sql}: {}{}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn standard_output_holds_the_document_and_nothing_else() {
    let home = sample();
    let output = algom(home.path()).args(["--json", "-w", "w", "demo"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for key in ["workspace", "out", "train", "backtest", "charts", "csv", "tables"] {
        assert!(!document[key].is_null(), "{key}");
    }
    assert!(text(&output.stderr).contains(" %  "), "progress is on standard error: {}", text(&output.stderr));
    let quiet = algom(home.path()).args(["--quiet", "-w", "w", "demo"]).output().unwrap();
    assert_eq!((text(&quiet.stdout), text(&quiet.stderr)), (String::new(), String::new()));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = sample();
    let sql = "SELECT * FROM market.bars_us_daily";
    let mut child = algom(home.path())
        .args(["--json", "-q", "-w", "w", "query", sql])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn a_workspace_reads_names_with_quotes_defaults_and_aliases() {
    let home = sample();
    for sql in [
        "SELECT COUNT(*) FROM local.market.bars_us_daily",
        "SELECT COUNT(*) FROM `local.market.bars_us_daily`",
        "SELECT COUNT(*) FROM `local`.`market`.`bars_us_daily` AS b WHERE b.close > 0",
        "SELECT COUNT(*) FROM market.bars_us_daily WHERE bars_us_daily.close > 0",
        "WITH t AS (SELECT * FROM market.bars_us_daily) SELECT COUNT(*) FROM t",
        "SELECT (SELECT COUNT(*) FROM market.bars_us_daily)",
    ] {
        assert_eq!(rows(home.path(), sql), [[json!(11_958)]], "{sql}");
    }
}

#[test]
fn the_catalogue_is_listed_and_explained() {
    let home = workspace();
    let all = json(home.path(), &["indicators"]);
    let ids: Vec<&str> = all.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"algom.aror") && ids.contains(&"transform.lag"), "{ids:?}");
    let one = json(home.path(), &["indicators", "rsi"]);
    assert_eq!(one[0]["id"], "algom.rsi");
    assert_eq!(one[0]["params"][0]["name"], "n");
    let output = run(home.path(), &["indicators", "algom.arorr"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("Did you mean algom.aror?"), "{}", text(&output.stderr));
}

/// Expected values from pandas 3.1.1 over the four files of the sample: `mean`, `std`, `nunique`, `quantile`.
#[test]
fn a_profile_says_what_pandas_says_of_the_sample() {
    let home = sample();
    let profile = json(home.path(), &["profile", "market.bars_us_daily"]);
    assert_eq!(profile["rows"], 11_958);
    let close = profile["columns"].as_array().unwrap().iter().find(|column| column["name"] == "close").unwrap();
    assert_eq!(
        (&close["nulls"], &close["distinct"], &close["distinct_is_exact"]),
        (&json!(0), &json!(8_688), &json!(true))
    );
    let near = |found: &Value, expected: f64| {
        let found = found.as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} is not {expected}");
    };
    near(&close["mean"], 167.44031421642416);
    near(&close["sd"], 185.5310350812815);
    near(&close["quantiles"][1]["value"], 20.37);
    near(&close["quantiles"][3]["value"], 90.12);
    near(&close["quantiles"][5]["value"], 589.8530000000001);
    let printed = algom(home.path()).args(["-w", "w", "profile", "market.bars_us_daily"]).output().unwrap();
    let printed = text(&printed.stdout);
    assert!(printed.contains("ticker: AAPL (3,270), IBM (3,270), MSFT (3,270), GOOG (2,148)"), "{printed}");
    assert_eq!(run(home.path(), &["profile", "market.none"]).status.code(), Some(4));
}

#[test]
fn a_run_keeps_the_file_the_sql_and_the_parameters_it_read() {
    let home = sample();
    let home = home.path();
    let made =
        run(home, &["features", "w/recipes/momentum.toml", "--from", "market.bars_us_daily", "--table", "features.f"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    std::fs::write(home.join("since.sql"), "SELECT * FROM {table} WHERE ticker = @t AND ticker_time >= @from").unwrap();
    let train = ["train", "w/train/ols.toml", "--from", "since.sql", "--set", "control.repeats=2"];
    let params = ["--param", "table=features.f", "--param", "t=AAPL", "--param", "from:TIMESTAMP=2005-01-01"];
    let id = json(home, &[&train[..], &params[..]].concat())["model_execution_id"].as_str().unwrap().to_owned();
    let sql = format!(
        "SELECT parameter, value FROM `model_metadata.model_queries_*` WHERE model_execution_id = '{id}' ORDER BY parameter"
    );
    let facts: std::collections::BTreeMap<String, String> = rows(home, &sql)
        .into_iter()
        .map(|row| (row[0].as_str().unwrap().to_owned(), row[1].as_str().unwrap_or_default().to_owned()))
        .collect();
    assert_eq!(facts["input_type"], "sql");
    assert_eq!(facts["file"], "since.sql");
    assert_eq!(facts["sql"], "SELECT * FROM features.f WHERE ticker = @t AND ticker_time >= @from");
    assert_eq!(facts["tables"], "local.features.f");
    let given: Value = serde_json::from_str(&facts["parameters"]).unwrap();
    assert_eq!(given[1], json!({"name": "from", "type": "TIMESTAMP", "value": "2005-01-01"}));
    let refused = run(home, &["train", "w/train/ols.toml", "--from", "features.f", "--param", "t=AAPL"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}
