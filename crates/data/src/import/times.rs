//! How dates and times are written in texts: told from examples, and turned into patterns of the engine. Which of day and
//! month comes first is never guessed: where the examples leave it open, that is said.

/// The format of a column whose order of day and month is open: one of the two is to be chosen.
pub(super) const AMBIGUOUS: &str = "DD/MM/YYYY or MM/DD/YYYY";

/// What the times of a column look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// A date and, perhaps, a time of day, in this format.
    Format {
        /// As an import column has it.
        format: String,
        /// Whether any has a time of day.
        clock: bool,
        /// Whether any has an offset from UTC.
        zone: bool,
    },
    /// Day first or month first: the examples do not say.
    Ambiguous {
        /// Between the numbers.
        separator: char,
        /// Whether any has a time of day.
        clock: bool,
    },
}

/// The numbers of a date as written, and what stands behind it.
struct DateText<'a> {
    numbers: [u32; 3],
    year_first: bool,
    separator: char,
    clock: Option<&'a str>,
}

fn date_text(text: &str) -> Option<DateText<'_>> {
    let end = text.find(['T', ' ']).unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let parts: Vec<&str> = date.split(separator).collect();
    let [first, second, third] = parts[..] else { return None };
    if ![first, second, third].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let year_first = first.len() == 4;
    if !(year_first && second.len() <= 2 && third.len() <= 2
        || third.len() == 4 && first.len() <= 2 && second.len() <= 2)
    {
        return None;
    }
    let clock = rest.get(1..).filter(|clock| !clock.is_empty());
    if clock.is_some_and(|clock| !is_clock(clock)) {
        return None;
    }
    Some(DateText {
        numbers: [first.parse().ok()?, second.parse().ok()?, third.parse().ok()?],
        year_first,
        separator,
        clock,
    })
}

/// Whether a text is a time of day, with an offset or not: `09:30`, `09:30:00.000001Z`, `09:30:00+01:00`.
fn is_clock(text: &str) -> bool {
    text.len() >= 4
        && text.as_bytes()[0].is_ascii_digit()
        && text.contains(':')
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'-' | b'Z' | b' '))
}

/// Whether every text is a time of day without a date.
pub(super) fn are_times_of_day(texts: &[&str]) -> bool {
    texts.iter().all(|text| {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let parts: Vec<&str> = clock.split(':').collect();
        matches!(parts.len(), 2 | 3)
            && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            && !fraction.is_empty()
            && fraction.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// How dates and times in these texts are written; `None` when not all are dates of one form.
pub(super) fn written(texts: &[&str]) -> Option<Written> {
    let dates: Vec<DateText<'_>> = texts.iter().map(|text| date_text(text)).collect::<Option<_>>()?;
    let first = dates.first()?;
    let (separator, year_first) = (first.separator, first.year_first);
    if dates.iter().any(|date| date.separator != separator || date.year_first != year_first) {
        return None;
    }
    let clock = dates.iter().any(|date| date.clock.is_some());
    let zone = dates.iter().filter_map(|date| date.clock).any(|clock| clock.contains(['Z', '+', '-']));
    let format = |format: String| Some(Written::Format { format, clock, zone });
    if year_first {
        return if separator == '-' {
            format("ISO".to_owned())
        } else {
            format(format!("YYYY{separator}MM{separator}DD"))
        };
    }
    let above_twelve = |place: usize| dates.iter().any(|date| date.numbers[place] > 12);
    match (above_twelve(0), above_twelve(1)) {
        (true, true) => None,
        (true, false) => format(format!("DD{separator}MM{separator}YYYY")),
        (false, true) => format(format!("MM{separator}DD{separator}YYYY")),
        // Dots are written with the day first.
        (false, false) if separator == '.' => format("DD.MM.YYYY".to_owned()),
        (false, false) => Some(Written::Ambiguous { separator, clock }),
    }
}

/// The unit of times given as counts since 1970, judged by their digits; `YYYYMMDD` for eight that are a date.
pub(super) fn counted(texts: &[&str]) -> Option<&'static str> {
    if texts.is_empty() || !texts.iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let longest = texts.iter().map(|text| text.len()).max()?;
    let shortest = texts.iter().map(|text| text.len()).min()?;
    match longest {
        8 if shortest == 8 => texts
            .iter()
            .all(|text| {
                let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
                (1800..2200).contains(&number(0..4))
                    && (1..=12).contains(&number(4..6))
                    && (1..=31).contains(&number(6..8))
            })
            .then_some("YYYYMMDD"),
        9 | 10 => Some("epoch_s"),
        12 | 13 => Some("epoch_ms"),
        15 | 16 => Some("epoch_us"),
        18 | 19 => Some("epoch_ns"),
        _ => None,
    }
}

/// The engine's patterns for a format, or `None` when it is none.
pub(super) fn patterns(format: &str) -> Option<Vec<String>> {
    if format.contains('%') {
        return Some(vec![format.to_owned()]);
    }
    let mut pattern = String::new();
    let mut rest = format;
    let mut clock = false;
    let mut fields = 0;
    while let Some(first) = rest.chars().next() {
        let tokens = [
            ("YYYY", "%Y"),
            ("yyyy", "%Y"),
            ("YY", "%y"),
            ("DD", "%d"),
            ("dd", "%d"),
            ("HH", "%H"),
            ("MM", if clock { "%M" } else { "%m" }),
            ("mm", "%M"),
            ("SS", "%S"),
            ("ss", "%S"),
            ("ffffff", "%f"),
        ];
        if let Some((token, code)) = tokens.iter().find(|(token, _)| rest.starts_with(token)) {
            clock |= *code == "%H";
            fields += 1;
            pattern.push_str(code);
            rest = &rest[token.len()..];
        } else if first.is_ascii_alphabetic() && first != 'T' {
            return None;
        } else {
            pattern.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if fields < 3 {
        return None;
    }
    if clock {
        return Some(vec![pattern]);
    }
    Some(
        ["", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%S.%f"]
            .into_iter()
            .map(|clock| format!("{pattern}{clock}"))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_day_and_month_is_told_by_a_number_above_twelve_and_else_left_open() {
        let format = |format: &str, clock, zone| Some(Written::Format { format: format.to_owned(), clock, zone });
        for (texts, expected) in [
            (vec!["2024-01-31"], format("ISO", false, false)),
            (vec!["2024-01-31T09:30:00Z", "2024-01-31 09:30"], format("ISO", true, true)),
            (vec!["01/02/2024", "13/02/2024"], format("DD/MM/YYYY", false, false)),
            (vec!["01/02/2024", "02/13/2024 10:00"], format("MM/DD/YYYY", true, false)),
            (vec!["1.2.2024"], format("DD.MM.YYYY", false, false)),
            (vec!["01/02/2024"], Some(Written::Ambiguous { separator: '/', clock: false })),
            (vec!["13/02/2024", "02/13/2024"], None),
            (vec!["10.5"], None),
            (vec!["word"], None),
        ] {
            assert_eq!(written(&texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn counts_are_told_by_their_digits() {
        for (text, expected) in [
            ("1704153600", Some("epoch_s")),
            ("1704153600000", Some("epoch_ms")),
            ("1704153600000000", Some("epoch_us")),
            ("20240131", Some("YYYYMMDD")),
            ("20241331", None),
            ("12", None),
        ] {
            assert_eq!(counted(&[text]), expected, "{text}");
        }
    }

    #[test]
    fn formats_become_patterns() {
        assert_eq!(patterns("DD/MM/YYYY").unwrap()[1], "%d/%m/%Y %H:%M:%S");
        assert_eq!(patterns("YYYY-MM-DD HH:MM:SS").unwrap(), ["%Y-%m-%d %H:%M:%S"]);
        assert_eq!(patterns("%d %b %Y").unwrap(), ["%d %b %Y"]);
        assert_eq!(patterns("day"), None);
    }
}
