//! A value as a person types it, as an SQL literal of a column's type. What is no such value is refused, so nothing typed
//! can become SQL.

use algomosaic_core::Problem;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use crate::wire::ColumnInfo;

/// The literal, or which column and type it does not fit.
pub(crate) fn literal(column: &ColumnInfo, value: &str) -> Result<String, Problem> {
    let kind = column.kind.as_str();
    let typed = value.trim();
    let found = match kind {
        "STRING" => Some(text(value)),
        "BOOL" => match typed.to_lowercase().as_str() {
            word @ ("true" | "false") => Some(word.to_uppercase()),
            _ => None,
        },
        "INT64" => typed.replace([',', '_'], "").parse::<i64>().ok().map(|number| number.to_string()),
        "FLOAT64" => typed.parse::<f64>().ok().map(float),
        "NUMERIC" | "BIGNUMERIC" => is_decimal(typed).then(|| format!("{kind} '{typed}'")),
        "DATE" => typed.parse::<NaiveDate>().ok().map(|date| format!("DATE '{date}'")),
        "TIME" => time(typed).map(|time| format!("TIME '{}'", time.format("%H:%M:%S%.6f"))),
        "DATETIME" => instant(typed).map(|time| format!("DATETIME '{}'", time.format("%Y-%m-%d %H:%M:%S%.6f"))),
        "TIMESTAMP" => instant(typed).map(|time| format!("TIMESTAMP '{}+00'", time.format("%Y-%m-%d %H:%M:%S%.6f"))),
        "BYTES" => is_base64(typed).then(|| format!("FROM_BASE64('{typed}')")),
        _ => {
            return Err(Problem::bad(
                format!("{} is {kind}, which is compared with nothing", column.name),
                "Ask whether it is NULL, or what its text contains.",
            ));
        }
    };
    found.ok_or_else(|| Problem::bad(format!("{} is {kind}, and {value:?} is no {kind}", column.name), example(kind)))
}

/// A text as an SQL literal.
pub(crate) fn text(value: &str) -> String {
    let mut literal = "'".to_owned();
    for letter in value.chars() {
        match letter {
            '\'' | '\\' => literal.extend(['\\', letter]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(letter),
        }
    }
    literal + "'"
}

fn float(number: f64) -> String {
    if number.is_finite() {
        // With an exponent, so that it is read as a FLOAT64 and as no decimal.
        format!("{number:e}")
    } else {
        format!("CAST('{number}' AS FLOAT64)")
    }
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && part.is_empty())
        && whole.len() + part.len() <= 76
        && whole.bytes().chain(part.bytes()).all(|letter| letter.is_ascii_digit())
}

fn is_base64(value: &str) -> bool {
    value.len().is_multiple_of(4)
        && value.trim_end_matches('=').bytes().all(|letter| letter.is_ascii_alphanumeric() || b"+/".contains(&letter))
}

fn time(value: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(value, form).ok())
}

/// A time in UTC: a date, a date with a time, or one with an offset.
fn instant(value: &str) -> Option<NaiveDateTime> {
    if let Ok(date) = value.parse::<NaiveDate>() {
        return Some(date.and_time(NaiveTime::MIN));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(&value.replacen(' ', "T", 1)) {
        return Some(time.naive_utc());
    }
    let value = value.strip_suffix(" UTC").unwrap_or(value).replacen('T', " ", 1);
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(&value, form).ok())
}

fn example(kind: &str) -> &'static str {
    match kind {
        "BOOL" => "Write true or false.",
        "INT64" => "Write a whole number, such as 42.",
        "FLOAT64" => "Write a number, such as 0.25 or 1e-3.",
        "NUMERIC" | "BIGNUMERIC" => "Write a decimal number, such as 12.50.",
        "DATE" => "Write a date, such as 2026-01-31.",
        "TIME" => "Write a time, such as 09:30 or 09:30:00.",
        "DATETIME" | "TIMESTAMP" => "Write a time, such as 2026-01-31, 2026-01-31 09:30 or 2026-01-31T09:30:00Z.",
        _ => "Write it in base64, as the table shows it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_a_literal_of_the_columns_type_or_nothing() {
        for (kind, typed, expected) in [
            ("STRING", "a\\'; --\n", Some("'a\\\\\\'; --\\n'")),
            ("BOOL", "True", Some("TRUE")),
            ("BOOL", "1", None),
            ("INT64", " -9223372036854775808", Some("-9223372036854775808")),
            ("INT64", "1,200", Some("1200")),
            ("INT64", "9223372036854775808", None),
            ("FLOAT64", "0.1", Some("1e-1")),
            ("FLOAT64", "-inf", Some("CAST('-inf' AS FLOAT64)")),
            ("FLOAT64", "1 OR TRUE", None),
            ("NUMERIC", "-12.50", Some("NUMERIC '-12.50'")),
            ("NUMERIC", "1e5", None),
            ("NUMERIC", ".", None),
            ("DATE", "2026-02-30", None),
            ("DATE", "2026-02-28", Some("DATE '2026-02-28'")),
            ("TIME", "9:30", Some("TIME '09:30:00.000000'")),
            ("DATETIME", "2026-01-31T09:30", Some("DATETIME '2026-01-31 09:30:00.000000'")),
            ("TIMESTAMP", "2026-01-31", Some("TIMESTAMP '2026-01-31 00:00:00.000000+00'")),
            ("TIMESTAMP", "2026-01-31T09:30:00.5+02:00", Some("TIMESTAMP '2026-01-31 07:30:00.500000+00'")),
            ("TIMESTAMP", "2026-01-31T09:30:00.000001Z", Some("TIMESTAMP '2026-01-31 09:30:00.000001+00'")),
            ("TIMESTAMP", "yesterday", None),
            ("BYTES", "YQ==", Some("FROM_BASE64('YQ==')")),
            ("BYTES", "')--", None),
        ] {
            let column = ColumnInfo { name: "c".to_owned(), kind: kind.to_owned(), label_horizon: None };
            assert_eq!(literal(&column, typed).ok().as_deref(), expected, "{kind} {typed}");
        }
    }
}
