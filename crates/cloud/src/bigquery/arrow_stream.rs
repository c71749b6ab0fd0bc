//! Rows in Arrow's form as BigQuery sends them, into record batches. What is cut short or does not fit together is refused.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::read_record_batch;
use arrow::ipc::{Message, convert, root_as_message};

/// Reads the message of a schema.
pub(super) fn schema(message: &[u8]) -> Result<SchemaRef, String> {
    let (message, _) = parts(message)?;
    let read = || {
        let schema = message.header_as_schema().ok_or_else(|| wrong("there is no schema"))?;
        Ok::<Schema, ArrowError>(convert::fb_to_schema(schema))
    };
    unless_it_panics(read).map(Arc::new)
}

/// Reads the message of a batch of `rows` rows.
pub(super) fn batch(schema: &SchemaRef, message: Vec<u8>, rows: i64) -> Result<RecordBatch, String> {
    let (meta, body) = parts(&message)?;
    let start = message.len() - body.len();
    let size = usize::try_from(meta.bodyLength()).map_err(|_| cut_short())?;
    let (batch, version) = (meta.header_as_record_batch().ok_or("there is no batch of rows")?, meta.version());
    for buffer in batch.buffers().into_iter().flatten() {
        let end = buffer.offset().checked_add(buffer.length()).and_then(|end| usize::try_from(end).ok());
        if buffer.offset() < 0 || buffer.length() < 0 || end.is_none_or(|end| end > size) {
            return Err(cut_short());
        }
    }
    // The description is copied out, so that the rows need not be.
    let described = message[..start].to_vec();
    let body = Buffer::from_vec(message).slice_with_length(start, size);
    let (meta, _) = head(&described)?;
    let batch = meta.header_as_record_batch().ok_or("there is no batch of rows")?;
    let read = || read_record_batch(&body, batch, Arc::clone(schema), &HashMap::new(), None, &version);
    let batch = unless_it_panics(read)?;
    if batch.num_rows() as i64 == rows {
        Ok(batch)
    } else {
        Err(format!("there are {} rows instead of {rows}", batch.num_rows()))
    }
}

/// A message's description and what follows it, which is as long as the description says or longer.
fn parts(message: &[u8]) -> Result<(Message<'_>, &[u8]), String> {
    let (meta, body) = head(message)?;
    match usize::try_from(meta.bodyLength()) {
        Ok(size) if size <= body.len() => Ok((meta, body)),
        _ => Err(cut_short()),
    }
}

/// A message's description and what follows it. It begins with four bytes of ones, which old writers leave out, and its
/// length.
fn head(message: &[u8]) -> Result<(Message<'_>, &[u8]), String> {
    let head = message.strip_prefix(&[0xff; 4]).unwrap_or(message);
    let (length, rest) = head.split_at_checked(4).ok_or_else(cut_short)?;
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    let (meta, body) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    Ok((root_as_message(meta).map_err(|error| said(&error))?, body))
}

/// The library stops with a panic at some messages that contradict themselves.
fn unless_it_panics<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(done) => done.map_err(|error| said(&error)),
        Err(_) => Err("a message in Arrow's form contradicts itself".to_owned()),
    }
}

fn said(error: &impl ToString) -> String {
    format!("a message in Arrow's form is wrong: {}", error.to_string())
}

fn cut_short() -> String {
    "a message in Arrow's form is cut short".to_owned()
}

fn wrong(what: &str) -> ArrowError {
    ArrowError::IpcError(what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};
    use arrow::ipc::writer::StreamWriter;

    use super::*;

    /// The messages of a stream: the schema's and one batch's, with Arrow's own writer.
    fn messages() -> (Vec<u8>, Vec<u8>, RecordBatch) {
        let schema = Arc::new(Schema::new(vec![
            Field::new("a", DataType::Int64, true),
            Field::new("b", DataType::Float64, true),
            Field::new("c", DataType::Utf8, true),
        ]));
        let batch = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![
                Arc::new(Int64Array::from(vec![Some(1), None, Some(3)])),
                Arc::new(Float64Array::from(vec![0.5, 1.5, 2.5])),
                Arc::new(StringArray::from(vec![Some("x"), Some("yy"), None])),
            ],
        )
        .unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
        let first = writer.get_ref().len();
        writer.write(&batch).unwrap();
        let all = writer.get_ref().clone();
        (all[..first].to_vec(), all[first..].to_vec(), batch)
    }

    #[test]
    fn messages_become_batches() {
        let (schema, message, batch) = messages();
        let schema = super::schema(&schema).unwrap();
        assert_eq!(super::batch(&schema, message.clone(), 3).unwrap(), batch);
        // Messages of old writers begin with their length.
        assert_eq!(super::batch(&schema, message[4..].to_vec(), 3).unwrap(), batch);
        assert_eq!(super::batch(&schema, message, 4).unwrap_err(), "there are 3 rows instead of 4");
    }

    #[test]
    fn a_message_that_is_cut_anywhere_is_refused() {
        let (schema, message, _) = messages();
        for end in 0..schema.len() {
            assert!(super::schema(&schema[..end]).is_err(), "cut at {end}");
        }
        let schema = super::schema(&schema).unwrap();
        for end in 0..message.len() {
            assert!(super::batch(&schema, message[..end].to_vec(), 3).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_message_with_a_wrong_byte_never_ends_the_program() {
        let (schema, message, _) = messages();
        let good = super::schema(&schema).unwrap();
        for wrong in [0, 1, 0x7f, 0x80, 0xff] {
            for at in 0..message.len() {
                let mut message = message.clone();
                message[at] = wrong;
                let _ = super::batch(&good, message, 3);
            }
            for at in 0..schema.len() {
                let mut schema = schema.clone();
                schema[at] = wrong;
                let _ = super::schema(&schema);
            }
        }
    }
}
