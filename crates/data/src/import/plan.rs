//! What becomes of a file's columns: the table's columns with their expressions. For bars the columns of a bar come first.

use algomosaic_core::{Job, Problem, names};
use duckdb::Connection;

use crate::engine::quoted;
use crate::error::Result;
use crate::schema::Marks;

use super::bars::Bars;
use super::files;
use super::options::ImportOptions;
use super::source::{Field, Source, bar_kind};

/// A column of the table.
pub(super) struct Output {
    pub(super) name: String,
    /// Its expression, an error where a value does not fit.
    strict: String,
    /// Its expression, NULL where a value does not fit.
    pub(super) soft: String,
    /// What the file holds there, where that may not fit, and what it should be.
    pub(super) checked: Option<(String, &'static str)>,
    /// The condition for a number of its type that would not be written so again.
    pub(super) unkept: Option<String>,
    /// Whether a missing value is a fault.
    pub(super) required: bool,
}

/// The table's columns.
pub(super) struct Plan {
    pub(super) outputs: Vec<Output>,
    pub(super) bars: bool,
    /// The ticker that bars without such a column get.
    pub(super) ticker: Option<String>,
    /// The interval that bars without such a column get.
    pub(super) interval: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) marks: Marks,
}

impl Plan {
    /// The list of columns for a SELECT that stops at a value that does not fit.
    pub(super) fn strict(&self) -> String {
        let list: Vec<String> = self
            .outputs
            .iter()
            .map(|output| format!("{} AS {}", output.strict, crate::engine::identifier(&output.name)))
            .collect();
        list.join(", ")
    }

    /// The bars of a relation that has the plan's columns.
    pub(super) fn bars_in<'a>(&'a self, relation: &'a str, ord: &'a str) -> Bars<'a> {
        Bars {
            relation,
            ord,
            interval: self.interval.as_deref(),
            single: self.ticker.is_some() && self.interval.is_some(),
        }
    }

    /// The names of the columns for a SELECT.
    pub(super) fn names(&self) -> String {
        let list: Vec<String> = self.outputs.iter().map(|output| crate::engine::identifier(&output.name)).collect();
        list.join(", ")
    }
}

/// Makes the plan. A preview is lenient: what an import would refuse is a note.
pub(super) fn plan(
    source: &mut Source,
    options: &ImportOptions,
    lenient: bool,
    connection: &Connection,
    job: &Job,
) -> Result<Plan> {
    let mut bars =
        options.bars.unwrap_or(options.ticker.is_some() || options.interval.is_some() || source.looks_like_bars());
    let mut notes = std::mem::take(&mut source.notes);
    if bars && let Some(problem) = missing(source) {
        if !lenient {
            return Err(problem.into());
        }
        notes.push(problem.message);
        bars = false;
    }
    for field in &mut source.fields {
        if bars && names::BAR_COLUMNS.contains(&field.name.as_str()) {
            bar_kind(&field.name).clone_into(&mut field.kind);
        }
        if field.ambiguous && field.keep {
            if bars && field.name == "ticker_time" && !lenient {
                return Err(Problem::bad(
                    format!(
                        "{}: the times in {} could be day/month or month/day throughout",
                        source.name, field.source
                    ),
                    "Choose DD/MM/YYYY or MM/DD/YYYY (--date-format); nothing was written.",
                )
                .into());
            }
            "STRING".clone_into(&mut field.kind);
        }
    }
    let mut made = Plan {
        outputs: Vec::new(),
        bars,
        ticker: options.ticker.clone(),
        interval: options.interval.clone(),
        notes,
        marks: source
            .fields
            .iter()
            .filter(|field| field.keep)
            .filter_map(|field| Some((field.name.clone(), *source.marks.get(&field.source)?)))
            .collect(),
    };
    if bars {
        bar_outputs(source, &mut made, lenient, connection, job)?;
    }
    for field in source.fields.iter().filter(|field| field.keep) {
        if !(bars && names::BAR_COLUMNS.contains(&field.name.as_str())) {
            made.outputs.push(output(field, source.decimal())?);
        }
    }
    Ok(made)
}

/// What bars need and the file does not have.
fn missing(source: &Source) -> Option<Problem> {
    let needed = ["ticker_time", "open", "high", "low", "close", "volume"];
    let missing: Vec<&str> = needed.into_iter().filter(|column| !source.has(column)).collect();
    if missing.is_empty() {
        return None;
    }
    let has: Vec<&str> = source.fields.iter().map(|field| field.name.as_str()).collect();
    Some(Problem::bad(
        format!(
            "{} has no column {}, and bars need it; it has {}",
            source.name,
            missing.join(" and no column "),
            has.join(", ")
        ),
        "Add the column, or correct its name in the header (a time column may be called time, date, datetime or timestamp).",
    ))
}

fn output(field: &Field, decimal: char) -> Result<Output> {
    Ok(Output {
        name: field.name.clone(),
        strict: field.value(decimal, true)?,
        soft: field.value(decimal, false)?,
        checked: field.may_fail().then(|| (format!("CAST({} AS VARCHAR)", field.raw), should_be(&field.kind))),
        unkept: field.unkept(decimal),
        required: field.required,
    })
}

fn constant(name: &str, value: &str) -> Output {
    Output {
        name: name.to_owned(),
        strict: value.to_owned(),
        soft: value.to_owned(),
        checked: None,
        unkept: None,
        required: false,
    }
}

/// What a value of a type should be, in words.
fn should_be(kind: &str) -> &'static str {
    match kind.split(['<', '(', ' ']).next().unwrap_or_default() {
        "BOOL" | "BOOLEAN" => "true or false",
        "INT64" | "INTEGER" | "INT" => "a whole number",
        "FLOAT64" | "FLOAT" => "a number",
        "NUMERIC" | "BIGNUMERIC" | "DECIMAL" | "BIGDECIMAL" => "a decimal number of its digits",
        "BYTES" => "base64",
        "DATE" => "a date",
        "TIME" => "a time of day",
        "DATETIME" | "TIMESTAMP" => "a time",
        _ => "a value of its type",
    }
}

/// The columns of a bar.
fn bar_outputs(source: &Source, plan: &mut Plan, lenient: bool, connection: &Connection, job: &Job) -> Result<()> {
    let decimal = source.decimal();
    let find = |name: &str| source.fields.iter().find(|field| field.keep && field.name == name);
    let time = match find("ticker_time") {
        Some(field) => output(field, decimal)?,
        None => return Ok(()),
    };
    let ticker = match (&plan.ticker, find("ticker")) {
        (Some(ticker), _) => constant("ticker", &quoted(ticker)),
        (None, Some(field)) => output(field, decimal)?,
        (None, None) => {
            let guess: String =
                source.stem.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
            if guess.is_empty() {
                let problem = Problem::bad(
                    format!("{} does not say whose prices these are", source.name),
                    "Name the ticker (--ticker AAPL), or add a column ticker.",
                );
                if !lenient {
                    return Err(problem.into());
                }
                plan.notes.push(problem.message);
            } else {
                plan.notes.push(format!("{}: the ticker {guess} is taken from the file's name", source.name));
            }
            plan.ticker = Some(guess.clone());
            constant("ticker", &quoted(&guess))
        }
    };
    let interval = match (&plan.interval, find("interval")) {
        (Some(interval), _) => constant("interval", &quoted(interval)),
        (None, Some(field)) => output(field, decimal)?,
        (None, None) => {
            let found = interval_of(source, &time.soft, &ticker.soft, connection, job)?;
            plan.interval = Some(found.clone());
            constant("interval", &quoted(&found))
        }
    };
    let exchange = match find("exchange") {
        Some(field) => output(field, decimal)?,
        None => constant("exchange", "CAST(NULL AS VARCHAR)"),
    };
    plan.outputs = vec![time, ticker, exchange, interval];
    for name in ["open", "high", "low", "close", "volume"] {
        if let Some(field) = find(name) {
            plan.outputs.push(output(field, decimal)?);
        }
    }
    Ok(())
}

/// The interval of the bars from the median distance of the first ten thousand: `1d`, `5m` ...
fn interval_of(source: &Source, time: &str, ticker: &str, connection: &Connection, job: &Job) -> Result<String> {
    let sql = format!(
        "SELECT CAST(median(gap) AS VARCHAR) FROM (SELECT abs(epoch(t) - lag(epoch(t)) OVER (PARTITION BY ticker)) AS gap \
         FROM (SELECT {time} AS t, {ticker} AS ticker FROM {} LIMIT 10000))",
        source.reader(None)
    );
    // Rows that cannot be read at all are found later, with their lines.
    let found = match files::texts(connection, &sql, job) {
        Err(crate::error::Error::Engine(_)) => Vec::new(),
        other => other?,
    };
    let seconds = found.into_iter().flatten().flatten().next().and_then(|text| text.parse::<f64>().ok());
    Ok(match seconds {
        Some(seconds) if seconds >= 86_400.0 * 5.0 => format!("{}d", (seconds / 86_400.0).round()),
        Some(seconds) if seconds >= 86_400.0 => "1d".to_owned(),
        Some(seconds) if seconds >= 3_600.0 => format!("{}h", (seconds / 3_600.0).round()),
        Some(seconds) if seconds >= 60.0 => format!("{}m", (seconds / 60.0).round()),
        Some(seconds) if seconds > 0.0 => format!("{}s", seconds.round()),
        _ => "1d".to_owned(),
    })
}
