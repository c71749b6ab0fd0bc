//! Whatever text is given for a statement: it is read or refused, never a panic, and never something the
//! engine cannot parse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::sync::LazyLock;

use algomosaic_core::{Code, Problem};
use algomosaic_data::{Limits, SqlParams, Staging, Warehouse, fault_of, functions};
use proptest::prelude::*;

static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/sql/corpus.jsonl");
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["sql"].as_str().unwrap().to_owned())
        .collect()
});

static WAREHOUSE: LazyLock<(tempfile::TempDir, Warehouse)> = LazyLock::new(|| {
    let root = tempfile::tempdir().unwrap();
    for folder in ["warehouse", "jobs"] {
        std::fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    let warehouse = Warehouse::open(root.path(), "proj", "market", &Limits::default()).unwrap();
    for sql in [
        "CREATE TABLE prices (ticker STRING, date DATE, open FLOAT64, high FLOAT64, low FLOAT64, close FLOAT64, volume INT64)",
        "CREATE TABLE trades (trade_id INT64, ts TIMESTAMP, ticker STRING, price FLOAT64, qty INT64, side STRING)",
        "CREATE TABLE meta (ticker STRING, name STRING, sector STRING, ipo DATE, tags STRING, active BOOL)",
    ] {
        let staging = Staging::create(root.path(), &algomosaic_data::unique()).unwrap();
        warehouse.prepare(sql, &SqlParams::new()).unwrap().change(&staging, &algomosaic_core::Job::new()).unwrap();
    }
    (root, warehouse)
});

fn check(sql: &str) -> Result<(), TestCaseError> {
    if let Err(error) = WAREHOUSE.1.prepare(sql, &SqlParams::new()) {
        let problem = Problem::from(error);
        prop_assert!(problem.code != Code::Internal, "{sql}\n{}", problem.message);
        // What only the engine finds has no place.
        let has_place = fault_of(&problem).is_some() || problem.message.starts_with("the query failed: ");
        prop_assert!(has_place, "{sql}\n{}", problem.message);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check(&text)?;
        check(&format!("SELECT {text}"))?;
    }

    #[test]
    fn mutated_queries_are_read_or_refused(
        query in 0..CORPUS.len(),
        other in 0..CORPUS.len(),
        cut in 0.0..1.0_f64,
        length in 0..12_usize,
        what in prop_oneof![
            Just(String::new()), Just("NULL".to_owned()), Just("(".to_owned()), Just("'".to_owned()), Just("`".to_owned()),
            Just("-1".to_owned()), Just("close".to_owned()), Just("SELECT".to_owned()), Just("[OFFSET(0)]".to_owned()),
            Just("OVER ()".to_owned()), Just("*".to_owned()), Just("@p".to_owned()), Just(";".to_owned()),
        ],
    ) {
        let chars: Vec<char> = CORPUS[query].chars().collect();
        let at = ((chars.len() as f64) * cut) as usize;
        let start: String = chars[..at].iter().collect();
        let end: String = chars[(at + length).min(chars.len())..].iter().collect();
        check(&format!("{start}{what}{end}"))?;
        check(&format!("{start} {}", CORPUS[other]))?;
    }

    #[test]
    fn any_call_of_a_function_is_read_or_refused(
        function in 0..functions().len(),
        arguments in prop::collection::vec(
            prop_oneof![
                Just("ticker"), Just("date"), Just("close"), Just("volume"), Just("NULL"), Just("1"), Just("'x'"), Just("1.5"),
                Just("[1, 2]"), Just("DAY"), Just("INTERVAL 1 DAY"), Just("TIMESTAMP(date)"), Just("DATETIME(date)"),
                Just("NUMERIC '1.5'"), Just("TRUE"), Just("b'x'"), Just("JSON '1'"), Just("STRUCT(1 AS a)"), Just("*"), Just("TIME(1, 2, 3)"),
            ],
            0..4,
        ),
        over in prop_oneof![Just(""), Just(" OVER ()"), Just(" OVER (ORDER BY date)")],
        safe in prop_oneof![Just(""), Just("SAFE.")],
    ) {
        let name = functions()[function].name;
        check(&format!("SELECT {safe}{name}({}){over} AS x FROM prices", arguments.join(", ")))?;
    }
}

#[test]
fn deep_statements_are_refused_and_long_ones_read() {
    for sql in [
        format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("SELECT {}1", "- ".repeat(3_000)),
        format!("SELECT {}1{}", "ABS(".repeat(3_000), ")".repeat(3_000)),
        format!("SELECT 1{}", " + 1".repeat(3_000)),
        format!("SELECT {}TRUE", "NOT ".repeat(3_000)),
        format!("SELECT {}", "[".repeat(5_000)),
        format!("{} SELECT 1", "SELECT 1 UNION ALL".repeat(3_000)),
        format!("SELECT * FROM {}prices", "(SELECT * FROM ".repeat(3_000)),
    ] {
        if let Err(error) = WAREHOUSE.1.prepare(&sql, &SqlParams::new()) {
            let problem = Problem::from(error);
            assert!(problem.code != Code::Internal && fault_of(&problem).is_some(), "{}", problem.message);
        }
    }
    let sum = format!("SELECT 1{} AS x", " + 1".repeat(200));
    assert!(WAREHOUSE.1.prepare(&sum, &SqlParams::new()).is_ok());
}
