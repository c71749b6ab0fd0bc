//! `algom chart`: a chart of a run or a backtest as a file.

use std::process::ExitCode;

use algomosaic_api::{ChartFormat, Problem, Theme};
use serde_json::json;

use super::Session;
use crate::args::Chart;

pub(crate) fn run(session: &Session<'_>, chart: &Chart) -> Result<ExitCode, Problem> {
    let app = session.open()?;
    let ending = chart.out.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let format = match ending.as_str() {
        "png" => ChartFormat::Png,
        "svg" => ChartFormat::Svg,
        "csv" => ChartFormat::Csv,
        _ => {
            return Err(Problem::bad(
                format!("{} does not say by its ending what to draw", chart.out.display()),
                "End it in .png, .svg or .csv.",
            ));
        }
    };
    let theme = match (chart.dark, chart.colour_blind) {
        (false, false) => Theme::Light,
        (true, false) => Theme::Dark,
        (false, true) => Theme::LightColourBlind,
        (true, true) => Theme::DarkColourBlind,
    };
    app.write_chart(&chart.run, &chart.kind, format, theme, &chart.out)?;
    session.output.document(&json!({"chart": chart.kind, "out": chart.out}), || {
        format!("{} into {}", chart.kind, chart.out.display())
    })
}
