//! `algom features` and `algom check-lookahead` on recipes and bars that a person gets wrong.

use std::fs::write;
use std::path::Path;

use serde_json::json;

use crate::support::{algom, json, run, text, workspace};

/// A workspace with 120 daily bars of AAA and a column of text, and 60 whose prices are as large as numbers get.
fn bars() -> tempfile::TempDir {
    let home = workspace();
    let day = |i: u32| format!("2026-{:02}-{:02}", 1 + i / 28, 1 + i % 28);
    let rows = |count: u32, row: &dyn Fn(u32) -> String| -> String {
        (0..count).map(|i| format!("{},{}\n", day(i), row(i))).collect()
    };
    let usual = rows(120, &|i| {
        let close = 100.0 + 10.0 * (f64::from(i) / 5.0).sin();
        format!("AAA,{close},{},{},{},1000,n{i}", close + 1.0, close - 1.0, close + 0.5)
    });
    let huge = rows(60, &|i| format!("BIG,1e308,1.7e308,1e307,{}e307,1000", 1 + i % 5));
    for (file, header, rows) in [
        ("usual.csv", "Date,Ticker,Open,High,Low,Close,Volume,note", usual),
        ("huge.csv", "Date,Ticker,Open,High,Low,Close,Volume", huge),
    ] {
        write(home.path().join(file), format!("{header}\n{rows}")).unwrap();
        let table = format!("m.{}", file.trim_end_matches(".csv"));
        json(home.path(), &["import", file, "--table", &table]);
    }
    home
}

fn recipe(home: &Path, entries: &str) {
    write(home.join("r.toml"), format!("name = \"r\"\n{entries}")).unwrap();
}

fn feature(entry: &str) -> String {
    format!("[[feature]]\n{entry}\n")
}

#[test]
fn a_wrong_recipe_is_told_what_is_wrong_the_rule_and_what_to_do() {
    let home = bars();
    let home = home.path();
    let sma = feature("indicator = \"algom.sma\"");
    for (entries, message, hint) in [
        (
            feature("indicator = \"ta.rsi\"\ntimeperiod = 0"),
            "feature 1 (ta.rsi): timeperiod must be between 2 and 100000, but is 0",
            "`algom indicators ID` shows the parameters with their ranges.",
        ),
        (
            feature("indicator = \"ta.rsi\"\ntimeperiod = \"\""),
            "timeperiod must be a whole number, but is \"\"",
            "shows the parameters",
        ),
        (
            feature("indicator = \"ta.rsi\"\ntimeperiod = 99999999999999999999"),
            "the recipe cannot be read: line 4: ",
            "A recipe has a name",
        ),
        (feature("indicator = \"ta.rsi\"\ntimeperid = 9"), "did you mean timeperiod?", "shows the parameters"),
        (
            feature("indicator = \"ta.rsii\""),
            "there is no indicator ta.rsii; did you mean ta.rsi?",
            "lists the catalogue",
        ),
        (feature("indicator = \"rsi\""), "there is no indicator rsi; did you mean algom.rsi?", "lists the catalogue"),
        (feature("transform = \"lg\""), "there is no transform lg; did you mean lag?", "lists the catalogue"),
        (
            feature("indicator = \"algom.sma\"\ncolumn = \"clse\""),
            "there is no column clse; did you mean close?",
            "Name a column of the bars",
        ),
        (
            feature("indicator = \"algom.sma\"\ncolumn = \"\""),
            "column must be the name of a column, but is \"\"",
            "algom",
        ),
        (
            feature("indicator = \"algom.sma\"\ncolumn = \"note\""),
            "the column note holds text, not numbers",
            "Choose a column of numbers.",
        ),
        (
            sma.repeat(2),
            "feature 2 (algom.sma): the column SMA_10 exists already: feature 1 (algom.sma) makes it",
            "Give the entry another name with as.",
        ),
        (
            feature("indicator = \"algom.sma\"\nas = \"Close\""),
            "Close is the name of a column of the bars",
            "Give the entry another name with as.",
        ),
        (
            feature("transform = \"lag\"\ncolumn = \"SMA_10\"") + &sma,
            "feature 1 (lag) uses the column SMA_10, which feature 2 (algom.sma) makes later",
            "Move the entry that makes the column up.",
        ),
        (
            feature("sql = \"AVG(close) OVER (ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING)\"\nas = \"c\""),
            "the function AVG is not available here",
            "Expressions take numbers, columns",
        ),
    ] {
        recipe(home, &entries);
        let output = run(home, &["features", "r.toml", "--from", "m.usual", "--table", "f.none"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{entries}: {said}");
        let (first, next) = said.trim().split_once('\n').unwrap();
        assert!(first.contains(message), "{entries}: {said}");
        assert!(next.contains(hint), "{entries}: {said}");
    }
    assert_eq!(run(home, &["schema", "f.none"]).status.code(), Some(4), "nothing was written");
}

#[test]
fn a_column_without_values_says_why() {
    let home = bars();
    let home = home.path();
    recipe(home, &feature("indicator = \"algom.sma\"\nn = 500"));
    let short = json(home, &["features", "r.toml", "--from", "m.usual", "--table", "f.short"]);
    let needed =
        "SMA_500 has no value in any row: up to 500 bars of a ticker are needed for the first one, and there are 120";
    assert_eq!(short["notes"], json!([needed]));
    // The sum of ten prices near the largest number is infinite.
    recipe(home, &feature("indicator = \"algom.sma\"\ncolumn = \"high\""));
    let huge = json(home, &["features", "r.toml", "--from", "m.huge", "--table", "f.huge"]);
    let note = huge["notes"][0].as_str().unwrap();
    assert!(note.starts_with("SMA_high_10 has no value in any row, though there are bars enough"), "{note}");
    assert!(note.ends_with("is missing, or is too large or too small to compute with"), "{note}");
}

/// The exit code of the check and the first line of what it says to a person.
fn check(home: &Path, from: &str) -> (Option<i32>, String) {
    let output = algom(home).args(["-w", "w", "check-lookahead", "r.toml", "--from", from]).output().unwrap();
    (output.status.code(), text(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_mean_around_the_bar_is_refused_and_named_by_the_check() {
    let home = bars();
    let home = home.path();
    let centred = "SELECT *, AVG(close) OVER (PARTITION BY ticker ORDER BY ticker_time \
                   ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS centred FROM m.usual";
    recipe(home, &(feature("indicator = \"algom.sma\"\ncolumn = \"centred\"") + &feature("indicator = \"algom.sma\"")));
    let refused = run(home, &["features", "r.toml", "--from", centred, "--table", "f.none"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("the column SMA_centred_10 reads 2 later bars, so it belongs under [[label]]"), "{said}");
    let words = "SMA_centred_10 looks ahead: it is made of a label of the bars that reads 2 later bars.";
    assert_eq!(check(home, centred), (Some(3), words.to_owned()));
    for (entry, exit, words) in [
        ("indicator = \"algom.ror\"\nn = -2", 3, "ROR_n2 looks ahead: row 10 changes when later bars are removed."),
        ("indicator = \"algom.sma\"", 0, "The one column does not look ahead."),
    ] {
        recipe(home, &feature(entry));
        assert_eq!(check(home, "m.usual"), (Some(exit), words.to_owned()));
    }
}
