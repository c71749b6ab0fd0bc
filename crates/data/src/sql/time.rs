//! Parts of dates and times: cutting, counting and adding them as BigQuery does.

use sqlparser::ast::{BinaryOperator, DateTimeField, Expr, Interval, Spanned as _};
use sqlparser::tokenizer::Span;

use crate::sql::analyse::Analyser;
use crate::sql::cast::{cast, coerce};
use crate::sql::fault::{Read, missing, unsupported, wrong};
use crate::sql::kind::Kind;
use crate::sql::term::{Form, Term, expect};

/// A TIMESTAMP's time in a zone, as the engine's TIMESTAMP.
pub(crate) fn local(zone: &str, x: &str) -> String {
    match offset_minutes(zone) {
        Some(minutes) => format!("(timezone('UTC', {x}) + to_minutes({minutes}))"),
        None => format!("timezone({zone}, {x})"),
    }
}

/// The instant of a time in a zone.
pub(crate) fn instant(zone: &str, x: &str) -> String {
    match offset_minutes(zone) {
        Some(minutes) => format!("timezone('UTC', ({x}) - to_minutes({minutes}))"),
        None if zone == "'UTC'" => format!("timezone({zone}, {x})"),
        None => format!("bq_instant({zone}, {x})"),
    }
}

/// The minutes of a written zone that is an offset, such as `'+05:30'`, which the engine does not know.
fn offset_minutes(zone: &str) -> Option<i64> {
    let text = zone.strip_prefix('\'')?.strip_suffix('\'')?;
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |text: &str, most: i64| {
        let number = text.parse().ok().filter(|n| (0..=most).contains(n));
        number.filter(|_| (1..=2).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit()))
    };
    let all = number(hours, 14)? * 60 + number(minutes, 59)?;
    (all <= 14 * 60).then_some(sign * all)
}

/// A part of a date or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    DayOfWeek,
    DayOfYear,
    /// A week that begins on this day, Sunday being 0.
    Week(u8),
    IsoWeek,
    Month,
    Quarter,
    Year,
    IsoYear,
    Date,
    Time,
    Datetime,
}

const DAYS: &[&str] = &["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];
const NAMES: &[(&str, Part)] = &[
    ("MICROSECOND", Part::Microsecond),
    ("MILLISECOND", Part::Millisecond),
    ("SECOND", Part::Second),
    ("MINUTE", Part::Minute),
    ("HOUR", Part::Hour),
    ("DAY", Part::Day),
    ("DAYOFWEEK", Part::DayOfWeek),
    ("DAYOFYEAR", Part::DayOfYear),
    ("WEEK", Part::Week(0)),
    ("ISOWEEK", Part::IsoWeek),
    ("MONTH", Part::Month),
    ("QUARTER", Part::Quarter),
    ("YEAR", Part::Year),
    ("ISOYEAR", Part::IsoYear),
    ("DATE", Part::Date),
    ("TIME", Part::Time),
    ("DATETIME", Part::Datetime),
];

impl Part {
    /// Reads a part as it is written: `MONTH`, `WEEK(MONDAY)`.
    pub(crate) fn read(at: Span, text: &str) -> Read<Part> {
        let text = text.to_uppercase().replace([' ', '`'], "");
        if let Some(day) = text.strip_prefix("WEEK(").and_then(|rest| rest.strip_suffix(')')) {
            return match DAYS.iter().position(|name| *name == day) {
                Some(day) => Ok(Part::Week(day as u8)),
                None => Err(missing(
                    at,
                    format!("a week cannot begin on {day}"),
                    day,
                    DAYS.iter().copied(),
                    "Write WEEK(MONDAY).",
                )),
            };
        }
        match NAMES.iter().find(|(name, _)| *name == text) {
            Some((_, part)) => Ok(*part),
            None => Err(missing(
                at,
                format!("{text} is no part of a date or a time"),
                &text,
                NAMES.iter().map(|(name, _)| *name),
                "The parts are MICROSECOND to HOUR, DAY, WEEK, ISOWEEK, MONTH, QUARTER, YEAR and ISOYEAR.",
            )),
        }
    }

    pub(crate) fn of_expr(expr: Option<&&Expr>, at: Span) -> Read<Part> {
        match expr {
            Some(expr) => Part::read(expr.span(), &expr.to_string()),
            None => Err(wrong(at, "a part of a date is missing", "Write DAY, MONTH, HOUR …")),
        }
    }

    /// Its length where that is always the same.
    pub(crate) fn microseconds(self) -> Option<i64> {
        Some(match self {
            Part::Microsecond => 1,
            Part::Millisecond => 1_000,
            Part::Second => 1_000_000,
            Part::Minute => 60_000_000,
            Part::Hour => 3_600_000_000,
            Part::Day => 86_400_000_000,
            _ => return None,
        })
    }

    fn below_day(self) -> bool {
        matches!(self, Part::Microsecond | Part::Millisecond | Part::Second | Part::Minute | Part::Hour)
    }

    fn word(self) -> &'static str {
        match self {
            Part::Microsecond => "microsecond",
            Part::Millisecond => "millisecond",
            Part::Second => "second",
            Part::Minute => "minute",
            Part::Hour => "hour",
            Part::Day => "day",
            Part::Month => "month",
            Part::Quarter => "quarter",
            Part::IsoYear => "isoyear",
            _ => "year",
        }
    }

    /// A DATE cut to the part; `None` where a date has no such part.
    pub(crate) fn cut_date(self, x: &str) -> Option<String> {
        Some(match self {
            Part::Day => x.to_owned(),
            Part::Week(start) => format!("({x} - CAST((dayofweek({x}) + {}) % 7 AS INTEGER))", 7 - start),
            Part::IsoWeek => Part::Week(1).cut_date(x)?,
            Part::Month | Part::Quarter | Part::Year => format!("CAST(date_trunc('{}', {x}) AS DATE)", self.word()),
            Part::IsoYear => Part::IsoWeek.cut_date(&format!("make_date(isoyear({x}), 1, 4)"))?,
            _ => return None,
        })
    }

    /// A DATETIME cut to the part.
    pub(crate) fn cut_datetime(self, x: &str) -> Option<String> {
        if self.below_day() {
            return Some(format!("date_trunc('{}', {x})", self.word()));
        }
        Some(format!("CAST({} AS TIMESTAMP)", self.cut_date(&format!("CAST({x} AS DATE)"))?))
    }

    /// A TIMESTAMP cut to the part in a zone. What is below a day is cut by the zone's offset at that instant, since a clock
    /// that is set back shows an hour twice.
    pub(crate) fn cut_timestamp(self, x: &str, zone: &str) -> Option<String> {
        let local = local(zone, x);
        match self.microseconds().filter(|_| self.below_day()) {
            Some(unit) => {
                Some(format!("make_timestamptz(epoch_us({x}) - (epoch_us({local}) % {unit} + {unit}) % {unit})"))
            }
            None => self.cut_datetime(&local).map(|cut| instant(zone, &cut)),
        }
    }

    /// How many boundaries of the part lie between two dates.
    pub(crate) fn count_dates(self, late: &str, early: &str) -> Option<String> {
        let months = |x: &str| format!("(year({x}) * 12 + month({x}))");
        Some(match self {
            Part::Day => format!("CAST({late} - {early} AS BIGINT)"),
            Part::Week(_) | Part::IsoWeek => {
                format!("(CAST({} - {} AS BIGINT) // 7)", self.cut_date(late)?, self.cut_date(early)?)
            }
            Part::Month => format!("({} - {})", months(late), months(early)),
            Part::Quarter => format!("((year({late}) * 4 + quarter({late})) - (year({early}) * 4 + quarter({early})))"),
            Part::Year => format!("(year({late}) - year({early}))"),
            Part::IsoYear => format!("(isoyear({late}) - isoyear({early}))"),
            _ => return None,
        })
    }

    /// How many boundaries of the part lie between two DATETIMEs.
    pub(crate) fn count_datetimes(self, late: &str, early: &str) -> Option<String> {
        if self.below_day() {
            return Some(format!("date_diff('{}', {early}, {late})", self.word()));
        }
        self.count_dates(&format!("CAST({late} AS DATE)"), &format!("CAST({early} AS DATE)"))
    }

    /// The part of a DATETIME as a number, or as DATE, TIME.
    pub(crate) fn take(self, x: &str) -> (String, Kind) {
        let sql = match self {
            Part::Microsecond => format!("(microsecond({x}) % 1000000)"),
            Part::Millisecond => format!("(millisecond({x}) % 1000)"),
            Part::DayOfWeek => format!("(dayofweek({x}) + 1)"),
            Part::DayOfYear => format!("dayofyear({x})"),
            Part::Week(start) => format!("((dayofyear({x}) + 6 - (dayofweek({x}) + {}) % 7) // 7)", 7 - start),
            Part::IsoWeek => format!("week({x})"),
            Part::Date => return (format!("CAST({x} AS DATE)"), Kind::Date),
            Part::Time => return (format!("CAST({x} AS TIME)"), Kind::Time),
            Part::Datetime => return (x.to_owned(), Kind::Datetime),
            part => format!("{}({x})", part.word()),
        };
        (sql, Kind::Int64)
    }
}

/// `INTERVAL n PART` in parts.
pub(crate) struct Step {
    pub(crate) count: Term,
    pub(crate) part: Part,
}

impl Analyser<'_> {
    /// The number and the part of a written interval.
    pub(crate) fn step(&mut self, at: Span, expr: Option<&&Expr>) -> Read<Step> {
        let Some(Expr::Interval(Interval {
            value,
            leading_field: Some(field),
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        })) = expr.copied()
        else {
            return Err(wrong(at, "an interval is missing", "Write INTERVAL 1 DAY."));
        };
        let part = Part::read(value.span(), &field.to_string())?;
        let safe = std::mem::replace(&mut self.safe, false);
        let count = self.expr(value);
        self.safe = safe;
        let count = count?;
        let count = match &count.form {
            // INTERVAL '3' DAY
            Form::Text(text) if text.trim().parse::<i64>().is_ok() => cast(at, &count, &Kind::Int64, false)?,
            _ => count,
        };
        expect(&count, &Kind::Int64, "the number of an INTERVAL")?;
        Ok(Step { count, part })
    }

    /// `INTERVAL n PART` as a value.
    pub(crate) fn interval(&mut self, at: Span, interval: &Interval) -> Read<Term> {
        if interval.leading_precision.is_some() || interval.leading_field.is_none() {
            return Err(unsupported(at, "this form of INTERVAL"));
        }
        if let (Some(first), Some(last)) = (&interval.leading_field, &interval.last_field) {
            let text = self.expr(&interval.value)?;
            let Form::Text(text) = &text.form else {
                return Err(wrong(at, "an INTERVAL of several parts is a text", "Write INTERVAL '1-2' YEAR TO MONTH."));
            };
            let (first, last) = (Part::read(at, &first.to_string())?, Part::read(at, &last.to_string())?);
            return interval_text(text, first, last).map(|sql| Term::new(at, sql, Kind::Interval)).ok_or_else(|| {
                wrong(
                    at,
                    format!("{text:?} does not have these parts of an INTERVAL"),
                    "Write '1-2' YEAR TO MONTH, '1-2 3 4:5:6.7' YEAR TO SECOND, '3 4' DAY TO HOUR and their like.",
                )
            });
        }
        let expr = Expr::Interval(interval.clone());
        let Step { count, part } = self.step(at, Some(&&expr))?;
        let n = &count.sql;
        let sql = match part {
            Part::Microsecond => format!("to_microseconds({n})"),
            Part::Millisecond => format!("to_milliseconds({n})"),
            Part::Second => format!("to_seconds({n})"),
            Part::Minute => format!("to_minutes({n})"),
            Part::Hour => format!("to_hours({n})"),
            Part::Day => format!("to_days(CAST({n} AS INTEGER))"),
            Part::Week(0) => format!("to_days(CAST({n} * 7 AS INTEGER))"),
            Part::Month => format!("to_months(CAST({n} AS INTEGER))"),
            Part::Quarter => format!("to_months(CAST({n} * 3 AS INTEGER))"),
            Part::Year => format!("to_months(CAST({n} * 12 AS INTEGER))"),
            _ => {
                return Err(wrong(
                    at,
                    "an INTERVAL cannot have this part",
                    "Use MICROSECOND to HOUR, DAY, WEEK, MONTH, QUARTER or YEAR.",
                ));
            }
        };
        Ok(Term::from(at, sql, Kind::Interval, &[&count]))
    }

    /// A date or a time and a number of parts, added or taken away.
    pub(crate) fn shifted(&mut self, at: Span, x: &Term, step: &Step, back: bool) -> Read<Term> {
        let n = if back { format!("(-{})", step.count.sql) } else { step.count.sql.clone() };
        let sql = &x.sql;
        let months = |factor: i64| format!("to_months(CAST({n} * {factor} AS INTEGER))");
        let refused = || {
            wrong(
                at,
                format!("{} cannot be moved by this part", x.kind.with_article()),
                "A TIMESTAMP moves by DAY and below, a DATE by DAY and above, a TIME by HOUR and below.",
            )
        };
        let written = match (&x.kind, step.part) {
            (Kind::Date, Part::Day) => format!("CAST({sql} + to_days(CAST({n} AS INTEGER)) AS DATE)"),
            (Kind::Date, Part::Week(0) | Part::IsoWeek) => {
                format!("CAST({sql} + to_days(CAST({n} * 7 AS INTEGER)) AS DATE)")
            }
            (Kind::Date, Part::Month) => format!("CAST({sql} + {} AS DATE)", months(1)),
            (Kind::Date, Part::Quarter) => format!("CAST({sql} + {} AS DATE)", months(3)),
            (Kind::Date, Part::Year) => format!("CAST({sql} + {} AS DATE)", months(12)),
            (Kind::Datetime, Part::Week(0)) => format!("({sql} + to_days(CAST({n} * 7 AS INTEGER)))"),
            (Kind::Datetime, Part::Month) => format!("({sql} + {})", months(1)),
            (Kind::Datetime, Part::Quarter) => format!("({sql} + {})", months(3)),
            (Kind::Datetime, Part::Year) => format!("({sql} + {})", months(12)),
            (Kind::Timestamp, part) => {
                let unit = part.microseconds().ok_or_else(refused)?;
                format!("make_timestamptz(epoch_us({sql}) + {n} * {unit})")
            }
            (Kind::Datetime, part) => {
                let unit = part.microseconds().ok_or_else(refused)?;
                format!("make_timestamp(epoch_us({sql}) + {n} * {unit})")
            }
            (Kind::Time, part) if part != Part::Day => {
                let unit = part.microseconds().ok_or_else(refused)?;
                format!(
                    "CAST(make_timestamp(((epoch_us({sql}) + ({n} * {unit}) % 86400000000) % 86400000000 + 86400000000) % 86400000000) AS TIME)"
                )
            }
            _ => return Err(refused()),
        };
        Ok(Term::from(at, x.kind.within_years(&written, self.safe), x.kind.clone(), &[x, &step.count]))
    }

    /// `EXTRACT(part FROM x AT TIME ZONE z)`.
    pub(crate) fn extract(&mut self, at: Span, field: &DateTimeField, expr: &Expr) -> Read<Term> {
        let part = Part::read(at, &field.to_string())?;
        let (inner, zone) = match expr {
            Expr::AtTimeZone { timestamp, time_zone } => (&**timestamp, Some(self.expr(time_zone)?)),
            other => (other, None),
        };
        let x = self.expr(inner)?;
        if let Some(zone) = &zone {
            expect(zone, &Kind::String, "the time zone")?;
            expect(&x, &Kind::Timestamp, "what AT TIME ZONE is asked of")?;
        }
        let refused = || {
            wrong(
                at,
                format!("{} has no such part", x.kind.with_article()),
                "A DATE has DAY and above, a TIME HOUR and below.",
            )
        };
        let of_date = matches!(
            part,
            Part::Day
                | Part::DayOfWeek
                | Part::DayOfYear
                | Part::Week(_)
                | Part::IsoWeek
                | Part::Month
                | Part::Quarter
                | Part::Year
                | Part::IsoYear
        );
        let (sql, kind) = match &x.kind {
            Kind::Timestamp => {
                let zone = zone.as_ref().map_or("'UTC'", |zone| zone.sql.as_str());
                part.take(&local(zone, &x.sql))
            }
            Kind::Datetime if part != Part::Datetime => part.take(&x.sql),
            Kind::Date if of_date => part.take(&x.sql),
            Kind::Time if part.below_day() => part.take(&x.sql),
            Kind::Interval
                if matches!(
                    part,
                    Part::Year
                        | Part::Month
                        | Part::Day
                        | Part::Hour
                        | Part::Minute
                        | Part::Second
                        | Part::Millisecond
                        | Part::Microsecond
                ) =>
            {
                part.take(&x.sql)
            }
            _ => return Err(refused()),
        };
        let mut parts = vec![&x];
        parts.extend(zone.as_ref());
        Ok(Term::from(at, sql, kind, &parts))
    }

    /// `+` and `-` of dates, times and intervals; `None` where numbers are meant.
    pub(crate) fn time_arithmetic(&mut self, at: Span, a: &Term, op: &BinaryOperator, b: &Term) -> Read<Option<Term>> {
        let minus = *op == BinaryOperator::Minus;
        if !minus && *op != BinaryOperator::Plus {
            if let (Kind::Interval, Kind::Int64, BinaryOperator::Multiply) = (&a.kind, &b.kind, op) {
                return Ok(Some(Term::from(at, format!("({} * {})", a.sql, b.sql), Kind::Interval, &[a, b])));
            }
            return Ok(None);
        }
        let (a, b) = match (&a.kind, &b.kind) {
            (Kind::Int64, Kind::Date) | (Kind::Interval, Kind::Date | Kind::Datetime | Kind::Timestamp) if !minus => {
                (b, a)
            }
            _ => (a, b),
        };
        let safe = self.safe;
        let gives = |sql: String, kind: Kind| Ok(Some(Term::from(at, kind.within_years(&sql, safe), kind, &[a, b])));
        let op = if minus { "-" } else { "+" };
        match (&a.kind, &b.kind) {
            (Kind::Date, Kind::Int64) => gives(format!("({} {op} CAST({} AS INTEGER))", a.sql, b.sql), Kind::Date),
            (Kind::Date, Kind::Interval) => {
                gives(format!("(CAST({} AS TIMESTAMP) {op} {})", a.sql, b.sql), Kind::Datetime)
            }
            (Kind::Datetime, Kind::Interval) => gives(format!("({} {op} {})", a.sql, b.sql), Kind::Datetime),
            (Kind::Timestamp, Kind::Interval) => {
                gives(format!("timezone('UTC', timezone('UTC', {}) {op} {})", a.sql, b.sql), Kind::Timestamp)
            }
            (Kind::Interval, Kind::Interval) => gives(format!("({} {op} {})", a.sql, b.sql), Kind::Interval),
            (left, right) if minus && (left.is_time() || right.is_time()) => {
                let kind = if left.is_time() { left.clone() } else { right.clone() };
                let (Some(x), Some(y)) = (coerce(a, &kind), coerce(b, &kind)) else { return Ok(None) };
                match kind {
                    Kind::Date => gives(format!("to_days(CAST({} - {} AS INTEGER))", x.sql, y.sql), Kind::Interval),
                    Kind::Datetime | Kind::Timestamp => {
                        gives(format!("to_microseconds(epoch_us({}) - epoch_us({}))", x.sql, y.sql), Kind::Interval)
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }
}

/// `Y-M D H:M:S.F` or what of it lies between two parts. Years to months, days, and hours to seconds each have a sign.
fn interval_text(text: &str, first: Part, last: Part) -> Option<String> {
    const PARTS: [Part; 6] = [Part::Year, Part::Month, Part::Day, Part::Hour, Part::Minute, Part::Second];
    let place = |part: Part| PARTS.iter().position(|known| *known == part);
    let (first, last) = (place(first)?, place(last)?);
    if first >= last {
        return None;
    }
    let mut sections = text.split_whitespace();
    let mut terms = Vec::new();
    for (from, to, mark) in [(0, 1, '-'), (2, 2, ' '), (3, 5, ':')] {
        let (from, to) = (from.max(first), to.min(last));
        if from > to {
            continue;
        }
        let section = sections.next()?;
        let (sign, digits) = match section.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, section.strip_prefix('+').unwrap_or(section)),
        };
        let parts: Vec<&str> = digits.split(mark).collect();
        if parts.len() != to - from + 1 {
            return None;
        }
        for (part, number) in (from..=to).zip(parts) {
            let (whole, fraction) = match number.split_once('.') {
                Some((whole, fraction)) if part == 5 && (1..=6).contains(&fraction.len()) => (whole, fraction),
                Some(_) => return None,
                None => (number, ""),
            };
            if whole.is_empty()
                || whole.len() > 9
                || !(whole.chars().chain(fraction.chars())).all(|c| c.is_ascii_digit())
            {
                return None;
            }
            let n = sign * whole.parse::<i64>().ok()?;
            terms.push(match part {
                0 => format!("to_months(CAST({n} * 12 AS INTEGER))"),
                1 => format!("to_months({n})"),
                2 => format!("to_days({n})"),
                3 => format!("to_hours({n})"),
                4 => format!("to_minutes({n})"),
                _ => format!(
                    "to_microseconds({})",
                    n * 1_000_000 + sign * format!("{fraction:0<6}").parse::<i64>().ok()?
                ),
            });
        }
    }
    sections.next().is_none().then(|| format!("({})", terms.join(" + ")))
}
