//! Where an axis has its ticks, and how numbers and times read beside it. Every digit shown means something.

use chrono::{DateTime, Datelike, Duration, NaiveDate};

/// A tick: its place, and its label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// About `wanted` ticks at round numbers within `low..=high`.
pub(crate) fn numbers(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    spaced(low, high, wanted, 0.0)
}

/// About `wanted` ticks at whole numbers within `low..=high`.
pub(crate) fn wholes(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    spaced(low, high, wanted, 1.0)
}

/// Ticks whose step is a round number, and not below `least`.
fn spaced(low: f64, high: f64, wanted: usize, least: f64) -> Vec<Tick> {
    let span = high - low;
    let rough = (span / wanted.max(1) as f64).max(least);
    // A step that rounding swallows would never end.
    if !(rough > low.abs().max(high.abs()) * 1e-13 && rough.is_normal() && span.is_finite()) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let fits = |step: &f64| *step >= rough * 0.999 && (least == 0.0 || step.fract() == 0.0);
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * power).into_iter().find(fits).unwrap_or(10.0 * power);
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let count = (last - first).clamp(0.0, 4.0 * wanted.max(1) as f64) as usize;
    (0..=count)
        .map(|i| (first + i as f64) * step)
        .filter(|at| at.is_finite() && first <= last)
        .map(|at| Tick { at, label: number(at, step) })
        .collect()
}

/// A number with as many decimals as a step has, thousands separated, with a true minus sign. Far from one, in powers
/// of ten.
pub(crate) fn number(value: f64, step: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    // What is left of a zero after adding steps up.
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    if value.abs() >= 1e9 || step.abs() < 1e-6 {
        let digits = ((value / step).abs().log10().ceil().clamp(0.0, 12.0)) as usize;
        let text = format!("{value:.digits$e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        let exponent = exponent.replace('-', "−");
        return format!("{}e{exponent}", mantissa.replace('-', "−"));
    }
    // The decimals of the step: 1 for 0.2, 2 for 0.25.
    let decimals = (0..=8).find(|d| {
        let scaled = step * 10_f64.powi(*d);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-300)
    });
    separated(value, decimals.unwrap_or(8) as usize)
}

/// A number for a sentence: three digits that mean something.
pub(crate) fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(value, 1.0);
    }
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 8.0);
    let text = number(value, 10_f64.powf(-decimals));
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A count with its thousands separated.
pub(crate) fn count(count: usize) -> String {
    separated(count as f64, 0)
}

fn separated(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |dot| text.split_at(dot));
    let mut out = String::with_capacity(text.len() + 8);
    if value < 0.0 && text.bytes().any(|c| (b'1'..=b'9').contains(&c)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

const SECOND_MS: f64 = 1_000.0;
const MINUTE_MS: f64 = 60.0 * SECOND_MS;
const HOUR_MS: f64 = 60.0 * MINUTE_MS;
const DAY_MS: f64 = 24.0 * HOUR_MS;

/// A step of a time axis.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// So many milliseconds, and how a label reads.
    Even(f64, &'static str),
    /// So many months.
    Months(i32),
}

const STEPS: &[(f64, Step)] = &[
    (1.0, Step::Even(1.0, "%H:%M:%S%.3f")),
    (10.0, Step::Even(10.0, "%H:%M:%S%.3f")),
    (100.0, Step::Even(100.0, "%H:%M:%S%.3f")),
    (SECOND_MS, Step::Even(SECOND_MS, "%H:%M:%S")),
    (5.0 * SECOND_MS, Step::Even(5.0 * SECOND_MS, "%H:%M:%S")),
    (15.0 * SECOND_MS, Step::Even(15.0 * SECOND_MS, "%H:%M:%S")),
    (MINUTE_MS, Step::Even(MINUTE_MS, "%H:%M")),
    (5.0 * MINUTE_MS, Step::Even(5.0 * MINUTE_MS, "%H:%M")),
    (15.0 * MINUTE_MS, Step::Even(15.0 * MINUTE_MS, "%H:%M")),
    (HOUR_MS, Step::Even(HOUR_MS, "%m-%d %H:%M")),
    (3.0 * HOUR_MS, Step::Even(3.0 * HOUR_MS, "%m-%d %H:%M")),
    (12.0 * HOUR_MS, Step::Even(12.0 * HOUR_MS, "%m-%d %H:%M")),
    (DAY_MS, Step::Even(DAY_MS, "%Y-%m-%d")),
    (2.0 * DAY_MS, Step::Even(2.0 * DAY_MS, "%Y-%m-%d")),
    (7.0 * DAY_MS, Step::Even(7.0 * DAY_MS, "%Y-%m-%d")),
    (14.0 * DAY_MS, Step::Even(14.0 * DAY_MS, "%Y-%m-%d")),
    (30.4 * DAY_MS, Step::Months(1)),
    (61.0 * DAY_MS, Step::Months(2)),
    (91.0 * DAY_MS, Step::Months(3)),
    (183.0 * DAY_MS, Step::Months(6)),
    (365.25 * DAY_MS, Step::Months(12)),
    (2.0 * 365.25 * DAY_MS, Step::Months(24)),
    (5.0 * 365.25 * DAY_MS, Step::Months(60)),
    (10.0 * 365.25 * DAY_MS, Step::Months(120)),
    (20.0 * 365.25 * DAY_MS, Step::Months(240)),
    (50.0 * 365.25 * DAY_MS, Step::Months(600)),
    (100.0 * 365.25 * DAY_MS, Step::Months(1_200)),
    (1_000.0 * 365.25 * DAY_MS, Step::Months(12_000)),
    (50_000.0 * 365.25 * DAY_MS, Step::Months(600_000)),
];

/// No more than `wanted` ticks (one more at the ends) at round times within `low..=high`, milliseconds since 1970 UTC.
pub(crate) fn times(low: f64, high: f64, wanted: usize) -> Vec<Tick> {
    let rough = (high - low) / wanted.max(1) as f64;
    let (Some(first), Some(_)) = (date_time(low), date_time(high)) else { return Vec::new() };
    let Some(step) = STEPS.iter().find(|(length, _)| *length >= rough).or(STEPS.last()).map(|(_, step)| *step) else {
        return Vec::new();
    };
    let most = 4 * wanted.max(1) + 2;
    match step {
        Step::Even(length, format) => {
            // Weeks start on Mondays: 1970-01-05 was one.
            let origin = if length >= 7.0 * DAY_MS { 4.0 * DAY_MS } else { 0.0 };
            let start = ((low - origin) / length).ceil();
            (0..most)
                .map(|i| origin + (start + i as f64) * length)
                .take_while(|at| *at <= high)
                .filter_map(|at| Some(Tick { at, label: date_time(at)?.format(format).to_string() }))
                .collect()
        }
        Step::Months(months) => {
            let start = (first.year() * 12 + first.month0() as i32).div_euclid(months);
            (0..most as i32)
                .filter_map(|i| {
                    let month = (start + i) * months;
                    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
                    let day = NaiveDate::from_ymd_opt(year, month, 1)?;
                    let at = (day - NaiveDate::default()).num_milliseconds() as f64;
                    let label = if months % 12 == 0 { year.to_string() } else { format!("{year:04}-{month:02}") };
                    Some(Tick { at, label: label.replace('-', if year < 0 { "−" } else { "-" }) })
                })
                .filter(|tick| tick.at >= low && tick.at <= high)
                .collect()
        }
    }
}

fn date_time(ms: f64) -> Option<chrono::NaiveDateTime> {
    let zero = DateTime::UNIX_EPOCH.naive_utc();
    zero.checked_add_signed(Duration::try_milliseconds(ms as i64)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Vec<Tick>) -> String {
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_read_as_the_guide_says() {
        for (low, high, wanted, expected) in [
            (0.0, 1.0, 5, "0 0.2 0.4 0.6 0.8 1.0"),
            (-0.061, 0.064, 5, "−0.050 −0.025 0 0.025 0.050"),
            (9_450.0, 15_700.0, 4, "10,000 12,000 14,000"),
            (-8.2, 0.0, 4, "−7.5 −5.0 −2.5 0"),
            (0.0, 130.0, 5, "0 50 100"),
            (0.0, 2.4e6, 3, "0 1,000,000 2,000,000"),
            (0.0, 3e12, 3, "0 1e12 2e12 3e12"),
            (1e-9, 4e-9, 4, "1e−9 2e−9 3e−9 4e−9"),
            (5.0, 5.0, 4, ""),
            (-1e300, 1e300, 4, "−1e300 −5e299 0 5e299 1e300"),
            (1e15, 1e15 + 0.25, 4, ""),
            (f64::NAN, 1.0, 4, ""),
        ] {
            assert_eq!(labels(numbers(low, high, wanted)), expected, "{low}..{high}");
        }
    }

    #[test]
    fn times_read_as_the_guide_says() {
        let ms = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis() as f64;
        for (low, high, wanted, expected) in [
            ("2012-06-05T00:00:00Z", "2013-02-20T00:00:00Z", 5, "2012-07 2012-09 2012-11 2013-01"),
            ("2000-03-01T00:00:00Z", "2013-02-20T00:00:00Z", 8, "2002 2004 2006 2008 2010 2012"),
            (
                "2012-06-05T00:00:00Z",
                "2012-06-09T00:00:00Z",
                4,
                "2012-06-05 2012-06-06 2012-06-07 2012-06-08 2012-06-09",
            ),
            ("2012-06-05T09:30:00Z", "2012-06-05T16:00:00Z", 3, "06-05 12:00 06-05 15:00"),
            ("2012-06-05T09:30:00Z", "2012-06-05T10:00:00Z", 2, "09:30 09:45 10:00"),
            ("1969-11-20T00:00:00Z", "1970-02-02T00:00:00Z", 3, "1969-12 1970-01 1970-02"),
        ] {
            assert_eq!(labels(times(ms(low), ms(high), wanted)), expected, "{low} to {high}");
        }
        for (low, high) in [(0.0, 0.0), (-8e15, 8e15), (0.0, 1.0), (-1e300, 1e300), (f64::NAN, 0.0)] {
            assert!(times(low, high, 6).len() <= 26);
        }
    }

    #[test]
    fn a_number_in_a_sentence_has_three_digits() {
        for (value, expected) in [
            (-0.008_12, "−0.00812"),
            (1_234.6, "1,235"),
            (0.0, "0"),
            (0.5, "0.5"),
            (f64::NAN, "–"),
            (12.0, "12"),
            (100.0, "100"),
        ] {
            assert_eq!(short(value), expected, "{value}");
        }
        assert_eq!(count(9_808), "9,808");
    }
}
