//! Whether the messages of an Arrow file lie within it. The reader trusts the lengths it finds there, and would ask for all the
//! memory there is, or stop the program, where a byte of them is wrong.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};

use arrow::ipc::{RecordBatch, root_as_footer, root_as_message};

/// How many times smaller than its content a compressed buffer can be.
const MOST_COMPRESSED: i64 = 1 << 17;

/// Looks at every message of a file, or of a stream.
pub(super) fn check(file: &mut File, is_file: bool) -> io::Result<()> {
    let length = file.metadata()?.len();
    if is_file {
        let footer = length.checked_sub(10).ok_or_else(|| wrong("it has no footer"))?;
        let size = u64::from(u32::from_le_bytes(read(file, footer, 4)?.try_into().unwrap_or_default()));
        let start = footer.checked_sub(size).ok_or_else(|| wrong("its footer is longer than the file"))?;
        let bytes = read(file, start, size)?;
        let footer = root_as_footer(&bytes).map_err(|error| wrong(&error.to_string()))?;
        let blocks = footer.recordBatches().into_iter().chain(footer.dictionaries()).flatten();
        for block in blocks {
            let at = u64::try_from(block.offset()).map_err(|_| wrong("a block lies before the file"))?;
            message(file, at, length)?;
            let end = i128::from(block.offset()) + i128::from(block.metaDataLength()) + i128::from(block.bodyLength());
            if block.metaDataLength() < 0 || block.bodyLength() < 0 || end > i128::from(length) {
                return Err(wrong("a block reaches beyond the file"));
            }
        }
        return Ok(());
    }
    let mut at = 0;
    while let Some(next) = message(file, at, length)? {
        at = next;
    }
    Ok(())
}

fn wrong(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.to_owned())
}

fn read(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(wrong("a message reaches beyond the file"));
    }
    Ok(bytes)
}

/// Looks at the message at a place, and gives the place behind it; `None` at the end.
fn message(file: &mut File, mut at: u64, length: u64) -> io::Result<Option<u64>> {
    if at >= length {
        return Ok(None);
    }
    let number = |bytes: Vec<u8>| u64::from(u32::from_le_bytes(bytes.try_into().unwrap_or_default()));
    let mut size = number(read(file, at, 4)?);
    at += 4;
    if size == 0xffff_ffff {
        size = number(read(file, at, 4)?);
        at += 4;
    }
    if size == 0 {
        return Ok(None);
    }
    let bytes = read(file, at, size)?;
    let found = root_as_message(&bytes).map_err(|error| wrong(&error.to_string()))?;
    let body = at + size;
    let body_length = u64::try_from(found.bodyLength()).map_err(|_| wrong("a body has a negative length"))?;
    if body_length > length.saturating_sub(body) {
        return Err(wrong("a body reaches beyond the file"));
    }
    if let Some(batch) = found.header_as_record_batch() {
        buffers(file, &batch, body, found.bodyLength())?;
    }
    if let Some(batch) = found.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()) {
        buffers(file, &batch, body, found.bodyLength())?;
    }
    Ok(Some(body + body_length))
}

fn buffers(file: &mut File, batch: &RecordBatch<'_>, body: u64, length: i64) -> io::Result<()> {
    if batch.length() < 0 || batch.nodes().into_iter().flatten().any(|node| node.length() < 0 || node.null_count() < 0)
    {
        return Err(wrong("a column has a negative length"));
    }
    for buffer in batch.buffers().into_iter().flatten() {
        if buffer.offset() < 0 || buffer.length() < 0 || buffer.offset() > length - buffer.length().min(length) {
            return Err(wrong("a buffer reaches beyond its message"));
        }
        if buffer.length() > length {
            return Err(wrong("a buffer is longer than its message"));
        }
        if batch.compression().is_some() && buffer.length() >= 8 {
            let start = body + u64::try_from(buffer.offset()).unwrap_or_default();
            let content = i64::from_le_bytes(read(file, start, 8)?.try_into().unwrap_or_default());
            if content < -1 || content > buffer.length().saturating_mul(MOST_COMPRESSED) {
                return Err(wrong("a buffer has an impossible length"));
            }
        }
    }
    Ok(())
}
