//! What is in the columns of a table: nulls, range, mean, quantiles, distribution, the most frequent values.
//!
//! Up to [`EXACT_ROWS`] everything is exact. Beyond them quantiles come from a sample of about as many rows, chosen by the
//! hash of their position, and the number of different values is estimated from the least hash in each of 4,096 buckets
//! (k-minimum values over a partition, Giroire 2009: standard error 1.6%; Flajolet's linear counting while buckets are
//! empty). Nulls, range, mean, deviation, histogram and the counts of the most frequent values are exact always.
//! NaN is counted apart from NULL and is part of nothing else.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use algomosaic_core::Job;
use duckdb::Connection;

use crate::cell::{Cell, cells};
use crate::engine::{self, identifier, read_parts};
use crate::error::Result;
use crate::pages::PartState;
use crate::schema::Column;
use crate::table_name::TableName;

/// Rows up to which nothing is estimated.
const EXACT_ROWS: u64 = 100_000;
/// Buckets of hashes for the estimate of different values.
const BUCKETS: u32 = 4_096;
/// Bins of a histogram at most.
const BINS: u32 = 32;
/// The most frequent values that are given.
const TOP: u32 = 10;
/// Whole numbers and dates with more different values than this have no list of frequent ones.
const FEW_VALUES: f64 = 1_000.0;
/// Texts with more different values than this are looked at through a sample first.
const MANY_VALUES: f64 = 50_000.0;
/// Profiles that are kept.
const KEPT: usize = 64;
/// The quantiles that are given.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// What is in a table's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Rows of the table.
    pub rows: u64,
    /// Each column, in the table's order.
    pub columns: Vec<ColumnProfile>,
    /// How long it took to compute.
    pub seconds: f64,
}

/// What is in a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnProfile {
    /// Its name and type.
    pub column: Column,
    /// Rows without a value.
    pub nulls: u64,
    /// Rows whose value is NaN.
    pub nans: u64,
    /// Different values, NULL and NaN apart.
    pub distinct: u64,
    /// Whether that number is exact.
    pub distinct_is_exact: bool,
    /// The least value; NULL where there is none, or the type has no order.
    pub min: Cell,
    /// The greatest value.
    pub max: Cell,
    /// The mean of numbers.
    pub mean: Option<f64>,
    /// The standard deviation of numbers, of a sample (n - 1).
    pub sd: Option<f64>,
    /// Of numbers and times. Interpolated linearly, but a DATE or a TIME is one that occurs.
    pub quantiles: Vec<Quantile>,
    /// Whether they are those of all rows.
    pub quantiles_are_exact: bool,
    /// The distribution of numbers (finite ones) and times.
    pub histogram: Vec<Bin>,
    /// The most frequent values of texts and truth values, and of whole numbers and dates where they are few.
    pub top: Vec<TopValue>,
}

/// A quantile.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    /// Which, from 0 to 1.
    pub p: f64,
    /// Its value.
    pub value: Cell,
}

/// A bin of a histogram: `from <= value < to`, the last one with its end. Times in milliseconds since 1970, a TIME in
/// milliseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Its start.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// How many values it has.
    pub count: u64,
}

/// A frequent value.
#[derive(Debug, Clone, PartialEq)]
pub struct TopValue {
    /// The value.
    pub value: Cell,
    /// How many rows have it.
    pub count: u64,
}

/// Profiles of tables as they were; a profile holds while the table's parts are the same.
#[derive(Default)]
pub(crate) struct Profiles(Mutex<VecDeque<(TableName, Vec<PartState>, Arc<Profile>)>>);

impl Profiles {
    pub(crate) fn of(
        &self,
        name: &TableName,
        states: Vec<PartState>,
        compute: impl FnOnce() -> Result<Profile>,
    ) -> Result<Arc<Profile>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known =
            lock().iter().find(|(of, at, _)| of == name && *at == states).map(|(_, _, found)| Arc::clone(found));
        if let Some(profile) = known {
            return Ok(profile);
        }
        let profile = Arc::new(compute()?);
        let mut kept = lock();
        kept.retain(|(of, _, _)| of != name);
        kept.push_front((name.clone(), states, Arc::clone(&profile)));
        kept.truncate(KEPT);
        Ok(profile)
    }
}

/// Looks at every column; one step of the job a column.
pub(crate) fn profile(connection: &Connection, parts: &[PathBuf], columns: &[Column], job: &Job) -> Result<Profile> {
    let started = Instant::now();
    let table = read_parts(parts);
    let rows = count(&one(connection, &format!("SELECT count(*) FROM {table}"), job)?, 0);
    // Where a column has the name under which the engine gives positions, they are counted instead.
    let named = columns.iter().any(|column| column.name.eq_ignore_ascii_case("file_row_number"));
    let (table, position) = if named {
        (format!("(SELECT *, row_number() OVER () AS \"position in table\" FROM {table})"), "\"position in table\"")
    } else {
        (table, "file_row_number")
    };
    let every = if rows <= EXACT_ROWS { 1 } else { rows.div_ceil(EXACT_ROWS) };
    let sampled = if every == 1 { "true".to_owned() } else { format!("hash({position}) % {every} = 0") };
    let mut profiles = Vec::with_capacity(columns.len());
    for (done, column) in columns.iter().enumerate() {
        job.step(done, columns.len())?;
        job.stage(format!("looking at {}", column.name))?;
        let subject = Subject::new(connection, &table, &sampled, rows, column, job);
        profiles.push(subject.profile()?);
    }
    job.step(1, 1)?;
    Ok(Profile { rows, columns: profiles, seconds: started.elapsed().as_secs_f64() })
}

/// How a column's values can be looked at.
#[derive(Clone, Copy, PartialEq)]
enum Nature {
    Float,
    Whole,
    Decimal,
    /// TIMESTAMP and DATETIME.
    Instant,
    /// DATE and TIME: times whose quantiles are values that occur.
    Day,
    Text,
    Truth,
    /// Has an order and nothing more: BYTES, INTERVAL.
    Ordered,
    /// ARRAY, STRUCT and whatever else.
    Opaque,
}

/// One column, and how to ask for it.
struct Subject<'a> {
    connection: &'a Connection,
    table: &'a str,
    /// Whether a row is in the sample, as SQL.
    sampled: &'a str,
    rows: u64,
    column: &'a Column,
    nature: Nature,
    /// The column as SQL.
    name: String,
    /// Its value, NULL for NaN, as SQL.
    value: String,
    job: &'a Job,
}

/// What the first look gives.
struct Range {
    present: u64,
    valid: u64,
    min: Cell,
    max: Cell,
    low: Option<f64>,
    high: Option<f64>,
    mean: Option<f64>,
    distinct: f64,
}

impl<'a> Subject<'a> {
    fn new(
        connection: &'a Connection,
        table: &'a str,
        sampled: &'a str,
        rows: u64,
        column: &'a Column,
        job: &'a Job,
    ) -> Subject<'a> {
        let nature = match column.kind.as_str() {
            "FLOAT64" => Nature::Float,
            "INT64" => Nature::Whole,
            "NUMERIC" | "BIGNUMERIC" => Nature::Decimal,
            "TIMESTAMP" | "DATETIME" => Nature::Instant,
            "DATE" | "TIME" => Nature::Day,
            "STRING" => Nature::Text,
            "BOOL" => Nature::Truth,
            "BYTES" | "INTERVAL" => Nature::Ordered,
            _ => Nature::Opaque,
        };
        let name = identifier(&column.name);
        let value = match nature {
            Nature::Float => format!("CASE WHEN isnan({name}) THEN NULL ELSE {name} END"),
            _ => name.clone(),
        };
        Subject { connection, table, sampled, rows, column, nature, name, value, job }
    }

    fn is_exact(&self) -> bool {
        self.rows <= EXACT_ROWS
    }

    fn is_number(&self) -> bool {
        matches!(self.nature, Nature::Float | Nature::Whole | Nature::Decimal)
    }

    fn is_time(&self) -> bool {
        matches!(self.nature, Nature::Instant | Nature::Day)
    }

    /// An expression of the column's type as a FLOAT64, as SQL.
    fn scalar(&self, value: &str) -> String {
        if self.is_number() {
            format!("({value})::DOUBLE")
        } else if self.is_time() {
            format!("epoch_ms({value})::DOUBLE")
        } else {
            "NULL::DOUBLE".to_owned()
        }
    }

    fn profile(&self) -> Result<ColumnProfile> {
        let range = self.range()?;
        let mut found = ColumnProfile {
            column: self.column.clone(),
            nulls: self.rows - range.present,
            nans: range.present - range.valid,
            distinct: range.distinct.round().clamp(0.0, range.valid as f64) as u64,
            distinct_is_exact: self.is_exact(),
            min: range.min.clone(),
            max: range.max.clone(),
            mean: range.mean.filter(|mean| mean.is_finite()),
            sd: None,
            quantiles: Vec::new(),
            quantiles_are_exact: self.is_exact(),
            histogram: Vec::new(),
            top: Vec::new(),
        };
        if range.valid > 0 && (self.is_number() || self.is_time()) {
            self.distribution(&range, &mut found)?;
        }
        let few = range.distinct <= FEW_VALUES && (self.nature == Nature::Whole || self.column.kind == "DATE");
        if few || matches!(self.nature, Nature::Text | Nature::Truth) {
            self.top(&range, &mut found)?;
        }
        Ok(found)
    }

    /// Counts, range, mean and different values, in one scan.
    fn range(&self) -> Result<Range> {
        let Subject { name, value, table, .. } = self;
        let (low, high) = if self.nature == Nature::Opaque { ("NULL", "NULL") } else { ("min(v)", "max(v)") };
        let total = if self.is_number() { "sum(v::DOUBLE)" } else { "NULL::DOUBLE" };
        let from = format!("SELECT {name} AS c, {value} AS v FROM {table}");
        let inner = if self.is_exact() {
            format!(
                "SELECT count(c) AS present, count(v) AS valid, {low} AS low, {high} AS high, {total} AS total,
                 count(DISTINCT v) AS buckets, NULL AS least FROM ({from})"
            )
        } else {
            format!(
                "SELECT sum(present) AS present, sum(valid) AS valid, min(low) AS low, max(high) AS high, sum(total) AS total,
                 count(least) AS buckets, sum(least) AS least FROM (
                   SELECT count(c) AS present, count(v) AS valid, {low} AS low, {high} AS high, {total} AS total,
                   min(CASE WHEN v IS NOT NULL THEN (h >> 32)::UINTEGER END) AS least
                   FROM (SELECT c, v, hash(v) AS h FROM ({from})) GROUP BY h % {BUCKETS})"
            )
        };
        let row = one(
            self.connection,
            &format!(
                "SELECT present::BIGINT, valid::BIGINT, low, high, {}, {}, total, buckets::BIGINT, least::DOUBLE FROM ({inner})",
                self.scalar("low"),
                self.scalar("high")
            ),
            self.job,
        )?;
        let valid = count(&row, 1);
        let buckets = count(&row, 7);
        Ok(Range {
            present: count(&row, 0),
            valid,
            min: row.get(2).cloned().unwrap_or(Cell::Null),
            max: row.get(3).cloned().unwrap_or(Cell::Null),
            low: number(&row, 4),
            high: number(&row, 5),
            mean: number(&row, 6).map(|total| total / valid as f64),
            distinct: if self.is_exact() { buckets as f64 } else { estimate(buckets, number(&row, 8).unwrap_or(0.0)) },
        })
    }

    /// Deviation, quantiles and histogram, in a second scan that knows the mean and the range.
    fn distribution(&self, range: &Range, found: &mut ColumnProfile) -> Result<()> {
        let Subject { value, table, sampled, .. } = self;
        let (Some(mut low), Some(mut high)) = (range.low, range.high) else { return Ok(()) };
        let mut x = self.scalar("v");
        if !low.is_finite() || !high.is_finite() {
            x = format!("CASE WHEN isfinite({x}) THEN {x} END");
            let sql = format!("SELECT min({x}), max({x}) FROM (SELECT {value} AS v FROM {table})");
            let row = one(self.connection, &sql, self.job)?;
            (low, high) = (number(&row, 0).unwrap_or(0.0), number(&row, 1).unwrap_or(0.0));
        }
        let edges = self.edges(low, high);
        // The engine's bins hold their upper end. Mirrored, they hold their lower one.
        let bounds: Vec<String> = edges.iter().rev().map(|edge| format!("{:e}", -edge)).collect();
        let quantiles: Vec<String> = QUANTILES.iter().map(ToString::to_string).collect();
        let (quantile, of) = match self.nature {
            Nature::Day => ("quantile_disc", "v"),
            Nature::Instant => ("quantile_cont", "v"),
            _ => ("quantile_cont", "v::DOUBLE"),
        };
        let squares = match range.mean.filter(|_| self.is_number()) {
            Some(mean) => format!("sum((v::DOUBLE - {mean:e}) * (v::DOUBLE - {mean:e}))"),
            None => "NULL::DOUBLE".to_owned(),
        };
        let row = one(
            self.connection,
            &format!(
                "SELECT {squares}, {quantile}({of}, [{}]) FILTER (sampled), map_values(histogram(-({x}), [{}]::DOUBLE[]))
                 FROM (SELECT {value} AS v, {sampled} AS sampled FROM {table})",
                quantiles.join(", "),
                bounds.join(", ")
            ),
            self.job,
        )?;
        found.sd = number(&row, 0)
            .filter(|_| range.valid > 1)
            .map(|squares| (squares / (range.valid - 1) as f64).sqrt())
            .filter(|sd| sd.is_finite());
        if let Some(Cell::Array(values)) = row.get(1) {
            let named = QUANTILES.iter().zip(values);
            found.quantiles = named.map(|(p, value)| Quantile { p: *p, value: value.clone() }).collect();
        }
        if let Some(Cell::Array(counts)) = row.get(2) {
            let mut counts: Vec<u64> = (0..counts.len()).rev().map(|index| count(counts, index)).collect();
            // What equals the last edge belongs to the last bin.
            let last = if counts.len() > 1 { counts.pop().unwrap_or(0) } else { 0 };
            if let Some(end) = counts.last_mut() {
                *end += last;
            }
            let ends = edges.iter().skip(1).chain(edges.last());
            let bins = edges.iter().zip(ends).zip(counts);
            found.histogram = bins.map(|((from, to), count)| Bin { from: *from, to: *to, count }).collect();
        }
        Ok(())
    }

    /// The edges of the bins, equally far from each other. Whole numbers within a narrow range have a bin each.
    fn edges(&self, low: f64, high: f64) -> Vec<f64> {
        let span = high - low;
        let mut edges: Vec<f64> = if self.nature == Nature::Whole && span < f64::from(BINS) {
            (0..=span as u32 + 1).map(|step| low + f64::from(step)).collect()
        } else {
            // A range beyond the greatest number would be infinite; its halves are not.
            let step = high / f64::from(BINS) - low / f64::from(BINS);
            (0..BINS).map(|bin| low + f64::from(bin) * step).chain([high]).collect()
        };
        edges.dedup();
        edges
    }

    /// The most frequent values with their counts. Where all different values were counted, their number is exact.
    fn top(&self, range: &Range, found: &mut ColumnProfile) -> Result<()> {
        let Subject { value, table, sampled, .. } = self;
        let many = !self.is_exact() && range.distinct > MANY_VALUES;
        let among = if many {
            format!(
                " AND v IN (SELECT v FROM (SELECT {value} AS v FROM {table} WHERE {sampled}) WHERE v IS NOT NULL
                 GROUP BY v ORDER BY count(*) DESC, v LIMIT 100)"
            )
        } else {
            String::new()
        };
        let frame = engine::rows(
            self.connection,
            &format!(
                "SELECT v, count(*) AS n, count(*) OVER () AS kinds FROM (SELECT {value} AS v FROM {table})
                 WHERE v IS NOT NULL{among} GROUP BY v ORDER BY n DESC, v LIMIT {TOP}"
            ),
            self.job,
        )?;
        for row in cells(&frame)? {
            if !many {
                found.distinct = count(&row, 2);
                found.distinct_is_exact = true;
            }
            found.top.push(TopValue { value: row.first().cloned().unwrap_or(Cell::Null), count: count(&row, 1) });
        }
        Ok(())
    }
}

/// How many different values there are, from how many buckets have any, and the sum of the least 32-bit hash in each.
fn estimate(buckets: u64, least: f64) -> f64 {
    let all = f64::from(BUCKETS);
    let empty = all - buckets as f64;
    let sum = (least + 0.5 * buckets as f64) / 2_f64.powi(32) + empty;
    let estimate = all * (all - 1.0) / sum;
    if empty > 0.0 && estimate < 2.5 * all { all * (all / empty).ln() } else { estimate }
}

/// The one row of a statement.
fn one(connection: &Connection, sql: &str, job: &Job) -> Result<Vec<Cell>> {
    Ok(cells(&engine::rows(connection, sql, job)?)?.pop().unwrap_or_default())
}

fn count(row: &[Cell], index: usize) -> u64 {
    match row.get(index) {
        Some(Cell::Int(value)) => u64::try_from(*value).unwrap_or(0),
        // The engine counts in 64 bits without a sign, which no INT64 holds.
        Some(Cell::Text(value)) => value.parse().unwrap_or(0),
        _ => 0,
    }
}

fn number(row: &[Cell], index: usize) -> Option<f64> {
    if let Some(Cell::Float(value)) = row.get(index) { Some(*value) } else { None }
}
