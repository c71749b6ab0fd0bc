//! Finding files and telling their form: names with `*`, `.gz`, endings and first bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem};
use duckdb::Connection;

use crate::engine;
use crate::error::{Error, IoContext as _, Result};

use super::gzip;
use super::options::{CsvFormat, FileFormat};

/// A file whose form is known.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) stem: String,
    /// The file, or its uncompressed copy.
    pub(super) path: PathBuf,
    pub(super) format: FileFormat,
}

/// The files that names stand for: `*` and `?` in the last part of a path match any files of that folder, sorted by name.
pub fn expand(names: &[String]) -> std::result::Result<Vec<PathBuf>, Problem> {
    let mut files = Vec::new();
    for name in names {
        let path = Path::new(name);
        let pattern = path.file_name().map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
        if !pattern.contains(['*', '?']) || path.exists() {
            files.push(path.to_owned());
            continue;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = std::fs::read_dir(folder).at("reading the folder", folder)?;
        let mut found: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| matches(&pattern, &entry.file_name().to_string_lossy()))
            .map(|entry| {
                path.parent().map_or_else(|| entry.file_name().into(), |folder| folder.join(entry.file_name()))
            })
            .filter(|path| path.is_file())
            .collect();
        found.sort();
        if found.is_empty() {
            return Err(Problem::not_found(format!("no file matches {name}"), "Check the path and the pattern."));
        }
        files.extend(found);
    }
    Ok(files)
}

/// Whether a name follows a pattern with `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| *c == '?' || *c == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            n = from + 1;
            star = Some((at, n));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Opens a file, uncompressed and with its form.
pub(super) fn open(file: &Path, chosen: Option<&FileFormat>, scratch: &Path, job: &Job) -> Result<Opened> {
    let mut path = file.to_owned();
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut lower = name.to_lowercase();
    let mut first = [0; 4096];
    let mut input = File::open(&path).at("reading the file", &path)?;
    let length = input.read(&mut first).at("reading the file", &path)?;
    if length == 0 {
        return Err(empty(&name));
    }
    let mut first = first[..length].to_vec();
    if first.starts_with(b"\x1f\x8b") {
        let to = scratch.join("unzipped");
        gzip::unpack(&path, &to, &name, &job.part(0.0, 0.9))?;
        path = to;
        lower = lower.trim_end_matches(".gz").to_owned();
        let mut start = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(4096).read_to_end(&mut start))
            .at("reading a temporary file", &path)?;
        first = start;
    }
    if first.len() < 4096 && first.iter().all(u8::is_ascii_whitespace) {
        return Err(empty(&name));
    }
    let format = chosen.cloned().unwrap_or_else(|| form(&lower, &first));
    let stem = name.split('.').next().unwrap_or_default().to_owned();
    Ok(Opened { name, stem, path, format })
}

fn empty(name: &str) -> Error {
    Problem::bad(format!("{name} is empty"), "Choose a file with a header and rows.").into()
}

/// The form of a file by its first bytes, and where they leave it open by its ending.
fn form(name: &str, first: &[u8]) -> FileFormat {
    let ending = name.rsplit('.').next().unwrap_or_default();
    let start = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    match ending {
        _ if first.starts_with(b"PAR1") => FileFormat::Parquet,
        _ if first.starts_with(b"ARROW1") => FileFormat::Arrow,
        "parquet" => FileFormat::Parquet,
        "arrow" | "arrows" | "feather" | "ipc" => FileFormat::Arrow,
        "json" if start.starts_with(b"{") => FileFormat::NdJson,
        "json" => FileFormat::Json,
        "ndjson" | "jsonl" => FileFormat::NdJson,
        _ => FileFormat::Csv(CsvFormat::default()),
    }
}

/// An engine's refusal to read a file, in the file's terms.
pub(super) fn unreadable(name: &str, form: &str, error: Error) -> Error {
    match error {
        Error::Engine(message) if message.contains("No space left") || message.starts_with("Out of Memory") => {
            Error::Engine(message)
        }
        Error::Engine(message) => {
            if message.contains("expected records") {
                return Problem::bad(
                    format!("{name} holds no JSON objects, and each row is one"),
                    "Write each row as an object: {\"column\": value}.",
                )
                .into();
            }
            let twice = message.split_once("has duplicate key \"").or_else(|| message.split_once("Duplicate name \""));
            if let Some((_, key)) = twice {
                return Problem::bad(
                    format!(
                        "{name} has the key {} twice in an object (whatever its case)",
                        key.split('"').next().unwrap_or(key)
                    ),
                    "Rename or remove one of them.",
                )
                .into();
            }
            let brief = message.lines().next().unwrap_or_default();
            let brief =
                brief.split_once(" Error: ").map_or(brief, |(_, brief)| brief).chars().take(300).collect::<String>();
            Problem::bad(
                format!("{name} cannot be read as {form}: {brief}"),
                "Check that the file is whole and its ending says what it is.",
            )
            .into()
        }
        other => other,
    }
}

/// The columns of a relation with the engine's types.
pub(super) fn described(connection: &Connection, relation: &str, job: &Job) -> Result<Vec<(String, String)>> {
    let rows =
        texts(connection, &format!("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})"), job)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut row = row.into_iter().map(Option::unwrap_or_default);
            (row.next().unwrap_or_default(), row.next().unwrap_or_default())
        })
        .collect())
}

/// Rows of texts.
pub(super) fn texts(connection: &Connection, sql: &str, job: &Job) -> Result<Vec<Vec<Option<String>>>> {
    engine::interrupted(connection, job, || {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut texts = Vec::new();
            while let Ok(text) = row.get::<_, Option<String>>(texts.len()) {
                texts.push(text);
            }
            found.push(texts);
        }
        Ok(found)
    })
}

/// The BigQuery name of an engine's type.
pub(super) fn bigquery_of(native: &str) -> String {
    let native = native.trim();
    if let Some(of) = native.strip_suffix("[]") {
        return format!("ARRAY<{}>", bigquery_of(of));
    }
    if let Some(fields) = native.strip_prefix("STRUCT(").and_then(|fields| fields.strip_suffix(')')) {
        let mut parts = Vec::new();
        let (mut depth, mut start, mut in_quotes) = (0, 0, false);
        for (position, character) in fields.char_indices() {
            match character {
                '"' => in_quotes = !in_quotes,
                '(' if !in_quotes => depth += 1,
                ')' if !in_quotes => depth -= 1,
                ',' if depth == 0 && !in_quotes => {
                    parts.push(&fields[start..position]);
                    start = position + 1;
                }
                _ => {}
            }
        }
        parts.push(&fields[start..]);
        let fields: Vec<String> = parts
            .into_iter()
            .map(|part| {
                let part = part.trim();
                let end = match part.strip_prefix('"') {
                    Some(rest) => rest.find("\" ").map_or(part.len(), |end| end + 2),
                    None => part.find(' ').unwrap_or(part.len()),
                };
                let (name, kind) = part.split_at(end);
                format!("{} {}", name.trim_matches('"'), bigquery_of(kind))
            })
            .collect();
        return format!("STRUCT<{}>", fields.join(", "));
    }
    if let Some(inner) = native.strip_prefix("MAP(").and_then(|inner| inner.strip_suffix(')')) {
        let mut depth = 0;
        let comma = inner.find(|character| {
            depth += i32::from(character == '(') - i32::from(character == ')');
            character == ',' && depth == 0
        });
        let (key, value) = inner.split_at(comma.unwrap_or(inner.len()));
        return format!(
            "ARRAY<STRUCT<key {}, value {}>>",
            bigquery_of(key),
            bigquery_of(value.trim_start_matches(','))
        );
    }
    if let Some(rest) = native.strip_prefix("DECIMAL(") {
        let scale = rest.trim_end_matches(')').split(',').nth(1).and_then(|scale| scale.trim().parse::<u8>().ok());
        return if scale.unwrap_or(0) > 9 { "BIGNUMERIC" } else { "NUMERIC" }.to_owned();
    }
    match native {
        "BOOLEAN" => "BOOL",
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT" | "UINTEGER" => "INT64",
        "UBIGINT" | "HUGEINT" | "UHUGEINT" => "NUMERIC",
        "FLOAT" | "DOUBLE" => "FLOAT64",
        "BLOB" => "BYTES",
        "DATE" => "DATE",
        "TIME" => "TIME",
        "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" => "DATETIME",
        "TIMESTAMP WITH TIME ZONE" => "TIMESTAMP",
        "INTERVAL" => "INTERVAL",
        _ => "STRING",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        for (pattern, name, expected) in
            [("*.csv", "a.csv", true), ("*.csv", "a.csv.gz", false), ("a?c*", "abcd", true), ("a*b*c", "axxbyyc", true)]
        {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn types_have_bigquerys_names() {
        for (native, expected) in [
            ("STRUCT(a INTEGER, \"b c\" VARCHAR[])[]", "ARRAY<STRUCT<a INT64, b c ARRAY<STRING>>>"),
            ("DECIMAL(38,9)", "NUMERIC"),
            ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
        ] {
            assert_eq!(bigquery_of(native), expected);
        }
    }
}
