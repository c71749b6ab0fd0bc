//! Values that a reader could change without a word, and files that could stop it: each was found by trying.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

mod support;

use std::sync::Arc;

use algomosaic_core::Problem;
use algomosaic_data::ImportOptions;
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit};
use support::{Place, columns};

/// More rows than are looked at to tell the types of columns, and then one.
fn late(usual: &str, last: &str) -> String {
    format!("a,b\n{}{last},1\n", format!("{usual},1\n").repeat(6_000))
}

#[test]
fn a_late_number_that_would_not_be_written_so_again_is_refused_with_its_line() {
    let place = Place::new();
    for (usual, last) in [
        ("5", "007"),
        ("5", "+491701234567"),
        ("5", "-0"),
        ("5", "9223372036854775808"),
        ("0.5", "007.5"),
        ("0.5", "-007"),
        ("0.5", "12345678901234567.123"),
        ("0.5", "0.12345678901234567890123"),
        ("0.5", "9007199254740993"),
        ("0.5", "1e400"),
        ("0.5", "1e-400"),
        ("0.5", "1.23456789e-320"),
    ] {
        let message = place.refused("t.csv", late(usual, last), &ImportOptions::default());
        let expected = "line 6002: a would not keep a number as it is written";
        assert!(message.contains(expected) && message.contains(&format!("{last:?}")), "{last}: {message}");
    }
    for (usual, last, reason) in [
        ("0.5", "1_000.5", "a is not a number"),
        ("5", "1_000", "a is not a whole number"),
        ("true", "yes", "a is not true or false"),
        ("false", "1", "a is not true or false"),
        ("09:30:00", "24:00:00", "a is not a time of day"),
    ] {
        let message = place.refused("t.csv", late(usual, last), &ImportOptions::default());
        assert!(message.contains(&format!("line 6002: {reason}: {last:?}")), "{last}: {message}");
    }
}

#[test]
fn numbers_that_a_float_keeps_are_read_however_long_they_are_written() {
    let place = Place::new();
    for (text, expected) in [
        ("0.10000000000000001", "0.1"),
        ("1.000000000000000056e-01", "0.1"),
        ("1.10000000000000000000", "1.1"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("9007199254740992", "9007199254740992.0"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("5e-324", "5e-324"),
        ("+1.5", "1.5"),
        (" 7 ", "7.0"),
        ("-0.0", "-0.0"),
        ("-Infinity", "\"-Infinity\""),
        ("nan", "\"NaN\""),
    ] {
        let file = place.write("t.csv", late("0.5", text));
        place.import(&file, "t", &ImportOptions::default()).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(place.rows("t").last().unwrap(), &format!("[{expected},1]"), "{text}");
    }
}

#[test]
fn words_are_true_or_false_only_where_a_person_chose_so() {
    let place = Place::new();
    let file = place.write("t.csv", "a,b\nyes,1\nno,0\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[\"yes\",1]", "[\"no\",0]"]);
    place.import(&file, "t", &columns(&[("a", "BOOL"), ("b", "BOOL")])).unwrap();
    assert_eq!(place.rows("t"), ["[true,true]", "[false,false]"]);
}

#[test]
fn both_zeros_stay_what_they_are() {
    let place = Place::new();
    let file = place.write("t.csv", "a\n0.0\n-0.0\n0.0\n-0.0\n1.5\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    let zeros = ["[0.0]", "[-0.0]", "[0.0]", "[-0.0]", "[1.5]"];
    assert_eq!(place.rows("t"), zeros);
    let name = place.warehouse.name("t").unwrap();
    for ending in ["csv", "json", "ndjson", "parquet", "arrow"] {
        let out = place.path(&format!("out.{ending}"));
        algomosaic_data::export_table(&place.warehouse, &name, &out, &algomosaic_core::Job::new()).unwrap();
        place.import(&out, "back", &ImportOptions::default()).unwrap();
        assert_eq!(place.rows("back"), zeros, "{ending}");
    }
}

#[test]
fn both_zeros_stay_what_they_are_in_every_part_that_is_written() {
    let place = Place::new();
    let zeros: Vec<String> = (0..400).map(|n| format!("[{}]", if n % 2 == 0 { "0.0" } else { "-0.0" })).collect();
    let lines: String = (0..400).map(|n| if n % 2 == 0 { "0.0\n" } else { "-0.0\n" }).collect();
    // With a line that is left out, so that the file is read the careful way.
    let file = place.write("t.csv", format!("a\n{lines}x\n"));
    let options = ImportOptions { drop_bad_rows: true, ..columns(&[("a", "FLOAT64")]) };
    place.import(&file, "t", &options).unwrap();
    assert_eq!(place.rows("t"), zeros, "an import that leaves rows out");

    let job = algomosaic_core::Job::new();
    let staging = algomosaic_data::Staging::create(place.folder.path(), "job").unwrap();
    let change = |sql: &str| {
        let prepared = place.warehouse.prepare(sql, &algomosaic_data::SqlParams::new()).unwrap();
        prepared.change(&staging, &job).unwrap()
    };
    change("CREATE TABLE copy AS SELECT a FROM t");
    assert_eq!(place.rows("copy"), zeros, "CREATE TABLE AS");
    change("INSERT INTO copy SELECT a FROM t");
    assert_eq!(place.rows("copy"), [&zeros[..], &zeros[..]].concat(), "INSERT");
    change("DELETE FROM copy WHERE FALSE");
    assert_eq!(place.rows("copy"), [&zeros[..], &zeros[..]].concat(), "DELETE");

    // A frame of the program's own, and so many parts of one that they are merged.
    let frame = place.warehouse.read(&place.warehouse.name("t").unwrap(), &job).unwrap().frame;
    let name = place.warehouse.name("merged").unwrap();
    for _ in 0..100 {
        let mut transaction = staging.transaction().unwrap();
        let marks = algomosaic_data::Marks::new();
        let if_exists = algomosaic_data::IfExists::Append;
        place.warehouse.stage(&mut transaction, &name, &frame, &marks, if_exists).unwrap();
        transaction.commit().unwrap();
    }
    assert!(
        place
            .path("warehouse/main/merged")
            .read_dir()
            .unwrap()
            .flatten()
            .any(|entry| { entry.file_name().to_string_lossy().starts_with("gen-") }),
        "the parts were merged"
    );
    assert_eq!(place.rows("merged"), vec![zeros; 100].concat(), "merged parts");
}

#[test]
fn line_ends_of_every_kind_may_stand_in_a_quoted_field() {
    let place = Place::new();
    for (what, content) in
        [("all alike", "a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n"), ("a feed within", "a,b\r\n1,\"x\r\ny\"\n2,z\r\n")]
    {
        let file = place.write("t.csv", content);
        place.import(&file, "t", &ImportOptions::default()).unwrap_or_else(|problem| panic!("{what}: {problem}"));
        assert_eq!(place.rows("t"), ["[1,\"x\\r\\ny\"]", "[2,\"z\"]"], "{what}");
    }
}

/// A column of 300 numbers as a gzip file.
fn packed() -> Vec<u8> {
    let text: String = std::iter::once("a\n".to_owned()).chain((0..300).map(|row| format!("{row}\n"))).collect();
    // One stored block: RFC 1951, 3.2.4; the checksum by Python's zlib.crc32.
    let length = u16::try_from(text.len()).unwrap();
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(CHECKSUM.to_le_bytes());
    bytes.extend(u32::from(length).to_le_bytes());
    bytes
}

const CHECKSUM: u32 = 0xF996_B804;

#[test]
fn a_gzip_file_that_is_cut_or_damaged_is_refused_and_a_whole_one_is_read_byte_for_byte() {
    let place = Place::new();
    let whole = packed();
    let file = place.write("t.csv.gz", &whole);
    assert_eq!(place.import(&file, "t", &ImportOptions::default()).unwrap().rows, 300);
    let twice = [&whole[..], &whole[..]].concat();
    let file = place.write("t.csv.gz", twice);
    assert!(place.import(&file, "t", &ImportOptions::default()).is_ok_and(|imported| imported.rows == 601));
    let no_block = [&whole[..10], &[7, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    assert!(place.refused("t.csv.gz", no_block, &ImportOptions::default()).contains("is damaged"));
    for length in [12, 100, whole.len() - 9, whole.len() - 1] {
        let message = place.refused("t.csv.gz", &whole[..length], &ImportOptions::default());
        assert!(message.contains("t.csv.gz is cut off"), "{length}: {message}");
    }
    let mut changed = whole.clone();
    changed[40] ^= 1;
    let message = place.refused("t.csv.gz", changed, &ImportOptions::default());
    assert!(message.contains("t.csv.gz is damaged"), "{message}");
}

#[test]
fn a_json_object_over_several_lines_is_one_row() {
    let place = Place::new();
    let file = place.write("t.json", "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [1,\n 2], \"d\": \"x\\ny\"\n  }\n}\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[1,{\"c\":[1,2],\"d\":\"x\\ny\"}]"]);
}

#[test]
fn json_says_what_it_cannot_keep() {
    let place = Place::new();
    for (what, name, content, expected) in [
        (
            "broken lines",
            "t.ndjson",
            "{\"a\":1}\nnot json\n{\"a\":3}\n{\"a\":\n",
            "line 2: it is no JSON object: \"not json\" (2 such lines)",
        ),
        ("numbers", "t.ndjson", "1\n2\n", "holds no JSON objects"),
        ("no objects", "t.json", "[1, 2]", "holds no JSON objects"),
        ("nothing", "t.json", "[]", "holds no JSON objects"),
        ("a key twice", "t.ndjson", "{\"a\":1,\"a\":2}\n", "t.ndjson has the key a twice"),
        ("two cases of a key", "t.ndjson", "{\"a\":1,\"A\":2}\n", "t.ndjson has the column A twice"),
    ] {
        let message = place.refused(name, content, &ImportOptions::default());
        assert!(message.contains(expected), "{what}: {message}");
        assert!(!message.contains("_algom"), "{what}: {message}");
    }
    let file = place.write("t.ndjson", "{\"a\":9007199254740993,\"b\":9007199254740993}\n{\"a\":1.5,\"b\":2}\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[\"9007199254740993\",9007199254740993]", "[\"1.5\",2]"]);
    let file = place.write("t.ndjson", "{\"a\":9223372036854775807}\n{\"a\":-9223372036854775808}\n");
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!((place.kinds("t"), place.rows("t")[0].as_str()), (vec!["INT64".to_owned()], "[9223372036854775807]"));
}

fn arrow_file(column: ArrayRef) -> Vec<u8> {
    let schema = Arc::new(Schema::new(vec![Field::new("v", column.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]).unwrap();
    let mut file = arrow::ipc::writer::FileWriter::try_new(Vec::new(), &schema).unwrap();
    file.write(&batch).unwrap();
    file.into_inner().unwrap()
}

#[test]
fn times_finer_than_a_microsecond_are_refused_in_every_column() {
    use arrow::array::{ListArray, Time64NanosecondArray, TimestampNanosecondArray};
    let place = Place::new();
    let times = || TimestampNanosecondArray::from(vec![Some(1_704_153_600_123_456_000), None, Some(1)]);
    for (what, column) in [
        ("UTC", Arc::new(times().with_timezone("UTC")) as ArrayRef),
        ("a time of day", Arc::new(Time64NanosecondArray::from(vec![Some(1_000), None, Some(1)]))),
    ] {
        let message = place.refused("t.arrow", arrow_file(column), &ImportOptions::default());
        assert!(message.contains("t.arrow row 3: v is finer than a microsecond"), "{what}: {message}");
    }
    let offsets = arrow::buffer::OffsetBuffer::from_lengths([1, 2]);
    let field = Arc::new(Field::new("item", DataType::Timestamp(TimeUnit::Nanosecond, None), true));
    let list = ListArray::new(field, offsets, Arc::new(times()), None);
    let message = place.refused("t.arrow", arrow_file(Arc::new(list)), &ImportOptions::default());
    assert!(message.contains("row 2: v is finer than a microsecond"), "{message}");
    let whole = TimestampNanosecondArray::from(vec![1_704_153_600_123_456_000]).with_timezone("UTC");
    let file = place.write("t.arrow", arrow_file(Arc::new(whole)));
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[\"2024-01-02T00:00:00.123456Z\"]"]);
}

#[test]
fn arrow_types_that_tables_lack_become_what_they_hold_or_are_refused() {
    use arrow::array::{Decimal256Array, FixedSizeListArray};
    use arrow::datatypes::i256;
    let place = Place::new();
    let decimals = |value: i256| {
        Arc::new(Decimal256Array::from(vec![Some(value), None]).with_precision_and_scale(60, 9).unwrap()) as ArrayRef
    };
    let file = place.write("t.arrow", arrow_file(decimals(i256::from_i128(-1_500_000_000))));
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[\"-1.5\"]", "[null]"]);
    let long = arrow_file(decimals(i256::from_string(&"1".repeat(50)).unwrap()));
    let message = place.refused("t.arrow", long, &ImportOptions::default());
    assert!(message.contains("t.arrow cannot be read as ARROW"), "{message}");
    let lists = FixedSizeListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), Some(2)]), None], 2);
    let file = place.write("t.arrow", arrow_file(Arc::new(lists)));
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), ["[[1,2]]", "[null]"]);
}

#[test]
fn a_changed_byte_of_an_arrow_file_never_stops_the_program() {
    use arrow::array::StringArray;
    let place = Place::new();
    let whole = arrow_file(Arc::new(StringArray::from_iter_values((0..20).map(|row| row.to_string()))));
    for place_of_byte in (6..whole.len()).step_by(5) {
        for byte in [0x00, 0x7f, 0xff] {
            let mut changed = whole.clone();
            changed[place_of_byte] = byte;
            let file = place.write("t.arrow", changed);
            if let Err(problem) = place.import(&file, "t", &ImportOptions::default()) {
                assert_eq!(problem.code, algomosaic_core::Code::BadInput, "byte {place_of_byte}: {problem}");
            }
        }
    }
}

#[test]
fn a_whole_number_that_a_float_would_change_is_refused_however_the_file_has_it() {
    use arrow::array::{Decimal128Array, Int64Array};
    let place = Place::new();
    let floats = columns(&[("v", "FLOAT64")]);
    let parquet = |column: ArrayRef| {
        let file = place.write("whole.arrow", arrow_file(column));
        place.import(&file, "whole", &ImportOptions::default()).unwrap();
        let out = place.path("whole.parquet");
        algomosaic_data::export_table(
            &place.warehouse,
            &place.warehouse.name("whole").unwrap(),
            &out,
            &algomosaic_core::Job::new(),
        )
        .unwrap();
        std::fs::read(out).unwrap()
    };
    // 2^53 is kept, 2^53 + 1 is not: IEEE 754.
    let kept = parquet(Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_992), Some(-3), None])));
    let file = place.write("t.parquet", kept);
    place.import(&file, "t", &floats).unwrap();
    assert_eq!(place.rows("t"), ["[9007199254740992.0]", "[-3.0]", "[null]"]);
    let long = || Arc::new(Int64Array::from(vec![1, 9_007_199_254_740_993])) as ArrayRef;
    let decimal = Arc::new(
        Decimal128Array::from(vec![100_i128, 1_234_567_890_123_456_789]).with_precision_and_scale(38, 9).unwrap(),
    );
    for (name, content, row) in [
        ("t.parquet", parquet(long()), "row 2"),
        ("t.arrow", arrow_file(long()), "row 2"),
        ("t.ndjson", b"{\"v\":1}\n{\"v\":9007199254740993}\n".to_vec(), "line 2"),
        ("t.parquet", parquet(decimal), "row 2"),
    ] {
        let message = place.refused(name, content, &floats);
        assert!(message.contains(&format!("{name} {row}: v would not keep a number as it is written")), "{message}");
    }
}

#[test]
fn whole_numbers_within_json_objects_and_lists_keep_their_digits_beside_fractions() {
    let place = Place::new();
    let long = "9007199254740993";
    let file = place.write(
        "t.ndjson",
        format!("{{\"a\":{{\"n\":{long},\"k\":7}},\"b\":[1.5,2]}}\n{{\"a\":{{\"n\":1.5,\"k\":8}},\"b\":[3]}}\n"),
    );
    let imported = place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(
        place.rows("t"),
        [format!("[{{\"n\":\"{long}\",\"k\":7}},[1.5,2.0]]"), "[{\"n\":\"1.5\",\"k\":8},[3.0]]".to_owned()]
    );
    assert!(
        imported.notes.iter().any(|note| note.contains("a holds whole numbers that a FLOAT64 would change")),
        "{:?}",
        imported.notes
    );
    let file = place.write("t.json", format!("[{{\"b\":[0.5,{long}]}}]"));
    place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(place.rows("t"), [format!("[[\"0.5\",\"{long}\"]]")]);
}

#[test]
fn a_duration_becomes_a_number_with_a_note() {
    use arrow::array::DurationMillisecondArray;
    let place = Place::new();
    let file = place.write("t.arrow", arrow_file(Arc::new(DurationMillisecondArray::from(vec![Some(1_500), None]))));
    let imported = place.import(&file, "t", &ImportOptions::default()).unwrap();
    assert_eq!(
        (place.kinds("t"), place.rows("t")),
        (vec!["INT64".to_owned()], vec!["[1500]".to_owned(), "[null]".to_owned()])
    );
    assert!(
        imported.notes.iter().any(|note| note.contains("v is a duration, kept as its number of milliseconds")),
        "{:?}",
        imported.notes
    );
}

#[test]
fn a_dataset_of_the_programs_own_is_no_target() {
    let place = Place::new();
    let file = place.write("t.csv", "a\n1\n");
    let problem = place.import(&file, "_results.x", &ImportOptions::default()).unwrap_err();
    assert!(problem.message.contains("_results is kept for the program itself"), "{}", problem.message);
    for sql in ["CREATE TABLE _results.x AS SELECT 1 AS a", "DROP TABLE _results.x"] {
        let problem = Problem::from(place.warehouse.prepare(sql, &algomosaic_data::SqlParams::new()).err().unwrap());
        assert!(problem.message.contains("_results is kept for the program itself"), "{sql}: {}", problem.message);
    }
}

#[test]
fn utf_16_without_a_mark_is_named_with_what_to_do() {
    let place = Place::new();
    let text = "ticker,price\nABC,1.5\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
        let file = place.write("t.csv", &bytes);
        let problem = place.import(&file, "t", &ImportOptions::default()).unwrap_err();
        assert!(problem.message.contains(&format!("{encoding} text without a byte order mark")), "{}", problem.message);
        assert!(problem.hint.contains(&format!("--encoding {encoding}")), "{}", problem.hint);
    }
}
