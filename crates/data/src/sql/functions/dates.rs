//! Dates and times.

use super::Rule::{Own, Sql};
use super::{Call, SqlFunction, f};
use crate::sql::analyse::Analyser;
use crate::sql::cast::{cast, text_of};
use crate::sql::fault::{Fault, Read, wrong};
use crate::sql::format::{format_time, parse_time};
use crate::sql::kind::Kind;
use crate::sql::term::{Term, failure};
use crate::sql::time::{Part, instant, local};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("CURRENT_DATE", "CURRENT_DATE([zone STRING]) -> DATE", "Today", Own(current)),
    f("CURRENT_DATETIME", "CURRENT_DATETIME([zone STRING]) -> DATETIME", "Now, without a zone", Own(current)),
    f("CURRENT_TIME", "CURRENT_TIME([zone STRING]) -> TIME", "The time of day", Own(current)),
    f("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP() -> TIMESTAMP", "Now", Sql("now()")),
    f(
        "DATE",
        "DATE(year INT64, month INT64, day INT64) -> DATE",
        "The date of its parts",
        Sql("bq_date(make_date({0}, {1}, {2}), {years:DATE})"),
    ),
    f("DATE", "DATE(x DATE) -> DATE", "The date", Sql("{0}")),
    f("DATE", "DATE(x DATETIME) -> DATE", "The date of a DATETIME", Sql("CAST({0} AS DATE)")),
    f(
        "DATE",
        "DATE(x TIMESTAMP[, zone STRING]) -> DATE",
        "The date of a TIMESTAMP in a zone, UTC unless told otherwise",
        Own(of_timestamp),
    ),
    f(
        "DATETIME",
        "DATETIME(year INT64, month INT64, day INT64, hour INT64, minute INT64, second INT64) -> DATETIME",
        "The time of its parts",
        Sql("bq_datetime(make_timestamp({0}, {1}, {2}, {3}, {4}, CAST({5} AS DOUBLE)), {years:TIMESTAMP})"),
    ),
    f("DATETIME", "DATETIME(date DATE, time TIME) -> DATETIME", "A date with a time", Sql("({0} + {1})")),
    f("DATETIME", "DATETIME(x DATETIME) -> DATETIME", "The time", Sql("{0}")),
    f(
        "DATETIME",
        "DATETIME(x TIMESTAMP[, zone STRING]) -> DATETIME",
        "The time in a zone, UTC unless told otherwise",
        Own(of_timestamp),
    ),
    f(
        "TIME",
        "TIME(hour INT64, minute INT64, second INT64) -> TIME",
        "The time of day of its parts",
        Sql("make_time({0}, {1}, CAST({2} AS DOUBLE))"),
    ),
    f("TIME", "TIME(x DATETIME) -> TIME", "The time of day", Sql("CAST({0} AS TIME)")),
    f(
        "TIME",
        "TIME(x TIMESTAMP[, zone STRING]) -> TIME",
        "The time of day in a zone, UTC unless told otherwise",
        Own(of_timestamp),
    ),
    f("TIMESTAMP", "TIMESTAMP(text STRING) -> TIMESTAMP", "The time a text says", Own(timestamp_of_text)),
    f(
        "TIMESTAMP",
        "TIMESTAMP(text STRING, zone STRING) -> TIMESTAMP",
        "The time a text without a zone says in a zone",
        Own(timestamp_of_text),
    ),
    f(
        "TIMESTAMP",
        "TIMESTAMP(x DATE[, zone STRING]) -> TIMESTAMP",
        "Midnight in a zone, UTC unless told otherwise",
        Own(timestamp),
    ),
    f(
        "TIMESTAMP",
        "TIMESTAMP(x DATETIME[, zone STRING]) -> TIMESTAMP",
        "The time in a zone, UTC unless told otherwise",
        Own(timestamp),
    ),
    f("TIMESTAMP", "TIMESTAMP(x TIMESTAMP) -> TIMESTAMP", "The time", Sql("{0}")),
    f("STRING", "STRING(x TIMESTAMP[, zone STRING]) -> STRING", "As text", Own(string)),
    f("STRING", "STRING(x DATE) -> STRING", "As text", Own(string)),
    f("STRING", "STRING(x DATETIME) -> STRING", "As text", Own(string)),
    f("STRING", "STRING(x TIME) -> STRING", "As text", Own(string)),
    f(
        "DATE_ADD",
        "DATE_ADD(date DATE, step INTERVAL) -> DATE",
        "Later by INTERVAL n DAY, WEEK, MONTH, QUARTER or YEAR",
        Own(shift),
    ),
    f(
        "DATE_SUB",
        "DATE_SUB(date DATE, step INTERVAL) -> DATE",
        "Earlier by INTERVAL n DAY, WEEK, MONTH, QUARTER or YEAR",
        Own(shift),
    ),
    f("DATETIME_ADD", "DATETIME_ADD(x DATETIME, step INTERVAL) -> DATETIME", "Later by INTERVAL n PART", Own(shift)),
    f("DATETIME_SUB", "DATETIME_SUB(x DATETIME, step INTERVAL) -> DATETIME", "Earlier by INTERVAL n PART", Own(shift)),
    f(
        "TIMESTAMP_ADD",
        "TIMESTAMP_ADD(x TIMESTAMP, step INTERVAL) -> TIMESTAMP",
        "Later by INTERVAL n MICROSECOND to DAY",
        Own(shift),
    ),
    f(
        "TIMESTAMP_SUB",
        "TIMESTAMP_SUB(x TIMESTAMP, step INTERVAL) -> TIMESTAMP",
        "Earlier by INTERVAL n MICROSECOND to DAY",
        Own(shift),
    ),
    f(
        "TIME_ADD",
        "TIME_ADD(x TIME, step INTERVAL) -> TIME",
        "Later by INTERVAL n MICROSECOND to HOUR, around midnight",
        Own(shift),
    ),
    f(
        "TIME_SUB",
        "TIME_SUB(x TIME, step INTERVAL) -> TIME",
        "Earlier by INTERVAL n MICROSECOND to HOUR, around midnight",
        Own(shift),
    ),
    f(
        "DATE_DIFF",
        "DATE_DIFF(late DATE, early DATE, part PART) -> INT64",
        "How many boundaries of the part lie between",
        Own(difference),
    ),
    f(
        "DATETIME_DIFF",
        "DATETIME_DIFF(late DATETIME, early DATETIME, part PART) -> INT64",
        "How many boundaries of the part lie between",
        Own(difference),
    ),
    f(
        "TIME_DIFF",
        "TIME_DIFF(late TIME, early TIME, part PART) -> INT64",
        "How many boundaries of the part lie between",
        Own(difference),
    ),
    f(
        "TIMESTAMP_DIFF",
        "TIMESTAMP_DIFF(late TIMESTAMP, early TIMESTAMP, part PART) -> INT64",
        "How many whole parts lie between: MICROSECOND to DAY",
        Own(difference),
    ),
    f("DATE_TRUNC", "DATE_TRUNC(x DATE, part PART) -> DATE", "The first day of its part", Own(truncate)),
    f("DATE_TRUNC", "DATE_TRUNC(x DATETIME, part PART) -> DATETIME", "The start of its part", Own(truncate)),
    f(
        "DATE_TRUNC",
        "DATE_TRUNC(x TIMESTAMP, part PART[, zone STRING]) -> TIMESTAMP",
        "The start of its part in a zone",
        Own(truncate),
    ),
    f("DATETIME_TRUNC", "DATETIME_TRUNC(x DATETIME, part PART) -> DATETIME", "The start of its part", Own(truncate)),
    f(
        "DATETIME_TRUNC",
        "DATETIME_TRUNC(x TIMESTAMP, part PART[, zone STRING]) -> TIMESTAMP",
        "The start of its part in a zone",
        Own(truncate),
    ),
    f(
        "TIMESTAMP_TRUNC",
        "TIMESTAMP_TRUNC(x TIMESTAMP, part PART[, zone STRING]) -> TIMESTAMP",
        "The start of its part in a zone, UTC unless told otherwise",
        Own(truncate),
    ),
    f("TIMESTAMP_TRUNC", "TIMESTAMP_TRUNC(x DATETIME, part PART) -> DATETIME", "The start of its part", Own(truncate)),
    f("TIME_TRUNC", "TIME_TRUNC(x TIME, part PART) -> TIME", "The start of its part", Own(truncate)),
    f(
        "LAST_DAY",
        "LAST_DAY(x DATE[, part PART]) -> DATE",
        "The last day of its month, or of another part",
        Own(last_day),
    ),
    f(
        "LAST_DAY",
        "LAST_DAY(x DATETIME[, part PART]) -> DATE",
        "The last day of its month, or of another part",
        Own(last_day),
    ),
    f(
        "UNIX_DATE",
        "UNIX_DATE(date DATE) -> INT64",
        "Days since 1970-01-01",
        Sql("CAST({0} - DATE '1970-01-01' AS BIGINT)"),
    ),
    f(
        "UNIX_SECONDS",
        "UNIX_SECONDS(x TIMESTAMP) -> INT64",
        "Whole seconds since 1970",
        Sql("CAST(floor(epoch_us({0}) / 1000000) AS BIGINT)"),
    ),
    f(
        "UNIX_MILLIS",
        "UNIX_MILLIS(x TIMESTAMP) -> INT64",
        "Whole milliseconds since 1970",
        Sql("CAST(floor(epoch_us({0}) / 1000) AS BIGINT)"),
    ),
    f("UNIX_MICROS", "UNIX_MICROS(x TIMESTAMP) -> INT64", "Microseconds since 1970", Sql("epoch_us({0})")),
    f(
        "DATE_FROM_UNIX_DATE",
        "DATE_FROM_UNIX_DATE(days INT64) -> DATE",
        "The date so many days after 1970-01-01",
        Sql("bq_date(DATE '1970-01-01' + CAST({0} AS INTEGER), {years:DATE})"),
    ),
    f(
        "TIMESTAMP_SECONDS",
        "TIMESTAMP_SECONDS(seconds INT64) -> TIMESTAMP",
        "The time so many seconds after 1970",
        Sql("bq_timestamp(make_timestamptz({0} * 1000000), {years:TIMESTAMPTZ})"),
    ),
    f(
        "TIMESTAMP_MILLIS",
        "TIMESTAMP_MILLIS(milliseconds INT64) -> TIMESTAMP",
        "The time so many milliseconds after 1970",
        Sql("bq_timestamp(make_timestamptz({0} * 1000), {years:TIMESTAMPTZ})"),
    ),
    f(
        "TIMESTAMP_MICROS",
        "TIMESTAMP_MICROS(microseconds INT64) -> TIMESTAMP",
        "The time so many microseconds after 1970",
        Sql("bq_timestamp(make_timestamptz({0}), {years:TIMESTAMPTZ})"),
    ),
    f(
        "FORMAT_DATE",
        "FORMAT_DATE(format STRING, date DATE) -> STRING",
        "A date as %Y-%m-%d and their like",
        Own(formatted),
    ),
    f(
        "FORMAT_DATETIME",
        "FORMAT_DATETIME(format STRING, x DATETIME) -> STRING",
        "A DATETIME as %Y-%m-%d %H:%M:%S and their like",
        Own(formatted),
    ),
    f(
        "FORMAT_TIME",
        "FORMAT_TIME(format STRING, x TIME) -> STRING",
        "A TIME as %H:%M:%S and their like",
        Own(formatted),
    ),
    f(
        "FORMAT_TIMESTAMP",
        "FORMAT_TIMESTAMP(format STRING, x TIMESTAMP[, zone STRING]) -> STRING",
        "A TIMESTAMP as %Y-%m-%d %H:%M:%S and their like",
        Own(formatted),
    ),
    f("PARSE_DATE", "PARSE_DATE(format STRING, text STRING) -> DATE", "The date a text says in a format", Own(parsed)),
    f(
        "PARSE_DATETIME",
        "PARSE_DATETIME(format STRING, text STRING) -> DATETIME",
        "The DATETIME a text says in a format",
        Own(parsed),
    ),
    f("PARSE_TIME", "PARSE_TIME(format STRING, text STRING) -> TIME", "The TIME a text says in a format", Own(parsed)),
    f(
        "PARSE_TIMESTAMP",
        "PARSE_TIMESTAMP(format STRING, text STRING[, zone STRING]) -> TIMESTAMP",
        "The TIMESTAMP a text says in a format",
        Own(parsed),
    ),
    f(
        "GENERATE_DATE_ARRAY",
        "GENERATE_DATE_ARRAY(first DATE, last DATE[, step INTERVAL]) -> ARRAY<DATE>",
        "The dates from first to last, by a day unless told otherwise",
        Own(series),
    ),
    f(
        "GENERATE_TIMESTAMP_ARRAY",
        "GENERATE_TIMESTAMP_ARRAY(first TIMESTAMP, last TIMESTAMP, step INTERVAL) -> ARRAY<TIMESTAMP>",
        "The times from first to last",
        Own(series),
    ),
    f(
        "MAKE_INTERVAL",
        "MAKE_INTERVAL(year INT64[, month INT64, day INT64, hour INT64, minute INT64, second INT64]) -> INTERVAL",
        "An interval of its parts",
        Own(make_interval),
    ),
];

fn zone<'c>(call: &'c Call<'_>, index: usize) -> &'c str {
    call.terms.get(index).map_or("'UTC'", |term| term.sql.as_str())
}

fn no_part(call: &Call<'_>) -> Fault {
    wrong(
        call.at,
        format!("{} cannot take this part", call.name),
        "A DATE has DAY and above, a TIME HOUR and below, TIMESTAMP_DIFF takes MICROSECOND to DAY.",
    )
}

fn current(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let now = local(zone(call, 0), "now()");
    Ok(match call.name {
        "CURRENT_DATE" => call.gives(format!("CAST({now} AS DATE)"), Kind::Date),
        "CURRENT_TIME" => call.gives(format!("CAST({now} AS TIME)"), Kind::Time),
        _ => call.gives(now, Kind::Datetime),
    })
}

fn of_timestamp(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let local = local(zone(call, 1), call.sql(0));
    Ok(match call.name {
        "DATE" => call.gives(format!("CAST({local} AS DATE)"), Kind::Date),
        "TIME" => call.gives(format!("CAST({local} AS TIME)"), Kind::Time),
        _ => call.gives(local, Kind::Datetime),
    })
}

fn timestamp_of_text(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let text = &call.terms[0];
    let safe = analyser.safe;
    match call.terms.get(1) {
        None => cast(call.at, text, &Kind::Timestamp, safe),
        Some(zone) => {
            let local = cast(call.at, text, &Kind::Datetime, safe)?;
            let sql = instant(&zone.sql, &local.sql);
            Ok(call.gives(Kind::Timestamp.within_years(&sql, safe), Kind::Timestamp))
        }
    }
}

fn timestamp(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let sql = instant(zone(call, 1), &format!("CAST({} AS TIMESTAMP)", call.sql(0)));
    Ok(call.gives(Kind::Timestamp.within_years(&sql, analyser.safe), Kind::Timestamp))
}

fn string(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let text = match call.terms.get(1) {
        Some(_) => format_time("%Y-%m-%d %H:%M:%E*S%Ez", call.sql(0), &Kind::Timestamp, zone(call, 1), call.at)?,
        None => text_of(call.kind(0), call.sql(0)).unwrap_or_default(),
    };
    Ok(call.gives(text, Kind::String))
}

fn shift(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let step = analyser.step(call.at, call.exprs.get(1))?;
    let mut x = call.terms[0].clone();
    x.at = call.at;
    analyser.shifted(call.at, &x, &step, call.name.ends_with("_SUB"))
}

fn difference(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let part = Part::of_expr(call.exprs.get(2), call.at)?;
    let (late, early) = (call.sql(0), call.sql(1));
    let sql = match call.name {
        "DATE_DIFF" => part.count_dates(late, early),
        "DATETIME_DIFF" => part.count_datetimes(late, early),
        "TIME_DIFF" if part.microseconds().is_some() && part != Part::Day => {
            let on = |x: &str| format!("(DATE '1970-01-01' + {x})");
            part.count_datetimes(&on(late), &on(early))
        }
        "TIMESTAMP_DIFF" => {
            part.microseconds().map(|unit| format!("((epoch_us({late}) - epoch_us({early})) // {unit})"))
        }
        _ => None,
    };
    sql.map(|sql| call.gives(sql, Kind::Int64)).ok_or_else(|| no_part(call))
}

fn truncate(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let part = Part::of_expr(call.exprs.get(1), call.at)?;
    let x = call.sql(0);
    let sql = match call.kind(0) {
        Kind::Date => part.cut_date(x),
        Kind::Datetime => part.cut_datetime(x),
        Kind::Timestamp => part.cut_timestamp(x, zone(call, 2)),
        Kind::Time if part.microseconds().is_some() && part != Part::Day => {
            part.cut_datetime(&format!("(DATE '1970-01-01' + {x})")).map(|cut| format!("CAST({cut} AS TIME)"))
        }
        _ => None,
    };
    let (kind, safe) = (call.kind(0), analyser.safe);
    sql.map(|sql| call.gives(kind.within_years(&sql, safe), kind.clone())).ok_or_else(|| no_part(call))
}

fn last_day(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let part = if call.terms.len() > 1 { Part::of_expr(call.exprs.get(1), call.at)? } else { Part::Month };
    let x = format!("CAST({} AS DATE)", call.sql(0));
    let start = part.cut_date(&x).ok_or_else(|| no_part(call))?;
    let sql = match part {
        Part::Day => x,
        Part::Week(_) | Part::IsoWeek => format!("({start} + 6)"),
        Part::Month => format!("last_day({x})"),
        Part::Quarter => format!("last_day(CAST({start} + to_months(2) AS DATE))"),
        Part::IsoYear => format!(
            "({} - 1)",
            Part::IsoWeek.cut_date(&format!("make_date(isoyear({x}) + 1, 1, 4)")).unwrap_or_default()
        ),
        _ => format!("make_date(year({x}), 12, 31)"),
    };
    Ok(call.gives(Kind::Date.within_years(&sql, analyser.safe), Kind::Date))
}

fn formatted(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let format = crate::sql::format::written(call)?;
    let sql = format_time(format, call.sql(1), call.kind(1), zone(call, 2), call.at)?;
    Ok(call.gives(sql, Kind::String))
}

fn parsed(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let format = crate::sql::format::written(call)?;
    let kind = match call.name {
        "PARSE_DATE" => Kind::Date,
        "PARSE_TIME" => Kind::Time,
        "PARSE_DATETIME" => Kind::Datetime,
        _ => Kind::Timestamp,
    };
    let sql = parse_time(format, call.sql(1), &kind, zone(call, 2), call.at)?;
    Ok(call.gives(sql, kind))
}

fn series(analyser: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let (first, last) = (call.sql(0).to_owned(), call.sql(1).to_owned());
    let (count, part) = match call.exprs.get(2) {
        Some(_) => {
            let step = analyser.step(call.at, call.exprs.get(2))?;
            (step.count.sql, step.part)
        }
        None => ("1".to_owned(), Part::Day),
    };
    let none = format!("WHEN {first} IS NULL OR {last} IS NULL OR {count} IS NULL THEN NULL");
    let zero = format!("WHEN {count} = 0 THEN {}", failure(analyser.safe, "a step of 0"));
    let list = match (call.name, part) {
        ("GENERATE_DATE_ARRAY", Part::Day | Part::Week(0)) => {
            let days = if part == Part::Day { 1 } else { 7 };
            format!(
                "list_transform(generate_series({first} - DATE '1970-01-01', {last} - DATE '1970-01-01', {count} * {days}), lambda d: DATE '1970-01-01' + CAST(d AS INTEGER))"
            )
        }
        ("GENERATE_DATE_ARRAY", Part::Month | Part::Quarter | Part::Year) => {
            let months = match part {
                Part::Month => 1,
                Part::Quarter => 3,
                _ => 12,
            };
            // Each date is counted from the first, so that the 31st stays the 31st where a month has one.
            let date = format!("CAST({first} + to_months(CAST(i * {count} * {months} AS INTEGER)) AS DATE)");
            let span = format!("abs((year({last}) * 12 + month({last})) - (year({first}) * 12 + month({first})))");
            format!(
                "list_filter(list_transform(range(0, {span} // abs({count} * {months}) + 1), lambda i: {date}), lambda d: CASE WHEN {count} > 0 THEN d >= {first} AND d <= {last} ELSE d <= {first} AND d >= {last} END)"
            )
        }
        ("GENERATE_TIMESTAMP_ARRAY", part) if part.microseconds().is_some() => {
            let unit = part.microseconds().unwrap_or(1);
            format!(
                "list_transform(generate_series(epoch_us({first}), epoch_us({last}), {count} * {unit}), lambda t: make_timestamptz(t))"
            )
        }
        _ => return Err(no_part(call)),
    };
    let kind = if call.name == "GENERATE_DATE_ARRAY" { Kind::Date } else { Kind::Timestamp };
    Ok(call.gives(format!("(CASE {none} {zero} ELSE {list} END)"), Kind::array(kind)))
}

fn make_interval(_: &mut Analyser<'_>, call: &Call<'_>) -> Read<Term> {
    let n = |index: usize| call.terms.get(index).map_or("0", |term| term.sql.as_str());
    let sql = format!(
        "(to_months(CAST({} * 12 + {} AS INTEGER)) + to_days(CAST({} AS INTEGER)) + to_hours({}) + to_minutes({}) + to_seconds({}))",
        n(0),
        n(1),
        n(2),
        n(3),
        n(4),
        n(5)
    );
    Ok(call.gives(sql, Kind::Interval))
}
