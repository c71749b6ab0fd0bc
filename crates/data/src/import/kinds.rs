//! The type of a column: told from examples, and the engine's expression that makes a value of it from a text. An expression
//! never rounds, cuts or guesses: a text that does not fit gives NULL (or an error, when strict).

use algomosaic_core::Problem;

use crate::engine::{identifier, quoted};

use super::times::{self, Written};

/// The type of a column by examples of its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The BigQuery type.
    pub(super) kind: String,
    /// How times are written.
    pub(super) format: Option<String>,
    /// Where day and month cannot be told apart.
    pub(super) ambiguous: bool,
}

impl Told {
    fn plain(kind: &str) -> Told {
        Told { kind: kind.to_owned(), format: None, ambiguous: false }
    }
}

/// Tells the type of a column. `is_time` is true for the time of bars, which may be a count since 1970.
pub(super) fn tell(texts: &[&str], decimal: char, is_time: bool) -> Told {
    if texts.is_empty() {
        return Told::plain("STRING");
    }
    if is_time && let Some(format) = times::counted(texts) {
        return Told { kind: "TIMESTAMP".to_owned(), format: Some(format.to_owned()), ambiguous: false };
    }
    let all = |rule: &dyn Fn(&str) -> bool| texts.iter().all(|text| rule(text));
    if all(&|text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")) {
        return Told::plain("BOOL");
    }
    let numbers: Option<Vec<Number>> = texts.iter().map(|text| number(text, decimal)).collect();
    if let Some(numbers) = numbers {
        if all(&|text| text.parse::<i64>().is_ok_and(|whole| whole.to_string() == text)) {
            return Told::plain("INT64");
        }
        // More digits than a FLOAT64 keeps: NUMERIC where they fit, else as they are written.
        let too_long = |number: &Number| number.exact == Some(true) && number.decimals == 0 && number.whole > 17;
        if texts
            .iter()
            .zip(&numbers)
            .any(|(text, number)| number.exact.is_some() && (too_long(number) || !float_keeps(text, decimal)))
        {
            let fits =
                numbers.iter().all(|number| number.exact == Some(true) && number.whole <= 29 && number.decimals <= 9);
            return Told::plain(if fits { "NUMERIC" } else { "STRING" });
        }
        return Told::plain("FLOAT64");
    }
    match times::written(texts) {
        Some(Written::Format { format, clock, zone }) => {
            let kind = if is_time || zone {
                "TIMESTAMP"
            } else if clock {
                "DATETIME"
            } else {
                "DATE"
            };
            // Only ISO texts may carry an offset.
            if zone && format != "ISO" {
                return Told::plain("STRING");
            }
            return Told { kind: kind.to_owned(), format: Some(format), ambiguous: false };
        }
        Some(Written::Ambiguous { separator, clock }) => {
            let kind = if is_time {
                "TIMESTAMP"
            } else if clock {
                "DATETIME"
            } else {
                "DATE"
            };
            let format = times::AMBIGUOUS.replace('/', &separator.to_string());
            return Told { kind: kind.to_owned(), format: Some(format), ambiguous: true };
        }
        None => {}
    }
    if times::are_times_of_day(texts) {
        return Told::plain("TIME");
    }
    Told::plain("STRING")
}

/// What matters of a number's text.
struct Number {
    whole: usize,
    decimals: usize,
    /// Whether it has no exponent; `None` for NaN and the infinities.
    exact: Option<bool>,
}

/// Whether a FLOAT64 keeps all that a number's text says: its digits are those of the float, written as shortly as it reads
/// back or to as many digits as the text has. `0.1` and `0.10000000000000001` are kept, `9007199254740993` and `1e400` not.
pub(super) fn float_keeps(text: &str, decimal: char) -> bool {
    let text = text.replace(decimal, ".");
    let digits = |text: &str| -> String {
        text.split(['e', 'E']).next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
    };
    let Ok(value) = text.parse::<f64>() else { return false };
    let written = digits(&text);
    let written = written.trim_start_matches('0');
    let significant = |text: &str| digits(text).trim_matches('0').to_owned();
    let places = written.len().max(1) - 1;
    let own = written.trim_end_matches('0');
    own == significant(&format!("{value:e}")) || own == significant(&format!("{value:.places$e}"))
}

/// The engine's condition for the same of a text with a point as decimal sign.
fn keeps(text: &str) -> String {
    let digits = |text: &str| format!("replace(regexp_extract({text}, '^[+-]?([0-9.]*)', 1), '.', '')");
    let significant = |text: &str| format!("trim({}, '0')", digits(text));
    let value = format!("TRY_CAST({text} AS DOUBLE)");
    let places = format!("greatest(length(ltrim({}, '0')), 1) - 1", digits(text));
    format!(
        "{} IN ({}, {})",
        significant(text),
        significant(&format!("CAST({value} AS VARCHAR)")),
        significant(&format!("printf('%.*e', {places}, {value})"))
    )
}

/// Texts that read as a number of this type, though the number would not be written so again: the condition for such a fault.
pub(super) fn number_like(text: &str, kind: &str, decimal: char) -> Option<String> {
    let pattern = match (kind, decimal) {
        ("INT64", _) => r"\s*[+-]?[0-9]+\s*",
        ("FLOAT64", ',') => r"\s*[+-]?[0-9]*,?[0-9]*([eE][+-]?[0-9]+)?\s*",
        ("FLOAT64", _) => r"\s*[+-]?[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?\s*",
        _ => return None,
    };
    Some(format!("regexp_full_match({text}, '{pattern}') AND regexp_matches({text}, '[0-9]')"))
}

/// A number's text: no leading zeros nor a plus before a whole number (they are part of a code, not of a number), no separators.
fn number(text: &str, decimal: char) -> Option<Number> {
    let lower = text.to_lowercase();
    if ["nan", "infinity", "-infinity", "inf", "-inf"].contains(&lower.as_str()) {
        return Some(Number { whole: 0, decimals: 0, exact: None });
    }
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let (whole, decimals) = mantissa.split_once(decimal).unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || whole.is_empty() && decimals.is_empty() {
        return None;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if exponent.is_some_and(|exponent| exponent.parse::<i32>().is_err()) {
        return None;
    }
    if text.starts_with('+') && mantissa.len() == whole.len() && exponent.is_none() {
        return None;
    }
    Some(Number { whole: whole.len(), decimals: decimals.len(), exact: Some(exponent.is_none()) })
}

/// A column's type as asked for: without ` NOT NULL`, and whether that was there.
pub(super) fn split_required(kind: &str) -> (String, bool) {
    let kind = kind.trim();
    let upper = kind.to_uppercase();
    match upper.strip_suffix("NOT NULL") {
        Some(rest) => (kind[..rest.len()].trim().to_owned(), true),
        None => (kind.to_owned(), false),
    }
}

/// The engine's name of a BigQuery type.
pub(super) fn engine_type(kind: &str) -> std::result::Result<String, Problem> {
    let unknown = || {
        Problem::bad(
            format!("there is no type {kind:?}"),
            "Use BigQuery's types: BOOL, INT64, FLOAT64, NUMERIC, STRING, BYTES, DATE, DATETIME, TIME, TIMESTAMP, ARRAY<…>, STRUCT<…>.",
        )
    };
    let text = kind.trim();
    let upper = text.to_uppercase();
    let inner = |prefix: &str| -> Option<&str> {
        (upper.starts_with(prefix) && upper.ends_with('>')).then(|| &text[prefix.len()..text.len() - 1])
    };
    if let Some(of) = inner("ARRAY<") {
        return Ok(format!("{}[]", engine_type(of)?));
    }
    if let Some(fields) = inner("STRUCT<") {
        let fields = split_outside(fields)
            .into_iter()
            .map(|field| {
                let (name, kind) = field.trim().split_once(' ').ok_or_else(unknown)?;
                Ok(format!("{} {}", identifier(name.trim_matches('`')), engine_type(kind)?))
            })
            .collect::<std::result::Result<Vec<String>, Problem>>()?;
        return Ok(format!("STRUCT({})", fields.join(", ")));
    }
    if let Some((base, arguments)) = upper.split_once('(') {
        let arguments: Vec<u8> = arguments
            .trim_end_matches(')')
            .split(',')
            .map(|argument| argument.trim().parse().map_err(|_| unknown()))
            .collect::<std::result::Result<_, _>>()?;
        let (precision, scale) = match arguments[..] {
            [precision] => (precision, 0),
            [precision, scale] => (precision, scale),
            _ => return Err(unknown()),
        };
        return match base.trim() {
            "NUMERIC" | "BIGNUMERIC" | "DECIMAL" | "BIGDECIMAL"
                if (1..=38).contains(&precision) && scale <= precision =>
            {
                Ok(format!("DECIMAL({precision}, {scale})"))
            }
            _ => Err(unknown()),
        };
    }
    Ok(match upper.as_str() {
        "BOOL" | "BOOLEAN" => "BOOLEAN",
        "INT64" | "INTEGER" | "INT" => "BIGINT",
        "FLOAT64" | "FLOAT" => "DOUBLE",
        "NUMERIC" | "DECIMAL" => "DECIMAL(38, 9)",
        "BIGNUMERIC" | "BIGDECIMAL" => "DECIMAL(38, 18)",
        "STRING" => "VARCHAR",
        "BYTES" => "BLOB",
        "DATE" => "DATE",
        "DATETIME" => "TIMESTAMP",
        "TIME" => "TIME",
        "TIMESTAMP" => "TIMESTAMPTZ",
        _ => return Err(unknown()),
    }
    .to_owned())
}

/// Splits at the commas that are in no bracket.
fn split_outside(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (position, character) in text.char_indices() {
        match character {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The expression that makes a value of a type from a text. Not strict: NULL where the text does not fit.
pub(super) fn typed(
    text: &str,
    kind: &str,
    format: Option<&str>,
    decimal: char,
    strict: bool,
) -> std::result::Result<String, Problem> {
    let engine = engine_type(kind)?;
    let cast = |text: &str, engine: &str| {
        if strict { format!("CAST({text} AS {engine})") } else { format!("TRY_CAST({text} AS {engine})") }
    };
    let matching = |text: &str, pattern: &str| format!("regexp_extract({text}, {})", quoted(pattern));
    let thousands = |text: &str| thousands(text, format, decimal);
    Ok(match engine.as_str() {
        "VARCHAR" => text.to_owned(),
        "BIGINT" => cast(&whole(&thousands(text)?), &engine),
        "DOUBLE" => cast(&float(&thousands(text)?), &engine),
        "BOOLEAN" if format == Some(ANY_WORD) => cast(text, &engine),
        "BOOLEAN" => {
            cast(&format!("CASE WHEN regexp_full_match({text}, '(?i)(true|false)') THEN {text} ELSE '?' END"), &engine)
        }
        "BLOB" if strict => format!("from_base64({text})"),
        "BLOB" => format!("TRY(from_base64({text}))"),
        "TIME" => cast(&matching(text, r"^([01]?[0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?$"), &engine),
        "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" => return time(text, &engine, format, strict),
        _ if engine.starts_with("DECIMAL") => {
            let scale = engine.trim_end_matches(')').rsplit(' ').next().unwrap_or("0").to_owned();
            let pattern = format!(r"^[+-]?[0-9]*\.?[0-9]{{0,{scale}}}0*$");
            cast(&matching(&thousands(text)?, &pattern), &engine)
        }
        _ if strict => format!("CAST(CAST({text} AS JSON) AS {engine})"),
        _ => format!("TRY(CAST(CAST({text} AS JSON) AS {engine}))"),
    })
}

/// The format of a BOOL column that takes the engine's other words too: yes, no, t, f, 1, 0. Only what a person chose has it.
pub(super) const ANY_WORD: &str = "yes or no";

/// Whether a text cannot be what a number begins with that is written plainly: `007`, `-00`, ` 7`, `+7`.
fn begins_oddly(text: &str) -> String {
    format!("({text} >= '00' AND {text} < '0:') OR ({text} >= '-00' AND {text} < '-0:') OR {text} < '-'")
}

/// A whole number's text, as long as it would be written so again; else one that is no number. A cast alone would round 1.5,
/// read 1e3, 1_000 and 0x10, and make 007 and +7 the number 7.
fn whole(text: &str) -> String {
    // One call, since a statement may have ten thousand of them.
    format!("regexp_extract({text}, '^\\s*(0|-?[1-9][0-9]*)\\s*$')")
}

/// A number's text, as long as a FLOAT64 keeps it; else one that is no number. What is plain and short needs no closer look.
fn float(text: &str) -> String {
    let odd = begins_oddly(text);
    let trimmed = format!("trim({text})");
    let keeps = keeps(&trimmed);
    let form = r"\s*([+-]?(0|[1-9][0-9]*)?\.[0-9]*|[+-]?(0|[1-9][0-9]*)?\.?[0-9]*[eE][+-]?[0-9]+|-?(0|[1-9][0-9]*))\s*";
    // No IN over a list of constants: the engine makes a join of it, which looks at every row and loses their order.
    let word = format!("regexp_full_match({trimmed}, '(?i)(nan|-?inf|-?infinity)')");
    format!(
        "CASE WHEN {odd} OR length({text}) > 15 OR contains({text}, '_') OR contains({text}, 'e') OR contains({text}, 'E') \
         THEN CASE WHEN {word} OR (regexp_full_match({text}, '{form}') AND {keeps}) THEN {text} ELSE '?' END ELSE {text} END"
    )
}

/// A number's text without its thousands separators and with a point as decimal sign.
fn thousands(text: &str, format: Option<&str>, decimal: char) -> std::result::Result<String, Problem> {
    let (separator, decimal) = match format {
        None => (None, decimal),
        Some("1,234.5" | "1,234") => (Some(','), '.'),
        Some("1.234,5" | "1.234") => (Some('.'), ','),
        Some("1 234.5") => (Some(' '), '.'),
        Some("1 234,5" | "1 234") => (Some(' '), ','),
        Some("1'234.5" | "1'234") => (Some('\''), '.'),
        Some(other) => {
            return Err(Problem::bad(
                format!("{other:?} is no format of a number"),
                "Write the thousands separator in an example: 1,234.5 or 1.234,5 or 1 234.5.",
            ));
        }
    };
    let text = match separator {
        Some(separator) => format!("replace({text}, {}, '')", quoted(&separator.to_string())),
        None => text.to_owned(),
    };
    Ok(match decimal {
        // A point that is no decimal sign makes the text no number.
        ',' => format!("translate({text}, ',.', '.?')"),
        _ => text,
    })
}

fn time(text: &str, engine: &str, format: Option<&str>, strict: bool) -> std::result::Result<String, Problem> {
    let cast = |text: &str, engine: &str| {
        if strict { format!("CAST({text} AS {engine})") } else { format!("TRY_CAST({text} AS {engine})") }
    };
    let from_instant = |instant: String| match engine {
        "TIMESTAMPTZ" => instant,
        _ => format!("CAST({instant} AS {engine})"),
    };
    if let Some(unit) = format.and_then(|format| format.strip_prefix("epoch_")) {
        let whole = cast(&format!("translate({text}, '.eExXbB_', '????????')"), "BIGINT");
        // Beyond the engine's range of times, the arithmetic is NULL or fails as a cast would.
        let micros = match unit {
            "s" => format!("{whole} * 1000000"),
            "ms" => format!("{whole} * 1000"),
            "us" => whole,
            "ns" => {
                // Nothing finer than a microsecond is cut off.
                let whole_micros = format!("regexp_extract({text}, '^-?[0-9]+000$')");
                format!("({} // 1000)", cast(&whole_micros, "BIGINT"))
            }
            _ => return Err(no_format(&format!("epoch_{unit}"))),
        };
        let instant = format!("make_timestamptz({micros})");
        return Ok(from_instant(if strict { instant } else { format!("TRY({instant})") }));
    }
    match format {
        None | Some("ISO") => Ok(match engine {
            "DATE" => cast(&format!("regexp_extract({text}, '^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}$')"), engine),
            "TIMESTAMP" => cast(
                &format!(
                    "regexp_extract({text}, '^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}([T ][0-9:]+(\\.[0-9]{{1,6}}0*)?)?$')"
                ),
                engine,
            ),
            // The engine would cut what is finer than a microsecond.
            _ => cast(
                &format!(
                    "CASE WHEN length({text}) > 26 AND regexp_matches({text}, '\\.[0-9]{{6}}0*[1-9]') THEN '?' ELSE {text} END"
                ),
                engine,
            ),
        }),
        Some(format) => {
            let patterns = times::patterns(format).ok_or_else(|| no_format(format))?;
            let list: Vec<String> = patterns.iter().map(|pattern| quoted(pattern)).collect();
            let parse = if strict { "strptime" } else { "try_strptime" };
            Ok(format!("CAST({parse}({text}, [{}]) AS {engine})", list.join(", ")))
        }
    }
}

fn no_format(format: &str) -> Problem {
    Problem::bad(
        format!("{format:?} is no format of a time"),
        "Use ISO, DD/MM/YYYY, MM/DD/YYYY, DD.MM.YYYY, YYYYMMDD, epoch_s, epoch_ms, epoch_us, or a pattern such as %d %b %Y.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_column_is_told_without_losing_a_digit() {
        for (texts, decimal, expected) in [
            (vec!["1", "-2", "9223372036854775807"], '.', "INT64"),
            (vec!["9223372036854775808"], '.', "NUMERIC"),
            (vec!["1", "2.5", "1e300", "NaN", "-Infinity"], '.', "FLOAT64"),
            (vec!["12345678901234567.25"], '.', "NUMERIC"),
            (vec!["0.12345678901234567890123"], '.', "STRING"),
            (vec!["007"], '.', "STRING"),
            (vec!["+491701234567"], '.', "STRING"),
            (vec!["1_000"], '.', "STRING"),
            (vec!["yes", "no"], '.', "STRING"),
            (vec!["9007199254740993", "0.5"], '.', "NUMERIC"),
            (vec!["1e400"], '.', "STRING"),
            (vec!["0.10000000000000001", "1.000000000000000056e-01", "-0"], '.', "FLOAT64"),
            (vec!["1,5", "2"], ',', "FLOAT64"),
            (vec!["1,500"], '.', "STRING"),
            (vec!["true", "FALSE"], '.', "BOOL"),
            (vec!["2024-01-02"], '.', "DATE"),
            (vec!["2024-01-02 10:00:00"], '.', "DATETIME"),
            (vec!["2024-01-02T10:00:00Z"], '.', "TIMESTAMP"),
            (vec!["10:00:00.5"], '.', "TIME"),
            (vec!["a"], '.', "STRING"),
        ] {
            assert_eq!(tell(&texts, decimal, false).kind, expected, "{texts:?}");
        }
    }

    #[test]
    fn types_have_the_engines_names() {
        for (kind, expected) in [
            ("ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>", "STRUCT(\"a\" BIGINT, \"b\" VARCHAR[])[]"),
            ("NUMERIC(20, 4)", "DECIMAL(20, 4)"),
            ("timestamp", "TIMESTAMPTZ"),
        ] {
            assert_eq!(engine_type(kind).unwrap(), expected);
        }
        for kind in ["", "INT65", "ARRAY<>", "NUMERIC(99)", "STRUCT<a>", "VARCHAR); DROP TABLE x"] {
            assert!(engine_type(kind).is_err(), "{kind}");
        }
    }
}
