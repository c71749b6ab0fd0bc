//! Parts of the bars' times, as BigQuery's EXTRACT gives them in UTC.

use chrono::{DateTime, Datelike, Timelike, Utc};
use polars::prelude::{DataType, TimeUnit};

use crate::Error;
use crate::bars::Bars;

/// The part of each row's time: `hour_of_day`, `day_of_week` (1 is Sunday), `day_of_year`, `week` (of ISO 8601), `month`,
/// `quarter`, `year`.
pub(crate) fn parts(bars: &Bars, part: &str) -> Result<Vec<f64>, Error> {
    let unit = match bars.frame.column("ticker_time").map(|column| column.dtype().clone()) {
        Ok(DataType::Date) => 86_400_000_000,
        Ok(DataType::Datetime(TimeUnit::Milliseconds, _)) => 1_000,
        _ => 1,
    };
    let nanoseconds = matches!(
        bars.frame.column("ticker_time").map(|column| column.dtype()),
        Ok(DataType::Datetime(TimeUnit::Nanoseconds, _))
    );
    let of = |time: DateTime<Utc>| match part {
        "hour_of_day" => time.hour(),
        "day_of_week" => time.weekday().number_from_sunday(),
        "day_of_year" => time.ordinal(),
        "week" => time.iso_week().week(),
        "month" => time.month(),
        "quarter" => time.month0() / 3 + 1,
        _ => u32::try_from(time.year()).unwrap_or(0),
    };
    bars.times
        .iter()
        .map(|time| {
            let microseconds = if nanoseconds { time.div_euclid(1_000) } else { time.saturating_mul(unit) };
            let time = DateTime::from_timestamp_micros(microseconds)
                .ok_or_else(|| Error::Bars(format!("ticker_time {time} is beyond the calendar")))?;
            Ok(f64::from(of(time)))
        })
        .collect()
}
