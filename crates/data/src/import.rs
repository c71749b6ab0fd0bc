//! A file into a table: typed, checked line by line, written as one part, or refused with the first line at fault.
//! Bars are checked (times in order and once each, prices present and finite) and never silently changed.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem, names};
use duckdb::Connection;

use crate::commit::Transaction;
use crate::engine::{self, identifier, quoted, read_parts};
use crate::error::{Error, IoContext as _, Result};
use crate::schema::Column;
use crate::table_name::TableName;
use crate::warehouse::{IfExists, Warehouse, described};

/// How to read the file.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The ticker of the bars, where the file has no such column.
    pub ticker: Option<String>,
    /// The interval of the bars, such as `1d`, where the file has no such column.
    pub interval: Option<String>,
    /// Sort bars by time instead of refusing those out of order.
    pub sort: bool,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Rows of the part.
    pub rows: u64,
    /// What the person should know: what was taken from the file's name, what looks odd.
    pub notes: Vec<String>,
}

/// Reads a CSV, JSON, NDJSON or Parquet file into a staged part of a table.
pub fn import_file(
    warehouse: &Warehouse,
    transaction: &mut Transaction,
    file: &Path,
    table: &TableName,
    if_exists: IfExists,
    options: &ImportOptions,
    job: &Job,
) -> Result<Imported> {
    let connection = warehouse.file_engine()?.connection()?;
    let source = Source::open(file, &connection, job)?;
    let mut notes = Vec::new();
    let written = write(warehouse, transaction, &source, &connection, table, if_exists, options, &mut notes, job);
    let out = match written {
        Ok(out) => out,
        Err(error) => return Err(source.bad_time(&connection, job)?.unwrap_or(error)),
    };
    source.refuse_rejects(&connection)?;
    let staged = Staged { source: &source, connection: &connection, relation: read_parts(&[&out]), job };
    let rows = staged.number("count(*)", "")?.unwrap_or(0);
    if rows == 0 {
        return Err(Problem::bad(
            format!("{} has no rows", source.name),
            "Choose a file with at least one row under its header.",
        )
        .into());
    }
    if source.is_bars(options) {
        staged.check_values()?;
        staged.check_order()?;
        if if_exists == IfExists::Append && warehouse.exists(table)? {
            staged.check_overlap(table, &warehouse.parts(table)?)?;
        }
        notes.extend(staged.oddities()?);
    }
    Ok(Imported { rows, notes })
}

/// Writes the part, as far as the engine can read the file.
#[allow(clippy::too_many_arguments, reason = "the second half of import_file, which has as many")]
fn write(
    warehouse: &Warehouse,
    transaction: &mut Transaction,
    source: &Source,
    connection: &Connection,
    table: &TableName,
    if_exists: IfExists,
    options: &ImportOptions,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<PathBuf> {
    let is_bars = source.is_bars(options);
    let select = if is_bars { source.bars(options, connection, job, notes)? } else { source.plain() };
    let out =
        warehouse.stage_path(transaction, table, described(connection, &format!("({select})"), job)?, if_exists)?;
    let order = if options.sort && is_bars { " ORDER BY ticker, ticker_time" } else { "" };
    let to = quoted(&out.to_string_lossy());
    engine::run(connection, &format!("COPY ({select}{order}) TO {to} (FORMAT parquet, COMPRESSION zstd)"), job)?;
    Ok(out)
}

/// A file that can be read, and its columns.
struct Source {
    /// The file's name, for sentences.
    name: String,
    /// The start of the file's name, a guess at the ticker.
    stem: String,
    /// What the engine reads, its columns already named as tables have them.
    relation: String,
    columns: Vec<Column>,
    is_csv: bool,
    /// Columns of a CSV file that are read as text and converted to a time.
    times: Vec<String>,
    /// What the engine reads, before any conversion.
    raw: String,
}

impl Source {
    fn open(file: &Path, connection: &Connection, job: &Job) -> Result<Source> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut head = vec![0; 65_536];
        let mut opened = File::open(file).at("reading the file", file)?;
        let mut length = 0;
        while length < head.len() {
            match opened.read(&mut head[length..]).at("reading the file", file)? {
                0 => break,
                more => length += more,
            }
        }
        head.truncate(length);
        if head.iter().all(u8::is_ascii_whitespace) {
            return Err(Problem::bad(format!("{name} is empty"), "Choose a file with a header and rows.").into());
        }
        let path = quoted(&file.to_string_lossy());
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let reader = match ending.as_str() {
            "parquet" => format!("read_parquet({path})"),
            "json" => format!("read_json_auto({path})"),
            "ndjson" | "jsonl" => format!("read_json_auto({path}, format = 'newline_delimited')"),
            _ => return Source::csv(name, stem, &path, &head, connection, job),
        };
        let columns = described(connection, &reader, job).map_err(|error| unreadable(&name, &ending, error))?;
        let named = name_columns(&name, columns.iter().map(|column| column.name.as_str()))?;
        let list: Vec<String> = columns
            .iter()
            .zip(&named)
            .map(|(column, name)| format!("{} AS {}", identifier(&column.name), identifier(name)))
            .collect();
        let relation = format!("(SELECT {} FROM {reader})", list.join(", "));
        let columns = columns.into_iter().zip(named).map(|(column, name)| Column { name, kind: column.kind }).collect();
        Ok(Source { name, stem, relation, columns, is_csv: false, times: Vec::new(), raw: reader })
    }

    fn csv(name: String, stem: String, path: &str, head: &[u8], connection: &Connection, job: &Job) -> Result<Source> {
        let not_csv = |why: &str| {
            Problem::bad(
                format!("{name} is not CSV: {why}"),
                "Save it as CSV text in UTF-8, with a header line and one bar a line.",
            )
        };
        let valid = match std::str::from_utf8(head) {
            Ok(text) => text,
            // The head may end in the middle of a character.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
            }
            Err(error) => return Err(not_csv(&format!("byte {} is not UTF-8 text", error.valid_up_to() + 1)).into()),
        };
        if let Some(position) = valid.find('\0') {
            return Err(not_csv(&format!("byte {} is zero", position + 1)).into());
        }
        let text = valid.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with(['<', '{', '[']) {
            return Err(not_csv("it starts like HTML, XML or JSON").into());
        }
        let first_line = text.lines().next().unwrap_or("");
        let delimiter = [',', ';', '\t', '|']
            .into_iter()
            .max_by_key(|delimiter| (first_line.matches(*delimiter).count(), *delimiter == ','))
            .unwrap_or(',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter as u8)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = records.next().and_then(std::result::Result::ok).unwrap_or_default();
        let first = records.next().and_then(std::result::Result::ok).unwrap_or_default();
        if header.len() == 1 && !header.get(0).is_some_and(|column| names::is_identifier(column.trim())) {
            return Err(not_csv("its first line has no columns").into());
        }
        let named = name_columns(&name, header.iter())?;
        if first.is_empty() {
            return Err(Problem::bad(
                format!("{name} has no rows"),
                "Choose a file with at least one row under its header.",
            )
            .into());
        }
        if named.iter().all(|column| column.parse::<f64>().is_ok()) {
            return Err(not_csv("its first line holds numbers where the names of the columns should be").into());
        }

        let layout = format!("delim = {}, quote = '\"', escape = '\"', header = true", quoted(&delimiter.to_string()));
        let sniffed = described(connection, &format!("read_csv({path}, {layout}, ignore_errors = true)"), job)
            .map_err(|error| unreadable(&name, "CSV", error))?;
        let bars = looks_like_bars(named.iter().map(String::as_str));
        let kinds: Vec<&str> = named
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let sniffed = sniffed.get(index).map_or("STRING", |column| column.kind.as_str());
                csv_type(column, sniffed, bars, first.get(index).unwrap_or(""))
            })
            .collect();
        let types: Vec<String> =
            named.iter().zip(&kinds).map(|(column, kind)| format!("{}: {}", quoted(column), quoted(kind))).collect();
        let reader = format!(
            "read_csv({path}, {layout}, auto_detect = false, columns = {{{}}}, nullstr = ['', 'NULL', 'null', 'NA', 'N/A'], \
             store_rejects = true, rejects_limit = 1000)",
            types.join(", ")
        );
        // Times are read as text and converted by a cast: the CSV reader drops the offset of a text it reads as TIMESTAMP,
        // and makes NULL, without a reject, of a text that is no TIMESTAMPTZ (DuckDB 1.5.5).
        let mut times = Vec::new();
        let list: Vec<String> = named
            .iter()
            .zip(&kinds)
            .enumerate()
            .map(|(index, (column, kind))| {
                let name = identifier(column);
                match epoch(column, first.get(index).unwrap_or("")) {
                    Some(convert) => format!("{convert} AS {name}"),
                    None if sniffed_time(&sniffed, index) || (*kind == "VARCHAR" && column == "ticker_time") => {
                        times.push(column.clone());
                        format!("CAST({name} AS TIMESTAMPTZ) AS {name}")
                    }
                    None => name,
                }
            })
            .collect();
        let relation = format!("(SELECT {} FROM {reader})", list.join(", "));
        let columns = named.into_iter().map(|name| Column { name, kind: String::new() }).collect();
        Ok(Source { name, stem, relation, columns, is_csv: true, times, raw: reader })
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known.name == column)
    }

    /// Bars: two or more prices, or the person said whose they are.
    fn is_bars(&self, options: &ImportOptions) -> bool {
        options.ticker.is_some()
            || options.interval.is_some()
            || looks_like_bars(self.columns.iter().map(|column| column.name.as_str()))
    }

    fn plain(&self) -> String {
        format!("SELECT * FROM {}", self.relation)
    }

    /// The SELECT that makes bars of the file: the columns of a bar first, then whatever else it has.
    fn bars(
        &self,
        options: &ImportOptions,
        connection: &Connection,
        job: &Job,
        notes: &mut Vec<String>,
    ) -> Result<String> {
        let missing: Vec<&str> = ["ticker_time", "open", "high", "low", "close", "volume"]
            .into_iter()
            .filter(|column| !self.has(column))
            .collect();
        if !missing.is_empty() {
            let has: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
            return Err(Problem::bad(
                format!("{} has no column {}, and bars need it; it has {}", self.name, missing.join(" and no column "), has.join(", ")),
                "Add the column, or correct its name in the header (a time column may be called time, date, datetime or timestamp).",
            )
            .into());
        }
        let ticker = match &options.ticker {
            Some(ticker) => quoted(ticker),
            None if self.has("ticker") => "CAST(ticker AS VARCHAR)".to_owned(),
            None => {
                let guess: String =
                    self.stem.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
                if guess.is_empty() {
                    return Err(Problem::bad(
                        format!("{} does not say whose prices these are", self.name),
                        "Name the ticker (--ticker AAPL), or add a column ticker.",
                    )
                    .into());
                }
                notes.push(format!("{}: the ticker {guess} is taken from the file's name", self.name));
                quoted(&guess)
            }
        };
        let interval = match &options.interval {
            Some(interval) => quoted(interval),
            None if self.has("interval") => "CAST(interval AS VARCHAR)".to_owned(),
            None => quoted(&self.interval(&ticker, connection, job)?),
        };
        let exchange = if self.has("exchange") { "CAST(exchange AS VARCHAR)" } else { "CAST(NULL AS VARCHAR)" };
        let mut list = vec![
            "CAST(ticker_time AS TIMESTAMPTZ) AS ticker_time".to_owned(),
            format!("{ticker} AS ticker"),
            format!("{exchange} AS exchange"),
            format!("{interval} AS interval"),
        ];
        list.extend(
            ["open", "high", "low", "close", "volume"].map(|column| format!("CAST({column} AS DOUBLE) AS {column}")),
        );
        list.extend(
            self.columns
                .iter()
                .filter(|column| !names::BAR_COLUMNS.contains(&column.name.as_str()))
                .map(|column| identifier(&column.name)),
        );
        Ok(format!("SELECT {} FROM {}", list.join(", "), self.relation))
    }

    /// The interval of the bars from the median distance of the first ten thousand: `1d`, `5m` ...
    fn interval(&self, ticker: &str, connection: &Connection, job: &Job) -> Result<String> {
        let sql = format!(
            "SELECT median(gap) FROM (SELECT abs(epoch(t) - lag(epoch(t)) OVER (PARTITION BY ticker)) AS gap FROM \
             (SELECT TRY_CAST(ticker_time AS TIMESTAMPTZ) AS t, {ticker} AS ticker FROM {} LIMIT 10000))",
            self.relation
        );
        engine::run(connection, "SELECT 1", job)?;
        let seconds: Option<f64> = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(match seconds {
            Some(seconds) if seconds >= 86_400.0 * 5.0 => format!("{}d", (seconds / 86_400.0).round()),
            Some(seconds) if seconds >= 86_400.0 => "1d".to_owned(),
            Some(seconds) if seconds >= 3_600.0 => format!("{}h", (seconds / 3_600.0).round()),
            Some(seconds) if seconds >= 60.0 => format!("{}m", (seconds / 60.0).round()),
            Some(seconds) if seconds > 0.0 => format!("{}s", seconds.round()),
            _ => "1d".to_owned(),
        })
    }

    /// The first text that is no time, when that is what stopped the import.
    fn bad_time(&self, connection: &Connection, job: &Job) -> Result<Option<Error>> {
        for column in &self.times {
            let name = identifier(column);
            let sql = format!(
                "SELECT row, text, count(*) OVER () FROM (SELECT row_number() OVER () AS row, {name} AS text FROM {}) \
                 WHERE text IS NOT NULL AND TRY_CAST(text AS TIMESTAMPTZ) IS NULL ORDER BY row LIMIT 1",
                self.raw.replace("store_rejects = true, rejects_limit = 1000", "ignore_errors = true")
            );
            job.check()?;
            let mut statement = connection.prepare(&sql)?;
            let mut found = statement
                .query_map([], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?, row.get::<_, u64>(2)?)))?;
            if let Some(first) = found.next() {
                let (row, text, count) = first?;
                let more = if count > 1 { format!(" ({count} such lines)") } else { String::new() };
                return Ok(Some(
                    Problem::bad(
                        format!("{} line {}: {column} is {text:?}, which is not a time{more}", self.name, row + 1),
                        "Write times like 2024-01-31, 2024-01-31T09:30:00Z or seconds since 1970.",
                    )
                    .into(),
                ));
            }
        }
        Ok(None)
    }

    /// Refuses the file when a value did not fit its column, naming the first.
    fn refuse_rejects(&self, connection: &Connection) -> Result<()> {
        if !self.is_csv {
            return Ok(());
        }
        let mut statement = connection.prepare(
            "SELECT line, coalesce(column_name, ''), error_type::VARCHAR, error_message, count(*) OVER () FROM reject_errors ORDER BY line, column_idx LIMIT 1",
        )?;
        let mut rejects = statement.query_map([], |row| {
            Ok((
                row.get::<_, u64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, u64>(4)?,
            ))
        })?;
        if let Some(reject) = rejects.next() {
            let (line, column, kind, message, count) = reject?;
            let what = match kind.as_str() {
                "CAST" => {
                    let value =
                        message.split("Could not convert string \"").nth(1).and_then(|rest| rest.split("\" to").next());
                    format!("{column} is {:?}, which is not a number", value.unwrap_or("?"))
                }
                "MISSING COLUMNS" | "TOO MANY COLUMNS" => {
                    format!("it has another number of columns than the header, which has {}", self.columns.len())
                }
                "UNQUOTED VALUE" => "a quote is not closed".to_owned(),
                "INVALID ENCODING" => "it is not UTF-8 text".to_owned(),
                _ => message.lines().next().unwrap_or_default().to_owned(),
            };
            let more = if count > 1 { format!(" ({count} such lines or more)") } else { String::new() };
            return Err(Problem::bad(
                format!("{} line {line}: {what}{more}", self.name),
                "Correct the file and import it again; nothing was written.",
            )
            .into());
        }
        Ok(())
    }
}

/// The part as written, before it counts.
struct Staged<'a> {
    source: &'a Source,
    connection: &'a Connection,
    relation: String,
    job: &'a Job,
}

impl Staged<'_> {
    fn number(&self, expression: &str, rest: &str) -> Result<Option<u64>> {
        self.job.check()?;
        let relation = self.relation.replace("union_by_name = true", "file_row_number = true");
        let sql = format!("SELECT CAST({expression} AS UBIGINT) FROM {relation} {rest}");
        Ok(self.connection.query_row(&sql, [], |row| row.get(0))?)
    }

    /// Where row `row` of the part was in the file.
    fn place(&self, row: u64) -> String {
        if self.source.is_csv { format!("line {}", row + 2) } else { format!("row {}", row + 1) }
    }

    fn refuse(&self, row: u64, what: &str, count: u64, hint: &str) -> Error {
        let more = if count > 1 { format!(" ({count} such rows)") } else { String::new() };
        Problem::bad(format!("{} {}: {what}{more}", self.source.name, self.place(row)), hint).into()
    }

    fn check_values(&self) -> Result<()> {
        for column in ["ticker_time", "ticker", "open", "high", "low", "close", "volume"] {
            let missing = format!("FILTER (WHERE {column} IS NULL)");
            if let Some(row) = self.number(&format!("min(file_row_number) {missing}"), "")? {
                let count = self.number(&format!("count(*) {missing}"), "")?.unwrap_or(1);
                return Err(self.refuse(
                    row,
                    &format!("{column} is missing"),
                    count,
                    "Fill in the value or remove the line.",
                ));
            }
            let infinite = if column == "ticker" {
                continue;
            } else {
                format!("FILTER (WHERE NOT isfinite({column}))")
            };
            if let Some(row) = self.number(&format!("min(file_row_number) {infinite}"), "")? {
                let count = self.number(&format!("count(*) {infinite}"), "")?.unwrap_or(1);
                return Err(self.refuse(
                    row,
                    &format!("{column} is infinite or not a number"),
                    count,
                    "Correct the value or remove the line.",
                ));
            }
        }
        Ok(())
    }

    fn check_order(&self) -> Result<()> {
        let previous =
            "QUALIFY ticker_time {} lag(ticker_time) OVER (PARTITION BY ticker, interval ORDER BY file_row_number)";
        let find = |comparison: &str| -> Result<Option<(u64, u64)>> {
            let relation = self.relation.replace("union_by_name = true", "file_row_number = true");
            let inner = format!("SELECT file_row_number AS row FROM {relation} {}", previous.replace("{}", comparison));
            let sql = format!("SELECT CAST(min(row) AS UBIGINT), CAST(count(*) AS UBIGINT) FROM ({inner})");
            self.job.check()?;
            let (row, count): (Option<u64>, u64) =
                self.connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(row.map(|row| (row, count)))
        };
        if let Some((row, count)) = find("<")? {
            return Err(self.refuse(
                row,
                "the time is before that of the bar above it; bars must be in time order within a ticker",
                count,
                "Sort the file by time, or let the import do it (--sort).",
            ));
        }
        if let Some((row, count)) = find("=")? {
            return Err(self.refuse(
                row,
                "the time is that of the bar above it; a ticker has one bar at a time",
                count,
                "Remove the duplicate.",
            ));
        }
        Ok(())
    }

    fn check_overlap(&self, table: &TableName, parts: &[PathBuf]) -> Result<()> {
        let existing = read_parts(parts);
        let rest = format!(
            "AS new WHERE EXISTS (SELECT 1 FROM {existing} AS old WHERE old.ticker_time = new.ticker_time AND old.ticker = new.ticker \
             AND old.interval IS NOT DISTINCT FROM new.interval)"
        );
        let columns = described(self.connection, &existing, self.job)?;
        if !["ticker_time", "ticker", "interval"].iter().all(|name| columns.iter().any(|column| column.name == *name)) {
            return Ok(());
        }
        if let Some(row) = self.number("min(file_row_number)", &rest)? {
            let count = self.number("count(*)", &rest)?.unwrap_or(1);
            return Err(self.refuse(
                row,
                &format!("{table} already has a bar of that ticker, interval and time"),
                count,
                "Remove the bars that are there already, or replace the table (--if-exists replace).",
            ));
        }
        Ok(())
    }

    /// What a person should look at, though it does not stop the import.
    fn oddities(&self) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        for (condition, sentence) in [
            (
                "high < low OR high < greatest(open, close) OR low > least(open, close)",
                "have a high or low that the other prices pass",
            ),
            ("volume = 0", "have no volume"),
            ("least(open, high, low, close) <= 0", "have a price of zero or less"),
        ] {
            let count = self.number(&format!("count(*) FILTER (WHERE {condition})"), "")?.unwrap_or(0);
            if count > 0 {
                notes.push(format!("{}: {count} bars {sentence}", self.source.name));
            }
        }
        Ok(notes)
    }
}

/// Whether the engine takes the column's values for times with a clock.
fn sniffed_time(sniffed: &[Column], index: usize) -> bool {
    sniffed.get(index).is_some_and(|column| matches!(column.kind.as_str(), "DATETIME" | "TIMESTAMP"))
}

fn looks_like_bars<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    columns.filter(|column| names::PRICE_COLUMNS.contains(column)).count() >= 2
}

/// The columns under their names in tables. Empty and repeated ones are refused.
fn name_columns<'a>(file: &str, headers: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    let mut named: Vec<String> = Vec::new();
    for (index, header) in headers.enumerate() {
        let name = names::input_column(header.trim_start_matches('\u{feff}'));
        if name.is_empty() {
            return Err(Problem::bad(
                format!("{file}: column {} has no name", index + 1),
                "Give every column a name in the first line.",
            )
            .into());
        }
        if named.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
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

/// The engine's type for a column of a CSV file: fixed for bars, else what its values look like.
fn csv_type(column: &str, sniffed: &str, bars: bool, first: &str) -> &'static str {
    match column {
        "ticker_time" if epoch(column, first).is_some() => "BIGINT",
        "ticker_time" => "VARCHAR",
        "ticker" | "exchange" | "interval" => "VARCHAR",
        _ if bars && names::BAR_COLUMNS.contains(&column) => "DOUBLE",
        _ => match sniffed {
            "INT64" => "BIGINT",
            "FLOAT64" => "DOUBLE",
            "BOOL" => "BOOLEAN",
            "DATE" => "DATE",
            _ => "VARCHAR",
        },
    }
}

/// How a time given as a count since 1970 becomes a time, judged by its digits: seconds, milli- or microseconds.
fn epoch(column: &str, first: &str) -> Option<&'static str> {
    let digits = first.trim();
    if column != "ticker_time" || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match digits.len() {
        9 | 10 => Some("make_timestamptz(ticker_time * 1000000)"),
        12 | 13 => Some("make_timestamptz(ticker_time * 1000)"),
        15 | 16 => Some("make_timestamptz(ticker_time)"),
        _ => None,
    }
}

fn unreadable(name: &str, form: &str, error: Error) -> Error {
    match error {
        Error::Engine(message) => {
            let brief = message.lines().next().unwrap_or_default().to_owned();
            Problem::bad(
                format!("{name} cannot be read as {}: {brief}", form.to_uppercase()),
                "Check that the file is whole and its ending says what it is.",
            )
            .into()
        }
        other => other,
    }
}
