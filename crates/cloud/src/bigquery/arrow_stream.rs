//! Rows in Arrow's form as BigQuery sends them, into record batches. What is cut short or does not fit together is refused.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamDecoder;

/// Reads the batches of one stream, which share a schema.
pub(super) struct Batches {
    decoder: StreamDecoder,
    schema: SchemaRef,
}

impl Batches {
    /// Reads the schema's message.
    pub(super) fn new(schema: &[u8]) -> Result<Batches, String> {
        let mut decoder = StreamDecoder::new();
        decode(&mut decoder, schema.to_vec())?;
        let schema = decoder.schema().ok_or("there is no schema")?;
        Ok(Batches { decoder, schema })
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Reads one message, which is one batch of `rows` rows.
    pub(super) fn read(&mut self, message: Vec<u8>, rows: i64) -> Result<RecordBatch, String> {
        let batch = decode(&mut self.decoder, message)?.ok_or("there is no batch of rows")?;
        if batch.num_rows() as i64 == rows {
            Ok(batch)
        } else {
            Err(format!("there are {} rows instead of {rows}", batch.num_rows()))
        }
    }
}

fn decode(decoder: &mut StreamDecoder, message: Vec<u8>) -> Result<Option<RecordBatch>, String> {
    check(&message)?;
    let mut buffer = Buffer::from_vec(message);
    // The library stops with a panic at some messages that contradict themselves.
    let decoded = catch_unwind(AssertUnwindSafe(|| -> Result<Option<RecordBatch>, ArrowError> {
        let batch = decoder.decode(&mut buffer)?;
        // What is left over would be taken for the beginning of the next message.
        if buffer.is_empty() { decoder.finish().map(|()| batch) } else { Err(cut_off("bytes follow it")) }
    }));
    match decoded {
        Ok(decoded) => decoded.map_err(|error| format!("a message in Arrow's form is wrong: {error}")),
        Err(_) => Err("a message in Arrow's form contradicts itself".to_owned()),
    }
}

fn cut_off(what: &str) -> ArrowError {
    ArrowError::IpcError(what.to_owned())
}

/// Refuses a message whose parts lie outside it.
fn check(message: &[u8]) -> Result<(), String> {
    let cut = || "a message in Arrow's form is cut short".to_owned();
    let head = message.strip_prefix(&[0xff; 4]).unwrap_or(message);
    let (length, rest) = head.split_at_checked(4).ok_or_else(cut)?;
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    let (meta, body) = rest.split_at_checked(length).ok_or_else(cut)?;
    let meta =
        arrow::ipc::root_as_message(meta).map_err(|error| format!("a message in Arrow's form is wrong: {error}"))?;
    let size = usize::try_from(meta.bodyLength()).map_err(|_| cut())?;
    if body.len() < size {
        return Err(cut());
    }
    let Some(batch) = meta.header_as_record_batch() else { return Ok(()) };
    for buffer in batch.buffers().into_iter().flatten() {
        let end = buffer.offset().checked_add(buffer.length()).and_then(|end| usize::try_from(end).ok());
        if buffer.offset() < 0 || buffer.length() < 0 || end.is_none_or(|end| end > size) {
            return Err(cut());
        }
    }
    Ok(())
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
        let mut batches = Batches::new(&schema).unwrap();
        assert_eq!(batches.read(message.clone(), 3).unwrap(), batch);
        assert_eq!(batches.read(message.clone(), 3).unwrap(), batch);
        assert_eq!(batches.read(message, 4).unwrap_err(), "there are 3 rows instead of 4");
    }

    #[test]
    fn a_message_that_is_cut_anywhere_is_refused() {
        let (schema, message, _) = messages();
        for end in 0..message.len() {
            let mut batches = Batches::new(&schema).unwrap();
            assert!(batches.read(message[..end].to_vec(), 3).is_err(), "cut at {end}");
        }
        for end in 0..schema.len() {
            assert!(Batches::new(&schema[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_message_with_a_wrong_byte_never_ends_the_program() {
        let (schema, message, _) = messages();
        for at in 0..message.len() {
            for wrong in [0, 1, 0x7f, 0x80, 0xff] {
                let mut message = message.clone();
                message[at] = wrong;
                let mut batches = Batches::new(&schema).unwrap();
                let _ = batches.read(message, 3);
            }
        }
    }
}
