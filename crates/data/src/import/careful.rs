//! The careful way: every row with its line, every value that does not fit with its text. Taken only when the straight way
//! found something at fault.

use std::collections::BTreeMap;
use std::path::Path;

use algomosaic_core::{Code, Problem};

use crate::engine::{self, identifier, quoted};
use crate::error::{Error, Result};
use crate::progress::told;

use super::options::Fault;
use super::source::{LINE_COLUMN, numbers};
use super::{Found, Reading, bars, files};

/// The column with the faults of a row: numbers of rules and texts at fault.
const FAULTS: &str = "_algom_faults";
/// How many lines of a fault are kept.
const LINES: usize = 10;

/// A rule a value can break.
struct Rule {
    reason: String,
    /// A condition on the typed row.
    broken: String,
    /// The text to show.
    text: String,
}

/// Reads the file with its lines, writes its good rows, and says what was found.
pub(super) fn careful(reading: &Reading<'_>, out: &Path) -> Result<Found> {
    let mut structure: BTreeMap<String, Fault> = BTreeMap::new();
    let numbered = reading.source.number(reading.scratch, |line, reason, example| {
        let fault = structure.entry(reason.clone()).or_insert_with(|| Fault {
            reason,
            count: 0,
            lines: Vec::new(),
            example,
            drops: true,
        });
        fault.count += 1;
        if fault.lines.len() < LINES {
            fault.lines.push(line);
        }
        reading.job.check().map_err(Error::from)
    })?;
    let broken_records: u64 = structure.values().map(|fault| fault.count).sum();
    let mut faults: Vec<Fault> = structure.into_values().collect();

    let rules = rules(reading);
    let typed = reading.scratch.join("typed.parquet");
    let select = typed_select(reading, &rules, &reading.source.reader(Some(&numbered)));
    let copy = format!(
        "COPY ({select}) TO {} (FORMAT parquet, ROW_GROUP_SIZE 61440, DICTIONARY_SIZE_LIMIT 0)",
        quoted(&typed.to_string_lossy())
    );
    let job = &reading.job.part(0.1, 0.5);
    told(reading.connection, job, || engine::run(reading.connection, &copy, job))
        .map_err(|error| files::unreadable(&reading.source.name, super::form_name(&reading.source.format), error))?;
    let typed = format!("read_parquet({})", quoted(&typed.to_string_lossy()));
    faults.extend(value_faults(reading, &rules, &typed)?);

    let all = numbers(
        reading.connection,
        &format!("SELECT count(*), count(*) FILTER (WHERE len({FAULTS}) = 0) FROM {typed}"),
        reading.job,
    )?;
    let count =
        |index: usize| all.get(index).copied().flatten().and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    let (total, mut rows) = (count(0), count(1));
    if numbered.rows.is_some_and(|rows| rows != total) {
        return Err(Problem::new(
            Code::Internal,
            format!("{}: {total} rows were read where the file has {:?}", reading.source.name, numbered.rows),
            "Nothing was written; please report this.",
        )
        .into());
    }
    let mut good = format!("(SELECT * FROM {typed} WHERE len({FAULTS}) = 0)");
    let mut report = None;
    if reading.plan.bars && rows > 0 {
        let first = "row_number() OVER (PARTITION BY ticker, interval, ticker_time ORDER BY _algom_line)";
        let again = format!("(SELECT {LINE_COLUMN} FROM {good} QUALIFY {first} > 1)");
        let duplicates = placed(reading, &again, "a bar of its ticker has that time already", true)?;
        if let Some(duplicates) = &duplicates {
            good = format!("(SELECT * FROM {good} QUALIFY {first} = 1)");
            rows -= duplicates.count;
        }
        let window = format!("lag(ticker_time) OVER (PARTITION BY ticker, interval ORDER BY {LINE_COLUMN})");
        let back = format!("(SELECT {LINE_COLUMN} FROM {good} QUALIFY ticker_time < {window})");
        let reason = "the time is before that of the bar above it; bars must be in time order within a ticker";
        let unsorted = placed(reading, &back, reason, false)?;
        // Looked at in the order of times, so that gaps are gaps whatever the order of the file.
        let ordered = format!("(SELECT * FROM {good} ORDER BY ticker, interval, ticker_time)");
        let ordered = reading.plan.bars_in(&ordered, LINE_COLUMN);
        let mut found = bars::look(reading.connection, &ordered, reading.job)?.report;
        bars::place(reading.connection, &ordered, &mut found, |lines| Ok(lines.to_vec()), reading.job)?;
        found.duplicates = duplicates.as_ref().map_or(0, |fault| fault.count);
        found.unsorted = unsorted.as_ref().map_or(0, |fault| fault.count);
        report = Some(found);
        faults.extend(duplicates);
        faults.extend(unsorted.filter(|_| !reading.options.sort));
    }
    let order = if reading.options.sort && reading.plan.bars { "" } else { " ORDER BY _algom_line" };
    reading.copy(&format!("SELECT {} FROM {good}{order}", reading.plan.names()), out, &reading.job.part(0.7, 1.0))?;
    faults.sort_by_key(|fault| fault.lines.first().copied());
    Ok(Found { rows, dropped: total - rows + broken_records, faults, bars: report })
}

fn rules(reading: &Reading<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    let bar_column = |name: &str| {
        reading.plan.bars && ["ticker_time", "ticker", "open", "high", "low", "close", "volume"].contains(&name)
    };
    for (index, output) in reading.plan.outputs.iter().enumerate() {
        let name = identifier(&output.name);
        let raw = format!("_algom_raw_{index}");
        let mut missing = format!("{name} IS NULL");
        if let Some((_, should_be)) = &output.checked {
            let fails = format!("{name} IS NULL AND {raw} IS NOT NULL");
            if output.unkept.is_some() {
                rules.push(Rule {
                    reason: format!(
                        "{} would not keep a number as it is written (make the column STRING or NUMERIC, --schema)",
                        output.name
                    ),
                    broken: format!("{fails} AND _algom_unkept_{index}"),
                    text: format!("left({raw}, 200)"),
                });
            }
            let other = if output.unkept.is_some() { format!(" AND NOT _algom_unkept_{index}") } else { String::new() };
            rules.push(Rule {
                reason: format!("{} is not {should_be}", output.name),
                broken: format!("{fails}{other}"),
                text: format!("left({raw}, 200)"),
            });
            missing = format!("{missing} AND {raw} IS NULL");
        }
        if output.required || bar_column(&output.name) {
            rules.push(Rule { reason: format!("{} is missing", output.name), broken: missing, text: "''".to_owned() });
        }
        if bar_column(&output.name) && output.name != "ticker" {
            rules.push(Rule {
                reason: format!("{} is infinite or not a number", output.name),
                broken: format!("NOT isfinite({name})"),
                text: "''".to_owned(),
            });
        }
    }
    rules
}

/// The rows as the table will have them, with their line and their faults.
fn typed_select(reading: &Reading<'_>, rules: &[Rule], reader: &str) -> String {
    let mut inner = vec![LINE_COLUMN.to_owned()];
    for (index, output) in reading.plan.outputs.iter().enumerate() {
        inner.push(format!("{} AS {}", output.soft, identifier(&output.name)));
        if let Some((raw, _)) = &output.checked {
            inner.push(format!("{raw} AS _algom_raw_{index}"));
            if let Some(unkept) = &output.unkept {
                inner.push(format!("{unkept} AS _algom_unkept_{index}"));
            }
        }
    }
    let faults: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(number, rule)| format!("CASE WHEN {} THEN {{'rule': {number}, 'text': {}}} END", rule.broken, rule.text))
        .collect();
    let faults = if faults.is_empty() {
        "CAST([] AS STRUCT(rule INTEGER, text VARCHAR)[])".to_owned()
    } else {
        format!("list_filter([{}], lambda fault: fault IS NOT NULL)", faults.join(", "))
    };
    format!(
        "SELECT {LINE_COLUMN}, {}, {faults} AS {FAULTS} FROM (SELECT {} FROM {reader})",
        reading.plan.names(),
        inner.join(", ")
    )
}

/// The faults of values, by rule.
fn value_faults(reading: &Reading<'_>, rules: &[Rule], typed: &str) -> Result<Vec<Fault>> {
    let sql = format!(
        "SELECT CAST(fault.rule AS VARCHAR), CAST(count(*) AS VARCHAR), array_to_string(min({LINE_COLUMN}, {LINES}), ' '), \
         arg_min(fault.text, {LINE_COLUMN}) FROM (SELECT {LINE_COLUMN}, unnest({FAULTS}) AS fault FROM {typed} \
         WHERE len({FAULTS}) > 0) GROUP BY fault.rule"
    );
    let found = files::texts(reading.connection, &sql, reading.job)?;
    Ok(found
        .into_iter()
        .filter_map(|row| {
            let mut row = row.into_iter().map(Option::unwrap_or_default);
            let rule = rules.get(row.next()?.parse::<usize>().ok()?)?;
            Some(Fault {
                reason: rule.reason.clone(),
                count: row.next()?.parse().ok()?,
                lines: row.next()?.split(' ').filter_map(|line| line.parse().ok()).collect(),
                example: row.next().unwrap_or_default(),
                drops: true,
            })
        })
        .collect())
}

/// The rows of a relation of lines as a fault.
fn placed(reading: &Reading<'_>, lines: &str, reason: &str, drops: bool) -> Result<Option<Fault>> {
    let sql =
        format!("SELECT CAST(count(*) AS VARCHAR), array_to_string(min({LINE_COLUMN}, {LINES}), ' ') FROM {lines}");
    let found = files::texts(reading.connection, &sql, reading.job)?;
    let mut row = found.into_iter().flatten().map(Option::unwrap_or_default);
    let count = row.next().and_then(|count| count.parse().ok()).unwrap_or(0);
    let lines: Vec<u64> = row.next().unwrap_or_default().split(' ').filter_map(|line| line.parse().ok()).collect();
    Ok((count > 0).then(|| Fault { reason: reason.to_owned(), count, lines, example: String::new(), drops }))
}

/// A fault in a sentence: `line 3: close is not a number: "twelve" (2 such lines)`.
pub(super) fn sentence(fault: &Fault, place: &str) -> String {
    let line = fault.lines.first().map(|line| format!("{place} {line}: ")).unwrap_or_default();
    let example = if fault.example.is_empty() { String::new() } else { format!(": {:?}", fault.example) };
    let more = if fault.count > 1 { format!(" ({} such {place}s)", fault.count) } else { String::new() };
    format!("{line}{}{example}{more}", fault.reason)
}
