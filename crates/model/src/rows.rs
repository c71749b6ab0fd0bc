//! The rows of a frame by ticker and time, and the time that a label of a row covers.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType, TimeUnit};

use crate::Error;

/// One row: whose it is, when, and until when its label reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Position in the frame.
    pub(crate) at: usize,
    /// Position of the ticker among the tickers in their alphabetical order.
    pub(crate) ticker: u32,
    /// Microseconds since 1970, UTC.
    pub(crate) time: i64,
    /// Position of the time among the distinct times of the ticker.
    pub(crate) bar: u32,
    /// The time of the bar so many further bars of this ticker ahead as the horizon says; near the end, its last bar.
    pub(crate) label_end: i64,
}

/// All rows of a frame in the order of ticker, then time. A frame without tickers has one.
pub(crate) fn rows(frame: &DataFrame, horizon_bars: u32) -> Result<Vec<Row>, Error> {
    let times = times(frame)?;
    let tickers = tickers(frame)?;
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by_key(|&at| (tickers[at], times[at]));
    let mut rows = Vec::with_capacity(order.len());
    for ticker in order.chunk_by(|a, b| tickers[*a] == tickers[*b]) {
        // Rows of equal time are one bar here: counted as two they would shorten the time a label covers.
        let mut bars: Vec<i64> = ticker.iter().map(|&at| times[at]).collect();
        bars.dedup();
        let mut bar = 0;
        for &at in ticker {
            while bars[bar] < times[at] {
                bar += 1;
            }
            let end = (bar + horizon_bars as usize).min(bars.len() - 1);
            rows.push(Row {
                at,
                ticker: tickers[at],
                time: times[at],
                bar: u32::try_from(bar).unwrap_or(u32::MAX),
                label_end: bars[end],
            });
        }
    }
    Ok(rows)
}

fn times(frame: &DataFrame) -> Result<Vec<i64>, Error> {
    let name = "ticker_time";
    let column = frame.column(name).map_err(|_| crate::columns::missing(frame, vec![name.to_owned()]))?;
    if !matches!(column.dtype(), DataType::Datetime(..) | DataType::Date) {
        return Err(Error::BadIndex { name, rule: format!("be a time, but is {}", column.dtype()) });
    }
    let series = column.as_materialized_series();
    let micros = series.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?.cast(&DataType::Int64)?;
    match micros.null_count() {
        0 => Ok(micros.i64()?.iter().flatten().collect()),
        nulls => Err(Error::BadIndex { name, rule: format!("be defined in every row, but is undefined in {nulls}") }),
    }
}

fn tickers(frame: &DataFrame) -> Result<Vec<u32>, Error> {
    let name = "ticker";
    let Ok(column) = frame.column(name) else { return Ok(vec![0; frame.height()]) };
    if column.null_count() > 0 {
        let rule = format!("be defined in every row, but is undefined in {}", column.null_count());
        return Err(Error::BadIndex { name, rule });
    }
    let texts = column.as_materialized_series().cast(&DataType::String)?;
    let texts: Vec<&str> = texts.str()?.iter().flatten().collect();
    let mut numbers: BTreeMap<&str, u32> = texts.iter().map(|text| (*text, 0)).collect();
    for (number, value) in numbers.values_mut().enumerate() {
        *value = u32::try_from(number).unwrap_or(u32::MAX);
    }
    Ok(texts.iter().map(|text| numbers[text]).collect())
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, NamedFrom as _, Series};

    use super::*;
    use crate::testing::{days, frame};

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn a_label_reads_the_bars_of_its_own_ticker_up_to_the_last() {
        // B has a gap, and A a day that comes twice; the rows are in no order.
        let bars = [("B", 9), ("A", 2), ("A", 0), ("B", 1), ("A", 1), ("A", 1), ("B", 2), ("A", 3)];
        let rows = rows(&frame(&bars, &[], &[]).frame, 2).unwrap();
        let found: Vec<_> =
            rows.iter().map(|row| (bars[row.at].0, row.time / DAY, row.bar, row.label_end / DAY)).collect();
        assert_eq!(
            found,
            [
                ("A", 0, 0, 2),
                ("A", 1, 1, 3),
                ("A", 1, 1, 3),
                ("A", 2, 2, 3),
                ("A", 3, 3, 3),
                ("B", 1, 0, 9),
                ("B", 2, 1, 9),
                ("B", 9, 2, 9)
            ]
        );
    }

    #[test]
    fn a_frame_without_tickers_has_one() {
        let without = frame(&days("A", 5), &[], &[]).frame.select(["ticker_time"]).unwrap();
        assert!(rows(&without, 1).unwrap().iter().all(|row| row.ticker == 0));
    }

    #[test]
    fn times_and_tickers_must_be_there_in_every_row() {
        let with = |name: &str, series: Series| {
            let mut bars = frame(&days("A", 3), &[], &[]).frame;
            bars.with_column(Column::from(series.with_name(name.into()))).unwrap();
            rows(&bars, 1).unwrap_err().to_string()
        };
        let text = Series::new("".into(), vec!["2024-01-02"; 3]);
        let gap = Series::new("".into(), vec![Some("A"), None, Some("A")]);
        let times = Series::new("".into(), vec![Some(1_i64), None, None])
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .unwrap();
        assert_eq!(with("ticker_time", text), "ticker_time must be a time, but is str");
        assert_eq!(with("ticker_time", times), "ticker_time must be defined in every row, but is undefined in 2");
        assert_eq!(with("ticker", gap), "ticker must be defined in every row, but is undefined in 1");
        let none = frame(&days("A", 3), &[], &[]).frame.select(["ticker"]).unwrap();
        assert!(rows(&none, 1).unwrap_err().to_string().contains("no column ticker_time"));
    }
}
