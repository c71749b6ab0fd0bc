//! Fewer points where more would not be seen: the window gets no more than a picture can show, and the note says so.

use crate::chart::{Series, Shape};
use crate::ticks;

/// The most points of a line. A longer one becomes the least and the greatest value of each of its stretches.
pub const LINE_POINTS: usize = 4_000;
/// The most dots. Of more, so many are drawn at random, always the same.
pub const SCATTER_POINTS: usize = 3_000;

/// The series with no more points than its shape may have, and the sentence that says so.
pub(crate) fn reduced(series: Series) -> (Series, Option<String>) {
    let count = series.x.len();
    match series.shape {
        Shape::Points if count > SCATTER_POINTS => {
            let kept = sample(count, SCATTER_POINTS);
            let note = format!("{} of {} points, drawn at random.", ticks::count(SCATTER_POINTS), ticks::count(count));
            (pick(series, &kept), Some(note))
        }
        Shape::Line | Shape::Area if count > LINE_POINTS => {
            let kept = extremes(&series.y, LINE_POINTS / 2);
            let note = format!(
                "{} points, drawn as the lows and highs of {} stretches.",
                ticks::count(count),
                ticks::count(LINE_POINTS / 2)
            );
            (pick(series, &kept), Some(note))
        }
        _ => (series, None),
    }
}

fn pick(mut series: Series, kept: &[usize]) -> Series {
    series.x = kept.iter().map(|&i| series.x[i]).collect();
    series.y = kept.iter().map(|&i| series.y[i]).collect();
    series
}

/// The places of the least and the greatest value of each stretch, in order, and the ends. A stretch without any
/// value keeps its first place, so that a gap stays one.
fn extremes(values: &[Option<f64>], stretches: usize) -> Vec<usize> {
    let count = values.len();
    let mut kept = Vec::with_capacity(2 * stretches + 2);
    kept.push(0);
    for stretch in 0..stretches {
        let range = stretch * count / stretches..(stretch + 1) * count / stretches;
        let defined = || range.clone().filter_map(|i| Some((i, values[i]?)));
        let least = defined().min_by(|a, b| a.1.total_cmp(&b.1));
        let most = defined().max_by(|a, b| a.1.total_cmp(&b.1));
        match (least, most) {
            (Some((low, _)), Some((high, _))) => kept.extend([low.min(high), low.max(high)]),
            _ => kept.push(range.start),
        }
    }
    kept.push(count - 1);
    kept.dedup();
    kept
}

/// `kept` of `count` places in order, each set as likely as another (Knuth, The art of computer programming 2,
/// algorithm 3.4.2 S), by a stream that is always the same.
fn sample(count: usize, kept: usize) -> Vec<usize> {
    let mut state: u64 = 0x616C_676F_6D6F_7361;
    let mut places = Vec::with_capacity(kept);
    for place in 0..count {
        // SplitMix64 (Steele, Lea and Flood 2014).
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let chance = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        if chance * ((count - place) as f64) < (kept - places.len()) as f64 {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Role;

    #[test]
    fn a_long_line_keeps_its_ends_its_extremes_and_its_gaps() {
        let values = |i: usize| match i {
            5_000 => 99.0,
            7_777 => -99.0,
            12_000..12_100 => f64::NAN,
            _ => (i as f64 * 0.01).sin(),
        };
        let whole = Series::new("", Role::Model, Shape::Line, (0..20_000).map(|i| (i as f64, values(i))));
        let (part, note) = reduced(whole.clone());
        assert!(part.x.len() <= LINE_POINTS + 2 && part.x.is_sorted());
        assert_eq!((part.x[0], part.x.last()), (0.0, Some(&19_999.0)));
        for value in [99.0, -99.0] {
            assert!(part.y.contains(&Some(value)));
        }
        assert!(part.y.contains(&None));
        assert_eq!(note.as_deref(), Some("20,000 points, drawn as the lows and highs of 2,000 stretches."));
        let short = Series { x: whole.x[..4_000].to_vec(), y: whole.y[..4_000].to_vec(), ..whole };
        assert_eq!(reduced(short.clone()), (short, None));
    }

    #[test]
    fn a_large_cloud_is_sampled_evenly_and_always_alike() {
        let cloud = Series::new("", Role::Model, Shape::Points, (0..30_000).map(|i| (f64::from(i), 0.0)));
        let (part, _) = reduced(cloud.clone());
        assert_eq!(part.x.len(), SCATTER_POINTS);
        assert_eq!(reduced(cloud).0, part);
        let low_half = part.x.iter().filter(|x| **x < 15_000.0).count();
        assert!((1_350..1_650).contains(&low_half), "{low_half}");
    }
}
