//! Rows as CSV, JSON or NDJSON text.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use crate::cell::{Cell, cells};
use crate::error::{IoContext as _, Result};
use crate::schema::{Column, columns_of};

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Json,
    NdJson,
}

/// A text file that is being written.
pub(super) struct TextFile {
    to: BufWriter<File>,
    path: PathBuf,
    form: Form,
    begun: bool,
    rows: u64,
}

impl TextFile {
    pub(super) fn create(path: &Path, form: Form) -> Result<TextFile> {
        let to = BufWriter::new(File::create(path).at("writing a file", path)?);
        Ok(TextFile { to, path: path.to_owned(), form, begun: false, rows: 0 })
    }

    pub(super) fn rows(&mut self, columns: &[Column], rows: Vec<Vec<Cell>>) -> Result<()> {
        let mut text = String::new();
        if !std::mem::replace(&mut self.begun, true) {
            match self.form {
                Form::Csv => header(&mut text, columns),
                Form::Json => text.push_str("[\n"),
                Form::NdJson => {}
            }
        }
        for row in rows {
            match self.form {
                Form::Csv => line(&mut text, &row),
                Form::Json | Form::NdJson => {
                    if self.form == Form::Json && self.rows > 0 {
                        text.push_str(",\n");
                    }
                    let names = columns.iter().map(|column| column.name.clone());
                    let object = Cell::Struct(names.zip(row).collect());
                    text.push_str(&serde_json::to_string(&object).unwrap_or_default());
                    if self.form == Form::NdJson {
                        text.push('\n');
                    }
                }
            }
            self.rows += 1;
            if text.len() > 1 << 20 {
                self.to.write_all(text.as_bytes()).at("writing a file", &self.path)?;
                text.clear();
            }
        }
        self.to.write_all(text.as_bytes()).at("writing a file", &self.path)
    }

    pub(super) fn finish(mut self) -> Result<()> {
        if self.form == Form::Json {
            self.to.write_all(b"\n]\n").at("writing a file", &self.path)?;
        }
        self.to.flush().at("writing a file", &self.path)
    }
}

/// A frame as CSV text with a header: NULL is an empty field, the empty text is `""`.
pub fn csv_text(frame: &DataFrame) -> Result<String> {
    let mut text = String::new();
    header(&mut text, &columns_of(frame));
    for row in cells(frame)? {
        line(&mut text, &row);
    }
    Ok(text)
}

fn header(text: &mut String, columns: &[Column]) {
    let names: Vec<Cell> = columns.iter().map(|column| Cell::Text(column.name.clone())).collect();
    line(text, &names);
}

fn line(text: &mut String, row: &[Cell]) {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let field = cell.text();
        let quote = *cell != Cell::Null && field.is_empty()
            || field.contains([',', '"', '\n', '\r'])
            // The engine's reader cuts blanks beside a quote.
            || field.starts_with(char::is_whitespace)
            || field.ends_with(char::is_whitespace);
        if quote {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&field);
        }
    }
    text.push('\n');
}
