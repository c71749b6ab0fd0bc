//! Import: what goes in comes out, and what breaks a rule is refused with the line at fault, nothing written.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{algom, files, json, rows, run, sample, text, workspace};

const GOOD: &str = "time,open,high,low,close,volume\n\
    2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,200\n2024-01-04,12,14,11,13,300\n";

/// Imports a file that must be refused, and returns message and hint. Nothing may be left of it.
fn refused(content: &[u8], code: &str, exit: i32) -> (String, String) {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("AAPL.csv"), content).unwrap();
    let before = files(&home.join("w/warehouse"));
    let output = algom(home)
        .args(["--json", "--quiet", "-w", "w", "import", "AAPL.csv", "--table", "market.bars"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{document}");
    assert_eq!(document["error"]["code"], code, "{document}");
    let lines = text(&output.stderr);
    assert!(lines.lines().count() <= 3, "{lines}");
    assert_eq!(files(&home.join("w/warehouse")), before, "nothing was written");
    assert_eq!(json(home, &["tables"]), json!([]));
    let get = |key: &str| document["error"][key].as_str().unwrap().to_owned();
    assert!(!get("hint").is_empty());
    (get("message"), get("hint"))
}

#[test]
fn bad_files_are_refused_with_the_line_and_the_rule() {
    let change = |from: &str, to: &str| GOOD.replace(from, to).into_bytes();
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        (
            "a missing column",
            change("close", "shut"),
            &["no column close", "it has ticker_time, open, high, low, shut, volume"],
        ),
        ("text in a number", change("13,10,12", "13,10,twelve"), &["line 3", "close is not a number: \"twelve\""]),
        (
            "text in the time",
            change("2024-01-03", "yesterday"),
            &["line 3", "ticker_time is not a time: \"yesterday\""],
        ),
        ("unsorted times", change("2024-01-04", "2024-01-01"), &["line 4", "before that of the bar above"]),
        ("duplicate times", change("2024-01-04", "2024-01-03"), &["line 4", "has that time already"]),
        ("an empty file", Vec::new(), &["AAPL.csv is empty"]),
        ("a file of blanks", b" \n\n \n".to_vec(), &["AAPL.csv is empty"]),
        ("a header alone", b"time,open,high,low,close,volume\n".to_vec(), &["has no rows"]),
        ("binary", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 3], &["not CSV", "byte 5 is zero"]),
        ("a zero byte", change("11,100", "11,\u{0}100"), &["not CSV", "is zero"]),
        ("HTML", b"<!DOCTYPE html>\n<html></html>\n".to_vec(), &["not CSV", "HTML"]),
        ("prose", b"Dear reader\nthis is a letter\n".to_vec(), &["not CSV", "no columns"]),
        ("an infinite value", change("13,10,12", "inf,10,12"), &["line 3", "high is infinite"]),
        ("not a number", change("13,10,12", "13,NaN,12"), &["line 3", "low is infinite or not a number"]),
        ("a missing value", change("13,10,12", "13,,12"), &["line 3", "low is missing"]),
        ("a missing time", change("2024-01-03,", ","), &["line 3", "ticker_time is missing"]),
        ("too few columns", change("2024-01-03,11,13,10,12,200", "2024-01-03,11,13"), &["line 3", "number of columns"]),
        ("too many columns", change("12,200", "12,200,7,8"), &["line 3", "number of columns"]),
        ("a column twice", change("open,high", "open,Open"), &["column open twice"]),
        ("a column without a name", change("open,high", "open,"), &["column 3 has no name"]),
    ];
    for (what, content, expected) in cases {
        let (message, _) = refused(&content, "BadInput", 3);
        for part in expected {
            assert!(message.contains(part), "{what}: {message:?} should say {part:?}");
        }
    }
}

#[test]
fn several_faults_are_counted() {
    let content = GOOD.replace(",100\n", ",x\n").replace(",200\n", ",y\n");
    let (message, _) = refused(content.as_bytes(), "BadInput", 3);
    assert!(message.contains("line 2") && message.contains("2 such lines"), "{message}");
}

#[test]
fn a_file_that_is_not_there_and_a_folder_are_told_apart() {
    let home = workspace();
    let output = run(home.path(), &["import", "none.csv", "--table", "market.bars"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let output = run(home.path(), &["import", "w", "--table", "market.bars"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
}

#[test]
fn table_names_that_are_none_are_refused() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("AAPL.csv"), GOOD).unwrap();
    for name in ["../x", "a.b/../c", "market.'x'", "a.b.c.d", "market.bars; DROP TABLE x", ""] {
        let output = run(home, &["import", "AAPL.csv", "--table", name]);
        assert_eq!(output.status.code(), Some(3), "{name}: {}", text(&output.stderr));
    }
    assert!(!home.join("x").exists());
}

#[test]
fn good_bars_come_back_as_they_went_in() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("AAPL.csv"), GOOD).unwrap();
    let document = json(home, &["import", "AAPL.csv", "--table", "market.bars"]);
    assert_eq!(document["table"], "local.market.bars");
    assert_eq!(document["rows"], 3);
    assert!(document["notes"][0].as_str().unwrap().contains("the ticker AAPL is taken from the file's name"));
    assert_eq!(
        rows(home, "SELECT * FROM market.bars ORDER BY ticker_time LIMIT 1"),
        [json!(["2024-01-02T00:00:00.000000Z", "AAPL", null, "1d", 10.0, 12.0, 9.0, 11.0, 100.0])
            .as_array()
            .unwrap()
            .clone()]
    );
}

#[test]
fn delimiters_quotes_case_order_and_marks_of_bytes_do_not_matter() {
    let home = workspace();
    let home = home.path();
    let variants = [
        ("semicolon", GOOD.replace(',', ";")),
        ("tab", GOOD.replace(',', "\t")),
        ("quoted", GOOD.replace("2024-01-02", "\"2024-01-02\"")),
        ("bom", format!("\u{feff}{GOOD}")),
        ("crlf", GOOD.replace('\n', "\r\n")),
        ("case", GOOD.replace("time,open", "Date,OPEN")),
        (
            "seconds",
            GOOD.replace("2024-01-02", "1704153600")
                .replace("2024-01-03", "1704240000")
                .replace("2024-01-04", "1704326400"),
        ),
        (
            "milli",
            GOOD.replace("2024-01-02", "1704153600000")
                .replace("2024-01-03", "1704240000000")
                .replace("2024-01-04", "1704326400000"),
        ),
        ("zone", GOOD.replace("2024-01-02", "2024-01-02T01:00:00+01:00")),
    ];
    for (name, content) in variants {
        fs::write(home.join("AAPL.csv"), content).unwrap();
        let table = format!("market.{name}");
        let output = run(home, &["import", "AAPL.csv", "--table", &table, "--ticker", "X"]);
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        let found = rows(home, &format!("SELECT ticker_time, close FROM {table} ORDER BY ticker_time"));
        assert_eq!(found[0], [json!("2024-01-02T00:00:00.000000Z"), json!(11.0)], "{name}");
        assert_eq!(found.len(), 3, "{name}");
    }
}

#[test]
fn unsorted_bars_are_sorted_on_request() {
    let home = workspace();
    let home = home.path();
    let mut lines: Vec<&str> = GOOD.lines().collect();
    lines[1..].reverse();
    fs::write(home.join("AAPL.csv"), lines.join("\n")).unwrap();
    assert_eq!(run(home, &["import", "AAPL.csv", "--table", "market.bars"]).status.code(), Some(3));
    assert_eq!(json(home, &["import", "AAPL.csv", "--table", "market.bars", "--sort"])["rows"], 3);
    let closes: Vec<Value> =
        rows(home, "SELECT close FROM market.bars").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(closes, [11.0, 12.0, 13.0]);
}

#[test]
fn an_existing_table_is_refused_appended_or_replaced() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("AAPL.csv"), GOOD).unwrap();
    let import = |more: &[&str]| run(home, &[&["import", "AAPL.csv", "--table", "market.bars"], more].concat());
    let count = || rows(home, "SELECT COUNT(*) FROM market.bars")[0][0].clone();
    assert!(import(&[]).status.success());
    assert_eq!(import(&[]).status.code(), Some(3));
    let twice = import(&["--if-exists", "append"]);
    assert_eq!(twice.status.code(), Some(3), "the same bars again");
    assert!(text(&twice.stderr).contains("already has a bar"), "{}", text(&twice.stderr));
    assert!(import(&["--if-exists", "append", "--ticker", "IBM"]).status.success());
    assert_eq!(count(), 6);
    for _ in 0..3 {
        assert!(import(&["--if-exists", "replace"]).status.success());
        assert_eq!(count(), 3);
    }
    fs::write(home.join("words.csv"), "ticker_time,close\n2024-01-02,high\n").unwrap();
    let other = run(home, &["import", "words.csv", "--table", "market.bars", "--if-exists", "append"]);
    assert_eq!(other.status.code(), Some(3), "close is FLOAT64 there and STRING here");
    assert_eq!(count(), 3);
}

#[test]
fn of_several_files_all_or_none_are_imported() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("A.csv"), GOOD).unwrap();
    fs::write(home.join("B.csv"), GOOD.replace("12,200", "x,200")).unwrap();
    let both = ["import", "A.csv", "B.csv", "--table", "market.bars"];
    assert_eq!(run(home, &both).status.code(), Some(3));
    assert_eq!(json(home, &["tables"]), json!([]));
    fs::write(home.join("B.csv"), GOOD).unwrap();
    for mode in ["fail", "replace", "replace"] {
        assert_eq!(json(home, &[&both[..], &["--if-exists", mode]].concat())["rows"], 6);
        assert_eq!(rows(home, "SELECT COUNT(DISTINCT ticker), COUNT(*) FROM market.bars")[0], [json!(2), json!(6)]);
    }
}

#[test]
fn the_sample_is_the_files_it_came_from() {
    let home = sample();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/sample/bars");
    for ticker in ["AAPL", "GOOG", "IBM", "MSFT"] {
        let mut reader = csv::Reader::from_path(folder.join(format!("{ticker}_daily.csv"))).unwrap();
        let expected: Vec<(String, f64, f64)> = reader
            .records()
            .map(|r| r.unwrap())
            .map(|r| (r[0].to_owned(), r[4].parse().unwrap(), r[5].parse().unwrap()))
            .collect();
        let sql = format!(
            "SELECT ticker_time, close, volume FROM market.bars_us_daily WHERE ticker = '{ticker}' ORDER BY ticker_time"
        );
        let found: Vec<(String, f64, f64)> = rows(home.path(), &sql)
            .into_iter()
            .map(|row| (row[0].as_str().unwrap()[..10].to_owned(), row[1].as_f64().unwrap(), row[2].as_f64().unwrap()))
            .collect();
        assert_eq!(found, expected, "{ticker}");
    }
}

#[test]
fn other_files_become_tables_with_their_own_types() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("t.csv"), "id,name,share,ok,day\n9007199254740993,Zoë,0.1,true,2024-01-02\n2,,,false,\n")
        .unwrap();
    assert_eq!(json(home, &["import", "t.csv", "--table", "t"])["rows"], 2);
    let document = json(home, &["query", "SELECT * FROM t ORDER BY id DESC"]);
    let types: Vec<&str> =
        document["columns"].as_array().unwrap().iter().map(|c| c["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["INT64", "STRING", "FLOAT64", "BOOL", "DATE"]);
    assert_eq!(document["rows"][0], json!([9_007_199_254_740_993_i64, "Zoë", 0.1, true, "2024-01-02"]));
    assert_eq!(document["rows"][1], json!([2, null, null, false, null]));
    for out in ["o.csv", "o.json", "o.ndjson", "o.parquet", "o.arrow"] {
        assert!(run(home, &["query", "SELECT * FROM t", "--out", out]).status.success());
        let back = format!("back_{}", &out[2..]);
        let imported = run(home, &["import", out, "--table", &back]);
        assert!(imported.status.success(), "{out}: {}", text(&imported.stderr));
        assert_eq!(
            json(home, &["query", &format!("SELECT id, name, share, ok FROM {back} ORDER BY id DESC")])["rows"][0][0],
            9_007_199_254_740_993_i64
        );
    }
}

#[test]
fn two_processes_append_side_by_side_and_nothing_is_lost() {
    let home = workspace();
    let home = home.path();
    let appends = 25;
    std::thread::scope(|scope| {
        for writer in 0..2 {
            scope.spawn(move || {
                for turn in 0..appends {
                    let file = home.join(format!("w{writer}-{turn}.csv"));
                    fs::write(&file, format!("writer,turn\n{writer},{turn}\n")).unwrap();
                    let output =
                        run(home, &["import", &file.to_string_lossy(), "--table", "t", "--if-exists", "append"]);
                    assert!(output.status.success(), "{}", text(&output.stderr));
                }
            });
        }
    });
    assert_eq!(
        rows(home, "SELECT COUNT(*), COUNT(DISTINCT writer * 1000 + turn) FROM t")[0],
        [json!(2 * appends), json!(2 * appends)]
    );
}

#[test]
fn a_preview_and_a_check_are_documents_and_write_nothing() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("AAPL.csv"), GOOD.replace(',', ";").replace("12;200", "x;200")).unwrap();
    let preview = json(home, &["import", "AAPL.csv", "--preview"]);
    assert_eq!(preview["format"]["delimiter"], ";");
    assert_eq!(preview["bars"], true);
    assert_eq!(preview["ticker"], "AAPL");
    assert_eq!(
        preview["columns"][0],
        json!({"source": "time", "name": "ticker_time", "type": "TIMESTAMP", "format": "ISO", "keep": true})
    );
    assert_eq!(preview["rows"][1], json!(["2024-01-03T00:00:00.000000Z", "11.0", "13.0", "10.0", null, "200.0"]));
    let check = json(home, &["import", "AAPL.csv", "--check"]);
    assert_eq!((&check["rows"], &check["dropped"]), (&json!(2), &json!(1)));
    assert_eq!(
        check["faults"],
        json!([{"reason": "close is not a number", "count": 1, "lines": [3], "example": "x", "drops": true}])
    );
    assert_eq!(json(home, &["tables"]), json!([]));
    let kept = json(home, &["import", "AAPL.csv", "--table", "market.bars", "--drop-bad-rows"]);
    assert_eq!((&kept["rows"], &kept["dropped"], &kept["faults"][0]["lines"]), (&json!(2), &json!(1), &json!([3])));
}

#[test]
fn what_is_said_of_a_file_goes_before_what_is_detected() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("t.csv"), "id*day\n1*01/02/2024\n2*03/02/2024\n").unwrap();
    json(home, &["import", "t.csv", "--table", "t", "--delimiter", "*", "--date-format", "DD/MM/YYYY"]);
    assert_eq!(rows(home, "SELECT day FROM t ORDER BY id")[1], [json!("2024-02-03")]);
    fs::write(
        home.join("s.json"),
        r#"[{"name": "id", "type": "NUMERIC", "mode": "REQUIRED"}, {"name": "day", "type": "STRING"}]"#,
    )
    .unwrap();
    let replaced =
        ["import", "t.csv", "--table", "t", "--delimiter", "*", "--if-exists", "replace", "--schema", "s.json"];
    json(home, &replaced);
    assert_eq!(rows(home, "SELECT id, day FROM t ORDER BY id")[0], [json!("1"), json!("01/02/2024")]);
    fs::write(home.join("t.csv"), "id*day\n1*a\n*b\n").unwrap();
    let missing = run(home, &replaced);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("line 3: id is missing"), "{}", text(&missing.stderr));
}

#[test]
fn standard_input_and_patterns_are_files_too() {
    use std::io::Write as _;
    let home = workspace();
    let home = home.path();
    let piped = |arguments: &[&str]| {
        let mut child = algom(home)
            .args(["--quiet", "-w", "w", "import", "-", "--table", "market.bars"])
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(GOOD.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    assert_eq!(piped(&[]).status.code(), Some(2), "the form must be named");
    let nameless = piped(&["--format", "csv"]);
    assert_eq!(nameless.status.code(), Some(3));
    assert!(text(&nameless.stderr).contains("does not say whose prices"), "{}", text(&nameless.stderr));
    assert!(piped(&["--format", "csv", "--ticker", "X"]).status.success());
    for ticker in ["A", "B"] {
        fs::write(home.join(format!("{ticker}.csv")), GOOD).unwrap();
    }
    assert_eq!(json(home, &["import", "*.csv", "--table", "market.bars", "--if-exists", "append"])["rows"], 6);
    assert_eq!(rows(home, "SELECT COUNT(DISTINCT ticker), COUNT(*) FROM market.bars")[0], [json!(3), json!(9)]);
}

#[test]
fn a_part_that_is_gone_or_broken_is_told_with_its_table() {
    let home = workspace();
    let home = home.path();
    fs::write(home.join("A.csv"), GOOD).unwrap();
    json(home, &["import", "A.csv", "--table", "market.bars"]);
    let folder = home.join("w/warehouse/market/bars");
    let part =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some());
    let part = part.unwrap();
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
    let broken = run(home, &["query", "SELECT * FROM market.bars"]);
    assert_eq!(broken.status.code(), Some(3));
    let message = text(&broken.stderr);
    assert!(message.contains("the table market.bars is damaged") && message.contains("Restore"), "{message}");
    fs::remove_file(&part).unwrap();
    let gone = run(home, &["query", "SELECT * FROM market.bars"]);
    assert_eq!(gone.status.code(), Some(3));
    assert!(text(&gone.stderr).contains("of the table market.bars is not there"), "{}", text(&gone.stderr));
}
