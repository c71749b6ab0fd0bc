//! One value of a result, and how it is written as JSON: nothing is lost on the way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use polars::prelude::{AnyValue, DataFrame, TimeUnit};
use serde::{Serialize, Serializer};

use crate::error::Result;

/// A value. As JSON: INT64 with all its digits, NUMERIC as text, FLOAT64 shortest form with NaN and the infinities as
/// text, times as text in UTC with microseconds, BYTES base64.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// BOOL.
    Bool(bool),
    /// INT64.
    Int(i64),
    /// FLOAT64.
    Float(f64),
    /// STRING, and every type that JSON has no form for.
    Text(String),
    /// ARRAY.
    Array(Vec<Cell>),
    /// STRUCT.
    Struct(Vec<(String, Cell)>),
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Cell::Null => serializer.serialize_none(),
            Cell::Bool(v) => serializer.serialize_bool(*v),
            Cell::Int(v) => serializer.serialize_i64(*v),
            Cell::Float(v) if v.is_finite() => serializer.serialize_f64(*v),
            Cell::Float(v) => serializer.serialize_str(float_text(*v)),
            Cell::Text(v) => serializer.serialize_str(v),
            Cell::Array(items) => serializer.collect_seq(items),
            Cell::Struct(fields) => serializer.collect_map(fields.iter().map(|(name, cell)| (name, cell))),
        }
    }
}

fn float_text(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

impl Cell {
    /// As a CSV field and for people: NULL is empty.
    pub fn text(&self) -> String {
        match self {
            Cell::Null => String::new(),
            Cell::Bool(v) => v.to_string(),
            Cell::Int(v) => v.to_string(),
            Cell::Float(v) if v.is_finite() => serde_json::Value::from(*v).to_string(),
            Cell::Float(v) => float_text(*v).to_owned(),
            Cell::Text(v) => v.clone(),
            Cell::Array(_) | Cell::Struct(_) => serde_json::to_string(self).unwrap_or_default(),
        }
    }
}

/// The rows of a frame, row by row.
pub fn cells(frame: &DataFrame) -> Result<Vec<Vec<Cell>>> {
    let mut rows: Vec<Vec<Cell>> = (0..frame.height()).map(|_| Vec::with_capacity(frame.width())).collect();
    for column in frame.columns() {
        let series = column.as_materialized_series();
        for (row, value) in rows.iter_mut().zip(series.iter()) {
            row.push(cell(&value)?);
        }
    }
    Ok(rows)
}

fn cell(value: &AnyValue<'_>) -> Result<Cell> {
    Ok(match value {
        AnyValue::Null => Cell::Null,
        AnyValue::Boolean(v) => Cell::Bool(*v),
        AnyValue::Int8(v) => Cell::Int(i64::from(*v)),
        AnyValue::Int16(v) => Cell::Int(i64::from(*v)),
        AnyValue::Int32(v) => Cell::Int(i64::from(*v)),
        AnyValue::Int64(v) => Cell::Int(*v),
        AnyValue::UInt8(v) => Cell::Int(i64::from(*v)),
        AnyValue::UInt16(v) => Cell::Int(i64::from(*v)),
        AnyValue::UInt32(v) => Cell::Int(i64::from(*v)),
        AnyValue::UInt64(v) => Cell::Text(v.to_string()),
        AnyValue::Float32(v) => Cell::Float(f64::from(*v)),
        AnyValue::Float64(v) => Cell::Float(*v),
        AnyValue::String(v) => Cell::Text((*v).to_owned()),
        AnyValue::StringOwned(v) => Cell::Text(v.to_string()),
        AnyValue::Datetime(v, unit, zone) => {
            let text = timestamp_text(microseconds(*v, *unit));
            Cell::Text(if zone.is_some() { text } else { text.trim_end_matches('Z').to_owned() })
        }
        AnyValue::Decimal(v, _, scale) => decimal(*v, *scale),
        AnyValue::Binary(v) => Cell::Text(BASE64.encode(v)),
        AnyValue::BinaryOwned(v) => Cell::Text(BASE64.encode(v)),
        AnyValue::List(series) => Cell::Array(series.iter().map(|v| cell(&v)).collect::<Result<_>>()?),
        AnyValue::Struct(..) | AnyValue::StructOwned(_) => {
            let owned = value.clone().into_static();
            let AnyValue::StructOwned(fields) = &owned else { return Ok(Cell::Text(value.to_string())) };
            let (values, fields) = &**fields;
            Cell::Struct(
                fields.iter().zip(values).map(|(f, v)| Ok((f.name().to_string(), cell(v)?))).collect::<Result<_>>()?,
            )
        }
        other => Cell::Text(other.to_string()),
    })
}

/// A whole sum that outgrew the engine's 64 bits comes as a decimal without a scale: it is an INT64 while it fits.
fn decimal(value: i128, scale: usize) -> Cell {
    if scale == 0 {
        return i64::try_from(value).map_or_else(|_| Cell::Text(value.to_string()), Cell::Int);
    }
    let power = 10_u128.pow(scale as u32);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.unsigned_abs() / power, value.unsigned_abs() % power);
    let rest = format!("{rest:0scale$}");
    let rest = rest.trim_end_matches('0');
    Cell::Text(if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
}

fn microseconds(value: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => value.div_euclid(1000),
        TimeUnit::Microseconds => value,
        TimeUnit::Milliseconds => value.saturating_mul(1000),
    }
}

/// A time, in microseconds since 1970, as `2026-01-31T09:30:00.000000Z`.
pub fn timestamp_text(microseconds: i64) -> String {
    chrono::DateTime::from_timestamp_micros(microseconds)
        .map_or_else(|| microseconds.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_json_without_loss() {
        for (cell, json) in [
            (Cell::Int(9_007_199_254_740_993), "9007199254740993"),
            (Cell::Float(0.1), "0.1"),
            (Cell::Float(f64::NAN), "\"NaN\""),
            (Cell::Float(f64::NEG_INFINITY), "\"-Infinity\""),
            (decimal(-12_345, 3), "\"-12.345\""),
            (decimal(1_000, 3), "\"1\""),
            (decimal(7, 0), "7"),
            (Cell::Array(vec![Cell::Null, Cell::Bool(true)]), "[null,true]"),
            (Cell::Struct(vec![("a".into(), Cell::Int(1))]), "{\"a\":1}"),
        ] {
            assert_eq!(serde_json::to_string(&cell).unwrap(), json);
        }
    }

    #[test]
    fn times_are_utc_with_microseconds() {
        assert_eq!(timestamp_text(1_769_851_800_000_001), "2026-01-31T09:30:00.000001Z");
        assert_eq!(timestamp_text(-1), "1969-12-31T23:59:59.999999Z");
    }
}
