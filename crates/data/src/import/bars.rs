//! What bars are like: one look at every bar of a relation, in the order it has. Tells what makes a bar unusable from what is
//! only odd.

use algomosaic_core::Job;
use duckdb::Connection;

use crate::cell::timestamp_text;
use crate::error::Result;

use super::files;
use super::options::BarsReport;
use super::source::numbers;

/// What is odd in a bar and kept: the report's field, a condition, a sentence for one and for several.
const ODD: [(&str, &str, &str, &str); 5] = [
    ("high_below_low", "high < low", "bar has a high below its low", "bars have a high below their low"),
    (
        "prices_outside_range",
        "high >= low AND (greatest(open, close) > high OR least(open, close) < low)",
        "bar has an open or close outside low to high",
        "bars have an open or close outside low to high",
    ),
    (
        "prices_not_positive",
        "least(open, high, low, close) <= 0",
        "bar has a price of zero or less",
        "bars have a price of zero or less",
    ),
    ("zero_volume", "volume = 0", "bar has no volume", "bars have no volume"),
    ("gaps", "gap", "gap between bars", "gaps between bars"),
];

/// A look at bars.
pub(super) struct Look {
    pub(super) report: BarsReport,
    /// Bars with a missing or infinite value.
    pub(super) unusable: u64,
    /// Whether the bars of a ticker follow each other, so that their order could be told.
    grouped: bool,
}

/// Looks at the bars of a relation, whose order `ord` gives.
pub(super) fn look(
    connection: &Connection,
    relation: &str,
    ord: &str,
    interval: Option<&str>,
    job: &Job,
) -> Result<Look> {
    let mut look = look_through(connection, relation, ord, interval, "OVER ()", job)?;
    if !look.grouped {
        // Tickers take turns: each is looked at by itself.
        let window = format!("OVER (PARTITION BY ticker, interval ORDER BY {ord})");
        look = look_through(connection, relation, ord, interval, &window, job)?;
    }
    Ok(look)
}

fn neighbours(relation: &str, ord: &str, interval: Option<&str>, window: &str) -> String {
    format!(
        "(SELECT *, same AND t > p AND {gap} AS gap FROM (SELECT *, ticker IS NOT DISTINCT FROM pt AND interval IS NOT DISTINCT FROM pi AND p IS NOT NULL AS same FROM \
         (SELECT *, {ord} AS ord, ticker_time AS t, lag(ticker_time) {window} AS p, lag(ticker) {window} AS pt, \
         lag(interval) {window} AS pi FROM {relation})))",
        gap = gap(interval)
    )
}

/// Whether bars are missing between `p` and `t`.
fn gap(interval: Option<&str>) -> String {
    let within_day = |seconds: &str| {
        format!("epoch_us(t) - epoch_us(p) > CAST(5000000 AS BIGINT) * {seconds} AND CAST(t AS DATE) = CAST(p AS DATE)")
    };
    let weekdays = "date_diff('day', CAST(p AS DATE), CAST(t AS DATE)) - 2 * date_diff('week', CAST(p AS DATE), CAST(t AS DATE)) > 5";
    let longer = |seconds: &str| format!("epoch_us(t) - epoch_us(p) > CAST(5000000 AS BIGINT) * {seconds}");
    match interval {
        Some(interval) => match seconds(interval) {
            Some(86_400) => weekdays.to_owned(),
            Some(seconds) if seconds < 86_400 => within_day(&seconds.to_string()),
            Some(seconds) => longer(&seconds.to_string()),
            None => "false".to_owned(),
        },
        None => {
            let length = "TRY_CAST(left(interval, -1) AS BIGINT) * CASE right(interval, 1) WHEN 's' THEN 1 WHEN 'm' THEN 60 \
                          WHEN 'h' THEN 3600 WHEN 'd' THEN 86400 WHEN 'w' THEN 604800 END";
            format!(
                "coalesce(CASE WHEN ({length}) = 86400 THEN {weekdays} WHEN ({length}) < 86400 THEN {} ELSE {} END, false)",
                within_day(&format!("({length})")),
                longer(&format!("({length})"))
            )
        }
    }
}

/// The length of an interval such as `5m`.
fn seconds(interval: &str) -> Option<u64> {
    let unit = match interval.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    interval[..interval.len() - 1].parse::<u64>().ok()?.checked_mul(unit)
}

fn look_through(
    connection: &Connection,
    relation: &str,
    ord: &str,
    interval: Option<&str>,
    window: &str,
    job: &Job,
) -> Result<Look> {
    let unusable: Vec<String> = ["open", "high", "low", "close", "volume"]
        .iter()
        .map(|column| format!("{column} IS NULL OR NOT isfinite({column})"))
        .collect();
    let odd: Vec<String> =
        ODD.iter().map(|(_, condition, ..)| format!("count(*) FILTER (WHERE {condition})")).collect();
    let sql = format!(
        "SELECT count(DISTINCT ticker), epoch_us(min(t)), epoch_us(max(t)), \
         count(*) FILTER (WHERE t IS NULL OR ticker IS NULL OR NOT isfinite(t) OR {}), \
         count(*) FILTER (WHERE same AND t < p), count(*) FILTER (WHERE same AND t = p), \
         count(DISTINCT (ticker, interval)), count(*) FILTER (WHERE NOT same), {} FROM {}",
        unusable.join(" OR "),
        odd.join(", "),
        neighbours(relation, ord, interval, window)
    );
    let found = numbers(connection, &sql, job)?;
    let get = |index: usize| found.get(index).copied().flatten();
    let count = |index: usize| u64::try_from(get(index).unwrap_or(0)).unwrap_or(0);
    let time = |index: usize| get(index).map(timestamp_text).unwrap_or_default();
    Ok(Look {
        unusable: count(3),
        grouped: window != "OVER ()" || count(6) == count(7),
        report: BarsReport {
            tickers: count(0),
            from: time(1),
            to: time(2),
            unsorted: count(4),
            duplicates: count(5),
            high_below_low: count(8),
            prices_outside_range: count(9),
            prices_not_positive: count(10),
            zero_volume: count(11),
            gaps: count(12),
            lines: Default::default(),
        },
    })
}

/// Finds the first ten places of what is odd. `lines` turns sorted places of the relation into lines.
pub(super) fn place(
    connection: &Connection,
    relation: &str,
    ord: &str,
    interval: Option<&str>,
    report: &mut BarsReport,
    lines: impl Fn(&[u64]) -> Result<Vec<u64>>,
    job: &Job,
) -> Result<()> {
    let counts = odd_counts(report);
    let found: Vec<usize> = (0..ODD.len()).filter(|index| counts[*index] > 0).collect();
    if found.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = found
        .iter()
        .map(|index| format!("array_to_string(min(ord, 10) FILTER (WHERE {}), ' ')", ODD[*index].1))
        .collect();
    // For the first places, bars are neighbours within their ticker whatever the order of tickers.
    let window = format!("OVER (PARTITION BY ticker, interval ORDER BY {ord})");
    let window = if found.iter().any(|index| ODD[*index].0 == "gaps") { window.as_str() } else { "OVER ()" };
    let sql = format!("SELECT {} FROM {}", list.join(", "), neighbours(relation, ord, interval, window));
    let texts = files::texts(connection, &sql, job)?;
    let places: Vec<Vec<u64>> = texts
        .into_iter()
        .flatten()
        .map(|text| text.unwrap_or_default().split(' ').filter_map(|place| place.parse().ok()).collect())
        .collect();
    let mut all: Vec<u64> = places.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let all_lines = lines(&all)?;
    let line_of = |place: &u64| all.binary_search(place).ok().and_then(|index| all_lines.get(index).copied());
    for (index, places) in found.into_iter().zip(places) {
        report.lines.insert(ODD[index].0.to_owned(), places.iter().filter_map(line_of).collect());
    }
    Ok(())
}

fn odd_counts(report: &BarsReport) -> [u64; 5] {
    [report.high_below_low, report.prices_outside_range, report.prices_not_positive, report.zero_volume, report.gaps]
}

/// Whether anything is odd.
pub(super) fn is_odd(report: &BarsReport) -> bool {
    odd_counts(report).iter().any(|count| *count > 0)
}

/// What is odd, in sentences.
pub(super) fn notes(file: &str, place: &str, report: &BarsReport) -> Vec<String> {
    let mut notes = Vec::new();
    for (count, (field, _, one, several)) in odd_counts(report).into_iter().zip(ODD) {
        if count == 0 {
            continue;
        }
        let lines = report.lines.get(field).map(Vec::as_slice).unwrap_or_default();
        let lines = match lines {
            [] => String::new(),
            [line] => format!(" ({place} {line})"),
            lines => {
                let shown: Vec<String> = lines.iter().take(3).map(ToString::to_string).collect();
                let more = if count > 3 { " …" } else { "" };
                format!(" ({place}s {}{more})", shown.join(", "))
            }
        };
        notes.push(format!("{file}: {count} {}{lines}", if count == 1 { one } else { several }));
    }
    notes
}
