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
pub(crate) struct Profiles(Mutex<VecDeque<Known>>);

struct Known {
    name: TableName,
    states: Vec<PartState>,
    profile: Arc<Profile>,
}

impl Profiles {
    pub(crate) fn of(
        &self,
        name: &TableName,
        states: Vec<PartState>,
        compute: impl FnOnce() -> Result<Profile>,
    ) -> Result<Arc<Profile>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |known: &&Known| known.name == *name && known.states == states;
        let known = lock().iter().find(is_it).map(|known| Arc::clone(&known.profile));
        if let Some(profile) = known {
            return Ok(profile);
        }
        let profile = Arc::new(compute()?);
        let mut kept = lock();
        kept.retain(|known| known.name != *name);
        kept.push_front(Known { name: name.clone(), states, profile: Arc::clone(&profile) });
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
            mean: range.mean,
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
            mean: number(&row, 6).map(|total| total / valid as f64).filter(|mean| mean.is_finite()),
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
            found.quantiles = named.map(|(p, value)| Quantile { p: *p, value: within(value, range) }).collect();
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

/// Interpolation between equal values may leave the range by a rounding; a quantile does not.
fn within(value: &Cell, range: &Range) -> Cell {
    match (value, &range.min, &range.max) {
        (Cell::Float(value), Cell::Float(min), Cell::Float(max)) => Cell::Float(value.max(*min).min(*max)),
        _ => value.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, quoted};

    /// The profile of the rows that a statement gives.
    fn profile_of(sql: &str) -> Profile {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("part-1.parquet");
        let connection = Engine::with_files(&crate::Limits::default()).unwrap().connection().unwrap();
        let target = quoted(&part.to_string_lossy());
        engine::run(&connection, &format!("COPY ({sql}) TO {target} (FORMAT parquet)"), &Job::new()).unwrap();
        let parts = [part];
        let columns = crate::warehouse::described(&connection, &read_parts(&parts), &Job::new()).unwrap();
        profile(&connection, &parts, &columns, &Job::new()).unwrap()
    }

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    fn values(column: &ColumnProfile) -> Vec<String> {
        column.quantiles.iter().map(|quantile| quantile.value.text()).collect()
    }

    /// Expected values from NumPy 2.4.6 and pandas 3.1.1: `Series.mean`, `std`, `nunique`, `value_counts`,
    /// `numpy.quantile`, `numpy.histogram(bins=32)`, `Series.quantile`.
    #[test]
    fn a_small_table_is_profiled_as_numpy_and_pandas_do() {
        let found = profile_of(
            "SELECT * FROM (VALUES
               (0.5::DOUBLE, 3::BIGINT, 'a', true, TIMESTAMPTZ '2026-01-01 00:00:00+00', DATE '2026-01-01'),
               (-1.25, 1, 'b', true, '2026-01-02 00:00:00+00', '2026-01-02'),
               (3.0, 2, 'a', NULL, '2026-01-03 00:00:00+00', '2026-01-03'),
               ('NaN', 3, NULL, false, '2026-01-04 00:00:00+00', '2026-01-04'),
               (7.75, 3, 'c', true, '2026-01-05 12:00:00+00', '2026-01-05'),
               (2.5, 9, 'b', false, '2026-01-06 00:00:00+00', '2026-01-05'),
               (-1.25, 2, 'a', true, '2026-01-07 00:00:00+00', NULL),
               (10.0, 2, '', true, '2026-01-08 00:00:00+00', NULL),
               (4.125, 1, 'é', true, '2026-01-09 00:00:00+00', NULL),
               (0.1, 5, 'b', true, '2026-01-10 00:00:00+00', NULL),
               (NULL, 3, 'a', false, '2026-01-11 00:00:00+00', NULL)) AS t(x, n, s, b, t, d)",
        );
        assert_eq!(found.rows, 11);
        let [x, n, s, b, t, d] = &found.columns[..] else { panic!("six columns") };

        assert_eq!((x.nulls, x.nans, x.distinct, x.distinct_is_exact), (1, 1, 8, true));
        assert_eq!((&x.min, &x.max), (&Cell::Float(-1.25), &Cell::Float(10.0)));
        near(x.mean, 2.830_555_555_555_555_7);
        near(x.sd, 3.930_723_887_247_459_5);
        // 9.1 and 9.82 are interpolated.
        assert_eq!(values(x), ["-1.25", "-1.25", "0.1", "2.5", "4.125", "9.1", "9.82"]);
        let counts: Vec<u64> = x.histogram.iter().map(|bin| bin.count).collect();
        let expected = [2, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        assert_eq!(counts, expected);
        assert_eq!((x.histogram[1].from, x.histogram[31].from, x.histogram[31].to), (-0.898_437_5, 9.648_437_5, 10.0));

        near(n.mean, 3.090_909_090_909_091);
        near(n.sd, 2.256_304_299_271_065);
        assert_eq!(values(n), ["1.0", "1.0", "2.0", "3.0", "3.0", "7.0", "8.600000000000001"]);
        let top: Vec<(String, u64)> = n.top.iter().map(|top| (top.value.text(), top.count)).collect();
        let expected = [("3", 4), ("2", 3), ("1", 2), ("5", 1), ("9", 1)];
        assert_eq!(top, expected.map(|(value, count)| (value.to_owned(), count)));
        assert_eq!(n.histogram.len(), 9, "a bin for each whole number from 1 to 9");
        assert_eq!(n.histogram[2], Bin { from: 3.0, to: 4.0, count: 4 });

        assert_eq!((s.nulls, s.distinct, s.min.text(), s.max.text()), (1, 5, String::new(), "é".to_owned()));
        assert_eq!(s.top[0], TopValue { value: Cell::Text("a".to_owned()), count: 4 });
        assert_eq!((s.mean, s.histogram.len(), s.quantiles.len()), (None, 0, 0));

        assert_eq!((b.nulls, b.distinct), (1, 2));
        assert_eq!(b.top[0], TopValue { value: Cell::Bool(true), count: 7 });
        assert_eq!(b.top[1], TopValue { value: Cell::Bool(false), count: 3 });

        assert_eq!(values(t)[0], "2026-01-01T02:24:00.000000Z");
        assert_eq!(values(t)[3], "2026-01-06T00:00:00.000000Z");
        assert_eq!(values(t)[6], "2026-01-10T21:36:00.000000Z");
        assert_eq!(t.histogram[0].from, 1_767_225_600_000.0, "2026-01-01 in milliseconds since 1970");
        assert_eq!(t.histogram.iter().map(|bin| bin.count).sum::<u64>(), 11);
        assert_eq!((d.nulls, d.distinct, d.top[0].count), (5, 5, 2));
    }

    /// 150,000 rows whose quantiles and numbers of values are known by construction.
    #[test]
    fn a_long_table_is_estimated_and_says_so() {
        let found = profile_of(
            "SELECT CASE WHEN i % 3 = 0 THEN 'NaN'::DOUBLE ELSE i * 0.5 END AS x, i % 7 AS n,
             CASE WHEN i % 10 = 0 THEN 'often' ELSE 'value ' || i END AS s FROM range(150000) AS r(i)",
        );
        let [x, n, s] = &found.columns[..] else { panic!("three columns") };
        assert_eq!((x.nulls, x.nans), (0, 50_000));
        assert!(!x.distinct_is_exact && !x.quantiles_are_exact);
        assert!((x.distinct as f64 / 100_000.0 - 1.0).abs() < 0.06, "{}", x.distinct);
        assert_eq!((&x.min, &x.max), (&Cell::Float(0.5), &Cell::Float(74_999.5)));
        for quantile in &x.quantiles {
            let Cell::Float(value) = quantile.value else { panic!("a number") };
            assert!((value / 75_000.0 - quantile.p).abs() < 0.01, "{quantile:?}");
        }
        assert_eq!(x.histogram.iter().map(|bin| bin.count).sum::<u64>(), 100_000);
        // The population of k/2 for k not divisible by 3 below 150,000 is spread evenly: (b - a)² / 12.
        assert!((x.sd.unwrap() / (75_000.0 / 12_f64.sqrt()) - 1.0).abs() < 1e-4);
        assert_eq!((n.distinct, n.distinct_is_exact, n.top.len()), (7, true, 7));
        assert_eq!(n.top[0].count, 21_429, "150,000 / 7, rounded up");
        assert_eq!(s.top[0], TopValue { value: Cell::Text("often".to_owned()), count: 15_000 });
        assert!((s.distinct as f64 / 135_001.0 - 1.0).abs() < 0.06 && !s.distinct_is_exact, "{}", s.distinct);
    }

    #[test]
    fn columns_without_a_distribution_have_none() {
        let found = profile_of(
            "SELECT NULL::DOUBLE AS nothing, 'inf'::DOUBLE AS beyond, 'NaN'::DOUBLE AS undefined, 4.5::DOUBLE AS one,
             [1, 2] AS list, {'a': 1} AS record, 'x'::BLOB AS bytes, 1.25::DECIMAL(38, 9) AS exact,
             TIME '09:30:00' AS clock, true AS file_row_number",
        );
        let by_name = |name: &str| found.columns.iter().find(|column| column.column.name == name).unwrap();
        assert_eq!((by_name("nothing").nulls, by_name("nothing").min.clone()), (1, Cell::Null));
        let beyond = by_name("beyond");
        assert_eq!((beyond.max.clone(), beyond.mean, beyond.sd), (Cell::Float(f64::INFINITY), None, None));
        assert_eq!((by_name("undefined").nans, by_name("undefined").distinct), (1, 0));
        let one = by_name("one");
        assert_eq!(
            (one.mean, one.sd, &one.histogram[..]),
            (Some(4.5), None, &[Bin { from: 4.5, to: 4.5, count: 1 }][..])
        );
        assert_eq!((by_name("list").distinct, by_name("list").min.clone()), (1, Cell::Null));
        assert_eq!(by_name("record").distinct, 1);
        assert_eq!(by_name("exact").mean, Some(1.25));
        assert_eq!(by_name("clock").histogram[0].from, 34_200_000.0);
        assert_eq!(by_name("file_row_number").top.len(), 1);
        assert_eq!(profile_of("SELECT 1 AS x WHERE false").columns[0].nulls, 0);
    }

    #[test]
    fn the_number_of_different_values_is_estimated_within_its_error() {
        let connection = Engine::with_files(&crate::Limits::default()).unwrap().connection().unwrap();
        for different in [10_u32, 1_000, 8_000, 20_000, 1_000_000] {
            let sql = format!(
                "SELECT count(*), sum(m)::DOUBLE FROM (SELECT min((h >> 32)::UINTEGER) AS m FROM
                 (SELECT hash(i % {different}) AS h FROM range(2000000) AS r(i)) GROUP BY h % {BUCKETS})"
            );
            let row = one(&connection, &sql, &Job::new()).unwrap();
            let found = estimate(count(&row, 0), number(&row, 1).unwrap());
            assert!((found / f64::from(different) - 1.0).abs() < 0.065, "{different}: {found}");
        }
    }
}
