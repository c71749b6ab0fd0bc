//! The bars of one ticker as plain columns, in time order. It reads a frame once and then needs it no more.

use algomosaic_features::FeatureFrame;
use chrono::DateTime;
use polars::prelude::{Column, DataType, TimeUnit};

use crate::{Error, Rules};

/// The bars to trade on; every open and close is a finite price above zero.
pub(crate) struct Bars {
    pub(crate) ticker: String,
    /// Microseconds since 1970 UTC, rising.
    pub(crate) times_us: Vec<i64>,
    pub(crate) open: Vec<f64>,
    pub(crate) high: Vec<f64>,
    pub(crate) low: Vec<f64>,
    pub(crate) close: Vec<f64>,
    pub(crate) volume: Vec<f64>,
    /// Bars left out because nothing could be traded or valued at their prices.
    pub(crate) left_out: usize,
    /// The row of the frame of each bar.
    rows: Vec<usize>,
}

impl Bars {
    pub(crate) fn read(rules: &Rules, data: &FeatureFrame) -> Result<Bars, Error> {
        let all_times = times_us(data)?;
        let (ticker, mut rows) = choose_ticker(rules, data, all_times.len())?;
        let (first, last) = rules.period_us()?;
        // A bar without a time has no place among the others.
        rows.retain(|&row| all_times[row].is_some_and(|time| time >= first && time <= last));
        if rows.is_empty() {
            return Err(Error::NoBars(format!("{ticker} has none in the period")));
        }
        let open = numbers(data, "open")?;
        let close = numbers(data, "close")?;
        let in_period = rows.len();
        let usable = |price: f64| price.is_finite() && price > 0.0;
        rows.retain(|&row| usable(open[row]) && usable(close[row]));
        let left_out = in_period - rows.len();
        if rows.is_empty() {
            return Err(Error::NoBars(format!("no bar of {ticker} has an open and a close above zero")));
        }
        rows.sort_by_key(|&row| all_times[row]);
        let times_us: Vec<i64> = rows.iter().filter_map(|&row| all_times[row]).collect();
        if let Some(pair) = times_us.windows(2).find(|pair| pair[0] == pair[1]) {
            let time = DateTime::from_timestamp_micros(pair[0]).map_or_else(|| pair[0].to_string(), |t| t.to_rfc3339());
            return Err(Error::SameTime { ticker, time });
        }
        let pick = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<f64>>();
        let (open, close) = (pick(&open), pick(&close));
        let other = |name| numbers(data, name).map(|column| pick(&column));
        let (high, low, volume) = (other("high")?, other("low")?, other("volume")?);
        Ok(Bars { ticker, times_us, open, high, low, close, volume, left_out, rows })
    }

    pub(crate) fn len(&self) -> usize {
        self.times_us.len()
    }

    /// A column of the frame at these bars; NaN where it is undefined.
    pub(crate) fn column(&self, data: &FeatureFrame, name: &str) -> Result<Vec<f64>, Error> {
        let column = as_numbers(data.frame.column(name)?)?;
        Ok(self.rows.iter().map(|&row| column[row]).collect())
    }
}

fn times_us(data: &FeatureFrame) -> Result<Vec<Option<i64>>, Error> {
    let column = data.frame.column("ticker_time").map_err(|_| Error::NotBars("ticker_time"))?;
    match column.dtype() {
        DataType::Datetime(_, zone) => {
            let micros = column.cast(&DataType::Datetime(TimeUnit::Microseconds, zone.clone()))?;
            Ok(micros.datetime()?.physical().iter().collect())
        }
        DataType::Date => {
            let micros = column.cast(&DataType::Datetime(TimeUnit::Microseconds, None))?;
            Ok(micros.datetime()?.physical().iter().collect())
        }
        other => Err(Error::NotANumber { column: "ticker_time".to_owned(), kind: format!("{other} and not times") }),
    }
}

/// The ticker that the rules name, or the only one there is, and its rows.
fn choose_ticker(rules: &Rules, data: &FeatureFrame, height: usize) -> Result<(String, Vec<usize>), Error> {
    let column = data.frame.column("ticker").map_err(|_| Error::NotBars("ticker"))?;
    let column = column.cast(&DataType::String)?;
    let names: Vec<&str> = column.str()?.iter().map(Option::unwrap_or_default).collect();
    let mut tickers: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    tickers.sort_unstable();
    tickers.dedup();
    let wanted = match (&rules.ticker, tickers.as_slice()) {
        (_, []) => return Err(Error::NoBars("the table is empty".to_owned())),
        (Some(ticker), _) if tickers.contains(ticker) => ticker.clone(),
        (Some(ticker), _) => return Err(Error::UnknownTicker { ticker: ticker.clone(), tickers }),
        (None, [only]) => only.clone(),
        (None, _) => return Err(Error::SeveralTickers { tickers }),
    };
    let rows = (0..height).filter(|&row| names[row] == wanted).collect();
    Ok((wanted, rows))
}

fn numbers(data: &FeatureFrame, name: &'static str) -> Result<Vec<f64>, Error> {
    as_numbers(data.frame.column(name).map_err(|_| Error::NotBars(name))?)
}

fn as_numbers(column: &Column) -> Result<Vec<f64>, Error> {
    let dtype = column.dtype();
    if !(dtype.is_primitive_numeric() || dtype.is_bool() || dtype.is_decimal() || dtype.is_null()) {
        let kind = match dtype {
            DataType::String => "text".to_owned(),
            DataType::Datetime(..) | DataType::Date | DataType::Time => "times".to_owned(),
            other => other.to_string(),
        };
        return Err(Error::NotANumber { column: column.name().to_string(), kind });
    }
    let column = column.cast(&DataType::Float64)?;
    Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}
