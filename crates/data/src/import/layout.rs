//! How a CSV text is laid out: delimiter, header, decimal sign, texts for NULL. Told from its first rows.

use std::io::Cursor;

use algomosaic_core::Problem;

use super::kinds;
use super::options::CsvFormat;
use super::records::Records;

/// Rows looked at to tell the types of columns.
pub(super) const SAMPLE_ROWS: usize = 5_000;

/// Texts that mean NULL in a column of numbers or times.
const NULL_TEXTS: [&str; 10] = ["NULL", "null", "NA", "N/A", "n/a", "#N/A", "None", "nil", "-", "\\N"];

/// The first records of a text.
pub(super) fn sample(text: &str, format: &CsvFormat, rows: usize) -> Vec<Vec<Option<String>>> {
    let mut found = Vec::new();
    let Ok(mut records) = Records::new(Cursor::new(text.as_bytes()), format) else { return found };
    while found.len() < rows
        && let Ok(Some(record)) = records.next(false)
    {
        if record.broken.is_none() {
            found.push(records.fields());
        }
    }
    found
}

/// Tells the layout of a text.
pub(super) fn detect(text: &str, encoding: &str) -> CsvFormat {
    let mut format = CsvFormat { encoding: encoding.to_owned(), ..CsvFormat::default() };
    // The delimiter with which most of the first rows have as many fields as the first.
    let score = |delimiter: char| {
        let rows = sample(text, &CsvFormat { delimiter, ..format.clone() }, 50);
        let width = rows.first().map_or(0, Vec::len);
        let alike = rows.iter().filter(|row| row.len() == width).count();
        if width < 2 { (0, 0) } else { (alike * 100 / rows.len().max(1), width) }
    };
    let scores = [',', ';', '\t', '|'].map(|delimiter| (score(delimiter), delimiter));
    // Of equals, the first.
    format.delimiter = scores.iter().rev().max_by_key(|(score, _)| *score).map_or(',', |(_, delimiter)| *delimiter);
    let rows = sample(text, &format, SAMPLE_ROWS);
    if let Some(first) = rows.first() {
        format.header = !first.iter().all(|field| field.as_deref().is_some_and(is_value));
    }
    let body = if format.header { rows.get(1..).unwrap_or_default() } else { &rows[..] };
    let width = rows.first().map_or(0, Vec::len);
    let column = |index: usize| -> Vec<&str> {
        body.iter().filter_map(|row| row.get(index).and_then(Option::as_deref)).collect()
    };
    format.decimal = decimal(width, &column, format.delimiter);
    format.null_texts = null_texts(width, &column, format.decimal);
    format
}

/// Whether a field of a first line is a value rather than a name.
fn is_value(text: &str) -> bool {
    let told = kinds::tell(&[text], '.', false);
    told.kind != "STRING" && told.kind != "BOOL"
}

fn decimal<'a>(width: usize, column: &impl Fn(usize) -> Vec<&'a str>, delimiter: char) -> char {
    let with_comma = (0..width).any(|index| {
        let texts = column(index);
        delimiter != ','
            && texts.iter().any(|text| text.contains(','))
            && kinds::tell(&texts, ',', false).kind == "FLOAT64"
    });
    if with_comma { ',' } else { '.' }
}

/// The texts for NULL that stand among numbers or times, and nowhere among words.
fn null_texts<'a>(width: usize, column: &impl Fn(usize) -> Vec<&'a str>, decimal: char) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for index in 0..width {
        let texts = column(index);
        let (nulls, rest): (Vec<&str>, Vec<&str>) = texts.iter().partition(|text| NULL_TEXTS.contains(*text));
        if nulls.is_empty() {
            continue;
        }
        let among_values = !rest.is_empty() && kinds::tell(&rest, decimal, false).kind != "STRING";
        if among_values { &mut found } else { &mut words }.extend(nulls);
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().filter(|text| !words.contains(text)).map(str::to_owned).collect()
}

/// Refuses a layout that cannot be read.
pub(super) fn check(format: &CsvFormat) -> Result<(), Problem> {
    let usable = |c: char| c.is_ascii() && !matches!(c, '\n' | '\r' | '\0');
    if !usable(format.delimiter) || format.quote.is_some_and(|quote| !usable(quote) || quote == format.delimiter) {
        return Err(Problem::bad(
            format!("{:?} cannot be the delimiter with the quote {:?}", format.delimiter, format.quote),
            "Both are one ASCII character each, different, and no line end.",
        ));
    }
    if !matches!(format.decimal, '.' | ',') {
        return Err(Problem::bad(
            format!("{:?} cannot be the decimal sign", format.decimal),
            "Choose a point or a comma.",
        ));
    }
    super::text::encoding_named(&format.encoding).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_told_from_the_first_rows() {
        let told = |text: &str| {
            let format = detect(text, "UTF-8");
            (format.delimiter, format.header, format.decimal, format.null_texts.join(" "))
        };
        for (text, expected) in [
            ("a,b\n1,2\n", (',', true, '.', "")),
            ("a;b\n1,5;2\n2;3\n", (';', true, ',', "")),
            ("a\tb,c\n1\tx\n", ('\t', true, '.', "")),
            ("a|b\n1|NA\n2|3\n", ('|', true, '.', "NA")),
            ("a,b\nNA,NA\nx,3\n", (',', true, '.', "")),
            ("2024-01-02,1,2\n2024-01-03,3,4\n", (',', false, '.', "")),
            ("word\nother\n", (',', true, '.', "")),
        ] {
            let (delimiter, header, decimal, nulls) = told(text);
            assert_eq!((delimiter, header, decimal, nulls.as_str()), expected, "{text:?}");
        }
    }
}
