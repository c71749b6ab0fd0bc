//! The types of values, as BigQuery names them and as the engine stores them.

use std::fmt;

use sqlparser::ast::{ArrayElemTypeDef, DataType, ExactNumberInfo, TimezoneInfo};
use sqlparser::dialect::BigQueryDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Span;

use crate::engine::identifier;
use crate::sql::fault::{Read, unsupported, wrong};
use crate::sql::term::out_of_years;

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The type of NULL where nothing says which.
    Null,
    Bool,
    Int64,
    Float64,
    /// 38 digits, 9 of them after the point.
    Numeric,
    /// 38 digits, 18 of them after the point: the engine has no wider number, and what does not fit is an error.
    BigNumeric,
    String,
    Bytes,
    Date,
    Datetime,
    Time,
    Timestamp,
    Interval,
    Json,
    Array(Box<Kind>),
    Struct(Vec<(Option<String>, Kind)>),
}

impl Kind {
    pub(crate) fn array(of: Kind) -> Kind {
        Kind::Array(Box::new(of))
    }

    pub(crate) fn is_number(&self) -> bool {
        self.number_rank().is_some()
    }

    /// How wide a number is: each coerces to those of a higher rank.
    pub(crate) fn number_rank(&self) -> Option<u8> {
        match self {
            Kind::Int64 => Some(0),
            Kind::Numeric => Some(1),
            Kind::BigNumeric => Some(2),
            Kind::Float64 => Some(3),
            _ => None,
        }
    }

    pub(crate) fn is_time(&self) -> bool {
        matches!(self, Kind::Date | Kind::Datetime | Kind::Time | Kind::Timestamp)
    }

    /// Whether values can be grouped, joined and compared for equality.
    pub(crate) fn can_group(&self) -> bool {
        !matches!(self, Kind::Json | Kind::Array(_) | Kind::Struct(_))
    }

    pub(crate) fn can_order(&self) -> bool {
        self.can_group()
    }

    /// An engine's value of it, checked to lie in BigQuery's years 1 to 9999; NULL or an error where it does not.
    pub(crate) fn within_years(&self, sql: &str, safe: bool) -> String {
        let name = match self {
            Kind::Date => "bq_date",
            Kind::Datetime => "bq_datetime",
            Kind::Timestamp => "bq_timestamp",
            _ => return sql.to_owned(),
        };
        format!("{name}({sql}, {})", out_of_years(safe, &self.engine()))
    }

    /// Its name after `a` or `an`.
    pub(crate) fn with_article(&self) -> String {
        let name = self.to_string();
        format!("{} {name}", if name.starts_with(['A', 'I']) { "an" } else { "a" })
    }

    /// What the engine calls it.
    pub(crate) fn engine(&self) -> String {
        match self {
            Kind::Null | Kind::Int64 => "BIGINT".to_owned(),
            Kind::Bool => "BOOLEAN".to_owned(),
            Kind::Float64 => "DOUBLE".to_owned(),
            Kind::Numeric => "DECIMAL(38,9)".to_owned(),
            Kind::BigNumeric => "DECIMAL(38,18)".to_owned(),
            Kind::String => "VARCHAR".to_owned(),
            Kind::Bytes => "BLOB".to_owned(),
            Kind::Date => "DATE".to_owned(),
            Kind::Datetime => "TIMESTAMP".to_owned(),
            Kind::Time => "TIME".to_owned(),
            Kind::Timestamp => "TIMESTAMPTZ".to_owned(),
            Kind::Interval => "INTERVAL".to_owned(),
            Kind::Json => "JSON".to_owned(),
            Kind::Array(of) => format!("{}[]", of.engine()),
            Kind::Struct(fields) => {
                let fields: Vec<String> = field_names(fields)
                    .iter()
                    .zip(fields)
                    .map(|(name, (_, kind))| format!("{} {}", identifier(name), kind.engine()))
                    .collect();
                format!("STRUCT({})", fields.join(", "))
            }
        }
    }

    /// Reads an engine's type. `None` for one that BigQuery has no like of.
    pub(crate) fn of_engine(text: &str) -> Option<Kind> {
        let text = text.trim();
        if let Some(of) = text.strip_suffix("[]") {
            return Some(Kind::array(Kind::of_engine(of)?));
        }
        if let Some(fields) = text.strip_prefix("STRUCT(").and_then(|rest| rest.strip_suffix(')')) {
            let fields = split_fields(fields);
            return Some(Kind::Struct(fields.iter().map(|field| engine_field(field)).collect::<Option<_>>()?));
        }
        if let Some(numbers) = text.strip_prefix("DECIMAL(").and_then(|rest| rest.strip_suffix(')')) {
            let scale: u32 = numbers.split(',').nth(1)?.trim().parse().ok()?;
            return Some(if scale <= 9 { Kind::Numeric } else { Kind::BigNumeric });
        }
        Some(match text {
            "BOOLEAN" => Kind::Bool,
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT" | "UINTEGER" => Kind::Int64,
            "UBIGINT" | "HUGEINT" => Kind::Numeric,
            "FLOAT" | "DOUBLE" => Kind::Float64,
            "VARCHAR" | "UUID" => Kind::String,
            "BLOB" => Kind::Bytes,
            "DATE" => Kind::Date,
            "TIME" => Kind::Time,
            "TIMESTAMP" | "TIMESTAMP_NS" | "TIMESTAMP_MS" | "TIMESTAMP_S" => Kind::Datetime,
            "TIMESTAMP WITH TIME ZONE" => Kind::Timestamp,
            "INTERVAL" => Kind::Interval,
            "JSON" => Kind::Json,
            "NULL" | "\"NULL\"" => Kind::String,
            other if other.starts_with("ENUM(") => Kind::String,
            _ => return None,
        })
    }

    /// Reads a type as a person writes it.
    pub(crate) fn of_type(at: Span, data_type: &DataType) -> Read<Kind> {
        Ok(match data_type {
            DataType::Int64 | DataType::Int(None) | DataType::Integer(None) | DataType::BigInt(None) => Kind::Int64,
            DataType::SmallInt(None) | DataType::TinyInt(None) => Kind::Int64,
            DataType::Float64 => Kind::Float64,
            DataType::Bool | DataType::Boolean => Kind::Bool,
            DataType::String(None) => Kind::String,
            DataType::Bytes(None) => Kind::Bytes,
            DataType::Date => Kind::Date,
            DataType::Datetime(None) => Kind::Datetime,
            DataType::Time(None, TimezoneInfo::None) => Kind::Time,
            DataType::Timestamp(None, TimezoneInfo::None) => Kind::Timestamp,
            DataType::Interval { fields: None, precision: None } => Kind::Interval,
            DataType::JSON => Kind::Json,
            DataType::Numeric(ExactNumberInfo::None) | DataType::Decimal(ExactNumberInfo::None) => Kind::Numeric,
            DataType::BigNumeric(ExactNumberInfo::None) | DataType::BigDecimal(ExactNumberInfo::None) => {
                Kind::BigNumeric
            }
            DataType::Array(ArrayElemTypeDef::AngleBracket(of)) => match Kind::of_type(at, of)? {
                Kind::Array(_) => {
                    return Err(wrong(
                        at,
                        "an array cannot hold arrays",
                        "Wrap the inner one: ARRAY<STRUCT<a ARRAY<…>>>.",
                    ));
                }
                of => Kind::array(of),
            },
            DataType::Struct(fields, _) => Kind::Struct(
                fields
                    .iter()
                    .map(|field| {
                        Ok((
                            field.field_name.as_ref().map(|name| name.value.clone()),
                            Kind::of_type(at, &field.field_type)?,
                        ))
                    })
                    .collect::<Read<_>>()?,
            ),
            DataType::Custom(name, args) if args.is_empty() => match name.to_string().to_uppercase().as_str() {
                "BYTEINT" => Kind::Int64,
                "JSON" => Kind::Json,
                "BIGNUMERIC" | "BIGDECIMAL" => Kind::BigNumeric,
                _ => return Err(unknown_type(at, &data_type.to_string())),
            },
            DataType::String(Some(_))
            | DataType::Bytes(Some(_))
            | DataType::Numeric(_)
            | DataType::BigNumeric(_)
            | DataType::Decimal(_)
            | DataType::BigDecimal(_) => {
                return Err(unsupported(at, format!("a type with a length or a precision ({data_type})")));
            }
            other => return Err(unknown_type(at, &other.to_string())),
        })
    }

    /// Reads the name of a type: `ARRAY<STRING>`.
    pub(crate) fn of_name(name: &str) -> Option<Kind> {
        let dialect = BigQueryDialect {};
        let mut parser = Parser::new(&dialect).with_recursion_limit(30).try_with_sql(name).ok()?;
        let data_type = parser.parse_data_type().ok()?;
        if parser.peek_token().token != sqlparser::tokenizer::Token::EOF {
            return None;
        }
        Kind::of_type(Span::empty(), &data_type).ok()
    }

    /// The type both can become without a cast; `None` where there is none.
    pub(crate) fn common(&self, other: &Kind) -> Option<Kind> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (Kind::Null, kind) | (kind, Kind::Null) => Some(kind.clone()),
            (Kind::Date, Kind::Datetime) | (Kind::Datetime, Kind::Date) => Some(Kind::Datetime),
            (Kind::Array(a), Kind::Array(b)) => match (&**a, &**b) {
                (Kind::Null, of) | (of, Kind::Null) => Some(Kind::array(of.clone())),
                _ => None,
            },
            (Kind::Struct(a), Kind::Struct(b)) if a.len() == b.len() => {
                let fields = a.iter().zip(b).map(|((name, a), (_, b))| Some((name.clone(), a.common(b)?)));
                Some(Kind::Struct(fields.collect::<Option<_>>()?))
            }
            (a, b) => {
                let wider = if a.number_rank()? >= b.number_rank()? { a } else { b };
                Some(wider.clone())
            }
        }
    }

    /// Whether a value of it can stand where `to` is asked, and how far the two are apart.
    pub(crate) fn distance(&self, to: &Kind) -> Option<u32> {
        match (self, to) {
            (a, b) if a == b => Some(0),
            (Kind::Null, _) => Some(1),
            (Kind::Date, Kind::Datetime) => Some(4),
            (Kind::Int64, Kind::Float64) => Some(3),
            (Kind::Array(a), Kind::Array(b)) if **a == Kind::Null || a == b => Some(1),
            (Kind::Array(a), Kind::Array(b)) if matches!(**b, Kind::Struct(_)) => a.distance(b),
            (Kind::Struct(a), Kind::Struct(b)) if a.len() == b.len() => {
                a.iter().zip(b).try_fold(0, |sum, ((_, a), (_, b))| Some(sum + a.distance(b)?))
            }
            (a, b) => match (a.number_rank(), b.number_rank()) {
                (Some(a), Some(b)) if a < b => Some(3 + u32::from(b - a)),
                _ => None,
            },
        }
    }
}

fn unknown_type(at: Span, name: &str) -> crate::sql::fault::Fault {
    const KNOWN: &[&str] = &[
        "INT64",
        "FLOAT64",
        "NUMERIC",
        "BIGNUMERIC",
        "BOOL",
        "STRING",
        "BYTES",
        "DATE",
        "DATETIME",
        "TIME",
        "TIMESTAMP",
        "INTERVAL",
        "JSON",
    ];
    crate::sql::fault::missing(
        at,
        format!("there is no type {name}"),
        name,
        KNOWN.iter().copied(),
        "The types are INT64, FLOAT64, NUMERIC, BIGNUMERIC, BOOL, STRING, BYTES, DATE, DATETIME, TIME, TIMESTAMP, INTERVAL, JSON, ARRAY<…> and STRUCT<…>.",
    )
}

/// The names of a struct's fields in the engine, which needs one for each.
pub(crate) fn field_names(fields: &[(Option<String>, Kind)]) -> Vec<String> {
    fields
        .iter()
        .enumerate()
        .map(|(index, (name, _))| name.clone().unwrap_or_else(|| format!("_field_{}", index + 1)))
        .collect()
}

/// Splits at commas that are not within parentheses or quotes.
fn split_fields(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    let mut fields = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                fields.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[start..]);
    fields
}

fn engine_field(text: &str) -> Option<(Option<String>, Kind)> {
    let text = text.trim();
    let (name, kind) = match text.strip_prefix('"') {
        Some(rest) => {
            let mut end = rest.find('"')?;
            while rest[end + 1..].starts_with('"') {
                end += 2 + rest[end + 2..].find('"')?;
            }
            (rest[..end].replace("\"\"", "\""), &rest[end + 1..])
        }
        None => text.split_once(' ').map(|(name, kind)| (name.to_owned(), kind))?,
    };
    Some((Some(name), Kind::of_engine(kind)?))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Kind::Null => "NULL",
            Kind::Bool => "BOOL",
            Kind::Int64 => "INT64",
            Kind::Float64 => "FLOAT64",
            Kind::Numeric => "NUMERIC",
            Kind::BigNumeric => "BIGNUMERIC",
            Kind::String => "STRING",
            Kind::Bytes => "BYTES",
            Kind::Date => "DATE",
            Kind::Datetime => "DATETIME",
            Kind::Time => "TIME",
            Kind::Timestamp => "TIMESTAMP",
            Kind::Interval => "INTERVAL",
            Kind::Json => "JSON",
            Kind::Array(of) if **of == Kind::Null => "ARRAY<INT64>",
            Kind::Array(of) => return write!(f, "ARRAY<{of}>"),
            Kind::Struct(fields) => {
                f.write_str("STRUCT<")?;
                for (index, (name, kind)) in fields.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let kind = if *kind == Kind::Null { &Kind::Int64 } else { kind };
                    match name {
                        Some(name) => write!(f, "{comma}{name} {kind}")?,
                        None => write!(f, "{comma}{kind}")?,
                    }
                }
                ">"
            }
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_engine_are_read() {
        for (text, expected) in [
            ("STRUCT(a BIGINT, \"b, c\" VARCHAR[])[]", "ARRAY<STRUCT<a INT64, b, c ARRAY<STRING>>>"),
            ("DECIMAL(38,9)", "NUMERIC"),
            ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
            ("INTEGER", "INT64"),
        ] {
            assert_eq!(Kind::of_engine(text).map(|kind| kind.to_string()).as_deref(), Some(expected));
        }
        assert_eq!(Kind::of_engine("MAP(INTEGER, INTEGER)"), None);
    }

    #[test]
    fn names_of_types_are_read() {
        for name in ["INT64", "ARRAY<STRING>", "STRUCT<a INT64, b ARRAY<DATE>>", "BIGNUMERIC", "JSON", "TIMESTAMP"] {
            assert_eq!(Kind::of_name(name).map(|kind| kind.to_string()).as_deref(), Some(name));
        }
        assert_eq!(Kind::of_name("TEXTS"), None);
        assert_eq!(Kind::of_name("INT64 x"), None);
    }
}
