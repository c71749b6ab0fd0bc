//! Some rows of a table from any place in it, by the plain interface. Right for a page that a person looks at; for more,
//! [`BigQuery::read`] is many times faster.

use std::sync::Arc;

use algomosaic_core::Job;
use arrow::array::{
    Array, ArrayRef, BinaryArray, ListArray, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field as Column, Fields, Schema, SchemaRef, TimeUnit};
use base64::Engine as _;
use serde_json::Value;

use super::{BigQuery, Field, Mode, TableName, number};
use crate::error::{Error, Result};
use crate::http::Ask;

/// Some rows of a table.
#[derive(Debug, Clone)]
pub struct Page {
    /// The columns, with the types that [`BigQuery::read`] gives them.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// Rows of the whole table.
    pub total: u64,
}

impl BigQuery {
    /// Rows `offset` to `offset + limit` of a table; `columns` in the table's order, empty for all.
    ///
    /// # Errors
    /// There is no such table or column, no permission, no network, cancelled.
    pub fn list(&self, table: &TableName, columns: &[String], offset: u64, limit: u64, job: &Job) -> Result<Page> {
        self.runtime.wait(job, async {
            let doing = format!("reading {table}");
            let wrong = |error: String| self.http.malformed(&doing, &error);
            let mut fields = self.described(table).await?.fields;
            if !columns.is_empty() {
                fields.retain(|field| columns.iter().any(|name| name.eq_ignore_ascii_case(&field.name)));
            }
            let schema = schema(&fields).map_err(Error::Local)?;
            let selected = columns.join(",");
            let start = offset.to_string();
            let (mut page, mut batches, mut read, mut total) = (String::new(), Vec::new(), 0_u64, 0);
            while read < limit || batches.is_empty() {
                let most = (limit - read).to_string();
                let mut query = vec![("maxResults", most.as_str()), ("formatOptions.useInt64Timestamp", "true")];
                query.push(if page.is_empty() { ("startIndex", start.as_str()) } else { ("pageToken", page.as_str()) });
                if !columns.is_empty() {
                    query.push(("selectedFields", selected.as_str()));
                }
                let parts = [table.project.as_str(), "datasets", &table.dataset, "tables", &table.table, "data"];
                let answer: Value = self.http.read(Ask::get(&doing, self.url(&parts, &query)?)).await?;
                total = number(&answer["totalRows"]).unwrap_or(0);
                let none = Vec::new();
                let rows = answer["rows"].as_array().unwrap_or(&none);
                let batch = batch(&fields, &schema, rows).map_err(wrong)?;
                read += batch.num_rows() as u64;
                batches.push(batch);
                job.step(read as usize, limit.min(total.saturating_sub(offset)) as usize)?;
                match answer["pageToken"].as_str() {
                    Some(next) if !next.is_empty() && next != page => page = next.to_owned(),
                    _ => break,
                }
            }
            Ok(Page { schema, batches, total })
        })
    }
}

fn schema(fields: &[Field]) -> std::result::Result<SchemaRef, String> {
    Ok(Arc::new(Schema::new(columns(fields)?)))
}

fn columns(fields: &[Field]) -> std::result::Result<Fields, String> {
    fields
        .iter()
        .map(|field| {
            let mut kind = element(field)?;
            if field.mode == Mode::Repeated {
                kind = DataType::List(Arc::new(Column::new("item", kind, true)));
            }
            Ok(Column::new(&field.name, kind, field.mode != Mode::Required))
        })
        .collect()
}

/// The type of a value, or of one of a list:
/// <https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details>.
fn element(field: &Field) -> std::result::Result<DataType, String> {
    Ok(match field.kind.as_str() {
        "INT64" => DataType::Int64,
        "FLOAT64" => DataType::Float64,
        "BOOL" => DataType::Boolean,
        "STRING" | "JSON" | "GEOGRAPHY" | "INTERVAL" => DataType::Utf8,
        "BYTES" => DataType::Binary,
        "DATE" => DataType::Date32,
        "TIME" => DataType::Time64(TimeUnit::Microsecond),
        "DATETIME" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "NUMERIC" => DataType::Decimal128(38, 9),
        "BIGNUMERIC" => DataType::Decimal256(76, 38),
        "STRUCT" => DataType::Struct(columns(&field.fields)?),
        other => return Err(format!("the column {} has the type {other}, which cannot be shown", field.name)),
    })
}

fn batch(fields: &[Field], schema: &SchemaRef, rows: &[Value]) -> std::result::Result<RecordBatch, String> {
    let mut arrays = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let cells: Vec<&Value> = rows.iter().map(|row| &row["f"][index]["v"]).collect();
        arrays.push(column(field, &cells)?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options).map_err(|error| error.to_string())
}

fn column(field: &Field, cells: &[&Value]) -> std::result::Result<ArrayRef, String> {
    if field.mode != Mode::Repeated {
        return values(field, cells);
    }
    let mut inner = Vec::new();
    let mut lengths = Vec::new();
    for cell in cells {
        let before = inner.len();
        inner.extend(cell.as_array().into_iter().flatten().map(|element| &element["v"]));
        lengths.push(inner.len() - before);
    }
    let inner = values(field, &inner)?;
    let item = Arc::new(Column::new("item", inner.data_type().clone(), true));
    let list = ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), inner, None);
    Ok(Arc::new(list.map_err(|error| error.to_string())?))
}

fn values(field: &Field, cells: &[&Value]) -> std::result::Result<ArrayRef, String> {
    let kind = element(field)?;
    if let DataType::Struct(columns) = kind {
        let mut arrays = Vec::new();
        for (index, field) in field.fields.iter().enumerate() {
            let cells: Vec<&Value> = cells.iter().map(|cell| &cell["f"][index]["v"]).collect();
            arrays.push(column(field, &cells)?);
        }
        let nulls: NullBuffer = cells.iter().map(|cell| !cell.is_null()).collect();
        let made = StructArray::try_new(columns, arrays, Some(nulls)).map_err(|error| error.to_string())?;
        return Ok(Arc::new(made));
    }
    if kind == DataType::Binary {
        let decode = |cell: &&Value| -> std::result::Result<Option<Vec<u8>>, String> {
            let Some(text) = cell.as_str() else { return Ok(None) };
            base64::engine::general_purpose::STANDARD.decode(text).map(Some).map_err(|error| error.to_string())
        };
        let all: Vec<Option<Vec<u8>>> = cells.iter().map(decode).collect::<std::result::Result<_, _>>()?;
        return Ok(Arc::new(all.iter().map(Option::as_deref).collect::<BinaryArray>()));
    }
    // Every value comes as text.
    let texts: StringArray = cells.iter().map(|cell| cell.as_str()).collect();
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let cast = |array: &dyn Array, to: &DataType| {
        cast_with_options(array, to, &strict).map_err(|error| format!("the column {}: {error}", field.name))
    };
    match &kind {
        DataType::Utf8 => Ok(Arc::new(texts)),
        // Microseconds since 1970, because they were asked for so.
        DataType::Timestamp(_, Some(_)) => cast(&cast(&texts, &DataType::Int64)?, &kind),
        kind => cast(&texts, kind),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, types};
    use serde_json::json;

    use super::*;

    fn one(kind: &str, cell: Value) -> ArrayRef {
        values(&Field::new("a", kind), &[&cell]).unwrap()
    }

    // The texts are those that the interface's reference shows for each type.
    #[test]
    fn texts_become_values_of_their_types() {
        use types::{
            Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, Time64MicrosecondType,
            TimestampMicrosecondType,
        };
        assert_eq!(one("INT64", json!("-9223372036854775808")).as_primitive::<Int64Type>().value(0), i64::MIN);
        assert_eq!(one("FLOAT64", json!("1.5E10")).as_primitive::<Float64Type>().value(0), 1.5e10);
        assert!(one("FLOAT64", json!("NaN")).as_primitive::<Float64Type>().value(0).is_nan());
        assert_eq!(one("FLOAT64", json!("-Infinity")).as_primitive::<Float64Type>().value(0), f64::NEG_INFINITY);
        assert!(one("BOOL", json!("true")).as_boolean().value(0));
        assert_eq!(one("BYTES", json!("AAEC")).as_binary::<i32>().value(0), [0, 1, 2]);
        // Days since 1970-01-01, microseconds.
        assert_eq!(one("DATE", json!("2024-02-29")).as_primitive::<Date32Type>().value(0), 19_782);
        assert_eq!(
            one("TIME", json!("23:59:59.000001")).as_primitive::<Time64MicrosecondType>().value(0),
            86_399_000_001
        );
        assert_eq!(
            one("DATETIME", json!("1970-01-02T00:00:00.5")).as_primitive::<TimestampMicrosecondType>().value(0),
            86_400_500_000
        );
        assert_eq!(
            one("TIMESTAMP", json!("1609459200000001")).as_primitive::<TimestampMicrosecondType>().value(0),
            1_609_459_200_000_001
        );
        assert_eq!(one("NUMERIC", json!("-1.5")).as_primitive::<Decimal128Type>().value(0), -1_500_000_000);
        assert_eq!(one("BIGNUMERIC", json!("0.1")).as_primitive::<Decimal256Type>().value_as_string(0), {
            format!("0.1{}", "0".repeat(37))
        });
        assert!(one("INT64", Value::Null).is_null(0));
        assert!(values(&Field::new("a", "INT64"), &[&json!("x")]).is_err());
    }

    #[test]
    fn lists_and_structures_nest() {
        let field = Field {
            name: "a".to_owned(),
            kind: "STRUCT".to_owned(),
            mode: Mode::Repeated,
            fields: vec![Field::new("x", "INT64"), Field { mode: Mode::Repeated, ..Field::new("y", "STRING") }],
            ..Field::default()
        };
        let rows = [
            json!({"f": [{"v": [{"v": {"f": [{"v": "1"}, {"v": [{"v": "p"}, {"v": "q"}]}]}}]}]}),
            json!({"f": [{"v": []}]}),
        ];
        let fields = [field];
        let batch = batch(&fields, &schema(&fields).unwrap(), &rows).unwrap();
        let list = batch.column(0).as_list::<i32>();
        assert_eq!((list.value_length(0), list.value_length(1)), (1, 0));
        let inner = list.value(0);
        let inner = inner.as_struct();
        assert_eq!(inner.column(0).as_primitive::<types::Int64Type>().value(0), 1);
        assert_eq!(inner.column(1).as_list::<i32>().value(0).as_string::<i32>().value(1), "q");
    }
}
