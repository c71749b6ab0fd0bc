//! A workspace: a folder with `algomosaic.toml`, `warehouse/`, `models/` and `jobs/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use algomosaic_core::{Code, Problem, names};
use algomosaic_data::{Limits, ModelStore, Remote, Staging, Warehouse, io_problem};
use serde::Deserialize;

use crate::google::{Google, GoogleTable};
use crate::unconnected::Unconnected;
use crate::wire::WorkspaceInfo;
use crate::wire_cloud::BigQueryUse;

/// The file that makes a folder a workspace.
pub(crate) const FILE: &str = "algomosaic.toml";
/// The version of the layout this software writes and reads.
const LAYOUT: u32 = 1;

/// Who opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The window: closes the jobs that a crash left open.
    Owner,
    /// The command line beside it: leaves them alone.
    Guest,
}

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    version: u32,
    #[serde(default)]
    name: Option<String>,
    #[serde(default = "local")]
    pub(crate) project: String,
    #[serde(default = "main")]
    dataset: String,
    #[serde(default)]
    pub(crate) domain: String,
    #[serde(default)]
    sample: bool,
    #[serde(default)]
    limits: LimitsTable,
    pub(crate) google: Option<GoogleTable>,
}

/// How much of the machine a query may take. What is left out is the engine's own choice.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    /// `4GB`: beyond it a query spills to disk.
    memory: Option<String>,
    /// `20GB`: what may be spilled.
    spill: Option<String>,
    /// Threads.
    threads: Option<u32>,
}

impl LimitsTable {
    fn limits(&self, spill: Option<&Staging>, file: &Path) -> Result<Limits, Problem> {
        let bytes = |name: &str, text: &Option<String>| -> Result<Option<u64>, Problem> {
            text.as_deref()
                .map(|text| {
                    size(text).ok_or_else(|| {
                        Problem::bad(
                            format!("{name} below [limits] is {text:?}, which is no size ({})", file.display()),
                            "Write a number of MB, GB or TB: memory = \"4GB\". The least is 64MB.",
                        )
                    })
                })
                .transpose()
        };
        if self.threads == Some(0) {
            return Err(Problem::bad(
                format!("threads below [limits] is 0 ({})", file.display()),
                "Write at least 1, or leave it out.",
            ));
        }
        Ok(Limits {
            memory_bytes: bytes("memory", &self.memory)?,
            threads: self.threads,
            spill: Some(spill.map_or_else(
                || std::env::temp_dir().join(format!("algomosaic-{}", algomosaic_data::unique())),
                |staging| staging.folder().join("spill"),
            )),
            spill_bytes: bytes("spill", &self.spill)?,
        })
    }
}

/// Bytes of `4GB`, `500 MB`.
pub(crate) fn size(text: &str) -> Option<u64> {
    let text = text.trim().to_uppercase();
    let (digits, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let factor = match unit {
        "MB" => 1_000_000.0,
        "GB" => 1_000_000_000.0,
        "TB" => 1_000_000_000_000.0,
        _ => return None,
    };
    let bytes = digits.trim().parse::<f64>().ok().filter(|number| number.is_finite())? * factor;
    (64_000_000.0..1e16).contains(&bytes).then_some(bytes as u64)
}

fn local() -> String {
    "local".to_owned()
}

fn main() -> String {
    "main".to_owned()
}

/// An open workspace.
pub struct Workspace {
    root: PathBuf,
    info: WorkspaceInfo,
    warehouse: Warehouse,
    store: ModelStore,
    google: Option<GoogleTable>,
    /// Where queries that outgrow the memory write; it goes with the workspace.
    _spill: Option<Staging>,
}

impl Workspace {
    /// Opens a workspace. Outputs that a dead job had committed are put in their places first.
    pub fn open(path: &Path, role: Role) -> Result<Workspace, Problem> {
        let file = path.join(FILE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let what = if path.exists() { "is no workspace: it has no algomosaic.toml" } else { "does not exist" };
                return Err(Problem::not_found(
                    format!("{} {what}", path.display()),
                    format!("Make one there with `algom init {}`, or choose another folder.", path.display()),
                ));
            }
            Err(error) => return Err(io_problem("opening the workspace", &file, &error)),
        };
        let settings = read_settings(&text, &file)?;
        let root = fs::canonicalize(path).map_err(|error| io_problem("opening the workspace", path, &error))?;
        let read_only = !can_write(&root);
        if !read_only {
            for folder in ["warehouse", "models", "jobs"] {
                let folder = root.join(folder);
                fs::create_dir_all(&folder).map_err(|error| io_problem("opening the workspace", &folder, &error))?;
            }
            crate::jobs::recover(&root, role)?;
        }
        let name = settings.name.unwrap_or_else(|| folder_name(&root));
        let info = WorkspaceInfo {
            path: root.to_string_lossy().into_owned(),
            name,
            read_only,
            is_sample: settings.sample,
            project: settings.project,
            dataset: settings.dataset,
            domain: settings.domain,
            bigquery: None,
        };
        // A job's folder: recovery removes what a dead process leaves in it. A workspace that cannot be written, or whose
        // disk is full, can still be read: then the system's folder for temporary files is taken.
        let spill =
            if read_only { None } else { Staging::create(&root, &format!("spill-{}", algomosaic_data::unique())).ok() };
        let limits = settings.limits.limits(spill.as_ref(), &file)?;
        let warehouse = Warehouse::open(&root, &info.project, &info.dataset, &limits)?;
        let store = ModelStore::new(&root, &info.domain);
        let workspace = Workspace { root, info, warehouse, store, google: settings.google, _spill: spill };
        if role == Role::Owner && !read_only {
            crate::ops::results::clear(&workspace)?;
        }
        Ok(workspace)
    }

    /// Whether it uses BigQuery, or a bucket for its models.
    pub(crate) fn uses_google(&self) -> bool {
        self.google.as_ref().is_some_and(|google| !google.is_off() || google.bucket.is_some())
    }

    /// Connects BigQuery and the bucket of the models as the workspace's file has them; nothing happens where it does not.
    pub(crate) fn connect(&mut self, google: &Google<'_>) -> Result<(), Problem> {
        let Some(table) = self.google.clone() else { return Ok(()) };
        let bucket = table.bucket(google)?;
        if !table.is_off() {
            let remote = table.warehouse(google, &self.info.dataset, &self.root.join(FILE))?;
            self.attach(remote, table.is_default(), None)?;
        }
        bucket.map_or(Ok(()), |bucket| Ok(self.store.connect(bucket)?))
    }

    /// Puts in the place of BigQuery and the bucket something that says why they cannot be used: the embedded tables and the
    /// models that are here can, and what was meant for elsewhere must not be written here.
    pub(crate) fn connect_nothing(&mut self, why: Problem) -> Result<(), Problem> {
        let Some(table) = self.google.clone() else { return Ok(()) };
        table.limits(&self.root.join(FILE))?;
        if !table.is_off() {
            let project = table.project.clone().unwrap_or_else(|| "bigquery".to_owned());
            let nothing = Arc::new(Unconnected::new(project, why.clone()));
            self.attach(nothing, table.is_default(), Some(why.clone()))?;
        }
        match &table.bucket {
            Some(bucket) => Ok(self.store.connect(Arc::new(Unconnected::new(format!("gs://{bucket}"), why)))?),
            None => Ok(()),
        }
    }

    fn attach(&mut self, remote: Arc<dyn Remote>, is_default: bool, problem: Option<Problem>) -> Result<(), Problem> {
        let project = remote.project().to_owned();
        self.warehouse.connect(remote, is_default)?;
        if is_default {
            self.info.project.clone_from(&project);
        }
        self.info.bigquery = Some(BigQueryUse { project, is_default, problem });
        Ok(())
    }

    /// Makes a workspace in a folder that does not exist or is empty.
    pub fn create(path: &Path, project: &str, dataset: &str, sample: bool) -> Result<(), Problem> {
        if path.join(FILE).exists() {
            return Err(Problem::new(
                Code::AlreadyExists,
                format!("{} is a workspace already", path.display()),
                format!("Use it (--workspace {}), or choose another folder.", path.display()),
            ));
        }
        if path.is_dir() && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Problem::new(
                Code::AlreadyExists,
                format!("{} is not empty", path.display()),
                "Choose a folder that does not exist yet, or an empty one.",
            ));
        }
        for (what, name) in [("project", project), ("dataset", dataset)] {
            if !names::is_identifier(&name.replace('-', "_")) {
                return Err(Problem::bad(
                    format!("{name:?} cannot name a {what}: names are made of letters, digits and _"),
                    "Choose another name.",
                ));
            }
        }
        for folder in ["warehouse", "models", "jobs"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|error| io_problem("making the workspace", &folder, &error))?;
        }
        if sample {
            for (file, text) in algomosaic_data::sample::FILES {
                let file = path.join(file);
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder).map_err(|error| io_problem("making the workspace", folder, &error))?;
                }
                algomosaic_data::write_atomically(&file, text.as_bytes())?;
            }
        }
        // Last, since it makes the folder a workspace.
        let text = format!(
            "# A workspace of algoMosaic. Tables are in warehouse/, model files in models/, what ran in jobs/.\n\
             version = {LAYOUT}\n\
             name = {}\n\
             # These complete table names: `bars` is `{project}.{dataset}.bars`.\n\
             project = {}\n\
             dataset = {}\n\
             # The folder of model files below the workspace, before models/. May be empty.\n\
             domain = \"\"\n\
             sample = {sample}\n\
             # How much of the machine a query may take; without these lines, most of it.\n\
             # [limits]\n\
             # memory = \"4GB\"   # beyond it a query spills to disk\n\
             # spill = \"20GB\"   # what may be spilled\n\
             # threads = 2\n\
             # BigQuery beside this warehouse, with the connection of `algom connect gcp`.\n\
             # [google]\n\
             # warehouse = \"bigquery\"   # names without a project mean BigQuery, and runs write there; or \"embedded\", \"off\"\n\
             # project = \"my-project\"   # without this line, the connection's\n\
             # bucket = \"my-models\"     # model files are there; without this line, in models/\n\
             # max_bytes = \"100GB\"      # what a statement may read at most\n\
             # max_job_bytes = \"1TB\"    # what all statements of a job may read; without this line, any\n\
             # copy_limit = \"2GB\"       # the largest table that is copied here unasked\n",
            toml::Value::from(folder_name(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))),
            toml::Value::from(project),
            toml::Value::from(dataset),
        );
        Ok(algomosaic_data::write_atomically(&path.join(FILE), text.as_bytes())?)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the window and the command line show of it.
    pub fn info(&self) -> &WorkspaceInfo {
        &self.info
    }

    pub(crate) fn warehouse(&self) -> &Warehouse {
        &self.warehouse
    }

    pub(crate) fn store(&self) -> &ModelStore {
        &self.store
    }

    /// Refuses where nothing can be written.
    pub(crate) fn writable(&self) -> Result<(), Problem> {
        if self.info.read_only {
            return Err(Problem::new(
                Code::Permission,
                format!("the workspace is read-only ({})", self.root.display()),
                "Copy it to a place that can be written, or change the rights of its folder.",
            ));
        }
        Ok(())
    }
}

pub(crate) fn read_settings(text: &str, file: &Path) -> Result<File, Problem> {
    // The version first: a newer file may hold keys that mean nothing here.
    let version = text.parse::<toml::Table>().ok().and_then(|table| table.get("version")?.as_integer());
    match version {
        Some(version) if version > i64::from(LAYOUT) => {
            return Err(Problem::new(
                Code::TooNew,
                format!(
                    "the workspace was written by a newer version (layout {version}, this software knows up to {LAYOUT})"
                ),
                "Update algoMosaic, then open it again.",
            ));
        }
        _ => {}
    }
    let settings: File = toml::from_str(text).map_err(|error| {
        Problem::bad(
            format!("{} cannot be read: {}", file.display(), error.message()),
            "Correct the file; a new workspace shows what belongs there.",
        )
    })?;
    if settings.version == 0
        || !names::is_identifier(&settings.dataset)
        || settings.domain.split('/').any(|part| part == "..")
    {
        return Err(Problem::bad(
            format!("{} has a version, dataset or domain that cannot be", file.display()),
            "The version is 1, a dataset is made of letters, digits and _, and a domain stays below the workspace.",
        ));
    }
    Ok(settings)
}

fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "workspace".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Whether a file can be made in the folder. Asking the rights is not enough: the file system may be read-only.
fn can_write(folder: &Path) -> bool {
    let probe = folder.join(format!(".probe-{}", algomosaic_data::unique()));
    let made = fs::File::create(&probe).is_ok();
    // A full disk still takes an empty file, and a workspace on it can still be read.
    let _ = fs::remove_file(&probe);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_and_a_least() {
        for (text, expected) in [
            ("4GB", Some(4_000_000_000)),
            ("500 mb", Some(500_000_000)),
            ("0.5TB", Some(500_000_000_000)),
            ("4", None),
            ("1MB", None),
            ("-4GB", None),
            ("nanGB", None),
            ("", None),
        ] {
            assert_eq!(size(text), expected, "{text}");
        }
    }
}
