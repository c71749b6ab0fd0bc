//! What stands on an exported Excel sheet, as another reader of such files sees it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test may stop at the first surprise")]

mod support;

use algomosaic_core::Job;
use algomosaic_data::{SqlParams, Staging, export_table, unique};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use support::Place;

#[test]
fn another_reader_finds_every_value_on_the_sheet() {
    let place = Place::new();
    let sql = "CREATE TABLE t AS SELECT * FROM UNNEST([STRUCT(\
        1 AS i, 0.1 AS f, 'Zoë 日本 🦀' AS s, TRUE AS b, DATE '2024-01-01' AS d, TIMESTAMP '2024-01-01 12:00:00+00' AS ts, NUMERIC '1.5' AS n),\
        (999999999999999, -1e300, '=1+1', FALSE, DATE '9999-12-31', TIMESTAMP '2024-01-01 00:00:00.000001+00', NULL),\
        (-1000000000000000, CAST('nan' AS FLOAT64), ' a<b>&\\n\"c\" ', NULL, DATE '1900-02-28', TIMESTAMP '1899-12-31 00:00:00+00', NUMERIC '-0.000000001'),\
        (NULL, NULL, '', NULL, NULL, NULL, NULL)])";
    let staging = Staging::create(place.folder.path(), &unique()).unwrap();
    place.warehouse.prepare(sql, &SqlParams::new()).unwrap().change(&staging, &Job::new()).unwrap();
    let out = place.path("out.xlsx");
    export_table(&place.warehouse, &place.warehouse.name("t").unwrap(), &out, &Job::new()).unwrap();

    let mut workbook: Xlsx<_> = open_workbook(&out).unwrap();
    let name = workbook.sheet_names()[0].clone();
    let sheet = workbook.worksheet_range(&name).unwrap();
    let text = |text: &str| Data::String(text.to_owned());
    let expected = [
        ["i", "f", "s", "b", "d", "ts", "n"].map(text).to_vec(),
        // 45292 is 2024-01-01 and 2958465 is 9999-12-31 in Excel's own DATEVALUE.
        vec![
            Data::Float(1.0),
            Data::Float(0.1),
            text("Zoë 日本 🦀"),
            Data::Bool(true),
            day(45_292.0),
            day(45_292.5),
            text("1.5"),
        ],
        vec![
            Data::Float(999_999_999_999_999.0),
            Data::Float(-1e300),
            text("=1+1"),
            Data::Bool(false),
            day(2_958_465.0),
            text("2024-01-01T00:00:00.000001Z"),
            Data::Empty,
        ],
        // What Excel would change is a text.
        vec![
            text("-1000000000000000"),
            text("NaN"),
            text(" a<b>&\n\"c\" "),
            Data::Empty,
            text("1900-02-28"),
            text("1899-12-31T00:00:00.000000Z"),
            text("-0.000000001"),
        ],
    ];
    let found: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    for (row, (found, expected)) in found.iter().zip(&expected).enumerate() {
        for (column, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert_eq!(shown(found), shown(expected), "row {row}, column {column}");
        }
    }
    assert!(found.len() >= expected.len(), "{found:?}");
    assert!(found[expected.len()..].iter().flatten().all(|cell| matches!(cell, Data::Empty) || *cell == text("")));
    assert!(workbook.worksheet_formula(&name).unwrap().is_empty());
}

fn day(serial: f64) -> Data {
    Data::DateTime(calamine::ExcelDateTime::new(serial, calamine::ExcelDateTimeType::DateTime, false))
}

/// A cell with its type, a time as its day number.
fn shown(cell: &Data) -> String {
    match cell {
        Data::DateTime(moment) => format!("day {}", moment.as_f64()),
        other => format!("{other:?}"),
    }
}
