//! Family `ta` against the values of TA-Lib 0.8.1: every function with its defaults, with other settings, and with an
//! unstable period of 30.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use algomosaic_core::{ParamKind, Value};
use algomosaic_indicators::{Indicator, catalogue, find};
use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    rows: usize,
    columns: Vec<Golden>,
}

/// A column of the golden file.
#[derive(Deserialize)]
struct Golden {
    column: String,
    function: String,
    output: String,
    params: BTreeMap<String, Value>,
    unstable_period: i64,
    lookback: usize,
    first: usize,
    n_finite: usize,
    dtype: String,
}

fn golden(file: &str) -> File {
    File::open(format!("{}/../../tests/golden/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn bars() -> BTreeMap<String, Vec<f64>> {
    let text = std::io::read_to_string(golden("AAPL_daily.csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut bars: BTreeMap<String, Vec<f64>> = names[1..].iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    for line in lines {
        for (name, cell) in names.iter().zip(line.split(',')).skip(1) {
            bars.get_mut(*name).unwrap().push(cell.parse().unwrap());
        }
    }
    // What the golden file gave MAVP.
    let rows = bars["close"].len();
    bars.insert("periods".to_owned(), (0..rows).map(|row| 2.0 + (row * 7 % 29) as f64).collect());
    bars
}

fn numbers(frame: &DataFrame, column: &str) -> Vec<f64> {
    let column = frame.column(column).unwrap().cast(&DataType::Float64).unwrap();
    column.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

fn ours(indicator: &Indicator, column: &Golden, bars: &BTreeMap<String, Vec<f64>>) -> (Vec<f64>, usize) {
    let mut given = column.params.clone();
    if column.unstable_period > 0 {
        given.insert("unstable_period".to_owned(), Value::Int(column.unstable_period));
    }
    let params = indicator.check(&given).unwrap();
    let inputs: Vec<&[f64]> = indicator.input_columns(&params).iter().map(|name| bars[*name].as_slice()).collect();
    let place = indicator.outputs.iter().position(|output| output.name == column.output).unwrap();
    let values = indicator.compute(&inputs, &params).unwrap().swap_remove(place);
    (values, (indicator.look_back)(&params))
}

#[test]
fn every_value_is_that_of_talib() {
    let frame = ParquetReader::new(golden("talib_AAPL.parquet")).finish().unwrap();
    let manifest: Manifest = serde_json::from_reader(golden("talib_AAPL.json")).unwrap();
    let bars = bars();
    let mut wrong = Vec::new();
    for column in &manifest.columns {
        let indicator = find(&format!("ta.{}", column.function.to_lowercase())).unwrap();
        let (values, look_back) = ours(indicator, column, &bars);
        let expected = numbers(&frame, &column.column);
        let whole = column.dtype.starts_with("int");
        let output = indicator.outputs.iter().find(|output| output.name == column.output).unwrap();
        let first = values.iter().position(|value| !value.is_nan());
        // The arc cosine of a price is no number: then TA-Lib's first row is the first that it writes.
        let expected_first = (column.n_finite > 0 || whole).then_some(column.first);
        if output.integer != whole || look_back != column.lookback || first != expected_first {
            wrong.push(format!("{}: whole {}, look-back {look_back}, first {first:?}", column.column, output.integer));
            continue;
        }
        let differs = |row: &usize| {
            let (a, b) = (values[*row], expected[*row]);
            !(a == b || (a.is_nan() && b.is_nan()) || !whole && (a - b).abs() <= 1e-9 * a.abs().max(b.abs()))
        };
        if let Some(row) = (column.first..manifest.rows).find(differs) {
            wrong.push(format!("{} at row {row}: {} for {}", column.column, values[row], expected[row]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} columns differ:\n{}", wrong.len(), manifest.columns.len(), wrong.join("\n"));
}

#[test]
fn the_declarations_are_those_of_talib() {
    let text = std::io::read_to_string(golden("talib_catalogue.json")).unwrap();
    let declared: serde_json::Value = serde_json::from_str(&text).unwrap();
    let functions = declared["catalogue"].as_array().unwrap();
    let names: BTreeSet<String> =
        functions.iter().map(|function| format!("ta.{}", function["name"].as_str().unwrap().to_lowercase())).collect();
    let known: BTreeSet<String> =
        catalogue().iter().filter(|one| one.family() == "ta").map(|one| one.id.to_owned()).collect();
    assert_eq!(known, names);
    for function in functions {
        let indicator = find(&format!("ta.{}", function["name"].as_str().unwrap().to_lowercase())).unwrap();
        let id = indicator.id;
        for param in function["parameters"].as_array().unwrap() {
            let name = param["name"].as_str().unwrap();
            let own =
                indicator.params.iter().find(|own| own.name == name).unwrap_or_else(|| panic!("{id} has no {name}"));
            match (param["kind"].as_str().unwrap(), own.kind) {
                ("int", ParamKind::Int { default, min, max }) => {
                    let numbers = [&param["default"], &param["min"], &param["max"]].map(|v| v.as_i64().unwrap());
                    assert_eq!([default, min, max], numbers, "{name} of {id}");
                }
                ("real", ParamKind::Float { default, min, max }) => {
                    let numbers = [&param["default"], &param["min"], &param["max"]].map(|v| v.as_f64().unwrap());
                    assert_eq!([default, min, max], numbers, "{name} of {id}");
                }
                ("enum", ParamKind::Choice { default, options }) => {
                    let values = param["values"].as_array().unwrap();
                    let wanted: Vec<&str> = values.iter().map(|value| value[1].as_str().unwrap()).collect();
                    assert_eq!(options.iter().map(|(name, _)| *name).collect::<Vec<_>>(), wanted, "{name} of {id}");
                    let place = usize::try_from(param["default"].as_u64().unwrap()).unwrap();
                    assert_eq!(default, wanted[place], "{name} of {id}");
                }
                (kind, other) => panic!("{name} of {id} is {other:?} for TA-Lib's {kind}"),
            }
        }
        let unstable = function["unstable"].as_bool().unwrap();
        assert_eq!(indicator.params.iter().any(|param| param.name == "unstable_period"), unstable, "{id}");
        let outputs: Vec<&str> =
            function["outputs"].as_array().unwrap().iter().map(|output| output["name"].as_str().unwrap()).collect();
        assert_eq!(indicator.outputs.iter().map(|output| output.name).collect::<Vec<_>>(), outputs, "{id}");
        let scaled = function["flags"].as_array().unwrap().iter().any(|flag| flag == "Output scale same as input");
        // A deviation is in the unit of prices, but no price; over prices, the extended stop is a negative number.
        let is_price = !["ta.avgdev", "ta.sarext"].contains(&id);
        assert_eq!(indicator.overlay, scaled && is_price, "overlay of {id}");
        let defaults = indicator.check(&BTreeMap::new()).unwrap();
        assert_eq!((indicator.look_back)(&defaults) as u64, function["lookback_default"].as_u64().unwrap(), "{id}");
    }
}
