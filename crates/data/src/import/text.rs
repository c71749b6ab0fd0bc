//! The text of a file: its encoding, its beginning, and the whole of it as UTF-8. Nothing is replaced: a byte that has no
//! meaning in the encoding is refused.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use algomosaic_core::{Job, Problem};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{IoContext as _, Result};

/// Bytes looked at to tell how a file is written.
const HEAD: usize = 1 << 20;

/// The beginning of a file.
pub(super) fn head(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut bytes)).at("reading the file", path)?;
    Ok(bytes)
}

/// The encoding of a text by its beginning.
pub(super) fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    match std::str::from_utf8(head) {
        Ok(_) => return UTF_8,
        // The head may end in the middle of a character.
        Err(error) if error.error_len().is_none() => return UTF_8,
        Err(_) => {}
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, head.len() < HEAD);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// An encoding by the name a person gives it.
pub(super) fn encoding_named(label: &str) -> std::result::Result<&'static Encoding, Problem> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
        Problem::bad(
            format!("there is no encoding {label:?}"),
            "Name one by its label on the web: UTF-8, UTF-16LE, windows-1252, ISO-8859-15, Shift_JIS ...",
        )
    })
}

/// The part of a head that is text, decoded; a character that is cut off at its end is left out.
pub(super) fn decode_head(head: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(head.len() * 3);
    let _ = decoder.decode_to_string(head, &mut text, head.len() < HEAD);
    text
}

/// Whether there may be more of the file than its head.
pub(super) fn is_cut(head: &[u8]) -> bool {
    head.len() >= HEAD
}

/// Whether a file of this encoding can be read as it is: UTF-8 without anything before the text.
pub(super) fn is_plain(encoding: &'static Encoding) -> bool {
    encoding == UTF_8
}

/// The form of UTF-16 that a text without a byte order mark seems to have: every other byte of its beginning is zero.
pub(super) fn utf_16_without_mark(head: &[u8]) -> Option<&'static str> {
    if Encoding::for_bom(head).is_some() {
        return None;
    }
    let head = &head[..head.len().min(4096) / 2 * 2];
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match () {
        () if odd * 4 > half * 3 && even * 4 < half => Some("UTF-16LE"),
        () if even * 4 > half * 3 && odd * 4 < half => Some("UTF-16BE"),
        () => None,
    }
}

/// Whether the head is no text at all: it holds zero bytes and is not UTF-16.
pub(super) fn zero_byte(head: &[u8], encoding: &'static Encoding) -> Option<usize> {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return None;
    }
    head.iter().position(|byte| *byte == 0)
}

/// Decodes a file to UTF-8, piece by piece.
pub(super) fn decode(from: &Path, encoding: &'static Encoding, to: &Path, name: &str, job: &Job) -> Result<()> {
    let mut input = File::open(from).at("reading the file", from)?;
    let mut output = BufWriter::new(File::create(to).at("writing a temporary file", to)?);
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut piece = vec![0; 1 << 18];
    let mut text = vec![0; 1 << 20];
    let mut position = 0_u64;
    loop {
        job.check()?;
        let length = input.read(&mut piece).at("reading the file", from)?;
        let last = length == 0;
        let mut rest = &piece[..length];
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, last);
            output.write_all(&text[..written]).at("writing a temporary file", to)?;
            position += read as u64;
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    return Err(Problem::bad(
                        format!("{name}: byte {position} is not {} text", encoding.name()),
                        "Choose the encoding the file was written in (--encoding), or save it as UTF-8.",
                    )
                    .into());
                }
            }
        }
        if last {
            break;
        }
    }
    output.flush().at("writing a temporary file", to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_bytes() {
        let cases: [(&[u8], &str); 5] = [
            ("Zoë,1\n".as_bytes(), "UTF-8"),
            (b"\xef\xbb\xbfa,b\n", "UTF-8"),
            (b"\xff\xfea\0,\0b\0", "UTF-16LE"),
            (b"\xfe\xff\0a\0,\0b", "UTF-16BE"),
            (b"name,price\nCaf\xe9 Ren\xe9,\x80 5\nM\xfcller,3\n", "windows-1252"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(encoding_of(bytes).name(), expected, "{bytes:?}");
        }
    }
}
