//! Every value of every type comes back from every form of file as it went in.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

mod support;

use std::path::Path;

use algomosaic_core::Job;
use algomosaic_data::{Cell, export_table};
use base64::Engine as _;
use proptest::prelude::*;
use support::{Place, columns};

const COLUMNS: [(&str, &str); 12] = [
    ("b", "BOOL"),
    ("i", "INT64"),
    ("f", "FLOAT64"),
    ("n", "NUMERIC"),
    ("s", "STRING"),
    ("y", "BYTES"),
    ("d", "DATE"),
    ("dt", "DATETIME"),
    ("t", "TIME"),
    ("ts", "TIMESTAMP"),
    ("a", "ARRAY<INT64>"),
    ("r", "STRUCT<x INT64, y STRING>"),
];

/// Microseconds from year 1 to 9999.
const YEAR_1: i64 = -62_135_596_800_000_000;
const YEAR_9999: i64 = 253_402_300_799_999_999;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("NULL".to_owned()),
        Just("NA".to_owned()),
        Just("=1+1".to_owned()),
        Just(" a, \"b\"\n\r\nc ".to_owned()),
        Just("Zoë 日本 🦀".to_owned()),
        "[ -~\n\t]{0,12}",
        any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(0.0),
        Just(-0.0),
        Just(f64::MIN_POSITIVE),
        Just(5e-324),
        Just(f64::MAX),
        Just(0.1),
        any::<f64>(),
    ]
}

/// A decimal text of up to 29 whole digits and 9 decimals, as a cell has it.
fn numeric() -> impl Strategy<Value = String> {
    (any::<bool>(), 0_u128..100_000_000_000_000_000_000_000_000_000, 0_u32..1_000_000_000).prop_map(
        |(negative, whole, decimals)| {
            let decimals = format!("{decimals:09}");
            let decimals = decimals.trim_end_matches('0');
            let sign = if negative && (whole > 0 || !decimals.is_empty()) { "-" } else { "" };
            if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
        },
    )
}

fn row() -> impl Strategy<Value = Vec<Cell>> {
    let moment = || YEAR_1..=YEAR_9999;
    let stamp = |micros: i64| algomosaic_data::timestamp_text(micros);
    let null = |strategy: BoxedStrategy<Cell>| prop_oneof![1 => Just(Cell::Null), 4 => strategy].boxed();
    vec![
        null(any::<bool>().prop_map(Cell::Bool).boxed()),
        null(any::<i64>().prop_map(Cell::Int).boxed()),
        null(float().prop_map(Cell::Float).boxed()),
        null(numeric().prop_map(Cell::Text).boxed()),
        null(text().prop_map(Cell::Text).boxed()),
        null(
            prop::collection::vec(any::<u8>(), 0..8)
                .prop_map(|bytes| Cell::Text(base64::engine::general_purpose::STANDARD.encode(bytes)))
                .boxed(),
        ),
        null(moment().prop_map(move |micros| Cell::Text(stamp(micros)[..10].to_owned())).boxed()),
        null(moment().prop_map(move |micros| Cell::Text(stamp(micros).trim_end_matches('Z').to_owned())).boxed()),
        null((0_i64..86_400_000_000).prop_map(move |micros| Cell::Text(stamp(micros)[11..26].to_owned())).boxed()),
        null(moment().prop_map(move |micros| Cell::Text(stamp(micros))).boxed()),
        null(prop::collection::vec(any::<i64>().prop_map(Cell::Int), 0..4).prop_map(Cell::Array).boxed()),
        null(
            (any::<i64>(), text())
                .prop_map(|(x, y)| Cell::Struct(vec![("x".to_owned(), Cell::Int(x)), ("y".to_owned(), Cell::Text(y))]))
                .boxed(),
        ),
    ]
}

fn json_lines(rows: &[Vec<Cell>]) -> String {
    rows.iter()
        .map(|row| {
            let names = COLUMNS.iter().map(|(name, _)| (*name).to_owned());
            serde_json::to_string(&Cell::Struct(names.zip(row.iter().cloned()).collect())).unwrap() + "\n"
        })
        .collect()
}

fn export(place: &Place, table: &str, path: &Path) -> u64 {
    export_table(&place.warehouse, &place.warehouse.name(table).unwrap(), path, &Job::new()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn values_survive_every_form_of_file(rows in prop::collection::vec(row(), 1..5)) {
        let place = Place::new();
        let options = columns(&COLUMNS);
        let file = place.write("in.ndjson", json_lines(&rows));
        place.import(&file, "first", &options).map_err(|problem| TestCaseError::fail(problem.message))?;
        let first = place.rows("first");
        let expected: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
        let kinds: Vec<&str> = COLUMNS.iter().map(|(_, kind)| *kind).collect();
        prop_assert_eq!(place.kinds("first"), kinds);
        prop_assert_eq!(&first, &expected);
        for form in ["csv", "json", "ndjson", "parquet", "arrow"] {
            let file = place.path(&format!("out.{form}"));
            prop_assert_eq!(export(&place, "first", &file), rows.len() as u64);
            place.import(&file, form, &options).map_err(|problem| TestCaseError::fail(format!("{form}: {problem}")))?;
            prop_assert_eq!(&place.rows(form), &first, "{}", form);
        }
    }
}

#[test]
fn parquet_and_arrow_keep_the_types_without_being_told() {
    let place = Place::new();
    let row = "{\"b\":true,\"i\":9007199254740993,\"f\":\"NaN\",\"n\":\"12345678901234567890.123456789\",\"s\":\"\",\"y\":\"AAE=\",\
               \"d\":\"2024-01-02\",\"dt\":\"2024-01-02T03:04:05.000006\",\"t\":\"03:04:05.000006\",\
               \"ts\":\"2024-01-02T03:04:05.000006Z\",\"a\":[1,2],\"r\":{\"x\":1,\"y\":null}}\n";
    let file = place.write("in.ndjson", row);
    place.import(&file, "first", &columns(&COLUMNS)).unwrap();
    for form in ["parquet", "arrow"] {
        let file = place.path(&format!("out.{form}"));
        export(&place, "first", &file);
        place.import(&file, form, &Default::default()).unwrap();
        assert_eq!(place.kinds(form), place.kinds("first"), "{form}");
        assert_eq!(place.rows(form), place.rows("first"), "{form}");
    }
}

#[test]
fn an_excel_file_is_written_and_no_formula_in_it() {
    let place = Place::new();
    let file = place.write("in.csv", "i,s,ts\n9007199254740993,=1+1,2024-01-02T03:04:05Z\n1,,\n");
    place.import(&file, "t", &Default::default()).unwrap();
    let out = place.path("out.xlsx");
    assert_eq!(export(&place, "t", &out), 2);
    assert!(std::fs::read(&out).unwrap().starts_with(b"PK"));
}

#[test]
fn a_table_of_many_parts_and_pages_keeps_its_order() {
    let place = Place::new();
    let numbers = |from: usize| {
        let lines: String = (from..from + 700_000).map(|number| format!("{number},x\n")).collect();
        format!("id,name\n{lines}")
    };
    for from in [0, 700_000] {
        let file = place.write("in.csv", numbers(from));
        place.import_with(&file, "t", algomosaic_data::IfExists::Append, &Default::default()).unwrap();
    }
    let out = place.path("out.csv");
    assert_eq!(export(&place, "t", &out), 1_400_000);
    let text = std::fs::read_to_string(out).unwrap();
    assert!(text.lines().skip(1).enumerate().all(|(row, line)| line == format!("{row},x")));
}
