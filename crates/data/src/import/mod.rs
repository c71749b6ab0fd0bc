//! A file into a table: read as text, typed, checked, written as one part, or refused with every kind of fault and its lines.
//!
//! A file without faults is read once by the engine, straight into the part. Only where something is at fault is it read again
//! with the line of each row, so that every fault can be counted and named. Nothing is silently changed, rounded or dropped.

mod arrow_file;
mod arrow_shape;
mod bars;
mod careful;
mod files;
mod finer;
mod gzip;
mod json_text;
mod kinds;
mod layout;
mod options;
mod plan;
mod records;
mod source;
mod text;
mod times;

use std::path::{Path, PathBuf};

use algomosaic_core::{Job, Problem};
use duckdb::Connection;

use crate::cell::{Cell, cells};
use crate::commit::{Staging, Transaction, unique};
use crate::damage::blamed;
use crate::engine::{self, Engine, identifier, quoted, read_parts};
use crate::error::{Error, IoContext as _, Result};
use crate::limits::Limits;
use crate::part::into_part;
use crate::progress::told;
use crate::table_name::TableName;
use crate::warehouse::{IfExists, Warehouse, described};

pub use files::expand as expand_files;
pub use options::{
    BarsReport, CsvFormat, Fault, FileFormat, ImportCheck, ImportColumn, ImportOptions, ImportPreview, Imported,
};

/// How far a file is once it was unpacked, and how far its preview is then.
const OPENED: f64 = 0.3;
const PREVIEW_OPENED: f64 = 0.9;
/// How far the reading of one without faults is once its lines were counted, and once its rows were copied.
const LINES_COUNTED: f64 = 0.2;
const COPIED: f64 = 0.8;

use plan::Plan;
use source::Source;

/// Reads a CSV, JSON, NDJSON, Parquet or Arrow file into a staged part of a table.
pub fn import_file(
    warehouse: &Warehouse,
    transaction: &mut Transaction,
    file: &Path,
    table: &TableName,
    if_exists: IfExists,
    options: &ImportOptions,
    job: &Job,
) -> Result<Imported> {
    table.refuse_reserved()?;
    let engine = warehouse.file_engine()?;
    let connection = engine.connection()?;
    let scratch = Scratch::new(transaction.folder())?;
    let mut source = Source::open(file, options, &scratch.0, false, &connection, &job.part(0.0, OPENED))?;
    let plan = plan::plan(&mut source, options, false, &connection, job)?;
    let before = staged_of(transaction, table);
    let columns =
        described(&connection, &format!("(SELECT {} FROM {} LIMIT 0)", plan.strict(), source.reader(None)), job)
            .map_err(|error| files::unreadable(&source.name, form_name(&source.format), error))?;
    let out = warehouse.stage_path(transaction, table, columns, &plan.marks, if_exists)?;
    let job = &job.rest();
    let read = Reading { source: &source, plan: &plan, options, connection: &connection, scratch: &scratch.0, job };
    let found = read.read_into(&out)?;
    refuse(&source, &found, options)?;
    if found.rows == 0 {
        return Err(Problem::bad(
            format!("{} has no rows{}", source.name, if found.dropped > 0 { " that can be kept" } else { "" }),
            "Choose a file with at least one row under its header.",
        )
        .into());
    }
    if plan.bars {
        let mut parts = before;
        if if_exists == IfExists::Append && warehouse.exists(table)? {
            parts.extend(warehouse.parts(table)?);
        }
        read.refuse_overlap(table, &out, &parts).map_err(|error| blamed(&parts, error, job))?;
    }
    let mut notes = plan.notes;
    if let Some(report) = &found.bars {
        notes.extend(bars::notes(&source.name, source.place(), report));
    }
    for fault in found.faults.iter().filter(|fault| fault.drops) {
        notes.push(format!("{}: left out {}", source.name, careful::sentence(fault, source.place())));
    }
    let faults = found.faults.into_iter().filter(|fault| fault.drops).collect();
    Ok(Imported { rows: found.rows, dropped: found.dropped, faults, notes })
}

/// The first rows of a file as an import would type them.
pub fn preview(file: &Path, options: &ImportOptions, rows: usize, job: &Job) -> Result<ImportPreview> {
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let engine = Engine::with_files(&Limits::default())?;
    let connection = engine.connection()?;
    let mut source = Source::open(file, options, &scratch.0, true, &connection, &job.part(0.0, PREVIEW_OPENED))?;
    let plan = plan::plan(&mut source, options, true, &connection, job)?;
    let list: Vec<String> = source
        .fields
        .iter()
        .filter(|field| field.keep)
        .map(|field| Ok(format!("{} AS {}", field.value(source.decimal(), false)?, identifier(&field.name))))
        .collect::<std::result::Result<_, Problem>>()?;
    // The careful way, so that a broken record does not hide the others.
    let mut notes = plan.notes;
    let numbered = source.number(&scratch.0, |line, reason, _| {
        notes.push(format!("{} line {line}: {reason}", source.name));
        Ok(())
    })?;
    notes.truncate(50);
    let sql = format!("SELECT {} FROM {} LIMIT {rows}", list.join(", "), source.reader(Some(&numbered)));
    let frame = engine::rows(&connection, &sql, job)
        .map_err(|error| files::unreadable(&source.name, form_name(&source.format), error))?;
    let texts = cells(&frame)?
        .iter()
        .map(|row| row.iter().map(|cell| (*cell != Cell::Null).then(|| cell.text())).collect())
        .collect();
    Ok(ImportPreview {
        columns: source
            .fields
            .iter()
            .map(|field| ImportColumn {
                source: field.source.clone(),
                name: field.name.clone(),
                kind: format!("{}{}", field.kind, if field.required { " NOT NULL" } else { "" }),
                format: field.format.clone(),
                keep: field.keep,
            })
            .collect(),
        format: source.format,
        detected: source.detected,
        rows: texts,
        bars: plan.bars,
        ticker: plan.ticker,
        interval: plan.interval,
        notes,
    })
}

/// What an import of these files would find; nothing is written.
pub fn check(warehouse: &Warehouse, files: &[PathBuf], options: &ImportOptions, job: &Job) -> Result<ImportCheck> {
    let staging = Staging::create(warehouse.root(), &unique())?;
    let transaction = staging.transaction()?;
    let engine = warehouse.file_engine()?;
    let connection = engine.connection()?;
    let mut all = ImportCheck::default();
    for (done, file) in files.iter().enumerate() {
        job.step(done, files.len())?;
        let share = |files_done: usize| files_done as f64 / files.len() as f64;
        let file_job = job.part(share(done), share(done + 1));
        let scratch = Scratch::new(transaction.folder())?;
        let mut source = Source::open(file, options, &scratch.0, false, &connection, &file_job.part(0.0, OPENED))?;
        let plan = plan::plan(&mut source, options, false, &connection, job)?;
        let job = &file_job.rest();
        let out = scratch.0.join("checked.parquet");
        let read = Reading { source: &source, plan: &plan, options, connection: &connection, scratch: &scratch.0, job };
        let found = read.read_into(&out)?;
        all.rows += found.rows;
        all.dropped += found.dropped;
        all.faults.extend(found.faults.into_iter().map(|fault| Fault {
            reason: if files.len() > 1 { format!("{}: {}", source.name, fault.reason) } else { fault.reason },
            ..fault
        }));
        all.bars = merged(all.bars.take(), found.bars);
    }
    Ok(all)
}

/// The reports of two files as one.
fn merged(one: Option<BarsReport>, other: Option<BarsReport>) -> Option<BarsReport> {
    let (Some(one), Some(other)) = (&one, &other) else { return one.or(other) };
    let mut lines = one.lines.clone();
    for (kind, more) in &other.lines {
        let lines = lines.entry(kind.clone()).or_default();
        lines.extend(more);
        lines.truncate(10);
    }
    Some(BarsReport {
        tickers: one.tickers + other.tickers,
        from: one.from.clone().min(other.from.clone()),
        to: one.to.clone().max(other.to.clone()),
        high_below_low: one.high_below_low + other.high_below_low,
        prices_outside_range: one.prices_outside_range + other.prices_outside_range,
        prices_not_positive: one.prices_not_positive + other.prices_not_positive,
        zero_volume: one.zero_volume + other.zero_volume,
        duplicates: one.duplicates + other.duplicates,
        unsorted: one.unsorted + other.unsorted,
        gaps: one.gaps + other.gaps,
        lines,
    })
}

/// A folder for temporary files, removed with them.
struct Scratch(PathBuf);

impl Scratch {
    fn new(below: &Path) -> Result<Scratch> {
        let folder = below.join(format!("algomosaic-{}", unique()));
        std::fs::create_dir_all(&folder).at("making a temporary folder", &folder)?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in a temporary folder harms nothing.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What was found while a file was read.
pub(super) struct Found {
    rows: u64,
    dropped: u64,
    faults: Vec<Fault>,
    bars: Option<BarsReport>,
}

/// A file on its way into a part.
struct Reading<'a> {
    source: &'a Source,
    plan: &'a Plan,
    options: &'a ImportOptions,
    connection: &'a Connection,
    scratch: &'a Path,
    job: &'a Job,
}

impl Reading<'_> {
    /// Writes the good rows and says what was found.
    fn read_into(&self, out: &Path) -> Result<Found> {
        match self.straight(out)? {
            Some(found) => Ok(found),
            None => careful::careful(&Reading { job: &self.job.rest(), ..*self }, out),
        }
    }

    /// Reads the file once, straight into the part; `None` when anything is at fault.
    fn straight(&self, out: &Path) -> Result<Option<Found>> {
        let expected = self.source.expected_rows(&self.job.part(0.0, LINES_COUNTED))?;
        if expected == Some(None) {
            return Ok(None);
        }
        let select = format!("SELECT {} FROM {}", self.plan.strict(), self.source.reader(None));
        match self.copy(&select, out, &self.job.part(LINES_COUNTED, COPIED)) {
            Ok(_) => {}
            Err(Error::Engine(message))
                if message.contains("No space left") || message.starts_with("Out of Memory") =>
            {
                return Err(Error::Engine(message));
            }
            Err(Error::Engine(_)) => return Ok(None),
            Err(other) => return Err(other),
        }
        let part = read_parts(&[out]);
        let rows = source::numbers(self.connection, &format!("SELECT count(*) FROM {part}"), self.job)?;
        let rows = rows.first().copied().flatten().and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0);
        // More lines than rows: fields with line ends in them, or rows that the engine passed over.
        if expected.flatten().is_some_and(|expected| expected != rows) {
            return Ok(None);
        }
        let required: Vec<String> = self
            .plan
            .outputs
            .iter()
            .filter(|output| output.required)
            .map(|output| format!("{} IS NULL", identifier(&output.name)))
            .collect();
        if !required.is_empty() {
            let sql = format!("SELECT count(*) FROM {part} WHERE {}", required.join(" OR "));
            if source::numbers(self.connection, &sql, self.job)?.first().copied().flatten() != Some(0) {
                return Ok(None);
            }
        }
        let mut found = Found { rows, dropped: 0, faults: Vec::new(), bars: None };
        if self.plan.bars && rows > 0 {
            let relation = part.replace("union_by_name = true", "file_row_number = true");
            let bars = self.plan.bars_in(&relation, "file_row_number");
            let look = bars::look(self.connection, &bars, &self.job.part(COPIED, 1.0))?;
            let mut report = look.report;
            let faulty = look.unusable > 0 || report.unsorted > 0 || report.duplicates > 0;
            // Sorting moved the rows away from their lines.
            if faulty || self.options.sort && bars::is_odd(&report) {
                return Ok(None);
            }
            let lines = |rows: &[u64]| self.source.lines_of(rows);
            bars::place(self.connection, &bars, &mut report, lines, self.job)?;
            found.bars = Some(report);
        }
        Ok(Some(found))
    }

    /// Copies the rows of a SELECT, in its order, into a part.
    fn copy(&self, select: &str, out: &Path, job: &Job) -> Result<u64> {
        let order = if self.options.sort && self.plan.bars { " ORDER BY ticker, interval, ticker_time" } else { "" };
        let copy = into_part(&format!("{select}{order}"), out, &self.plan.marks);
        told(self.connection, job, || engine::changed(self.connection, &copy, job))
    }

    /// Refuses bars that the table has already, or another file of the same import.
    fn refuse_overlap(&self, table: &TableName, out: &Path, parts: &[PathBuf]) -> Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        let existing = read_parts(parts);
        let columns = described(self.connection, &existing, self.job)?;
        if !["ticker_time", "ticker", "interval"].iter().all(|name| columns.iter().any(|column| column.name == *name)) {
            return Ok(());
        }
        let new = format!("read_parquet({}, file_row_number = true)", quoted(&out.to_string_lossy()));
        let bounds = format!(
            "SELECT min(ticker), max(ticker), CAST(min(ticker_time) AS VARCHAR), CAST(max(ticker_time) AS VARCHAR) FROM {new}"
        );
        self.job.check()?;
        let bounds: [Option<String>; 4] =
            self.connection.query_row(&bounds, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
        let [Some(first_ticker), Some(last_ticker), Some(first_time), Some(last_time)] = bounds else { return Ok(()) };
        // The statistics in the parts' footers rule most of a large table out.
        let near = format!(
            "ticker BETWEEN {} AND {} AND ticker_time BETWEEN TIMESTAMPTZ {} AND TIMESTAMPTZ {}",
            quoted(&first_ticker),
            quoted(&last_ticker),
            quoted(&first_time),
            quoted(&last_time)
        );
        let sql = format!(
            "SELECT count(*), CAST(min(file_row_number) AS BIGINT), epoch_us(min(new.ticker_time)) \
             FROM {new} AS new WHERE EXISTS (SELECT 1 FROM (SELECT ticker_time, ticker, interval FROM {existing} WHERE {near}) AS old \
             WHERE old.ticker_time = new.ticker_time AND old.ticker = new.ticker AND old.interval IS NOT DISTINCT FROM new.interval)"
        );
        let found = source::numbers(self.connection, &sql, self.job)?;
        let count = found.first().copied().flatten().unwrap_or(0);
        if count == 0 {
            return Ok(());
        }
        let first = found.get(2).copied().flatten().map(crate::cell::timestamp_text).unwrap_or_default();
        let more = if count > 1 { format!(" ({count} such bars)") } else { String::new() };
        Err(Problem::bad(
            format!(
                "{}: {table} already has a bar of that ticker, interval and time, the first at {first}{more}",
                self.source.name
            ),
            "Remove the bars that are there already, or replace the table (--if-exists replace).",
        )
        .into())
    }
}

/// Refuses the file when what was found was not to be dropped, naming every kind of fault.
fn refuse(source: &Source, found: &Found, options: &ImportOptions) -> Result<()> {
    let stands: Vec<&Fault> = found.faults.iter().filter(|fault| !(fault.drops && options.drop_bad_rows)).collect();
    if stands.is_empty() {
        return Ok(());
    }
    let sentences: Vec<String> = stands.iter().map(|fault| careful::sentence(fault, source.place())).collect();
    let unsorted = stands.iter().any(|fault| !fault.drops);
    let hint = match (unsorted, stands.iter().any(|fault| fault.drops)) {
        (true, false) => "Sort the file by time, or let the import do it (--sort); nothing was written.",
        (false, _) => {
            "Correct the file and import it again, or leave such rows out (--drop-bad-rows); nothing was written."
        }
        (true, true) => {
            "Correct the file, or leave such rows out (--drop-bad-rows) and sort the others (--sort); nothing was written."
        }
    };
    Err(Problem::bad(format!("{} {}", source.name, sentences.join("; ")), hint).into())
}

/// The parts of a table that a transaction holds already.
fn staged_of(transaction: &Transaction, table: &TableName) -> Vec<PathBuf> {
    transaction.staged_parts(&table.dataset, &table.table)
}

/// A form's name in sentences.
fn form_name(format: &FileFormat) -> &'static str {
    match format {
        FileFormat::Csv(_) => "CSV",
        FileFormat::Json => "JSON",
        FileFormat::NdJson => "NDJSON",
        FileFormat::Parquet => "PARQUET",
        FileFormat::Arrow => "ARROW",
    }
}
