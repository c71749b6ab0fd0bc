//! Columns of a frame as numbers, and which of them may be features.

use std::collections::BTreeMap;

use algomosaic_core::names;
use algomosaic_features::FeatureFrame;
use polars::prelude::{DataFrame, DataType};

use crate::Error;
use crate::check::{Check, count, some_of};

/// Why a column of labels is never a feature.
const LOOKS_AHEAD: &str = "it is a label, which reads later bars";
const IS_INDEX: &str = "it is an index column";

/// A column as numbers, undefined (null or NaN) as NaN. Text and infinite values are refused.
pub(crate) fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<f64>, Error> {
    let column = frame.column(name).map_err(|_| missing(frame, vec![name.to_owned()]))?;
    if !takes_part(column.dtype()) {
        return Err(Error::NotNumeric { name: name.to_owned(), dtype: column.dtype().to_string() });
    }
    let cast = column.as_materialized_series().cast(&DataType::Float64)?;
    let values: Vec<f64> = cast.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
    match values.iter().filter(|value| value.is_infinite()).count() {
        0 => Ok(values),
        rows => Err(Error::Infinite { name: name.to_owned(), rows }),
    }
}

/// Numbers, and yes or no as 1 or 0.
fn takes_part(dtype: &DataType) -> bool {
    dtype.is_numeric() || dtype.is_bool()
}

/// The type of a column that may be a feature, as BigQuery names it.
pub(crate) fn type_name(frame: &DataFrame, name: &str) -> Result<String, Error> {
    let dtype = frame.column(name).map_err(|_| missing(frame, vec![name.to_owned()]))?.dtype().clone();
    Ok(match dtype {
        DataType::Boolean => "BOOL",
        dtype if dtype.is_integer() => "INT64",
        dtype if dtype.is_decimal() => "NUMERIC",
        _ => "FLOAT64",
    }
    .to_owned())
}

/// The refusal of columns that are not there, with the nearest to the first.
pub(crate) fn missing(frame: &DataFrame, names: Vec<String>) -> Error {
    let columns = frame.columns().iter().map(|column| column.name().as_str());
    let nearest = names.first().and_then(|name| names::nearest(name, columns)).map(str::to_owned);
    Error::MissingColumns { names, nearest }
}

/// Refuses a named column that may not be a feature.
pub(crate) fn refuse_unless_feature(name: &str, labels: &BTreeMap<String, u32>) -> Result<(), Error> {
    let reason = match () {
        () if labels.contains_key(name) => LOOKS_AHEAD,
        () if names::is_index(name) => IS_INDEX,
        () => return Ok(()),
    };
    Err(Error::NotAFeature { name: name.to_owned(), reason })
}

/// The chosen features with their values, and what was kept out.
pub(crate) struct Chosen {
    pub(crate) names: Vec<String>,
    /// A column for each name, undefined as NaN.
    pub(crate) values: Vec<Vec<f64>>,
    pub(crate) checks: Vec<Check>,
}

/// The features that names and patterns stand for, in the order of these and then of the frame. A pattern passes over
/// what may not be a feature; a name of such a column is refused.
pub(crate) fn choose(patterns: &[String], data: &FeatureFrame) -> Result<Chosen, Error> {
    let all = ["*".to_owned()];
    let patterns = if patterns.is_empty() { &all[..] } else { patterns };
    let mut chosen = Chosen { names: Vec::new(), values: Vec::new(), checks: Vec::new() };
    let (mut labels, mut index, mut other, mut empty) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let note = |list: &mut Vec<String>, name: &str| {
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    };
    let mut not_there = Vec::new();
    for pattern in patterns {
        if !pattern.contains(['*', '?']) {
            refuse_unless_feature(pattern, &data.labels)?;
            if data.frame.column(pattern).is_err() {
                not_there.push(pattern.clone());
                continue;
            }
        }
        let mut fits = false;
        for column in data.frame.columns().iter().filter(|column| fits_pattern(pattern, column.name())) {
            let name = column.name().as_str();
            let named = name == pattern;
            if data.labels.contains_key(name) {
                note(&mut labels, name);
            } else if names::is_index(name) {
                note(&mut index, name);
            } else if !named && !takes_part(column.dtype()) {
                note(&mut other, name);
            } else {
                fits = true;
                if chosen.names.iter().any(|known| known == name) {
                    continue;
                }
                let values = numbers(&data.frame, name)?;
                if values.iter().all(|value| value.is_nan()) {
                    note(&mut empty, name);
                } else {
                    chosen.names.push(name.to_owned());
                    chosen.values.push(values);
                }
            }
        }
        if !fits {
            return Err(Error::NothingFits(pattern.clone()));
        }
    }
    if !not_there.is_empty() {
        return Err(missing(&data.frame, not_there));
    }
    if chosen.names.is_empty() {
        return Err(Error::TooFew {
            what: format!("no chosen feature has a defined value: {}", some_of(&empty)),
            hint: "Take a longer history, or features with a shorter warm-up.".to_owned(),
        });
    }
    for (list, singular, end) in [
        (&labels, "label", "kept out of the features, because labels read later bars"),
        (&index, "index column", "kept out of the features"),
        (&other, "column", "kept out of the features, because the values are not numbers"),
    ] {
        if !list.is_empty() {
            chosen.checks.push(Check::fine(format!("{} {end}: {}", count(list.len(), singular), some_of(list))));
        }
    }
    if !empty.is_empty() {
        chosen.checks.push(Check::look(format!(
            "{} left out, because no value is defined: {}",
            count(empty.len(), "feature"),
            some_of(&empty)
        )));
    }
    Ok(chosen)
}

/// Whether a name fits a pattern, in which `*` stands for any text and `?` for one character.
fn fits_pattern(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // The last star and how much of the name it covers so far: on a mismatch it takes one character more.
    let mut star: Option<(usize, usize)> = None;
    let (mut p, mut n) = (0, 0);
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| *c == '?' || *c == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, covered)) = star {
            star = Some((at, covered + 1));
            p = at + 1;
            n = covered + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_a_question_mark_for_one_character() {
        for (pattern, name, expected) in [
            ("AROR_*", "AROR_5", true),
            ("AROR_*", "ROR_5", false),
            ("*", "", true),
            ("*_5", "LAG3_AROR_5", true),
            ("RSI_?", "RSI_14", false),
            ("RSI_??", "RSI_14", true),
            ("A*B*C", "A1B2B3C", true),
            ("A*B*C", "A1C2B", false),
            ("rsi_14", "RSI_14", false),
            ("ü*", "über", true),
        ] {
            assert_eq!(fits_pattern(pattern, name), expected, "{pattern} {name}");
        }
    }
}
