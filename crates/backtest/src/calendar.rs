//! How many bars a year has, from the times of the bars themselves, with words that say how it was found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const DAY_US: i64 = 86_400_000_000;
/// Days of an average year of the Gregorian calendar, rounded as usual.
pub(crate) const YEAR_DAYS: f64 = 365.25;

/// The number that turns a statistic of bars into one of years, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Annualisation {
    /// Bars a year.
    pub periods_per_year: f64,
    /// In words: `daily bars without Saturdays: 252 sessions a year`.
    pub basis: String,
}

impl Annualisation {
    /// From times in microseconds since 1970 UTC, rising. `None` with fewer than two.
    ///
    /// The interval is the median distance of two bars. Days count 252 a year, or 365 when Saturdays are traded;
    /// shorter bars count as many a day as the median day has; weeks 52, months 12, quarters 4, years 1.
    pub fn of(times_us: &[i64]) -> Option<Annualisation> {
        let mut steps: Vec<i64> = times_us.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let step = median(&mut steps)?;
        if step <= 0 {
            return None;
        }
        let days = step as f64 / DAY_US as f64;
        let saturdays = times_us.iter().any(|time| (time.div_euclid(DAY_US) + 4).rem_euclid(7) == 6);
        let (sessions, which) = if saturdays { (365.0, "with") } else { (252.0, "without") };
        let (periods_per_year, basis) = if days < 0.75 {
            let mut each_day: BTreeMap<i64, i64> = BTreeMap::new();
            for time in times_us {
                *each_day.entry(time.div_euclid(DAY_US)).or_default() += 1;
            }
            let bars_a_day = median(&mut each_day.into_values().collect::<Vec<_>>())? as f64;
            let basis = format!("{bars_a_day} bars a day {which} Saturdays: {bars_a_day} × {sessions} bars a year");
            (bars_a_day * sessions, basis)
        } else if days < 1.5 {
            (sessions, format!("daily bars {which} Saturdays: {sessions} sessions a year"))
        } else if (6.0..8.0).contains(&days) {
            (52.0, "weekly bars: 52 a year".to_owned())
        } else if (27.0..32.0).contains(&days) {
            (12.0, "monthly bars: 12 a year".to_owned())
        } else if (88.0..94.0).contains(&days) {
            (4.0, "quarterly bars: 4 a year".to_owned())
        } else if (360.0..370.0).contains(&days) {
            (1.0, "yearly bars".to_owned())
        } else {
            let count = YEAR_DAYS / days;
            (count, format!("a bar every {days:.1} days: {count:.1} a year"))
        };
        Some(Annualisation { periods_per_year, basis })
    }
}

/// The lower median.
fn median(values: &mut [i64]) -> Option<i64> {
    if values.is_empty() {
        return None;
    }
    let middle = (values.len() - 1) / 2;
    Some(*values.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_own_times_say_how_many_a_year_has() {
        const HOUR_US: i64 = DAY_US / 24;
        let monday = 4 * DAY_US; // 1970-01-05
        let weekdays = |n: i64| (0..n).map(|i| monday + (i / 5 * 7 + i % 5) * DAY_US).collect::<Vec<_>>();
        let every = |step: i64, n: i64| (0..n).map(|i| monday + i * step).collect::<Vec<_>>();
        let sessions = weekdays(10).into_iter().flat_map(|day| (0..7).map(move |h| day + (14 + h) * HOUR_US)).collect();
        for (times, expected) in [
            (weekdays(30), Some(252.0)),
            (every(DAY_US, 30), Some(365.0)),
            (sessions, Some(7.0 * 252.0)),
            (every(HOUR_US, 24 * 10), Some(24.0 * 365.0)),
            (every(7 * DAY_US, 5), Some(52.0)),
            (every(30 * DAY_US, 5), Some(12.0)),
            (every(91 * DAY_US, 5), Some(4.0)),
            (every(365 * DAY_US, 5), Some(1.0)),
            (every(1, 1), None),
            (vec![], None),
        ] {
            assert_eq!(Annualisation::of(&times).map(|a| a.periods_per_year), expected, "{} bars", times.len());
        }
    }
}
