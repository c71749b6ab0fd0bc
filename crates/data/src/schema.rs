//! Columns and their types under BigQuery's names, and the marks of columns that look ahead.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType};
use serde::{Deserialize, Serialize};

/// Columns that look ahead, each with its horizon in bars. Written into every part of a table.
pub type Marks = BTreeMap<String, u32>;

/// What the columns of a table mean, by name; under the empty name, what the table is.
pub type Descriptions = BTreeMap<String, String>;

/// A column of a table or a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as BigQuery names it: `FLOAT64`, `TIMESTAMP` ...
    #[serde(rename = "type")]
    pub kind: String,
}

/// The columns of a frame.
pub fn columns_of(frame: &DataFrame) -> Vec<Column> {
    frame
        .columns()
        .iter()
        .map(|column| Column { name: column.name().to_string(), kind: bigquery_type(column.dtype()) })
        .collect()
}

/// The name BigQuery gives a type.
pub(crate) fn bigquery_type(dtype: &DataType) -> String {
    match dtype {
        DataType::Boolean => "BOOL".to_owned(),
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => "INT64".to_owned(),
        DataType::UInt64 => "NUMERIC".to_owned(),
        DataType::Float32 | DataType::Float64 => "FLOAT64".to_owned(),
        DataType::Decimal(_, scale) if *scale > 9 => "BIGNUMERIC".to_owned(),
        DataType::Decimal(_, _) => "NUMERIC".to_owned(),
        DataType::String | DataType::Null => "STRING".to_owned(),
        DataType::Binary => "BYTES".to_owned(),
        DataType::Date => "DATE".to_owned(),
        DataType::Time => "TIME".to_owned(),
        DataType::Datetime(_, Some(_)) => "TIMESTAMP".to_owned(),
        DataType::Datetime(_, None) => "DATETIME".to_owned(),
        DataType::Duration(_) => "INTERVAL".to_owned(),
        DataType::List(inner) => format!("ARRAY<{}>", bigquery_type(inner)),
        DataType::Struct(fields) => {
            let inner: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.name(), bigquery_type(field.dtype()))).collect();
            format!("STRUCT<{}>", inner.join(", "))
        }
        other => other.to_string().to_uppercase(),
    }
}
