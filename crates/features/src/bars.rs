//! Rows of bars in order: by ticker, then by time, and where each ticker begins and ends. No row is changed or lost.

use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::{DataFrame, DataType, IdxCa, IdxSize, PolarsError};

use crate::Error;

/// Bars in order.
pub(crate) struct Bars {
    /// The rows, sorted by `ticker`, then `ticker_time`.
    pub(crate) frame: DataFrame,
    /// The rows of each ticker.
    pub(crate) tickers: Vec<Range<usize>>,
    /// `ticker_time` of each row, in the unit of the column.
    pub(crate) times: Vec<i64>,
}

pub(crate) fn broken(error: PolarsError) -> Error {
    Error::Frame(error.to_string())
}

/// The rows at these places, in this order.
pub(crate) fn take(frame: &DataFrame, places: Vec<IdxSize>) -> Result<DataFrame, Error> {
    frame.take(&IdxCa::from_vec("".into(), places)).map_err(broken)
}

/// Sorts bars. Without a column `ticker` all rows are one ticker's. A ticker with two bars at a time is an error,
/// since then no bar is the one before another.
pub(crate) fn sort(frame: &DataFrame) -> Result<Bars, Error> {
    let (mut times, mut tickers) = (times(frame)?, tickers(frame)?);
    let key = |row: usize| (tickers[row], times[row]);
    let mut frame = frame.clone();
    if !(1..times.len()).all(|row| key(row - 1) < key(row)) {
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by_key(|row| key(*row));
        if let Some(pair) = order.windows(2).find(|pair| key(pair[0]) == key(pair[1])) {
            return Err(twice(&frame, pair[1]));
        }
        (times, tickers) = order.iter().map(|row| key(*row)).map(|(ticker, time)| (time, ticker)).unzip();
        let places = order.iter().map(|row| IdxSize::try_from(*row)).collect::<Result<_, _>>();
        frame = take(&frame, places.map_err(|e| Error::Frame(e.to_string()))?)?;
    }
    let mut start = 0;
    let range = |rows: &[u32]| {
        start += rows.len();
        start - rows.len()..start
    };
    let tickers = tickers.chunk_by(|one, next| one == next).map(range).collect();
    Ok(Bars { frame, tickers, times })
}

fn twice(frame: &DataFrame, row: usize) -> Error {
    let cell = |name: &str| {
        let value = frame.column(name).ok().and_then(|column| column.get(row).ok().map(|value| value.to_string()));
        value.unwrap_or_default().trim_matches('"').to_owned()
    };
    let ticker = cell("ticker");
    let ticker = if ticker.is_empty() { "a ticker" } else { &ticker };
    Error::Bars(format!(
        "{ticker} has two rows at {}; a ticker has one bar at a time, so choose one exchange and one interval",
        cell("ticker_time")
    ))
}

fn times(frame: &DataFrame) -> Result<Vec<i64>, Error> {
    let column = frame.column("ticker_time").map_err(|_| Error::Bars("there is no column ticker_time".to_owned()))?;
    if !matches!(column.dtype(), DataType::Datetime(..) | DataType::Date) {
        return Err(Error::Bars(format!("ticker_time holds {}, not times", column.dtype())));
    }
    let numbers = column.to_physical_repr().cast(&DataType::Int64).map_err(broken)?;
    let numbers = numbers.i64().map_err(broken)?;
    let missing = || Error::Bars("a row has no ticker_time".to_owned());
    match numbers.cont_slice() {
        Ok(times) => Ok(times.to_vec()),
        Err(_) => numbers.iter().collect::<Option<Vec<i64>>>().ok_or_else(missing),
    }
}

/// A number for each row's ticker, in the order of the names.
fn tickers(frame: &DataFrame) -> Result<Vec<u32>, Error> {
    let Ok(column) = frame.column("ticker") else { return Ok(vec![0; frame.height()]) };
    let names = column.str().map_err(|_| Error::Bars(format!("ticker holds {}, not text", column.dtype())))?;
    // The rows of a ticker mostly stand together: a name is compared with the one before, and sought once for them all.
    let mut runs: Vec<(&str, usize)> = Vec::new();
    if names.has_nulls() {
        return Err(Error::Bars("a row has no ticker".to_owned()));
    }
    for names in names.downcast_iter() {
        // Where a column keeps two names in the same place, they are the same.
        let views = names.views();
        let mut place = 0;
        for same in views.chunk_by(|one, next| one.as_u128() == next.as_u128()) {
            let name = names.value(place);
            match runs.last_mut() {
                Some((last, rows)) if *last == name => *rows += same.len(),
                _ => runs.push((name, same.len())),
            }
            place += same.len();
        }
    }
    let mut numbers: BTreeMap<&str, u32> = runs.iter().map(|(name, _)| (*name, 0)).collect();
    for (number, place) in (0..).zip(numbers.values_mut()) {
        *place = number;
    }
    let number = |name: &str| numbers.get(name).copied().unwrap_or_default();
    Ok(runs.iter().flat_map(|(name, rows)| std::iter::repeat_n(number(name), *rows)).collect())
}
