//! Every chart in both themes, from made-up but lifelike numbers, to look at:
//! `cargo run -p algomosaic-charts --example gallery -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use algomosaic_charts as charts;
use charts::{Account, Chart, Evaluation, HeatMap, Theme};

const DAY_MS: f64 = 86_400_000.0;
/// 2010-05-03, a Monday.
const START_MS: f64 = 1_272_844_800_000.0;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    for chart in all() {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            std::fs::write(
                folder.join(format!("{}-{name}.png", chart.id)),
                charts::png(&chart, theme, charts::DEFAULT_SIZE)?,
            )?;
        }
        let svg = charts::svg(&chart, Theme::Light, charts::DEFAULT_SIZE)?;
        std::fs::write(folder.join(format!("{}.svg", chart.id)), svg)?;
        std::fs::write(folder.join(format!("{}.csv", chart.id)), charts::csv(&chart))?;
    }
    for (count, theme) in [(5, Theme::Light), (16, Theme::Dark), (60, Theme::Light)] {
        let map = correlations(count);
        std::fs::write(folder.join(format!("correlation-{count}.png")), charts::png(&map, theme, map.size())?)?;
        std::fs::write(folder.join(format!("correlation-{count}.svg")), charts::svg(&map, theme, map.size())?)?;
    }
    Ok(())
}

fn all() -> Vec<Chart> {
    let mut noise = Noise(7);
    let (mut times, mut tickers, mut predictions, mut outcomes) = (vec![], vec![], vec![], vec![]);
    let (mut slow, mut fast) = ([0.0; 4], [0.0; 4]);
    for day in 0..735 {
        for (i, ticker) in ["AAPL", "GOOG", "IBM", "MSFT"].into_iter().enumerate() {
            slow[i] = 0.96 * slow[i] + 0.25 * noise.normal() * 0.02;
            fast[i] = 0.85 * fast[i] + noise.normal() * 0.022;
            times.push(START_MS + f64::from(day / 5 * 7 + day % 5) * DAY_MS);
            tickers.push(ticker.to_owned());
            predictions.push(0.003 + slow[i]);
            outcomes.push(0.004 + 0.6 * slow[i] + fast[i]);
        }
    }
    let evaluation = Evaluation { times_ms: &times, tickers: &tickers, predictions: &predictions, outcomes: &outcomes };

    let (mut strategy, mut market) = (vec![10_000.0], vec![10_000.0]);
    for _ in 1..1_600 {
        let step = 0.013 * noise.normal();
        market.push(market[market.len() - 1] * f64::exp(0.0002 + step));
        strategy.push(strategy[strategy.len() - 1] * f64::exp(0.0004 + 0.5 * step + 0.004 * noise.normal()));
    }
    let days: Vec<f64> = (0..1_600).map(|day| START_MS + f64::from(day / 5 * 7 + day % 5) * DAY_MS).collect();
    let account = Account { times_ms: &days, account_value: &strategy, market: &market };
    let controls: Vec<f64> = (0..20).map(|_| -0.008 + 0.011 * noise.normal()).collect();
    vec![
        charts::predictions_by_date(&evaluation),
        charts::errors_by_date(&evaluation),
        charts::prediction_histogram(&evaluation),
        charts::error_histogram(&evaluation),
        charts::predicted_against_actual(&evaluation),
        charts::equity(&account),
        charts::drawdown(&account),
        charts::control_strip("R² on held-out rows", 0.021, &controls),
        charts::fold_scores(&[0.031, -0.008, 0.012, f64::NAN, 0.022]),
        charts::learning_curve(&[(411.0, -0.12), (822.0, -0.03), (1_233.0, 0.004), (1_644.0, 0.017), (2_055.0, 0.021)]),
        charts::search_trials(
            &(1..=30).map(|i| 0.02 - 0.05 / f64::from(i) + 0.004 * noise.normal()).collect::<Vec<_>>(),
        ),
    ]
}

/// Correlations that fall with the distance of two columns, some against each other.
fn correlations(count: usize) -> HeatMap {
    let value = |i: usize, j: usize| {
        let sign = if (i + j) % 3 == 2 { -1.0 } else { 1.0 };
        (i != 7 && j != 7).then(|| sign * f64::exp(-(i.abs_diff(j) as f64) / 4.0))
    };
    HeatMap {
        title: format!("Rank correlation of {count} columns"),
        names: (0..count).map(|i| format!("BollingerB_{}", 5 * i + 5)).collect(),
        values: (0..count).map(|i| (0..count).map(|j| value(i, j)).collect()).collect(),
        note: "Spearman's, 9,808 rows.".to_owned(),
    }
}

/// A stream of normal numbers: twelve uniform ones (SplitMix64; Steele, Lea and Flood 2014) less six.
struct Noise(u64);

impl Noise {
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
