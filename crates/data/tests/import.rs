//! What an import makes of the files people have, and what it says of those it cannot take.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::Arc;

use algomosaic_core::Job;
use algomosaic_data::{FileFormat, IfExists, ImportOptions, check, expand_files, preview};
use support::{Place, columns};

const BARS: &str = "time,open,high,low,close,volume\n\
    2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,200\n2024-01-04,12,14,11,13,300\n";

fn bars(change: impl Fn(String) -> String) -> String {
    change(BARS.to_owned())
}

fn dropping() -> ImportOptions {
    ImportOptions { drop_bad_rows: true, ..ImportOptions::default() }
}

#[test]
fn encodings_are_read_as_what_they_are() {
    let place = Place::new();
    let text = "name,n\nZoë,1\nCafé,2\n";
    let utf16 = |little: bool| -> Vec<u8> {
        let mark = if little { [0xff, 0xfe] } else { [0xfe, 0xff] };
        let units = text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
        mark.into_iter().chain(units).collect()
    };
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (what, bytes) in [
        ("UTF-8", text.as_bytes().to_vec()),
        ("a byte order mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE", utf16(true)),
        ("UTF-16BE", utf16(false)),
        ("windows-1252", latin),
    ] {
        let file = place.write("t.csv", bytes);
        let imported = place.import(&file, "t", &ImportOptions::default()).unwrap();
        assert_eq!(place.rows("t"), ["[\"Zoë\",1]", "[\"Café\",2]"], "{what}");
        assert_eq!(
            imported.notes.iter().any(|note| note.contains("is read as")),
            what != "UTF-8" && what != "a byte order mark"
        );
    }
}

#[test]
fn a_long_file_keeps_the_order_of_its_rows() {
    let place = Place::new();
    let rows: String = (0..900_000).map(|row| format!("{row},{}.5,true\n", row % 7)).collect();
    let file = place.write("t.csv", format!("id,x,b\n{rows}"));
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    let read = place.warehouse.read(&place.warehouse.name("t").unwrap(), &Job::new()).unwrap();
    let ids: Vec<i64> = read.frame.column("id").unwrap().i64().unwrap().into_no_null_iter().collect();
    assert_eq!(ids.iter().zip(0..900_000).find(|(id, row)| **id != *row), None);
    assert_eq!(ids.len(), 900_000);
}

#[test]
fn bytes_that_are_no_text_in_the_encoding_are_refused_with_their_line() {
    let place = Place::new();
    let long: String = (0..200_000).map(|row| format!("{row},x\n")).collect();
    let content = [b"id,name\n", long.as_bytes(), b"1,\xff\n"].concat();
    let message = place.refused("t.csv", content, &ImportOptions::default());
    assert!(message.contains("line 200002: it is not UTF-8 text"), "{message}");
}

#[test]
fn decimal_commas_thousands_and_dates_are_read_as_written() {
    let place = Place::new();
    let file = place.write("t.csv", "id;price;day\n1;1,5;31.01.2024\n2;-0,25;1.2.2024\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[1,1.5,\"2024-01-31\"]", "[2,-0.25,\"2024-02-01\"]"]);

    let file = place.write("t.csv", "n,day\n\"1,234.5\",13/01/2024 10:30\n2,01/02/2024 00:00\n");
    let mut options = columns(&[("n", "FLOAT64")]);
    options.columns.as_mut().unwrap()[0].format = Some("1,234.5".to_owned());
    place.import(&file, "t", &options).unwrap();
    assert_eq!(place.rows("t"), ["[1234.5,\"2024-01-13T10:30:00.000000\"]", "[2.0,\"2024-02-01T00:00:00.000000\"]"]);

    for (text, expected) in [
        ("1704153600", "2024-01-02T00:00:00.000000Z"),
        ("1704153600001", "2024-01-02T00:00:00.001000Z"),
        ("1704153600000001", "2024-01-02T00:00:00.000001Z"),
        ("20240102", "2024-01-02T00:00:00.000000Z"),
        ("2024-01-02T01:00:00+01:00", "2024-01-02T00:00:00.000000Z"),
        ("02.01.2024", "2024-01-02T00:00:00.000000Z"),
        ("2024/01/02 00:00:00", "2024-01-02T00:00:00.000000Z"),
    ] {
        let file = place.write("X.csv", format!("time,open,high,low,close,volume\n{text},1,1,1,1,1\n"));
        place.import(&file, "t", &ImportOptions::default()).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert!(place.rows("t")[0].starts_with(&format!("[\"{expected}\"")), "{text}: {:?}", place.rows("t"));
    }
}

#[test]
fn days_and_months_that_cannot_be_told_apart_need_a_choice() {
    let place = Place::new();
    let ambiguous = bars(|text| {
        text.replace("2024-01-0", "01/0")
            .replace("/02,", "/02/2024,")
            .replace("/03,", "/03/2024,")
            .replace("/04,", "/04/2024,")
    });
    let message = place.refused("X.csv", &ambiguous, &ImportOptions::default());
    assert!(message.contains("day/month or month/day"), "{message}");
    let seen = preview(&place.path("X.csv"), &ImportOptions::default(), 10, &Job::new()).unwrap();
    assert!(seen.notes.iter().any(|note| note.contains("time could be day/month")), "{:?}", seen.notes);
    for (format, second) in [("DD/MM/YYYY", "2024-03-01"), ("MM/DD/YYYY", "2024-01-03")] {
        let mut options = columns(&[("time", "TIMESTAMP")]);
        options.columns.as_mut().unwrap()[0].name = String::new();
        options.columns.as_mut().unwrap()[0].format = Some(format.to_owned());
        place.import(&place.path("X.csv"), "t", &options).unwrap();
        assert!(place.rows("t")[1].contains(second), "{format}");
    }
}

#[test]
fn no_digit_is_lost_and_no_text_is_taken_for_a_number() {
    let place = Place::new();
    let file = place.write(
        "t.csv",
        "big,huge,code,long\n9007199254740993,9223372036854775808,007,12345678901234567.123456789\n-1,2,1,3\n",
    );
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.kinds("t"), ["INT64", "NUMERIC", "STRING", "NUMERIC"]);
    assert_eq!(
        place.rows("t")[0],
        "[9007199254740993,\"9223372036854775808\",\"007\",\"12345678901234567.123456789\"]"
    );

    let file = place.write(
        "t.ndjson",
        "{\"a\":9007199254740993,\"b\":12345678901234567.123456789,\"c\":0.1,\"d\":\"NaN\"}\n{\"a\":1,\"b\":1,\"c\":2,\"d\":1.5}\n",
    );
    place.import(&file, "t", &columns(&[("b", "NUMERIC")])).unwrap();
    assert_eq!(place.rows("t")[0], "[9007199254740993,\"12345678901234567.123456789\",0.1,\"NaN\"]");
}

#[test]
fn null_and_the_empty_text_are_two_things() {
    let place = Place::new();
    let file = place.write("t.csv", "a,b\n,\"\"\n\"\",\nNULL,NA\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[null,\"\"]", "[\"\",null]", "[\"NULL\",\"NA\"]"]);
    let file = place.write("t.csv", "a,b\n1,x\nNA,y\n");
    let imported = place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[1,\"x\"]", "[null,\"y\"]"]);
    assert!(imported.notes[0].contains("NA is read as NULL"), "{:?}", imported.notes);
}

#[test]
fn a_number_is_never_rounded_to_fit() {
    let place = Place::new();
    for (kind, text, reason) in [
        ("INT64", "1.5", "is not a whole number"),
        ("INT64", "1e3", "is not a whole number"),
        ("NUMERIC", "0.1234567891", "is not a decimal number of its digits"),
        ("DATE", "2024-01-02 10:00", "is not a date"),
        ("TIMESTAMP", "2024-01-02T00:00:00.123456789Z", "is not a time"),
        ("DATETIME", "2024-01-02T00:00:00+01:00", "is not a time"),
        ("BYTES", "&&", "is not base64"),
        ("ARRAY<INT64>", "[1", "is not a value of its type"),
    ] {
        let options = columns(&[("x", kind), ("y", "STRING")]);
        let message = place.refused("t.csv", format!("x,y\n\"{text}\",1\n"), &options);
        assert!(message.contains("line 2") && message.contains(reason), "{kind}: {message}");
    }
    let message = place.refused("t.csv", "x,y\n1,1\n,1\n", &columns(&[("x", "INT64 NOT NULL")]));
    assert!(message.contains("line 3: x is missing"), "{message}");
}

#[test]
fn every_kind_of_fault_is_named_and_good_rows_can_be_kept() {
    let place = Place::new();
    let content = "time,open,high,low,close,volume\n\
        2024-01-02,10,12,9,11,100\n\
        2024-01-03,11,13,ten,12,200\n\
        2024-01-04,12,14\n\
        ,12,14,11,13,300\n\
        2024-01-05,12,14,11,,300\n\
        2024-01-05,12,14,11,13,300\n\
        2024-01-05,12,14,11,13,300\n\
        2024-01-08,12,14,11,x,300\n\
        2024-01-09,12,10,11,13,0\n";
    let message = place.refused("AAPL.csv", content, &ImportOptions::default());
    for part in [
        "line 3: low is not a number: \"ten\"",
        "line 4: it has another number of columns than the header, which has 6: \"3\"",
        "line 5: ticker_time is missing",
        "line 6: close is missing",
        "line 8: a bar of its ticker has that time already",
        "line 9: close is not a number: \"x\"",
    ] {
        assert!(message.contains(part), "{message} should say {part}");
    }
    let imported = place.import(&place.path("AAPL.csv"), "t", &dropping()).unwrap();
    assert_eq!((imported.rows, imported.dropped, imported.faults.len()), (3, 6, 6));
    let notes = imported.notes.join("\n");
    assert!(notes.contains("1 bar has a high below its low (line 10)"), "{notes}");
    assert!(notes.contains("1 bar has no volume (line 10)"), "{notes}");

    let found = check(&place.warehouse, &[place.path("AAPL.csv")], &ImportOptions::default(), &Job::new()).unwrap();
    assert_eq!((found.rows, found.dropped, found.faults.len()), (3, 6, 6));
    assert_eq!(found.faults[0].lines, [3]);
    let report = found.bars.unwrap();
    assert_eq!((report.tickers, report.high_below_low, report.zero_volume, report.duplicates), (1, 1, 1, 1));
    assert_eq!(report.lines["zero_volume"], [10]);
    assert_eq!((&report.from[..10], &report.to[..10]), ("2024-01-02", "2024-01-09"));
    assert!(!place.path("jobs").read_dir().unwrap().any(|_| true), "a check leaves nothing");
}

#[test]
fn order_is_a_fault_that_only_sorting_mends() {
    let place = Place::new();
    let content = bars(|text| text.replace("2024-01-04", "2024-01-01"));
    let message = place.refused("AAPL.csv", &content, &dropping());
    assert!(message.contains("line 4: the time is before that of the bar above it"), "{message}");
    let sorted = ImportOptions { sort: true, ..ImportOptions::default() };
    assert_eq!(place.import(&place.path("AAPL.csv"), "t", &sorted).unwrap().rows, 3);
    assert!(place.rows("t")[0].contains("2024-01-01"));
    // Tickers that take turns are in order when each is.
    let turns = "time,symbol,open,high,low,close,volume\n2024-01-02,A,1,1,1,1,1\n2024-01-02,B,1,1,1,1,1\n\
                 2024-01-03,A,1,1,1,1,1\n2024-01-03,B,1,1,1,1,1\n";
    let file = place.write("turns.csv", turns);
    assert_eq!(place.import(&file, "turns", &ImportOptions::default()).unwrap().rows, 4);
}

#[test]
fn gaps_are_counted_by_the_calendar_of_the_bars() {
    let place = Place::new();
    let day = |day: &str| format!("{day},1,1,1,1,1\n");
    let header = "time,open,high,low,close,volume\n";
    // Over a weekend nothing is missing; over two weeks it is.
    let content = [header, &day("2024-01-05"), &day("2024-01-08"), &day("2024-01-09"), &day("2024-01-23")].concat();
    let found = |content: String| {
        let file = place.write("A.csv", content);
        check(&place.warehouse, &[file], &ImportOptions::default(), &Job::new()).unwrap().bars.unwrap()
    };
    let report = found(content);
    assert_eq!((report.gaps, &report.lines["gaps"][..]), (1, &[5][..]));
    let minutes = ["09:30", "09:31", "09:32", "09:33", "09:34", "09:45"]
        .map(|minute| day(&format!("2024-01-05T{minute}:00Z")))
        .concat();
    let next_day = day("2024-01-08T09:30:00Z");
    let report = found([header, &minutes, &next_day].concat());
    assert_eq!((report.gaps, &report.lines["gaps"][..]), (1, &[7][..]));
}

#[test]
fn bad_files_are_refused_in_words() {
    let place = Place::new();
    let unbalanced = format!("a,b\n1,\"open\n{}", "2,x\n".repeat(3));
    let wide = "x".repeat(17 << 20);
    let cases: [(&str, &str, Vec<u8>, &str); 12] = [
        ("empty", "t.csv", Vec::new(), "t.csv is empty"),
        ("blank", "t.csv", b" \n \n".to_vec(), "t.csv is empty"),
        ("a header alone", "t.csv", b"a,b\n".to_vec(), "has no rows"),
        ("a column twice", "t.csv", b"a,A\n1,2\n".to_vec(), "has the column A twice"),
        ("an unclosed quote", "t.csv", unbalanced.into_bytes(), "line 2: a quote is not closed"),
        ("text behind a quote", "t.csv", b"a,b\n1,\"x\"y\n".to_vec(), "line 2: there is text behind a closing quote"),
        ("a cut last row", "t.csv", b"a,b\n1,2\n3".to_vec(), "line 3: it has another number of columns"),
        ("binary", "t.csv", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 3], "byte 5 is zero"),
        ("HTML", "t.csv", b"<!DOCTYPE html>\n<html></html>\n".to_vec(), "HTML"),
        ("an endless line", "t.csv", format!("a,b\n1,2\n3,{wide}\n").into_bytes(), "line 3: it is longer than 16 MB"),
        ("no JSON", "t.json", b"[{\"a\": 1}, {\"a\":".to_vec(), "cannot be read as JSON"),
        ("no Arrow", "t.arrow", b"ARROW1\0\0nonsense".to_vec(), "cannot be read as ARROW"),
    ];
    for (what, name, content, expected) in cases {
        println!("{what}");
        let message = place.refused(name, content, &ImportOptions::default());
        assert!(message.contains(expected), "{what}: {message} should say {expected}");
    }
    let missing = place.import(&place.path("none.csv"), "t", &ImportOptions::default()).unwrap_err();
    assert_eq!(missing.code, algomosaic_core::Code::NotFound);
    let folder = place.import(&place.path("warehouse"), "t", &ImportOptions::default()).unwrap_err();
    assert!(folder.message.contains("folder"), "{}", folder.message);
    for name in ["../x", "a'; DROP TABLE b", "a.\"b\""] {
        assert!(place.import(&place.path("t.csv"), name, &ImportOptions::default()).is_err());
    }
}

#[test]
fn a_truncated_parquet_file_is_refused() {
    let place = Place::new();
    let file = place.write("t.csv", BARS);
    place.import(&file, "t", &columns(&[])).unwrap();
    let out = place.path("whole.parquet");
    algomosaic_data::export_table(&place.warehouse, &place.warehouse.name("t").unwrap(), &out, &Job::new()).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    let message = place.refused("cut.parquet", &bytes[..bytes.len() / 2], &ImportOptions::default());
    assert!(message.contains("cut.parquet cannot be read as PARQUET"), "{message}");
}

#[test]
fn odd_but_whole_files_are_read() {
    let place = Place::new();
    let wide = format!("{}\n{}\n", columns_of_width(10_000, "c"), columns_of_width(10_000, ""));
    let large = "x".repeat(3 << 20);
    for (what, content, rows) in [
        ("mixed line ends", "a,b\r\n1,2\n3,4\r5,6\n".to_owned(), 3),
        ("no last line end", "a,b\n1,2\n3,4".to_owned(), 2),
        ("blank lines", "a,b\n\n1,2\n\n".to_owned(), 1),
        ("ten thousand columns", wide, 1),
        ("a field of 3 MB", format!("a,b\n1,{large}\n"), 1),
        ("a field of lines", "a,b\n1,\"x\n\ny\"\n2,z\n".to_owned(), 2),
        ("one column", "a\nx\n\"\"\n".to_owned(), 2),
    ] {
        let file = place.write("t.csv", content);
        let imported = place.import(&file, "t", &ImportOptions::default());
        assert_eq!(imported.unwrap_or_else(|problem| panic!("{what}: {problem}")).rows, rows, "{what}");
    }
    let file = place.write("t.csv", "2024-01-02,1\n2024-01-03,2\n");
    let imported = place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.table("t").0[0].name, "f0_");
    assert!(imported.notes[0].contains("first line holds values"), "{:?}", imported.notes);
}

fn columns_of_width(width: usize, prefix: &str) -> String {
    (0..width).map(|column| format!("{prefix}{column}")).collect::<Vec<_>>().join(",")
}

/// `id,name`, `1,a`, a blank line, `2,"b` and `c"` by Python's gzip.
const GZIP: [u8; 41] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x4c, 0xd1, 0xc9, 0x4b, 0xcc, 0x4d, 0xe5, 0x32,
    0xd4, 0x49, 0xe4, 0xe2, 0x32, 0xd2, 0x51, 0x4a, 0xe2, 0x4a, 0x56, 0xe2, 0x02, 0x00, 0x63, 0xbe, 0x2b, 0x76, 0x15,
    0x00, 0x00, 0x00,
];

#[test]
fn gzip_is_unpacked() {
    let place = Place::new();
    let file = place.write("t.csv.gz", GZIP);
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[1,\"a\"]", "[2,\"b\\nc\"]"]);
}

#[test]
fn arrow_files_and_streams_are_read_batch_by_batch() {
    use arrow::array::{DictionaryArray, Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Field, Int32Type, Schema};
    let words: DictionaryArray<Int32Type> = vec!["x", "y", "x"].into_iter().collect();
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, true),
        Field::new("word", words.data_type().clone(), true),
    ]));
    use arrow::array::Array as _;
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), None, Some(3)])), Arc::new(words)],
    )
    .unwrap();
    let place = Place::new();
    let mut stream = arrow::ipc::writer::StreamWriter::try_new(Vec::new(), &schema).unwrap();
    let mut file = arrow::ipc::writer::FileWriter::try_new(Vec::new(), &schema).unwrap();
    for _ in 0..2 {
        stream.write(&batch).unwrap();
        file.write(&batch).unwrap();
    }
    for (name, bytes) in [("t.arrow", file.into_inner().unwrap()), ("t.ipc", stream.into_inner().unwrap())] {
        let path = place.write(name, bytes);
        assert_eq!(place.import(&path, "t", &ImportOptions::default()).unwrap().rows, 6, "{name}");
        assert_eq!(place.kinds("t"), ["INT64", "STRING"]);
        assert_eq!(place.rows("t")[..2], ["[9007199254740993,\"x\"]", "[null,\"y\"]"]);
    }
}

#[test]
fn a_preview_shows_what_is_detected_and_can_be_changed() {
    let place = Place::new();
    let file = place.write("AAPL.csv", BARS.replace(',', ";"));
    let seen = preview(&file, &ImportOptions::default(), 2, &Job::new()).unwrap();
    assert!(seen.bars);
    assert_eq!((seen.ticker.as_deref(), seen.interval.as_deref()), (Some("AAPL"), Some("1d")));
    let FileFormat::Csv(mut format) = seen.detected else { panic!("it is CSV") };
    assert_eq!(format.delimiter, ';');
    assert_eq!(seen.columns[0].name, "ticker_time");
    assert_eq!(seen.rows.len(), 2);
    assert_eq!(seen.rows[0][1].as_deref(), Some("10.0"));
    format.header = false;
    let changed = ImportOptions { format: Some(FileFormat::Csv(format)), ..ImportOptions::default() };
    let seen = preview(&file, &changed, 10, &Job::new()).unwrap();
    assert_eq!((seen.columns[0].name.as_str(), seen.rows.len()), ("f0_", 4));
    let left_out = ImportOptions {
        columns: Some(
            seen.columns
                .iter()
                .map(|column| algomosaic_data::ImportColumn { keep: column.source == "f1_", ..column.clone() })
                .collect(),
        ),
        ..changed
    };
    place.import(&file, "t", &left_out).unwrap();
    assert_eq!(place.rows("t")[0], "[\"open\"]");
}

#[test]
fn files_of_one_import_do_not_repeat_each_others_bars() {
    let place = Place::new();
    for name in ["b.csv", "a.csv", "c.txt"] {
        place.write(name, BARS);
    }
    let pattern = place.path("*.csv").to_string_lossy().into_owned();
    assert_eq!(expand_files(&[pattern]).unwrap(), [place.path("a.csv"), place.path("b.csv")]);
    assert!(expand_files(&[place.path("*.parquet").to_string_lossy().into_owned()]).is_err());
    let same = ImportOptions { ticker: Some("A".to_owned()), ..ImportOptions::default() };
    place.import_with(&place.path("a.csv"), "t", IfExists::Fail, &same).unwrap();
    let again = place.import_with(&place.path("b.csv"), "t", IfExists::Append, &same).unwrap_err();
    assert!(again.message.contains("already has a bar"), "{}", again.message);
    let fails = place.import_with(&place.path("b.csv"), "t", IfExists::Fail, &same).unwrap_err();
    assert!(fails.message.contains("writing into it was not asked for"), "{}", fails.message);
}

#[test]
fn tickers_with_odd_characters_are_kept_as_they_are() {
    let place = Place::new();
    let file = place.write("x.csv", BARS);
    let ticker = "BRK'B \"=1; DROP TABLE x";
    place.import(&file, "t", &ImportOptions { ticker: Some(ticker.to_owned()), ..ImportOptions::default() }).unwrap();
    let (_, rows) = place.table("t");
    assert_eq!(rows[0][1].text(), ticker);
}
