//! `algom push` and `algom pull` between a workspace and BigQuery's emulator.

use serde_json::{Value, json};

use crate::support::{json as local, text};
use crate::{document, emulator, http, run, with};

#[test]
fn a_table_goes_to_bigquery_and_comes_back_as_it_was() {
    let Some(emulator) = emulator::bigquery() else { return };
    let home = with("");
    let home = home.path();
    local(
        home,
        &["features", "w/recipes/momentum.toml", "--from", "market.bars_us_daily", "--table", "features.pushed"],
    );
    let typed = "CREATE TABLE a.typed AS SELECT 1 AS i, 1.5 AS f, NUMERIC '1.25' AS n, 'x' AS s, DATE '2026-01-31' AS d, \
                 DATETIME '2026-01-31 09:30:00' AS dt, TIMESTAMP '2026-01-31 09:30:00+00' AS t, TRUE AS o, [1, 2] AS l";
    local(home, &["query", typed]);
    let file = home.join("w/algomosaic.toml");
    let section = "[google]\nproject = \"proj\"\n";
    std::fs::write(&file, format!("{}\n{section}", std::fs::read_to_string(&file).unwrap())).unwrap();
    let document = |arguments: &[&str]| -> Value { document(home, emulator, arguments) };
    let tables = ["features.pushed", "a.typed"];
    let state = || -> Vec<Value> {
        let of = |table: &&str| {
            let rows = document(&["query", &format!("SELECT * FROM local.{table}")]);
            json!([document(&["schema", &format!("local.{table}")]), rows])
        };
        tables.iter().map(of).collect()
    };
    let before = state();
    let pushed = document(&["push", "features.pushed", "a.typ*"]);
    assert_eq!(pushed["tables"].as_array().unwrap().len(), 2);
    assert_eq!(pushed["tables"][0]["to"], "proj.a.typed");
    assert!(before[0].to_string().contains("label_horizon"));
    let there = document(&["schema", "proj.features.pushed"]);
    assert_eq!(there, before[0][0], "types and labels there");

    // What a column means, as a person wrote it in BigQuery's console.
    let address = "/bigquery/v2/projects/proj/datasets/a/tables/typed";
    let mut described: Value = serde_json::from_str(&http(&emulator.rest, "GET", address, "").1).unwrap();
    described["schema"]["fields"][0]["description"] = "How many.".into();
    let schema = json!({"schema": described["schema"]}).to_string();
    assert!(http(&emulator.rest, "PATCH", address, &schema).0.contains("200"));

    let refused = run(home, emulator, &["pull", "a.typed"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("--if-exists"), "{}", text(&refused.stderr));
    for table in tables {
        document(&["query", &format!("DROP TABLE local.{table}")]);
    }
    let pulled = document(&["pull", "features.pushed", "a.typed"]);
    assert_eq!(pulled["tables"][0]["to"], "local.a.typed");
    assert_eq!(state(), before);

    let refused = run(home, emulator, &["push", "a.typed"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    let replaced = document(&["push", "a.typed", "--if-exists", "replace"]);
    assert_eq!(replaced["tables"][0]["rows"], 1);
    document(&["push", "a.typed", "--if-exists", "append"]);
    assert_eq!(document(&["query", "SELECT COUNT(*) FROM proj.a.typed"])["rows"], json!([[2]]));
    assert!(http(&emulator.rest, "GET", address, "").1.contains("How many."), "the meaning came along");
    let unknown = run(home, emulator, &["pull", "a.nothing"]);
    assert_eq!(unknown.status.code(), Some(4), "{}", text(&unknown.stderr));
    let jobs = document(&["jobs", "list"]);
    assert!(jobs.to_string().contains("Push a.typed to Google Cloud"));
}
