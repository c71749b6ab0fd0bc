//! The records of a CSV text with their lines, as they are: nothing is unquoted, nothing is changed. Says of each which rule
//! of the format it breaks, and goes on behind it, also behind a quote that is never closed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek, SeekFrom};
use std::path::Path;

use algomosaic_core::Job;

use crate::error::{IoContext as _, Result};

use super::options::CsvFormat;

/// The longest record that is read.
pub(super) const LONGEST: usize = 16 << 20;

/// What is wrong with a record as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Broken {
    /// Another number of fields than the header.
    Fields,
    /// A quote that is not closed.
    OpenQuote,
    /// Text behind a closing quote.
    AfterQuote,
    /// Bytes that are no UTF-8 text.
    Encoding,
    /// Longer than [`LONGEST`].
    TooLong,
}

/// A record: where it is and its bytes without the line end.
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// Where its fields end, in `Records::bytes`.
    pub(super) fields: usize,
    /// What is wrong with it.
    pub(super) broken: Option<Broken>,
}

/// Reads a file record by record.
pub(super) struct Records<R> {
    input: R,
    delimiter: u8,
    quote: Option<u8>,
    line: u64,
    position: u64,
    /// The record just read.
    pub(super) bytes: Vec<u8>,
    /// Where each field of it begins.
    pub(super) starts: Vec<usize>,
}

impl Records<BufReader<File>> {
    /// The records of a UTF-8 file behind its byte order mark and the lines that are skipped.
    pub(super) fn open(path: &Path, format: &CsvFormat) -> Result<Records<BufReader<File>>> {
        let file = File::open(path).at("reading the file", path)?;
        Records::new(BufReader::with_capacity(1 << 18, file), format).at("reading the file", path)
    }
}

impl<R: BufRead + Seek> Records<R> {
    /// The records of a text.
    pub(super) fn new(mut input: R, format: &CsvFormat) -> std::io::Result<Records<R>> {
        let mut position = 0;
        if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
            position = 3;
        }
        let mut skipped = Vec::new();
        for _ in 0..format.skip_lines {
            skipped.clear();
            position += input.read_until(b'\n', &mut skipped)? as u64;
        }
        // A delimiter outside of ASCII is refused where the format is read.
        let byte = |c: char| u8::try_from(c).unwrap_or(b',');
        Ok(Records {
            input,
            delimiter: byte(format.delimiter),
            quote: format.quote.map(byte),
            line: u64::from(format.skip_lines) + 1,
            position,
            bytes: Vec::new(),
            starts: Vec::new(),
        })
    }

    /// The next record; blank lines are none unless `blanks` (a file of one column has NULL there).
    pub(super) fn next(&mut self, blanks: bool) -> std::io::Result<Option<Record>> {
        loop {
            let start = (self.position, self.line);
            let Some(record) = self.read()? else { return Ok(None) };
            if self.bytes.is_empty() && !blanks && record.broken.is_none() {
                continue;
            }
            if matches!(record.broken, Some(Broken::OpenQuote)) {
                // What follows may be good: go on behind the first line of what the quote swallowed.
                let end = self.bytes.iter().position(|byte| *byte == b'\n').unwrap_or(self.bytes.len());
                if end < self.bytes.len() {
                    self.bytes.truncate(end);
                    self.position = start.0 + end as u64 + 1;
                    self.line = start.1 + 1;
                    self.input.seek(SeekFrom::Start(self.position))?;
                }
            }
            return Ok(Some(record));
        }
    }

    fn read(&mut self) -> std::io::Result<Option<Record>> {
        #[derive(PartialEq)]
        enum State {
            FieldStart,
            Plain,
            Quoted,
            QuoteInQuoted,
        }
        self.bytes.clear();
        self.starts.clear();
        self.starts.push(0);
        let first = self.line;
        let mut state = State::FieldStart;
        let mut broken = None;
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                if state == State::Quoted {
                    broken = Some(Broken::OpenQuote);
                }
                break;
            }
            any = true;
            let mut used = 0;
            let mut ended = false;
            for &byte in buffer {
                used += 1;
                if byte == b'\n' {
                    self.line += 1;
                }
                if (byte == b'\n' || byte == b'\r') && state != State::Quoted {
                    ended = true;
                    if byte == b'\r' {
                        self.line += 1;
                    }
                    break;
                }
                let is_quote = self.quote == Some(byte);
                state = match state {
                    State::FieldStart if is_quote => State::Quoted,
                    State::Quoted if is_quote => State::QuoteInQuoted,
                    State::Quoted => State::Quoted,
                    State::QuoteInQuoted if is_quote => State::Quoted,
                    _ if byte == self.delimiter => {
                        self.starts.push(self.bytes.len() + 1);
                        State::FieldStart
                    }
                    State::QuoteInQuoted => {
                        broken = broken.or(Some(Broken::AfterQuote));
                        State::Plain
                    }
                    State::FieldStart | State::Plain => State::Plain,
                };
                if self.bytes.len() < LONGEST {
                    self.bytes.push(byte);
                } else if state == State::Quoted {
                    broken = Some(Broken::OpenQuote);
                    ended = true;
                    break;
                } else {
                    broken = Some(Broken::TooLong);
                }
            }
            let carriage = ended && buffer[used - 1] == b'\r';
            self.input.consume(used);
            self.position += used as u64;
            if carriage && self.input.fill_buf()?.first() == Some(&b'\n') {
                self.input.consume(1);
                self.position += 1;
            }
            if ended {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        if broken.is_none() && std::str::from_utf8(&self.bytes).is_err() {
            broken = Some(Broken::Encoding);
        }
        Ok(Some(Record { line: first, fields: self.starts.len(), broken }))
    }

    /// The fields of the record just read, unquoted; `None` where one is empty and not quoted.
    pub(super) fn fields(&self) -> Vec<Option<String>> {
        let ends = self.starts.iter().skip(1).map(|start| start - 1).chain([self.bytes.len()]);
        self.starts
            .iter()
            .zip(ends)
            .map(|(start, end)| {
                let field = String::from_utf8_lossy(self.bytes.get(*start..end).unwrap_or_default()).into_owned();
                match self.quote.map(char::from) {
                    Some(quote) if field.len() > 1 && field.starts_with(quote) && field.ends_with(quote) => {
                        let doubled = format!("{quote}{quote}");
                        Some(field[1..field.len() - 1].replace(&doubled, &quote.to_string()))
                    }
                    _ if field.is_empty() => None,
                    _ => Some(field),
                }
            })
            .collect()
    }
}

/// The lines on which rows of a CSV file begin; `rows` count from 0 behind the header and are sorted.
pub(super) fn lines_of(path: &Path, format: &CsvFormat, columns: usize, rows: &[u64]) -> Result<Vec<u64>> {
    let mut records = Records::open(path, format)?;
    let mut lines = Vec::new();
    let mut row = 0;
    let mut header = format.header;
    while lines.len() < rows.len() {
        let Some(record) = records.next(columns == 1).at("reading the file", path)? else { break };
        if std::mem::take(&mut header) {
            continue;
        }
        if rows.get(lines.len()) == Some(&row) {
            lines.push(record.line);
        }
        row += 1;
    }
    Ok(lines)
}

/// Lines of a text that are not blank (`blanks`: all lines), and the length of the longest.
pub(super) fn lines(path: &Path, blanks: bool, job: &Job) -> Result<(u64, usize)> {
    let file = File::open(path).at("reading the file", path)?;
    let all = file.metadata().at("reading the file", path)?.len();
    let mut input = BufReader::with_capacity(1 << 18, file);
    let mut line = Vec::new();
    let (mut count, mut longest, mut read) = (0_u64, 0, 0_u64);
    loop {
        line.clear();
        // A line that would not fit into memory is counted in pieces, which is as good as refusing it.
        if (&mut input).take(LONGEST as u64 + 1).read_until(b'\n', &mut line).at("reading the file", path)? == 0 {
            return Ok((count, longest));
        }
        longest = longest.max(line.len());
        read += line.len() as u64;
        count += u64::from(blanks || !matches!(line[..], [b'\n'] | [b'\r', b'\n']));
        if count.is_multiple_of(1 << 16) {
            job.step(read as usize, all as usize)?;
        }
    }
}

/// Copies the records of a file behind their line numbers, leaving out those that are broken. `found` gets each of these.
/// Returns how many were written and the length of the longest.
pub(super) fn number(
    from: &Path,
    format: &CsvFormat,
    columns: usize,
    to: &mut dyn std::io::Write,
    mut found: impl FnMut(u64, Broken, String) -> Result<()>,
) -> Result<(u64, usize)> {
    let mut records = Records::open(from, format)?;
    let mut header = format.header;
    let (mut count, mut longest) = (0, 0);
    while let Some(record) = records.next(columns == 1).at("reading the file", from)? {
        if std::mem::take(&mut header) {
            continue;
        }
        let broken = record.broken.or((record.fields != columns).then_some(Broken::Fields));
        if let Some(broken) = broken {
            let text = String::from_utf8_lossy(&records.bytes[..records.bytes.len().min(200)]).into_owned();
            found(record.line, broken, if broken == Broken::Fields { record.fields.to_string() } else { text })?;
            continue;
        }
        write!(to, "{}{}", record.line, format.delimiter).at("writing a temporary file", from)?;
        to.write_all(&records.bytes).and_then(|()| to.write_all(b"\n")).at("writing a temporary file", from)?;
        count += 1;
        longest = longest.max(records.bytes.len() + 24);
    }
    Ok((count, longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn all(text: &str) -> Vec<(u64, usize, Option<Broken>)> {
        let mut records = Records::new(Cursor::new(text.as_bytes().to_vec()), &CsvFormat::default()).unwrap();
        let mut found = Vec::new();
        while let Some(record) = records.next(false).unwrap() {
            found.push((record.line, record.fields, record.broken));
        }
        found
    }

    #[test]
    fn lines_are_counted_through_quotes_blanks_and_every_line_end() {
        assert_eq!(all("a,b\n1,\"x\ny\"\n\n2,3"), [(1, 2, None), (2, 2, None), (5, 2, None)]);
        assert_eq!(all("a,b\r\n1,2\r3,4\n5,6\r\n"), [(1, 2, None), (2, 2, None), (3, 2, None), (4, 2, None)]);
        assert_eq!(all("\u{feff}a,b\n\"\"\"q\",5\" pipe\n"), [(1, 2, None), (2, 2, None)]);
    }

    #[test]
    fn broken_records_are_named_and_those_behind_them_read() {
        assert_eq!(
            all("1,\"x\"y\n2,\"open\n3,4\n5,6\n"),
            [(1, 2, Some(Broken::AfterQuote)), (2, 2, Some(Broken::OpenQuote)), (3, 2, None), (4, 2, None)]
        );
    }
}
