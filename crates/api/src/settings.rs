//! What the application remembers of a person between starts: the workspaces opened, and the connection
//! to Google Cloud. Never a secret.

use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_core::{Code, Problem};
use serde::{Deserialize, Serialize};

/// How many workspaces are remembered.
const REMEMBERED: usize = 12;

/// A workspace opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Recent {
    /// Its folder.
    pub path: String,
    /// Its name.
    pub name: String,
    /// When, RFC 3339, UTC.
    pub opened_at: String,
    /// Whether the folder is still there.
    #[serde(default)]
    pub exists: bool,
}

/// Where settings and the sample workspace live.
#[derive(Debug, Clone)]
pub struct Settings {
    config: PathBuf,
    data: PathBuf,
}

impl Settings {
    /// The folders of this user, or those below `ALGOMOSAIC_HOME` where it is set.
    pub fn of_user() -> Result<Settings, Problem> {
        if let Some(home) = std::env::var_os("ALGOMOSAIC_HOME").filter(|home| !home.is_empty()) {
            return Ok(Settings::below(Path::new(&home)));
        }
        match (dirs::config_dir(), dirs::data_dir()) {
            (Some(config), Some(data)) => {
                Ok(Settings { config: config.join("algomosaic"), data: data.join("algomosaic") })
            }
            _ => Err(Problem::new(
                Code::Permission,
                "this user has no home folder to keep settings in",
                "Set ALGOMOSAIC_HOME to a folder that can be written.",
            )),
        }
    }

    /// Everything below one folder.
    pub fn below(home: &Path) -> Settings {
        Settings { config: home.join("config"), data: home.join("data") }
    }

    /// Where the sample workspace is, or will be made.
    pub fn sample_path(&self) -> PathBuf {
        self.data.join("sample")
    }

    /// The workspaces opened before, the last first. A list that cannot be read counts as empty: it is a convenience.
    pub fn recent(&self) -> Vec<Recent> {
        let text = fs::read_to_string(self.file()).unwrap_or_default();
        let mut recent: Vec<Recent> = serde_json::from_str(&text).unwrap_or_default();
        for entry in &mut recent {
            entry.exists = Path::new(&entry.path).join(crate::workspace::FILE).exists();
        }
        recent
    }

    /// Remembers a workspace. Failing to is no reason to refuse the workspace.
    pub fn remember(&self, path: &Path, name: &str) {
        let path = path.to_string_lossy().into_owned();
        let mut recent = self.recent();
        recent.retain(|entry| entry.path != path);
        let opened_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        recent.insert(0, Recent { path, name: name.to_owned(), opened_at, exists: true });
        recent.truncate(REMEMBERED);
        if fs::create_dir_all(&self.config).is_ok() {
            let _ = algomosaic_data::write_atomically(
                &self.file(),
                &serde_json::to_vec_pretty(&recent).unwrap_or_default(),
            );
        }
    }

    /// The folder of the settings.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    fn file(&self) -> PathBuf {
        self.config.join("recent.json")
    }
}
