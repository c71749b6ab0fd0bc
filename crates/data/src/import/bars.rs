//! What bars are like: one look at every bar of a relation, in the order it has. Tells what makes a bar unusable from what is
//! only odd.

use algomosaic_core::Job;
use duckdb::Connection;

use crate::cell::timestamp_text;
use crate::error::Result;
use crate::progress::told;

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

/// The bars to look at: a relation, the column of its order, and what is known of them.
pub(super) struct Bars<'a> {
    pub(super) relation: &'a str,
    pub(super) ord: &'a str,
    /// The interval of all of them, where they have no column of their own.
    pub(super) interval: Option<&'a str>,
    /// Whether all are of one ticker and interval.
    pub(super) single: bool,
}

/// Looks at bars.
pub(super) fn look(connection: &Connection, bars: &Bars<'_>, job: &Job) -> Result<Look> {
    let look = look_through(connection, bars, Window::Above, job)?;
    if look.grouped {
        return Ok(look);
    }
    // Tickers take turns: each is looked at by itself.
    look_through(connection, bars, Window::OfTicker, job)
}

/// Which bar is the one before.
#[derive(Clone, Copy, PartialEq)]
enum Window {
    /// The one above, if of the same ticker.
    Above,
    /// The last of the same ticker.
    OfTicker,
}

/// The bars with their time `t` and that of the bar before, `p`, in microseconds since 1970.
fn neighbours(bars: &Bars<'_>, window: Window) -> String {
    let Bars { relation, ord, interval, single } = bars;
    let (window, before, same) = match window {
        Window::Above if *single => ("OVER ()".to_owned(), String::new(), "p IS NOT NULL"),
        Window::Above => (
            "OVER ()".to_owned(),
            ", lag(ticker) OVER () AS pt, lag(interval) OVER () AS pi".to_owned(),
            "p IS NOT NULL AND ticker = pt AND interval = pi",
        ),
        Window::OfTicker => {
            (format!("OVER (PARTITION BY ticker, interval ORDER BY {ord})"), String::new(), "p IS NOT NULL")
        }
    };
    format!(
        "(SELECT *, same AND t > p AND {} AS gap FROM (SELECT *, {same} AS same FROM (SELECT *, {ord} AS ord, \
         epoch_us(ticker_time) AS t, lag(epoch_us(ticker_time)) {window} AS p{before} FROM {relation})))",
        gap(*interval)
    )
}

/// Whether bars are missing between `p` and `t`.
fn gap(interval: Option<&str>) -> String {
    const DAY: &str = "86400000000";
    let far = |seconds: &str| format!("t - p > CAST(5000000 AS BIGINT) * {seconds}");
    let within_day = |seconds: &str| format!("{} AND t // {DAY} = p // {DAY}", far(seconds));
    // 1 January 1970 was a Thursday.
    let weekdays = format!("t // {DAY} - p // {DAY} - 2 * ((t // {DAY} + 3) // 7 - (p // {DAY} + 3) // 7) > 5");
    match interval {
        Some(interval) => match seconds(interval) {
            Some(86_400) => weekdays,
            Some(seconds) if seconds < 86_400 => within_day(&seconds.to_string()),
            Some(seconds) => far(&seconds.to_string()),
            None => "false".to_owned(),
        },
        None => {
            let length = "(TRY_CAST(left(interval, -1) AS BIGINT) * CASE right(interval, 1) WHEN 's' THEN 1 WHEN 'm' THEN 60 \
                          WHEN 'h' THEN 3600 WHEN 'd' THEN 86400 WHEN 'w' THEN 604800 END)";
            format!(
                "coalesce(CASE WHEN {length} = 86400 THEN {weekdays} WHEN {length} < 86400 THEN {} ELSE {} END, false)",
                within_day(length),
                far(length)
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

fn look_through(connection: &Connection, bars: &Bars<'_>, window: Window, job: &Job) -> Result<Look> {
    let unusable: Vec<String> = ["open", "high", "low", "close", "volume"]
        .iter()
        .map(|column| format!("{column} IS NULL OR NOT isfinite({column})"))
        .collect();
    let odd: Vec<String> =
        ODD.iter().map(|(_, condition, ..)| format!("count(*) FILTER (WHERE {condition})")).collect();
    let sql = format!(
        "SELECT min(t), max(t), count(*) FILTER (WHERE t IS NULL OR ticker IS NULL OR NOT isfinite(ticker_time) OR {}), \
         count(*) FILTER (WHERE same AND t < p), count(*) FILTER (WHERE same AND t = p), \
         count(*) FILTER (WHERE NOT coalesce(same, false)), {} FROM {}",
        unusable.join(" OR "),
        odd.join(", "),
        neighbours(bars, window)
    );
    let found = told(connection, job, || numbers(connection, &sql, job))?;
    let groups = if bars.single {
        vec![Some(1), Some(1)]
    } else {
        let sql = format!(
            "SELECT count(DISTINCT ticker), count(*) FROM (SELECT DISTINCT ticker, interval FROM {})",
            bars.relation
        );
        numbers(connection, &sql, job)?
    };
    let as_count =
        |number: Option<&Option<i64>>| number.copied().flatten().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let count = |index: usize| as_count(found.get(index));
    let time = |index: usize| found.get(index).copied().flatten().map(timestamp_text).unwrap_or_default();
    Ok(Look {
        unusable: count(2),
        grouped: bars.single || as_count(groups.get(1)) == count(5),
        report: BarsReport {
            tickers: as_count(groups.first()),
            from: time(0),
            to: time(1),
            unsorted: count(3),
            duplicates: count(4),
            high_below_low: count(6),
            prices_outside_range: count(7),
            prices_not_positive: count(8),
            zero_volume: count(9),
            gaps: count(10),
            lines: std::collections::BTreeMap::new(),
        },
    })
}

/// Finds the first ten places of what is odd. `lines` turns sorted places of the relation into lines.
pub(super) fn place(
    connection: &Connection,
    bars: &Bars<'_>,
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
    let gaps = found.iter().any(|index| ODD[*index].0 == "gaps");
    let window = if gaps && !bars.single { Window::OfTicker } else { Window::Above };
    let sql = format!("SELECT {} FROM {}", list.join(", "), neighbours(bars, window));
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
