//! Text for people: aligned tables and numbers with separators, a true minus and as many digits as mean something.

/// A table with a header; columns of numbers are aligned right.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|name| name.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let is_number = |column: usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.chars().all(|c| c.is_ascii_digit() || "−–-.,+e %".contains(c)))
    };
    let right: Vec<bool> = (0..header.len()).map(is_number).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let gap = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                if right[column] { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut out = line(&header.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    for row in rows {
        out.push('\n');
        out.push_str(&line(row));
    }
    out
}

/// A whole number with separators.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 row`, `1,200 rows`.
pub(crate) fn counted(value: u64, one: &str) -> String {
    format!("{} {one}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A number with so many decimals and a true minus; an en dash where undefined.
pub(crate) fn number(value: Option<f64>, decimals: usize) -> String {
    match value.filter(|value| value.is_finite()) {
        Some(value) => {
            let text = format!("{value:.decimals$}");
            // A rounded zero has no sign.
            let zero = text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.');
            if zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "−") }
        }
        None => "–".to_owned(),
    }
}

/// A number of any size with six digits that mean something; a whole one in full.
pub(crate) fn significant(value: f64) -> String {
    let size = value.abs();
    if value == value.trunc() && size < 1e15 {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(size as u64));
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.5e}").replace('-', "−");
    }
    let decimals = (5.0 - size.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = number(Some(value), decimals);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (sign, digits) = text.strip_prefix('−').map_or(("", text), |digits| ("−", digits));
    let (whole, rest) =
        digits.split_once('.').map_or((digits, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    format!("{sign}{}{rest}", whole.parse().map_or_else(|_| whole.to_owned(), count))
}

/// A share as percent.
pub(crate) fn percent(value: Option<f64>) -> String {
    format!("{} %", number(value.map(|value| value * 100.0), 1))
}

/// A change as percent, with its sign.
pub(crate) fn change(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", percent(Some(value)))
}

/// The day of an RFC 3339 time.
pub(crate) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators_and_a_true_minus() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(123), "123");
        assert_eq!(number(Some(-0.12345), 3), "−0.123");
        assert_eq!(number(Some(-0.0001), 2), "0.00");
        assert_eq!(number(None, 3), "–");
        assert_eq!(change(0.274), "+27.4 %");
        for (value, text) in [
            (-1_234.0, "−1,234"),
            (0.1, "0.1"),
            (130_314.953_125, "130,315"),
            (-1_234.56, "−1,234.56"),
            (-2.830_555_555, "−2.83056"),
            (0.000_123_456_7, "0.000123457"),
            (1.5e-7, "1.50000e−7"),
        ] {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn numbers_align_right_and_words_left() {
        let rows =
            [["a", "1", "2026-11-23T09"], ["bc", "−1,200.5", "2026-11-23T10"]].map(|row| row.map(str::to_owned).into());
        assert_eq!(
            table(&["x", "n", "time"], &rows),
            "x          n  time\na          1  2026-11-23T09\nbc  −1,200.5  2026-11-23T10"
        );
    }
}
