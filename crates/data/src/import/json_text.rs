//! JSON texts before the engine reads them: numbers with more digits than a float keeps are put in quotes, so that the engine
//! takes them as they are; and NDJSON gets the number of its line into each object.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use algomosaic_core::Job;

use crate::error::{IoContext as _, Result};

use super::kinds;

/// Digits that every float keeps, whatever they are.
const KEPT_DIGITS: usize = 15;

/// How the values of a text stand in its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    Whole,
    /// A value a line.
    Lines,
    /// Objects, each over several lines; each is copied into a line of its own.
    Objects,
}

/// Where the reading of a JSON text is.
struct Scan {
    shape: Shape,
    /// Whether there was an INT64 that a float would change.
    long_wholes: bool,
    in_string: bool,
    escaped: bool,
    /// Brackets that are open.
    depth: i64,
    number: Vec<u8>,
}

impl Scan {
    /// Takes a byte; gives what stands for it and what was held back.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        let part = matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        if !self.in_string && part && (!self.number.is_empty() || matches!(byte, b'0'..=b'9' | b'-')) {
            self.number.push(byte);
            return false;
        }
        let long = self.flush(out);
        if byte == b'\n' && self.shape == Shape::Lines {
            // A broken line does not break the next.
            (self.in_string, self.escaped, self.depth) = (false, false, 0);
        }
        let within = !self.in_string && self.depth > 0;
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.in_string = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth -= 1,
                _ => {}
            }
        }
        if self.shape == Shape::Objects && matches!(byte, b'\n' | b'\r') && within {
            out.push(b' ');
            return long;
        }
        out.push(byte);
        if self.shape == Shape::Objects && within && self.depth == 0 {
            out.push(b'\n');
        }
        long
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> bool {
        if self.number.is_empty() {
            return false;
        }
        let mantissa = self.number.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
        let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit()).skip_while(|byte| **byte == b'0').count();
        let whole = !self.number.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let fits = whole && std::str::from_utf8(&self.number).is_ok_and(|text| text.parse::<i64>().is_ok());
        let exponent = self.number.iter().any(|byte| matches!(byte, b'e' | b'E'));
        let changed = (digits > KEPT_DIGITS || exponent)
            && std::str::from_utf8(&self.number).is_ok_and(|text| !kinds::float_keeps(text, '.'));
        self.long_wholes |= changed && fits;
        let long = !fits && (changed || whole && digits > 17);
        if long {
            out.push(b'"');
        }
        out.append(&mut self.number);
        if long {
            out.push(b'"');
        }
        long
    }
}

/// What a JSON text was found to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// It can be read as it is.
    Plain,
    /// It was copied, with its long numbers in quotes.
    Copied,
    /// It ends within a value: the engine would take what is there for the whole.
    Cut,
}

/// Copies a JSON text to `to` with its long numbers in quotes, where it has any. Also gives whether it has an INT64 that a float
/// would change.
pub(super) fn quote_long_numbers(from: &Path, to: &Path, shape: Shape, job: &Job) -> Result<(Scanned, bool)> {
    let pass = |mut write: Option<&mut dyn Write>, job: &Job| -> Result<(Scanned, bool)> {
        let mut input = File::open(from).at("reading the file", from)?;
        let all = input.metadata().at("reading the file", from)?.len();
        let mut read = 0;
        let mut scan =
            Scan { shape, long_wholes: false, in_string: false, escaped: false, depth: 0, number: Vec::new() };
        let mut piece = vec![0; 1 << 18];
        let mut out = Vec::with_capacity(1 << 18);
        let mut any = false;
        loop {
            job.step(read, all as usize)?;
            let length = input.read(&mut piece).at("reading the file", from)?;
            read += length;
            for &byte in &piece[..length] {
                any |= scan.take(byte, &mut out);
            }
            if length == 0 {
                any |= scan.flush(&mut out);
            }
            if let Some(write) = write.as_mut() {
                write.write_all(&out).at("writing a temporary file", to)?;
            }
            out.clear();
            if length == 0 {
                let cut = shape != Shape::Lines && (scan.in_string || scan.depth > 0);
                let scanned = if cut {
                    Scanned::Cut
                } else if any || shape == Shape::Objects {
                    Scanned::Copied
                } else {
                    Scanned::Plain
                };
                return Ok((scanned, scan.long_wholes));
            }
        }
    };
    let found = pass(None, &job.part(0.0, 0.5))?;
    if found.0 != Scanned::Copied {
        return Ok(found);
    }
    let mut output = BufWriter::new(File::create(to).at("writing a temporary file", to)?);
    pass(Some(&mut output), &job.part(0.5, 1.0))?;
    output.flush().at("writing a temporary file", to)?;
    Ok(found)
}

/// Copies NDJSON with the number of its line as the field `line` of each object, leaving out lines that are no object.
/// `found` gets each of these.
pub(super) fn number(
    from: &Path,
    line_field: &str,
    to: &mut dyn Write,
    mut found: impl FnMut(u64, String) -> Result<()>,
) -> Result<()> {
    let mut input = BufReader::new(File::open(from).at("reading the file", from)?);
    let mut bytes = Vec::new();
    let mut line = 0_u64;
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).at("reading the file", from)? == 0 {
            return Ok(());
        }
        line += 1;
        let text = bytes.trim_ascii();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        let is_object = text.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
        if !is_object {
            found(line, String::from_utf8_lossy(&text[..text.len().min(200)]).into_owned())?;
            continue;
        }
        let rest = text[1..].trim_ascii_start();
        let comma = if rest == b"}" { "" } else { "," };
        write!(to, "{{\"{line_field}\":{line}{comma}")
            .and_then(|()| to.write_all(rest))
            .and_then(|()| to.write_all(b"\n"))
            .at("writing a temporary file", from)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_quoted_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        let text = r#"[{"a":9007199254740993,"b":12345678901234567.123456789,"c":"1234567890.12345678901\"","d":-0.1e5,"e":123456789012345678901}]"#;
        std::fs::write(&from, text).unwrap();
        assert_eq!(quote_long_numbers(&from, &to, Shape::Whole, &Job::new()).unwrap().0, Scanned::Copied);
        let expected = text
            .replace("12345678901234567.123456789", "\"12345678901234567.123456789\"")
            .replace("123456789012345678901}", "\"123456789012345678901\"}");
        assert_eq!(std::fs::read_to_string(&to).unwrap(), expected);
        std::fs::write(&from, "[1, 0.1, \"x\"]").unwrap();
        assert_eq!(quote_long_numbers(&from, &to, Shape::Whole, &Job::new()).unwrap().0, Scanned::Plain);
        std::fs::write(&from, "[1, {\"x").unwrap();
        assert_eq!(quote_long_numbers(&from, &to, Shape::Whole, &Job::new()).unwrap().0, Scanned::Cut);
    }
}
