//! Trials of a search that was stopped, kept beside the workspace's jobs until the same search is done. The file is named
//! after the request and the data, so that another search never takes them.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_core::{Problem, ids};
use algomosaic_data::{lineage, write_atomically};
use algomosaic_features::FeatureFrame;
use algomosaic_model::{TrainSpec, Trial};
use serde::{Deserialize, Serialize};

use crate::wire::SearchTrials;
use crate::workspace::Workspace;

use super::charts;

/// What the file of a search holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct File {
    /// The last job that worked on it.
    job: String,
    /// How many trials there will be.
    count: u32,
    trials: Vec<Trial>,
}

impl File {
    /// None where it cannot be read: that costs a search from the start and no more.
    fn read(path: &Path) -> Option<File> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Where it cannot be written, stopping costs more; the training itself goes on.
    fn write(&self, path: &Path) {
        let folder = path.parent().map(fs::create_dir_all);
        if let (Some(Ok(())), Ok(bytes)) = (folder, serde_json::to_vec(self)) {
            let _ = write_atomically(path, &bytes);
        }
    }
}

/// The kept trials of one search.
pub(crate) struct Kept {
    path: PathBuf,
    /// Those of before.
    pub(crate) trials: Vec<Trial>,
    all: RefCell<File>,
}

impl Kept {
    /// Of a request that searches; nothing otherwise. More trials of the same search go on where the others stopped.
    pub(crate) fn of(
        workspace: &Workspace,
        job: &str,
        spec: &TrainSpec,
        data: &FeatureFrame,
    ) -> Result<Option<Kept>, Problem> {
        let Some(search) = &spec.search else { return Ok(None) };
        let mut alike = spec.clone();
        alike.search = Some(algomosaic_model::SearchSpec { trials: 1, ..search.clone() });
        let key = serde_json::json!({"spec": alike, "data_hash": lineage::data_hash(&data.frame)?});
        let path = folder(workspace.root()).join(format!("{}.json", ids::id(&key)));
        let trials = File::read(&path).map(|file| file.trials).unwrap_or_default();
        let count = u32::try_from(search.count()).unwrap_or(u32::MAX);
        let file = File { job: job.to_owned(), count, trials: trials.clone() };
        if !trials.is_empty() {
            file.write(&path);
        }
        Ok(Some(Kept { path, all: RefCell::new(file), trials }))
    }

    /// Keeps one more.
    pub(crate) fn keep(&self, trial: &Trial) {
        let mut all = self.all.borrow_mut();
        all.trials.push(trial.clone());
        all.write(&self.path);
    }

    /// The search is done and its trials are a part of the run.
    pub(crate) fn done(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn folder(workspace: &Path) -> PathBuf {
    workspace.join("searches")
}

/// The trials that are kept of the search of a job.
pub(crate) fn of_job(workspace: &Path, job: &str) -> Option<SearchTrials> {
    let files = fs::read_dir(folder(workspace)).ok()?;
    let file = files.flatten().filter_map(|entry| File::read(&entry.path())).find(|file| file.job == job)?;
    let scored = file.trials.iter().filter_map(|trial| Some((trial.score?, trial.number)));
    // Of equal trials the first, as the search takes it.
    let best = scored.reduce(|best, other| if other.0 > best.0 { other } else { best });
    Some(SearchTrials {
        count: file.count,
        best: best.map(|(_, number)| number),
        chart: charts::of_trials(&file.trials),
        trials: file.trials,
    })
}

#[cfg(test)]
mod tests {
    use algomosaic_core::Job;

    use super::*;
    use crate::request::{Request, Source};
    use crate::{App, Role, Settings};

    const RECIPE: &str = r#"
        name = "searched"
        [[feature]]
        indicator = "algom.aror"
        n = [1, 5, 20]
        [[label]]
        indicator = "algom.ror"
        n = -10
    "#;

    const SPEC: &str = r#"
        outcome = "ROR_n10"
        features = ["AROR_*"]
        algorithm = "elastic_net"
        [control]
        repeats = 1
        [search]
        kind = "random"
        trials = 60
        [search.ranges]
        alpha = { min = 1e-6, max = 1.0, log = true }
    "#;

    #[test]
    fn a_stopped_search_shows_its_trials_and_goes_on_from_them() {
        let home = tempfile::tempdir().unwrap();
        let app = App::new(Settings::below(home.path()), Role::Owner);
        let place = home.path().join("w");
        app.create_workspace(&place, "local", "main", true).unwrap();
        let features = Request::Features {
            recipe: RECIPE.to_owned(),
            from: Source::Table { table: "market.bars_us_daily".to_owned() },
            table: Some("features.searched".to_owned()),
            out: None,
            update: false,
        };
        app.run(&features, &Job::new()).unwrap();
        let request = Request::Train {
            from: Source::Table { table: "features.searched".to_owned() },
            spec: TrainSpec::from_toml(SPEC).unwrap(),
            recipe: None,
        };
        let newest = || app.jobs().unwrap().remove(0).id;

        let job = Job::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let has_begun =
                    || app.jobs().is_ok_and(|jobs| app.search_trials(&jobs[0].id).is_ok_and(|t| t.is_some()));
                while !has_begun() {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                job.cancel();
            });
            assert!(app.run(&request, &job).is_err());
        });
        let stopped = newest();
        let kept = app.search_trials(&stopped).unwrap().unwrap();
        let tried = kept.trials.len();
        assert!(kept.count == 60 && (1..60).contains(&tried), "{tried} of {}", kept.count);
        let best = kept.trials.iter().filter_map(|trial| trial.score).fold(f64::MIN, f64::max);
        assert_eq!(kept.trials[kept.best.unwrap() as usize].score, Some(best));
        assert_eq!(kept.chart.series[1].x.len(), tried);
        assert_eq!(app.search_trials("no job").unwrap(), None);

        app.run(&request, &Job::new()).unwrap();
        assert_eq!(app.search_trials(&stopped).unwrap(), None, "they are a part of the run");
        let runs = app.runs(&crate::RunQuery::default()).unwrap();
        let run = app.run_detail(&runs[0].model_execution_id, true).unwrap();
        assert_eq!(run.search.unwrap().trials[..tried], kept.trials);
        let charts: Vec<&str> = run.charts.iter().map(|chart| chart.id.as_str()).collect();
        assert_eq!(charts[5..], ["learning_curve", "search_trials"]);
    }
}
