//! Arrow batches of the engine as Polars columns, without a copy, through the Arrow C data interface.
#![allow(unsafe_code, reason = "the C data interface is a pair of structs whose meaning two libraries agree on")]

use algomosaic_core::Problem;
use arrow::array::{Array as _, ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use polars::prelude::{Column, DataFrame, Series};
use polars_arrow::ffi::{ArrowArray, ArrowSchema, import_array_from_c, import_field_from_c};

use crate::error::Result;

/// One frame from the batches of a result. `schema` gives the columns when there is no batch.
pub(crate) fn frame(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<DataFrame> {
    let height = batches.iter().map(RecordBatch::num_rows).sum();
    let mut columns: Vec<Column> = Vec::with_capacity(schema.fields().len());
    for (index, field) in schema.fields().iter().enumerate() {
        let mut name = field.name().clone();
        // BigQuery calls an unnamed or repeated output f<n>_; a frame needs a name of its own for each column.
        if name.is_empty() || columns.iter().any(|column| column.name().as_str() == name) {
            name = format!("f{index}_");
        }
        let empty;
        let arrays: Vec<&ArrayRef> = if batches.is_empty() {
            empty = arrow::array::new_empty_array(field.data_type());
            vec![&empty]
        } else {
            batches.iter().map(|batch| batch.column(index)).collect()
        };
        columns.push(series(&name, &arrays)?.into());
    }
    Ok(DataFrame::new(height, columns)?)
}

fn series(name: &str, arrays: &[&ArrayRef]) -> Result<Series> {
    let mut chunks = Vec::with_capacity(arrays.len());
    let mut first_field = None;
    for array in arrays {
        let (ffi_array, ffi_schema) = to_ffi(&array.to_data()).map_err(|error| {
            Problem::new(
                algomosaic_core::Code::Internal,
                format!("column {name} cannot be handed over: {error}"),
                "Please report this.",
            )
        })?;
        // SAFETY: both crates declare the C data interface's structs with `repr(C)`; ownership moves with the value,
        // and its release callback is called once, by the importing side.
        let (array, schema) = unsafe {
            (
                std::mem::transmute::<FFI_ArrowArray, ArrowArray>(ffi_array),
                std::mem::transmute::<FFI_ArrowSchema, ArrowSchema>(ffi_schema),
            )
        };
        // SAFETY: the structs were filled by arrow's exporter just above and describe each other.
        let field = unsafe { import_field_from_c(&schema)? };
        // SAFETY: as above; the array is of the field's type.
        chunks.push(unsafe { import_array_from_c(array, field.dtype().clone())? });
        first_field.get_or_insert(field);
    }
    let field = first_field.ok_or_else(|| {
        Problem::new(algomosaic_core::Code::Internal, format!("column {name} has no chunk"), "Please report this.")
    })?;
    let mut field = field;
    field.name = name.into();
    Ok(Series::try_from((&field, chunks))?)
}
