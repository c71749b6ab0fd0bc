//! Trials of a search that was stopped, kept beside the workspace's jobs until the same search is done. The file is named
//! after the request and the data, so that another search never takes them.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use algomosaic_core::{Problem, ids};
use algomosaic_data::{lineage, write_atomically};
use algomosaic_features::FeatureFrame;
use algomosaic_model::{TrainSpec, Trial};

use crate::workspace::Workspace;

/// The kept trials of one search.
pub(crate) struct Kept {
    path: PathBuf,
    /// Those of before.
    pub(crate) trials: Vec<Trial>,
    all: RefCell<Vec<Trial>>,
}

impl Kept {
    /// Of a request that searches; nothing otherwise. More trials of the same search go on where the others stopped.
    pub(crate) fn of(workspace: &Workspace, spec: &TrainSpec, data: &FeatureFrame) -> Result<Option<Kept>, Problem> {
        let Some(search) = &spec.search else { return Ok(None) };
        let mut alike = spec.clone();
        alike.search = Some(algomosaic_model::SearchSpec { trials: 1, ..search.clone() });
        let key = serde_json::json!({"spec": alike, "data_hash": lineage::data_hash(&data.frame)?});
        let path = workspace.root().join("searches").join(format!("{}.json", ids::id(&key)));
        // A file that cannot be read costs a search from the start and no more.
        let trials: Vec<Trial> =
            fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Ok(Some(Kept { path, all: RefCell::new(trials.clone()), trials }))
    }

    /// Keeps one more. Where it cannot be written, stopping costs more; the training itself goes on.
    pub(crate) fn keep(&self, trial: &Trial) {
        let mut all = self.all.borrow_mut();
        all.push(trial.clone());
        let folder = self.path.parent().map(fs::create_dir_all);
        if let (Some(Ok(())), Ok(bytes)) = (folder, serde_json::to_vec(&*all)) {
            let _ = write_atomically(&self.path, &bytes);
        }
    }

    /// The search is done and its trials are a part of the run.
    pub(crate) fn done(&self) {
        let _ = fs::remove_file(&self.path);
    }
}
