//! The main job on the sample, end to end: bars, features, two models with their control, predictions, a backtest, and a
//! folder with the charts and CSVs.

use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_charts::{Chart, Theme};
use algomosaic_core::{Problem, names};
use algomosaic_data::{csv_text, io_problem, sample};
use algomosaic_model::TrainSpec;

use crate::jobs::Running;
use crate::outcome::DemoDocument;
use crate::request::Source;
use crate::workspace::Workspace;

use super::charts::{self, ChartFormat};
use super::{backtest, features, predict, runs, train};

pub(crate) fn demo(workspace: &Workspace, running: &Running<'_>, out: Option<&str>) -> Result<DemoDocument, Problem> {
    let within = |start: f64, end: f64, run: &mut dyn FnMut(&Running<'_>) -> Result<(), Problem>| {
        let job = running.job.part(start, end);
        run(&Running { job: &job, staging: running.staging, record: running.record, log: running.log })
    };
    let folder = match out {
        Some(out) => std::path::absolute(out).unwrap_or_else(|_| PathBuf::from(out)),
        None => workspace
            .root()
            .join("exports")
            .join(format!("sample-{}", &running.record.id[..15.min(running.record.id.len())])),
    };
    super::sample::fill(workspace, running.staging, &running.job.part(0.0, 0.1))?;
    let bars = Source::Table { table: sample::BARS_TABLE.to_owned() };
    let columns = Source::Table { table: sample::FEATURES_TABLE.to_owned() };

    let recipe = file(workspace, "recipes/momentum.toml")?;
    within(0.1, 0.3, &mut |running| {
        let target = features::Target { table: Some(sample::FEATURES_TABLE), out: None, update: false };
        features::features(workspace, running, &recipe, &bars, &target).map(drop)
    })?;
    let mut trained = Vec::new();
    for (path, start) in [("train/elastic_net.toml", 0.3), ("train/ols.toml", 0.5)] {
        let spec = TrainSpec::from_toml(&file(workspace, path)?)?;
        within(start, start + 0.2, &mut |running| {
            trained.push(train::train(workspace, running, &columns, &spec, None)?);
            Ok(())
        })?;
    }
    let (Some(compare), Some(best)) = (trained.pop(), trained.pop()) else {
        return Err(Problem::new(crate::Code::Internal, "the sample trains two models", "Please report this."));
    };

    // What a prediction run is for: bars the model was not trained on, the last of them without an outcome yet.
    let held_out = Source::sql(&format!(
        "SELECT * FROM {} WHERE ticker_time >= TIMESTAMP '{}'",
        sample::FEATURES_TABLE,
        best.split.test_start
    ));
    let mut tables = vec![
        format!("{}.{}", workspace.info().project, sample::BARS_TABLE),
        format!("{}.{}", workspace.info().project, sample::FEATURES_TABLE),
    ];
    within(0.7, 0.78, &mut |running| {
        let done = predict::predict(workspace, running, &best.model_execution_id, &held_out, None, None)?;
        tables.extend(best.tables.iter().chain(&done.tables).cloned());
        Ok(())
    })?;
    let rules = algomosaic_backtest::Rules::from_toml(&file(workspace, "rules/dip.toml")?)?;
    let mut tested = None;
    within(0.78, 0.86, &mut |running| {
        tested = Some(backtest::backtest(workspace, running, &rules, &columns, Some(&best.model_execution_id))?);
        Ok(())
    })?;
    let Some(tested) = tested else {
        return Err(Problem::new(crate::Code::Internal, "the sample has a backtest", "Please report this."));
    };
    tables.extend(tested.document.tables.iter().cloned());
    tables.sort();
    tables.dedup();

    running.job.stage("drawing charts")?;
    let mut all = charts::of_run(workspace, &best.model_execution_id)?;
    let times: Vec<f64> = tested.equity.iter().map(|point| point.time_us as f64 / 1000.0).collect();
    let values: Vec<f64> = tested.equity.iter().map(|point| point.account_value).collect();
    let market: Vec<f64> = tested.equity.iter().map(|point| point.market).collect();
    all.extend(charts::of_account(&times, &values, &market));
    let mut files = Files { folder: folder.clone(), charts: Vec::new(), csv: Vec::new() };
    let evaluation = evaluation_csv(workspace, &best.model_execution_id)?;
    files.write("evaluation.csv", evaluation.as_bytes())?;
    files.write("backtest.csv", csv_text(&tested.bars)?.as_bytes())?;
    files.write("scores.csv", scores_csv(&best, &compare).as_bytes())?;
    for (done, chart) in all.iter().enumerate() {
        running.job.part(0.86, 1.0).step(done, all.len())?;
        files.chart(chart)?;
    }
    Ok(DemoDocument {
        workspace: workspace.info().path.clone(),
        out: folder.to_string_lossy().into_owned(),
        train: best,
        compare,
        backtest: tested.document,
        charts: files.charts,
        csv: files.csv,
        tables,
    })
}

/// A file of the sample: the workspace's own copy, which a person may have changed, else the one that ships.
pub(super) fn file(workspace: &Workspace, path: &str) -> Result<String, Problem> {
    let own = workspace.root().join(path);
    match fs::read_to_string(&own) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(sample::FILES
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| (*text).to_owned())
            .unwrap_or_default()),
        Err(error) => Err(io_problem("reading a file of the sample", &own, &error)),
    }
}

struct Files {
    folder: PathBuf,
    charts: Vec<String>,
    csv: Vec<String>,
}

impl Files {
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        fs::create_dir_all(&self.folder)
            .map_err(|error| io_problem("making the folder for charts", &self.folder, &error))?;
        let path = self.folder.join(name);
        algomosaic_data::write_atomically(&path, bytes)?;
        let list = if Path::new(name).extension().is_some_and(|ending| ending == "csv") {
            &mut self.csv
        } else {
            &mut self.charts
        };
        list.push(path.to_string_lossy().into_owned());
        Ok(())
    }

    fn chart(&mut self, chart: &Chart) -> Result<(), Problem> {
        for format in [ChartFormat::Png, ChartFormat::Svg, ChartFormat::Csv] {
            let bytes = charts::bytes(chart, format, Theme::Light)?;
            self.write(&format!("{}.{}", names::normalise_column(&chart.id), format.ending()), &bytes)?;
        }
        Ok(())
    }
}

fn evaluation_csv(workspace: &Workspace, execution: &str) -> Result<String, Problem> {
    let date = runs::date_of(&runs::started_at(workspace, execution)?);
    let table = algomosaic_data::lineage::Table::Evaluation.name(&date, None);
    let sql = format!("SELECT * FROM `{table}` WHERE model_execution_id = '{execution}' ORDER BY ticker, ticker_time");
    Ok(csv_text(&workspace.warehouse().query(&sql, None, &crate::Job::new())?.frame)?)
}

/// The scores of the two runs side by side, with the median of the first one's control.
fn scores_csv(best: &crate::RunDetail, compare: &crate::RunDetail) -> String {
    let text = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut out = format!("score,{},{}\n", best.model_type, compare.model_type);
    for ((name, left), (_, right)) in best.scores.named().zip(compare.scores.named()) {
        out.push_str(&format!("{name},{},{}\n", text(left), text(right)));
    }
    out.push_str(&format!("control_rsquared,{},{}\n", best.control.median, compare.control.median));
    out.push_str(&format!("p_value,{},{}\n", best.control.p_value, compare.control.p_value));
    out
}
