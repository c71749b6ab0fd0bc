//! A file that can be read: its form, its columns, and the statement that makes the table's columns of them.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem, names};
use duckdb::Connection;

use crate::engine::{self, identifier, quoted};
use crate::error::{Error, Result};
use crate::schema::Marks;
use crate::sql::kind::Kind;

use super::options::{CsvFormat, FileFormat, ImportColumn, ImportOptions};
use super::{arrow_file, files, finer, json_text, kinds, layout, records, text};

/// The engine reads CSV lines up to this length; longer ones go the careful way.
const LINE: usize = 2 << 20;

/// The column with the line in what the careful way reads.
pub(super) const LINE_COLUMN: &str = "_algom_line";

/// A column of the file and what becomes of it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// As the file has it.
    pub(super) source: String,
    /// In the table.
    pub(super) name: String,
    /// The BigQuery type.
    pub(super) kind: String,
    /// Whether a missing value is a fault.
    pub(super) required: bool,
    /// How texts are written.
    pub(super) format: Option<String>,
    /// Whether it goes into the table.
    pub(super) keep: bool,
    /// Whether the order of day and month is open.
    pub(super) ambiguous: bool,
    /// The engine's expression of what the file holds.
    pub(super) raw: String,
    /// The engine's type of that; `VARCHAR` where texts are parsed.
    native: String,
}

impl Field {
    /// Whether a value may not fit its column.
    pub(super) fn may_fail(&self) -> bool {
        !(self.native == "VARCHAR" && self.kind == "STRING")
    }

    /// Whether a number of the file may have more digits than a FLOAT64 keeps.
    fn is_wide(&self) -> bool {
        matches!(self.native.as_str(), "BIGINT" | "UBIGINT" | "HUGEINT" | "UHUGEINT")
            || self.native.starts_with("DECIMAL")
    }

    /// The condition for a text that reads as a number of the column's type and would not be written so again.
    pub(super) fn unkept(&self, decimal: char) -> Option<String> {
        if self.kind == "FLOAT64" && self.is_wide() {
            return Some("TRUE".to_owned());
        }
        if self.native != "VARCHAR" || self.format.is_some() {
            return None;
        }
        kinds::number_like(&self.raw, &self.kind, decimal)
    }

    /// The expression of the column's value. Not strict: NULL where it does not fit.
    pub(super) fn value(&self, decimal: char, strict: bool) -> std::result::Result<String, Problem> {
        let raw = &self.raw;
        if self.native == "VARCHAR" {
            return kinds::typed(raw, &self.kind, self.format.as_deref(), decimal, strict);
        }
        let cast = |to: &str| if strict { format!("CAST({raw} AS {to})") } else { format!("TRY_CAST({raw} AS {to})") };
        let same = self.kind == files::bigquery_of(&self.native);
        Ok(match self.native.as_str() {
            "TINYINT" | "SMALLINT" | "INTEGER" | "UTINYINT" | "USMALLINT" | "UINTEGER" if same => cast("BIGINT"),
            "FLOAT" if same => cast("DOUBLE"),
            "UBIGINT" | "HUGEINT" | "UHUGEINT" if same => cast("DECIMAL(38, 0)"),
            "TIMESTAMP_S" | "TIMESTAMP_MS" if same => cast("TIMESTAMP"),
            // Nothing finer than a microsecond is cut off.
            "TIMESTAMP_NS" if same => {
                let refuse =
                    if strict { "CAST(CAST('finer than a microsecond' AS INTEGER) AS VARCHAR)" } else { "NULL" };
                format!(
                    "CAST(CASE WHEN {raw} IS NULL OR epoch_ns({raw}) % 1000 = 0 THEN CAST({raw} AS VARCHAR) ELSE {refuse} END AS TIMESTAMP)"
                )
            }
            native if native.starts_with("MAP(") && same => format!("map_entries({raw})"),
            "UUID" | "JSON" if same => cast("VARCHAR"),
            native if native.starts_with("ENUM") && same => cast("VARCHAR"),
            _ if same => raw.clone(),
            "BIGINT" | "UBIGINT" | "HUGEINT" | "UHUGEINT" if self.kind == "FLOAT64" => {
                let refuse = if strict { "CAST('beyond FLOAT64' AS DOUBLE)" } else { "NULL" };
                let float = format!("CAST({raw} AS DOUBLE)");
                format!("CASE WHEN {raw} IS NULL OR CAST({float} AS HUGEINT) = {raw} THEN {float} ELSE {refuse} END")
            }
            native => {
                let to = kinds::engine_type(&self.kind)?;
                let numbers =
                    ["BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "UBIGINT", "UINTEGER", "HUGEINT"];
                // Of these a FLOAT64 may change digits, which a look at their text tells.
                let number = numbers.contains(&native) && !self.is_wide();
                let time = native.starts_with("TIMESTAMP") || native == "DATE";
                if number && to == "DOUBLE" || time && to.starts_with("TIMESTAMP") || to == "VARCHAR" {
                    cast(&to)
                } else if matches!(native, "DOUBLE" | "FLOAT") && to == "BIGINT" {
                    // A fraction is not rounded off.
                    let text = format!("regexp_extract(printf('%.1f', {raw}), '^(-?[0-9]+)\\.0$', 1)");
                    if strict { format!("CAST({text} AS BIGINT)") } else { format!("TRY_CAST({text} AS BIGINT)") }
                } else {
                    kinds::typed(&format!("CAST({raw} AS VARCHAR)"), &self.kind, self.format.as_deref(), '.', strict)?
                }
            }
        })
    }
}

/// A file that can be read.
pub(super) struct Source {
    /// The file's name, for sentences.
    pub(super) name: String,
    /// The file's name without endings, a guess at the ticker.
    pub(super) stem: String,
    /// What is read: the file, or a temporary copy of it in a form the engine reads.
    paths: Vec<PathBuf>,
    /// The form it is read in.
    pub(super) format: FileFormat,
    /// The form that was detected.
    pub(super) detected: FileFormat,
    /// Its columns.
    pub(super) fields: Vec<Field>,
    /// The types the engine reads JSON with.
    json_columns: Vec<(String, String)>,
    /// What was decided and could be decided otherwise.
    pub(super) notes: Vec<String>,
    /// The marks the file carries, by the names of its columns.
    pub(super) marks: Marks,
}

impl Source {
    /// Opens a file. With `head_only`, of a text that a line ends nothing but the beginning counts.
    pub(super) fn open(
        file: &Path,
        options: &ImportOptions,
        scratch: &Path,
        head_only: bool,
        connection: &Connection,
        job: &Job,
    ) -> Result<Source> {
        let opened = files::open(file, options.format.as_ref(), scratch, job)?;
        let job = &job.rest();
        let mut source = Source {
            name: opened.name,
            stem: opened.stem,
            paths: vec![opened.path.clone()],
            format: opened.format.clone(),
            detected: opened.format,
            fields: Vec::new(),
            json_columns: Vec::new(),
            notes: Vec::new(),
            marks: Marks::new(),
        };
        match &source.format {
            FileFormat::Csv(_) => source.open_csv(options, scratch, head_only, job)?,
            FileFormat::Json | FileFormat::NdJson => source.open_json(scratch, head_only, connection, job)?,
            FileFormat::Parquet => {
                source.open_typed(connection, job)?;
                source.marks = crate::warehouse::marks(connection, &source.paths)?;
            }
            FileFormat::Arrow => {
                (source.paths, source.marks) = arrow_file::to_parquet(&opened.path, scratch, &source.name, job)?;
                source.open_typed(connection, job)?;
            }
        }
        source.apply(options.columns.as_deref())?;
        for field in source.fields.iter().filter(|field| field.ambiguous) {
            source.notes.push(format!(
                "{}: {} could be day/month or month/day throughout; choose DD/MM/YYYY or MM/DD/YYYY for it (--date-format)",
                source.name, field.source
            ));
        }
        Ok(source)
    }

    fn open_csv(&mut self, options: &ImportOptions, scratch: &Path, head_only: bool, job: &Job) -> Result<()> {
        let path = self.paths[0].clone();
        let chosen = match &options.format {
            Some(FileFormat::Csv(format)) => Some(format),
            _ => None,
        };
        let head = text::head(&path)?;
        let detected_encoding = text::encoding_of(&head);
        let encoding = match chosen {
            Some(format) => text::encoding_named(&format.encoding)?,
            None => detected_encoding,
        };
        if chosen.is_none()
            && let Some(encoding) = text::utf_16_without_mark(&head)
        {
            return Err(Problem::bad(
                format!("{} seems to be {encoding} text without a byte order mark", self.name),
                format!("Name its encoding: --encoding {encoding}; or save it as UTF-8."),
            )
            .into());
        }
        let not_csv = |why: &str| {
            Problem::bad(
                format!("{} is not CSV: {why}", self.name),
                "Save it as CSV text with a header line and one row a line, or name its form (--format).",
            )
        };
        let zero = text::zero_byte(&head[..head.len().min(4096)], encoding);
        if let Some(position) = zero {
            return Err(not_csv(&format!("byte {} is zero", position + 1)).into());
        }
        let mut sample = text::decode_head(&head, encoding);
        let whole = !text::is_cut(&head);
        if !whole {
            sample.truncate(sample.rfind('\n').map_or(sample.len(), |end| end + 1));
        }
        if chosen.is_none() && sample.trim_start().starts_with(['<', '{', '[']) {
            return Err(not_csv("it starts like HTML, XML or JSON").into());
        }
        let detected = layout::detect(&sample, detected_encoding.name());
        let format = chosen.cloned().unwrap_or_else(|| detected.clone());
        layout::check(&format)?;
        self.detected = FileFormat::Csv(detected);
        self.fields = csv_fields(&self.name, &sample, whole, &format, chosen.is_some(), &mut self.notes)?;
        if encoding != encoding_rs::UTF_8 {
            self.notes.push(format!("{}: the text is read as {}", self.name, encoding.name()));
        }
        if !format.null_texts.is_empty() && chosen.is_none() {
            self.notes.push(format!("{}: {} is read as NULL", self.name, format.null_texts.join(", ")));
        }
        if head_only {
            self.paths = vec![scratch.join("head.csv")];
            std::fs::write(&self.paths[0], sample).map_err(|error| io(&self.paths[0], error))?;
        } else if !text::is_plain(encoding) {
            self.paths = vec![scratch.join("decoded.csv")];
            text::decode(&path, encoding, &self.paths[0], &self.name, job)?;
        }
        self.format = FileFormat::Csv(format);
        Ok(())
    }

    fn open_json(&mut self, scratch: &Path, head_only: bool, connection: &Connection, job: &Job) -> Result<()> {
        let form = if self.format == FileFormat::Json { "array" } else { "newline_delimited" };
        let head = text::head(&self.paths[0])?;
        let encoding = text::encoding_of(&head);
        if let Some(encoding) = text::utf_16_without_mark(&head) {
            return Err(Problem::bad(
                format!("{} seems to be {encoding} text without a byte order mark", self.name),
                "Save it as UTF-8, or with a byte order mark.",
            )
            .into());
        }
        if encoding != encoding_rs::UTF_8 {
            let to = scratch.join("decoded.json");
            text::decode(&self.paths[0], encoding, &to, &self.name, job)?;
            self.notes.push(format!("{}: the text is read as {}", self.name, encoding.name()));
            self.paths = vec![to];
        }
        // An object over several lines is one row, in a file that may hold one object.
        let named_json = self.name.to_lowercase().trim_end_matches(".gz").ends_with(".json");
        let first = text::decode_head(&head, encoding);
        let first = first.lines().next().unwrap_or_default();
        let join = named_json
            && self.format == FileFormat::NdJson
            && serde_json::from_str::<serde::de::IgnoredAny>(first).is_err();
        let shape = match (&self.format, join) {
            (_, true) => json_text::Shape::Objects,
            (FileFormat::NdJson, false) => json_text::Shape::Lines,
            _ => json_text::Shape::Whole,
        };
        let longs = scratch.join("long-numbers.json");
        let (scanned, long_wholes) = json_text::quote_long_numbers(&self.paths[0], &longs, shape, job)?;
        match scanned {
            json_text::Scanned::Plain => {}
            json_text::Scanned::Copied => self.paths = vec![longs],
            json_text::Scanned::Cut => {
                return Err(Problem::bad(
                    format!("{} cannot be read as JSON: it ends within a value", self.name),
                    "Check that the file is whole.",
                )
                .into());
            }
        }
        let size = if head_only { 20_480 } else { -1 };
        let reader = |path: &Path| {
            format!(
                "read_json({}, format = '{form}', records = true, sample_size = {size}, map_inference_threshold = -1)",
                quoted(&path.to_string_lossy())
            )
        };
        let mut numbered = None;
        let mut described = files::described(connection, &reader(&self.paths[0]), job);
        if matches!(described, Err(Error::Engine(_))) && shape == json_text::Shape::Lines {
            // Some lines are broken: the columns are those of the others.
            let good = self.number(scratch, |_, _, _| Ok(()))?;
            described = files::described(connection, &reader(&good.path), job);
            if let Ok(columns) = &mut described {
                columns.retain(|(name, _)| name != LINE_COLUMN);
            }
            numbered = Some(good);
        }
        let described = described.map_err(|error| self.unreadable("JSON", error))?;
        let numbered = numbered.as_ref();
        self.refuse_twins(&described, form, connection, job)?;
        // Texts that look like times are read as texts, so that their offset is not lost.
        let mut types: Vec<(String, String)> = described
            .iter()
            .cloned()
            .map(|(name, kind)| match kind.as_str() {
                // Whole numbers that a float would change are read as they are written.
                "DOUBLE" if long_wholes => (name, "VARCHAR".to_owned()),
                "BIGINT" | "DOUBLE" | "BOOLEAN" => (name, kind),
                kind if kind.ends_with("[]") || kind.starts_with("STRUCT") => (name, kind.to_owned()),
                // Whole numbers beyond an INT64 are in quotes by now; the engine widens the type for others too.
                "UBIGINT" | "HUGEINT" => (name, "BIGINT".to_owned()),
                _ => (name, "VARCHAR".to_owned()),
            })
            .collect();
        if long_wholes {
            let path = numbered.map_or(&self.paths[0], |numbered| &numbered.path).clone();
            self.keep_nested_wholes(&mut types, &path, form, connection, job)?;
        }
        self.json_columns.clone_from(&types);
        let named = name_columns(&self.name, types.iter().map(|(name, _)| name.as_str()))?;
        self.fields =
            types.into_iter().zip(named).map(|((source, native), name)| native_field(source, name, native)).collect();
        let floats: Vec<String> =
            described.into_iter().filter(|(_, kind)| kind == "DOUBLE").map(|(name, _)| name).collect();
        self.tell_texts(numbered, &floats, connection, job)
    }

    /// Reads the numbers of a nested column as texts where one is whole, and a FLOAT64, which the others need, would change it.
    fn keep_nested_wholes(
        &mut self,
        types: &mut [(String, String)],
        path: &Path,
        form: &str,
        connection: &Connection,
        job: &Job,
    ) -> Result<()> {
        for (name, kind) in types.iter_mut() {
            let Some(nested) = Kind::of_engine(kind).filter(|kind| matches!(kind, Kind::Array(_) | Kind::Struct(_)))
            else {
                continue;
            };
            let texts = floats_as_texts(&nested).engine();
            let Some(changes) = changes_a_float(&nested, &identifier(name), 0) else { continue };
            let sql = format!(
                "SELECT count(*) FROM read_json({}, format = '{form}', records = true, columns = {{{}: {}}}) WHERE {changes}",
                quoted(&path.to_string_lossy()),
                quoted(name),
                quoted(&texts)
            );
            if numbers(connection, &sql, job)?.first().copied().flatten().unwrap_or(0) > 0 {
                self.notes.push(format!(
                    "{}: {name} holds whole numbers that a FLOAT64 would change, so its numbers with fractions are texts",
                    self.name
                ));
                *kind = texts;
            }
        }
        Ok(())
    }

    /// Refuses keys that differ in their case alone: the engine names the second anew and then finds no value for it.
    fn refuse_twins(
        &self,
        described: &[(String, String)],
        form: &str,
        connection: &Connection,
        job: &Job,
    ) -> Result<()> {
        for (name, _) in described {
            let Some((base, number)) = name.rsplit_once('_') else { continue };
            if !number.bytes().all(|byte| byte.is_ascii_digit())
                || !described.iter().any(|(other, _)| other != name && other.eq_ignore_ascii_case(base))
            {
                continue;
            }
            let sql = format!(
                "SELECT count(*) FROM (SELECT unnest(json_keys(json)) AS key FROM read_json_objects({}, format = '{form}')) \
                 WHERE key = {}",
                quoted(&self.paths[0].to_string_lossy()),
                quoted(name)
            );
            if numbers(connection, &sql, job)?.first().copied().flatten() == Some(0) {
                return Err(Problem::bad(
                    format!("{} has the column {base} twice (columns are matched whatever their case)", self.name),
                    "Rename or remove one of them.",
                )
                .into());
            }
        }
        Ok(())
    }

    fn open_typed(&mut self, connection: &Connection, job: &Job) -> Result<()> {
        let form = if self.format == FileFormat::Arrow { "ARROW" } else { "PARQUET" };
        let described =
            files::described(connection, &self.reader(None), job).map_err(|error| self.unreadable(form, error))?;
        let plain = |column: &str| described.iter().any(|(name, kind)| name == column && kind == "TIMESTAMP_NS");
        finer::refuse(connection, &self.paths, &self.name, &plain, job)?;
        for (column, unit) in finer::durations(&self.paths[0])? {
            self.notes.push(format!("{}: {column} is a duration, kept as its number of {unit}", self.name));
        }
        let named = name_columns(&self.name, described.iter().map(|(name, _)| name.as_str()))?;
        self.fields = described
            .into_iter()
            .zip(named)
            .map(|((source, native), name)| native_field(source, name, native))
            .collect();
        // Texts stay texts, except where the times of bars are texts or counts.
        if self.looks_like_bars() {
            self.tell_texts(None, &[], connection, job)?;
        }
        Ok(())
    }

    /// Tells what the texts of JSON, and the times of bars in any form, are. `floats` are read as texts and are numbers.
    fn tell_texts(
        &mut self,
        numbered: Option<&Numbered>,
        floats: &[String],
        connection: &Connection,
        job: &Job,
    ) -> Result<()> {
        let bars = self.looks_like_bars();
        let json = matches!(self.format, FileFormat::Json | FileFormat::NdJson);
        let reader = self.reader(numbered);
        for field in &mut self.fields {
            let is_time = bars && field.name == "ticker_time";
            let count = is_time && matches!(field.native.as_str(), "BIGINT" | "INTEGER" | "UBIGINT" | "UINTEGER");
            if !(field.native == "VARCHAR" && (json || is_time)) && !count {
                continue;
            }
            let column = identifier(&field.source);
            let sql = format!(
                "SELECT CAST({column} AS VARCHAR) FROM (SELECT {column} FROM {reader} LIMIT {}) WHERE {column} IS NOT NULL",
                layout::SAMPLE_ROWS
            );
            let texts = files::texts(connection, &sql, job)?;
            let texts: Vec<&str> = texts.iter().filter_map(|row| row.first().and_then(Option::as_deref)).collect();
            let told = kinds::tell(&texts, '.', is_time);
            // A text of digits in JSON is a text: numbers have no quotes there. NaN and the infinities have.
            let words = texts.iter().any(|text| text.parse::<f64>().is_ok_and(|number| !number.is_finite()));
            let text =
                json && !is_time && matches!(told.kind.as_str(), "INT64" | "BOOL") || told.kind == "FLOAT64" && !words;
            if text && !floats.contains(&field.source) {
                continue;
            }
            if count {
                field.raw = format!("CAST({column} AS VARCHAR)");
                field.native = "VARCHAR".to_owned();
            }
            (field.kind, field.format, field.ambiguous) = (told.kind, told.format, told.ambiguous);
        }
        Ok(())
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.fields.iter().any(|field| field.keep && field.name == column)
    }

    pub(super) fn looks_like_bars(&self) -> bool {
        names::PRICE_COLUMNS.iter().filter(|price| self.has(price)).count() >= 2
    }

    pub(super) fn decimal(&self) -> char {
        match &self.format {
            FileFormat::Csv(format) => format.decimal,
            _ => '.',
        }
    }

    /// What a place in the file is called.
    pub(super) fn place(&self) -> &'static str {
        if matches!(self.format, FileFormat::Csv(_) | FileFormat::NdJson) { "line" } else { "row" }
    }

    /// What the engine reads. With `numbered`, the copy that has the line of each row in it.
    pub(super) fn reader(&self, numbered: Option<&Numbered>) -> String {
        let list = |paths: &[PathBuf]| {
            let list: Vec<String> = paths.iter().map(|path| quoted(&path.to_string_lossy())).collect();
            format!("[{}]", list.join(", "))
        };
        match (&self.format, numbered) {
            (FileFormat::Csv(format), None) => csv_reader(&list(&self.paths), format, self.fields.len(), LINE, false),
            (FileFormat::Csv(format), Some(numbered)) => csv_reader(
                &list(std::slice::from_ref(&numbered.path)),
                format,
                self.fields.len(),
                numbered.longest,
                true,
            ),
            (FileFormat::NdJson | FileFormat::Json, numbered) => {
                let (path, line) = match numbered.filter(|_| self.format == FileFormat::NdJson) {
                    Some(numbered) => (std::slice::from_ref(&numbered.path), format!("{LINE_COLUMN}: 'BIGINT', ")),
                    None => (&self.paths[..], String::new()),
                };
                let form = if self.format == FileFormat::Json { "array" } else { "newline_delimited" };
                let columns: Vec<String> = self
                    .json_columns
                    .iter()
                    .map(|(name, kind)| format!("{}: {}", quoted(name), quoted(kind)))
                    .collect();
                let reader = format!(
                    "read_json({}, format = '{form}', records = true, columns = {{{line}{}}})",
                    list(path),
                    columns.join(", ")
                );
                match numbered {
                    Some(_) if line.is_empty() => {
                        format!("(SELECT row_number() OVER () AS {LINE_COLUMN}, * FROM {reader})")
                    }
                    _ => reader,
                }
            }
            (FileFormat::Parquet | FileFormat::Arrow, None) => format!("read_parquet({})", list(&self.paths)),
            (FileFormat::Parquet | FileFormat::Arrow, Some(_)) => {
                format!("(SELECT row_number() OVER () AS {LINE_COLUMN}, * FROM read_parquet({}))", list(&self.paths))
            }
        }
    }

    /// Copies the file with the line of each row in it, without the rows that are broken as such; `found` gets each of these.
    pub(super) fn number(
        &self,
        scratch: &Path,
        mut found: impl FnMut(u64, String, String) -> Result<()>,
    ) -> Result<Numbered> {
        let path = scratch.join("numbered");
        let mut longest = LINE;
        let mut rows = None;
        match &self.format {
            FileFormat::Csv(format) => {
                let mut to = std::io::BufWriter::new(std::fs::File::create(&path).map_err(|error| io(&path, error))?);
                let width = self.fields.len();
                let written = records::number(&self.paths[0], format, width, &mut to, |line, broken, text| {
                    let (reason, example) = match broken {
                        records::Broken::Fields => {
                            (format!("it has another number of columns than the header, which has {width}"), text)
                        }
                        records::Broken::OpenQuote => ("a quote is not closed".to_owned(), text),
                        records::Broken::AfterQuote => ("there is text behind a closing quote".to_owned(), text),
                        records::Broken::Encoding => ("it is not UTF-8 text".to_owned(), text),
                        records::Broken::TooLong => (
                            format!("it is longer than {} MB, the most a line may have", records::LONGEST >> 20),
                            String::new(),
                        ),
                    };
                    found(line, reason, example)
                })?;
                longest = longest.max(written.1);
                rows = Some(written.0);
                std::io::Write::flush(&mut to).map_err(|error| io(&path, error))?;
            }
            FileFormat::NdJson => {
                let mut to = std::io::BufWriter::new(std::fs::File::create(&path).map_err(|error| io(&path, error))?);
                json_text::number(&self.paths[0], LINE_COLUMN, &mut to, |line, text| {
                    found(line, "it is no JSON object".to_owned(), text)
                })?;
                std::io::Write::flush(&mut to).map_err(|error| io(&path, error))?;
            }
            _ => {}
        }
        Ok(Numbered { path, longest, rows })
    }

    /// How many rows the engine has to find: it drops a last line longer than its buffer without a word (DuckDB 1.5.5).
    /// `Some(None)` when that cannot be told from the lines; `None` when there is nothing to count.
    pub(super) fn expected_rows(&self, job: &Job) -> Result<Option<Option<u64>>> {
        let (blanks, before) = match &self.format {
            FileFormat::Csv(format) => {
                (self.fields.len() == 1, u64::from(format.skip_lines) + u64::from(format.header))
            }
            FileFormat::NdJson => (false, 0),
            _ => return Ok(None),
        };
        let (lines, longest) = records::lines(&self.paths[0], blanks, job)?;
        Ok(Some((longest < LINE).then(|| lines.saturating_sub(before))))
    }

    /// The lines of rows that are counted from 0 and sorted.
    pub(super) fn lines_of(&self, rows: &[u64]) -> Result<Vec<u64>> {
        match &self.format {
            FileFormat::Csv(format) => records::lines_of(&self.paths[0], format, self.fields.len(), rows),
            _ => Ok(rows.iter().map(|row| row + 1).collect()),
        }
    }

    /// Puts what the person chose in place of what was detected.
    fn apply(&mut self, chosen: Option<&[ImportColumn]>) -> Result<()> {
        for column in chosen.unwrap_or_default() {
            let known: Vec<String> = self.fields.iter().map(|field| field.source.clone()).collect();
            let found = self
                .fields
                .iter_mut()
                .find(|field| field.source == column.source || field.name == names::input_column(&column.source));
            let Some(field) = found else {
                return Err(Problem::bad(
                    format!("{} has no column {}; it has {}", self.name, column.source, known.join(", ")),
                    "Correct the name of the column.",
                )
                .into());
            };
            let (kind, required) = kinds::split_required(&column.kind);
            kinds::engine_type(&kind).map_err(Error::from)?;
            // What is nested is read anew as the type that was chosen.
            if field.native.ends_with("[]") || field.native.starts_with("STRUCT") {
                let read = self.json_columns.iter_mut().find(|(name, _)| *name == field.source);
                if let Some(read) = read.filter(|_| kind != field.kind) {
                    "JSON".clone_into(&mut read.1);
                    field.raw = format!("CAST({} AS VARCHAR)", identifier(&field.source));
                    "VARCHAR".clone_into(&mut field.native);
                }
            }
            // A preview's answer that leaves day and month open is no choice.
            let open = column.format.as_deref().is_some_and(|format| format.contains(" or "));
            if !open {
                if kind != field.kind || column.format.is_some() {
                    field.format.clone_from(&column.format);
                }
                field.ambiguous &= column.format.is_none() && kind != "STRING";
            }
            if kind == "BOOL" && field.kind != "BOOL" && field.format.is_none() {
                field.format = Some(kinds::ANY_WORD.to_owned());
            }
            (field.kind, field.required, field.keep) = (kind, required, column.keep);
            if !column.name.trim().is_empty() {
                field.name.clone_from(&column.name);
            }
        }
        let kept: Vec<&str> = self.fields.iter().filter(|field| field.keep).map(|field| field.name.as_str()).collect();
        for (index, name) in kept.iter().enumerate() {
            if kept[..index].iter().any(|before| before.eq_ignore_ascii_case(name)) {
                return Err(Problem::bad(
                    format!("{}: two columns are to be named {name}", self.name),
                    "Give each column of the table a name of its own.",
                )
                .into());
            }
        }
        if kept.is_empty() {
            return Err(Problem::bad(format!("{}: no column is kept", self.name), "Keep at least one.").into());
        }
        Ok(())
    }

    fn unreadable(&self, form: &str, error: Error) -> Error {
        files::unreadable(&self.name, form, error)
    }
}

/// A copy of a text with the line of each row in it.
pub(super) struct Numbered {
    path: PathBuf,
    longest: usize,
    /// Rows in it, where they were counted.
    pub(super) rows: Option<u64>,
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io { action: "writing a temporary file", path: path.to_owned(), source }
}

fn native_field(source: String, name: String, native: String) -> Field {
    Field {
        raw: identifier(&source),
        kind: files::bigquery_of(&native),
        source,
        name,
        required: false,
        format: None,
        keep: true,
        ambiguous: false,
        native,
    }
}

/// A type with texts in place of its floats.
fn floats_as_texts(kind: &Kind) -> Kind {
    match kind {
        Kind::Float64 => Kind::String,
        Kind::Array(of) => Kind::array(floats_as_texts(of)),
        Kind::Struct(fields) => {
            Kind::Struct(fields.iter().map(|(name, kind)| (name.clone(), floats_as_texts(kind))).collect())
        }
        other => other.clone(),
    }
}

/// Whether a float of a value, read as a text, is a whole number that a FLOAT64 would change. `None` where it has no float.
fn changes_a_float(kind: &Kind, x: &str, depth: usize) -> Option<String> {
    match kind {
        Kind::Float64 => Some(format!(
            "coalesce(regexp_full_match({x}, '-?[0-9]{{16,19}}') AND TRY_CAST(CAST({x} AS DOUBLE) AS HUGEINT) <> TRY_CAST({x} AS HUGEINT), FALSE)"
        )),
        Kind::Array(of) => {
            let inner = changes_a_float(of, &format!("x{depth}"), depth + 1)?;
            Some(format!("coalesce(list_bool_or(list_transform({x}, lambda x{depth}: {inner})), FALSE)"))
        }
        Kind::Struct(fields) => {
            let names = crate::sql::kind::field_names(fields);
            let tests: Vec<String> = fields
                .iter()
                .zip(names)
                .filter_map(|((_, kind), name)| changes_a_float(kind, &format!("({x}).{}", identifier(&name)), depth))
                .collect();
            (!tests.is_empty()).then(|| format!("({})", tests.join(" OR ")))
        }
        _ => None,
    }
}

fn csv_reader(paths: &str, format: &CsvFormat, columns: usize, longest: usize, numbered: bool) -> String {
    let mut types: Vec<String> = (0..columns).map(|index| format!("'c{index}': 'VARCHAR'")).collect();
    if numbered {
        types.insert(0, format!("'{LINE_COLUMN}': 'BIGINT'"));
    }
    let (header, skip) = if numbered { (false, 0) } else { (format.header, format.skip_lines) };
    // The numbered copy ends its rows alike, whatever line ends its fields hold.
    let new_line = if numbered { ", new_line = '\\n'" } else { "" };
    let quote = format.quote.map(String::from).unwrap_or_default();
    let nulls: Vec<String> =
        std::iter::once("''".to_owned()).chain(format.null_texts.iter().map(|text| quoted(text))).collect();
    // A small buffer keeps a large file within the limits of memory.
    format!(
        "read_csv({paths}, auto_detect = false, delim = {}, quote = {quote}, escape = {quote}, header = {header}, skip = {skip}, \
         columns = {{{}}}, nullstr = [{}], allow_quoted_nulls = false, max_line_size = {longest}, buffer_size = {}{new_line})",
        quoted(&format.delimiter.to_string()),
        types.join(", "),
        nulls.join(", "),
        longest * 2,
        quote = quoted(&quote),
    )
}

/// The columns of a CSV text with their types by its first rows.
fn csv_fields(
    name: &str,
    sample: &str,
    whole: bool,
    format: &CsvFormat,
    chosen: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<Field>> {
    let mut rows = layout::sample(sample, format, layout::SAMPLE_ROWS);
    let no_rows =
        || Problem::bad(format!("{name} has no rows"), "Choose a file with at least one row under its header.");
    if rows.is_empty() {
        return Err(no_rows().into());
    }
    let (sources, named): (Vec<String>, Vec<String>) = if format.header {
        let header = rows.remove(0);
        let mut header: Vec<String> = header.into_iter().map(Option::unwrap_or_default).collect();
        if let Some(first) = header.first_mut() {
            *first = first.trim_start_matches('\u{feff}').to_owned();
        }
        if header.len() == 1 && !chosen && !header.first().is_some_and(|column| names::is_identifier(column.trim())) {
            return Err(Problem::bad(
                format!("{name} is not CSV: its first line has no columns"),
                "Save it as CSV text with a header line and one row a line, or name its form (--format).",
            )
            .into());
        }
        let named = name_columns(name, header.iter().map(String::as_str))?;
        (header, named)
    } else {
        let width = rows.first().map_or(0, Vec::len);
        let names: Vec<String> = (0..width).map(|index| format!("f{index}_")).collect();
        if !chosen {
            notes.push(format!("{name}: its first line holds values, so the columns are named f0_, f1_ and so on"));
        }
        (names.clone(), names)
    };
    // A file whose every row is broken is refused with its lines, later; one without any is refused here.
    let mut records =
        records::Records::new(Cursor::new(sample.as_bytes()), format).map_err(|error| io(Path::new(name), error))?;
    let mut count = 0;
    while count < 2 && records.next(sources.len() == 1).map_err(|error| io(Path::new(name), error))?.is_some() {
        count += 1;
    }
    if whole && format.header && count < 2 {
        return Err(no_rows().into());
    }
    let bars = named.iter().filter(|name| names::PRICE_COLUMNS.contains(&name.as_str())).count() >= 2;
    Ok(sources
        .into_iter()
        .zip(named)
        .enumerate()
        .map(|(index, (source, name))| {
            let texts: Vec<&str> = rows
                .iter()
                .filter_map(|row| row.get(index).and_then(Option::as_deref))
                .filter(|text| !format.null_texts.iter().any(|null| null == text))
                .collect();
            let mut told = kinds::tell(&texts, format.decimal, bars && name == "ticker_time");
            if bars && names::BAR_COLUMNS.contains(&name.as_str()) {
                // What a bar's column is, is not a matter of its first values.
                told.kind = bar_kind(&name).to_owned();
            }
            Field {
                source,
                name,
                kind: told.kind,
                required: false,
                format: told.format,
                keep: true,
                ambiguous: told.ambiguous,
                raw: format!("c{index}"),
                native: "VARCHAR".to_owned(),
            }
        })
        .collect())
}

/// The type of a column of bars.
pub(super) fn bar_kind(column: &str) -> &'static str {
    match column {
        "ticker_time" => "TIMESTAMP",
        "ticker" | "exchange" | "interval" => "STRING",
        _ => "FLOAT64",
    }
}

/// The columns under their names in tables. Empty and repeated ones are refused.
fn name_columns<'a>(file: &str, headers: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    let mut named: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (index, header) in headers.enumerate() {
        let name = names::input_column(header);
        if name.is_empty() {
            return Err(Problem::bad(
                format!("{file}: column {} has no name", index + 1),
                "Give every column a name in the first line.",
            )
            .into());
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(Problem::bad(
                format!("{file} has the column {name} twice (headers are matched whatever their case)"),
                "Rename or remove one of them.",
            )
            .into());
        }
        named.push(name);
    }
    Ok(named)
}

/// Runs a statement that gives one row of counts.
pub(super) fn numbers(connection: &Connection, sql: &str, job: &Job) -> Result<Vec<Option<i64>>> {
    engine::interrupted(connection, job, || {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        while let Ok(value) = row.get::<_, Option<i64>>(values.len()) {
            values.push(value);
        }
        Ok(values)
    })
}
