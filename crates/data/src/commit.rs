//! All or nothing across files: outputs are written into a staging folder, and one rename makes them count.
//!
//! A job works in `jobs/<id>/`, whose lock it holds while it lives. A transaction's files wait there, synced. When
//! `commit.json`, the list of where each goes, has been renamed into place, the outputs count; moving them is repeated by
//! [`recover`] if the process dies in between. Before that moment, recovery removes them.
//!
//! A file for a bucket is there before that moment, and `uploads.json`, written before it goes, says so: whoever finds that
//! list without `commit.json` removes what arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use algomosaic_core::{Code, Job, Problem};
use serde::{Deserialize, Serialize};

use crate::compact;
use crate::error::{Error, IoContext as _, Result};
use crate::objects::{Objects, Stored};
use crate::remote::{Load, LoadMode, Remote};
use crate::schema::{Column, Descriptions, Marks};
use crate::table_dir::{LockedTable, TableDir};
use crate::table_name::TableName;
use crate::warehouse::IfExists;

const MANIFEST: &str = "commit.json";
const UPLOADS: &str = "uploads.json";
const LOCK: &str = "lock";

/// The staging folder of one job. Holds its lock until dropped; what was not committed goes with it.
#[derive(Debug)]
pub struct Staging {
    root: PathBuf,
    folder: PathBuf,
    transactions: AtomicU32,
    _lock: File,
}

impl Staging {
    /// Makes `jobs/<id>/` in the workspace and locks it.
    pub fn create(workspace: &Path, id: &str) -> Result<Staging> {
        let folder = workspace.join("jobs").join(id);
        fs::create_dir_all(&folder).at("making the folder of a job", &folder)?;
        let path = folder.join(LOCK);
        let lock = File::create(&path).at("locking a job", &path)?;
        lock.lock().at("locking a job", &path)?;
        Ok(Staging { root: workspace.to_owned(), folder, transactions: AtomicU32::new(0), _lock: lock })
    }

    /// The folder; what is in it goes with the staging, or with the next recovery.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a set of outputs that count together or not at all.
    pub fn transaction(&self) -> Result<Transaction> {
        let number = self.transactions.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("commit-{number}"));
        fs::create_dir_all(&folder).at("making a staging folder", &folder)?;
        Ok(Transaction {
            root: self.root.clone(),
            folder,
            moves: Vec::new(),
            held: Locks::new(),
            remote: None,
            uploads: Vec::new(),
            objects: None,
        })
    }

    /// Removes a folder of the workspace at once, as others see it: it is moved here, and goes with this staging folder,
    /// or with the recovery after a crash.
    pub(crate) fn take_away(&self, path: &Path) -> Result<()> {
        fs::rename(path, self.folder.join(format!("removed-{}", unique()))).at("removing a table", path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let commits = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        if commits.map(|entry| entry.path()).any(|path| path.join(MANIFEST).exists() || path.join(UPLOADS).exists()) {
            // What was committed and could not be moved, or uploaded and not removed, is for the next recovery.
            return;
        }
        // Left-overs are harmless: the next recovery removes them.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where a staged file goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Move {
    /// A part of a table: `dataset`, `table`.
    Append { staged: String, dataset: String, table: String, only_if_new: bool },
    /// The only part of a new generation of a table.
    Replace { staged: String, dataset: String, table: String, generation: String },
    /// A file of the workspace, replaced when it exists.
    File { staged: String, to: String },
    /// The table goes: `generation` is a new one without parts.
    Drop { dataset: String, table: String, generation: String },
    /// Rows of a table elsewhere.
    Load { staged: String, load: Box<Load> },
}

/// A file that goes to a bucket before the commit point.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Upload {
    place: String,
    name: String,
    /// Tells the file from one of the same name that someone else wrote.
    upload: String,
}

/// Locked tables by dataset and table. All of a transaction are locked in this order, so that two never wait for each other.
type Locks = BTreeMap<(String, String), LockedTable>;

/// Outputs that count together. Dropped without [`Transaction::commit`], nothing has happened.
pub struct Transaction {
    root: PathBuf,
    folder: PathBuf,
    moves: Vec<Move>,
    /// Tables whose lock it holds until it is committed or dropped.
    held: Locks,
    /// Where its loads go.
    remote: Option<Arc<dyn Remote>>,
    /// What goes to a bucket.
    uploads: Vec<Upload>,
    /// Which bucket; `None` after an upload of which nobody knows whether it arrived.
    objects: Option<Arc<dyn Objects>>,
}

impl Transaction {
    /// Writes a file to a bucket now, where none of this name is. Without a commit it is removed again, be it by the
    /// recovery after a crash.
    pub(crate) fn upload(
        &mut self,
        objects: &Arc<dyn Objects>,
        name: &str,
        bytes: &[u8],
        sha256: &str,
        job: &Job,
    ) -> Result<Stored> {
        let upload = unique();
        self.uploads.push(Upload { place: objects.place().to_owned(), name: name.to_owned(), upload: upload.clone() });
        write_atomically(&self.folder.join(UPLOADS), &serde_json::to_vec(&self.uploads).unwrap_or_default())?;
        self.objects = Some(Arc::clone(objects));
        match objects.put(name, bytes, sha256, &upload, job) {
            Ok(stored) if stored.upload.as_ref() == Some(&upload) => Ok(stored),
            // The same bytes of someone else: each run has a file of its own, which goes when the run goes.
            Ok(_) => Err(Problem::new(
                Code::AlreadyExists,
                format!("someone else saved {name} in {}; theirs stays", objects.place()),
                "Save it under another name.",
            )
            .into()),
            failed => {
                // What was cut may arrive yet, so that asking now proves nothing; the next opening asks.
                let is_cut = match &failed {
                    Err(Error::Problem(problem)) => problem.code == Code::Remote,
                    failed => failed.is_err(),
                };
                if is_cut {
                    self.objects = None;
                }
                failed
            }
        }
    }

    /// Locks a table against every other writer until this transaction is committed or dropped.
    pub(crate) fn hold(&mut self, dataset: &str, table: &str) -> Result<()> {
        let lock = TableDir::new(&self.root, dataset, table).lock()?;
        self.held.insert((dataset.to_owned(), table.to_owned()), lock);
        Ok(())
    }

    /// The table is gone on commit.
    pub(crate) fn stage_drop(&mut self, dataset: &str, table: &str) {
        self.moves.push(Move::Drop {
            dataset: dataset.to_owned(),
            table: table.to_owned(),
            generation: format!("gen-{}", unique()),
        });
    }

    /// Where to write a part of `dataset.table`; it becomes part of the table on commit.
    pub(crate) fn stage_part(&mut self, dataset: &str, table: &str, if_exists: IfExists) -> PathBuf {
        let staged = format!("part-{}.parquet", unique());
        let path = self.folder.join(&staged);
        let (dataset, table) = (dataset.to_owned(), table.to_owned());
        self.moves.push(match if_exists {
            IfExists::Replace => {
                let generation = self.generation_of(&dataset, &table).unwrap_or_else(|| format!("gen-{}", unique()));
                Move::Replace { staged, dataset, table, generation }
            }
            IfExists::Append => Move::Append { staged, dataset, table, only_if_new: false },
            IfExists::Fail => Move::Append { staged, dataset, table, only_if_new: true },
        });
        path
    }

    /// Where to write rows of a table elsewhere; they are sent after the commit.
    pub(crate) fn stage_load(
        &mut self,
        remote: &Arc<dyn Remote>,
        name: &TableName,
        columns: Vec<Column>,
        marks: Marks,
        if_exists: IfExists,
    ) -> PathBuf {
        self.remote = Some(Arc::clone(remote));
        let staged = format!("part-{}.parquet", unique());
        let path = self.folder.join(&staged);
        let is_same = |step: &Move| matches!(step, Move::Load { load, .. } if load.dataset == name.dataset && load.table == name.table);
        let mode = match if_exists {
            // Further parts join the first.
            _ if self.moves.iter().any(is_same) => LoadMode::Append,
            IfExists::Fail => LoadMode::New,
            IfExists::Append => LoadMode::Append,
            IfExists::Replace => LoadMode::Replace,
        };
        let load = Load {
            project: name.project.clone(),
            dataset: name.dataset.clone(),
            table: name.table.clone(),
            mode,
            columns,
            marks,
            descriptions: Descriptions::new(),
            id: format!("algomosaic_{}", unique()),
        };
        self.moves.push(Move::Load { staged, load: Box::new(load) });
        path
    }

    /// Says what the columns of a table mean that goes elsewhere.
    pub(crate) fn describe(&mut self, name: &TableName, descriptions: Descriptions) {
        for step in &mut self.moves {
            if let Move::Load { load, .. } = step
                && (&load.dataset, &load.table) == (&name.dataset, &name.table)
            {
                load.descriptions.clone_from(&descriptions);
            }
        }
    }

    /// The generation this transaction already makes of a table: several parts may replace it together.
    fn generation_of(&self, of_dataset: &str, of_table: &str) -> Option<String> {
        self.moves.iter().find_map(|step| match step {
            Move::Replace { dataset, table, generation, .. } if dataset == of_dataset && table == of_table => {
                Some(generation.clone())
            }
            _ => None,
        })
    }

    /// Parts of one table are moved together, in a folder: who reads it sees all of them or none.
    fn gather(&mut self) -> Result<()> {
        let mut gathered: Vec<Move> = Vec::new();
        for step in std::mem::take(&mut self.moves) {
            let Some((staged, of)) = step.part() else {
                gathered.push(step);
                continue;
            };
            let known = gathered.iter_mut().find(|known| known.part().is_some_and(|(_, other)| other == of));
            let Some(Move::Append { staged: known, .. } | Move::Replace { staged: known, .. }) = known else {
                gathered.push(step);
                continue;
            };
            if known.ends_with(".parquet") {
                let set = format!("part-{}", unique());
                let folder = self.folder.join(&set);
                fs::create_dir(&folder).at("making a folder", &folder)?;
                into_set(&self.folder, known, &set)?;
                *known = set;
            }
            into_set(&self.folder, staged, known)?;
        }
        self.moves = gathered;
        Ok(())
    }

    /// The folder of the files that wait, for temporary ones beside them.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The parts of a table that wait.
    pub(crate) fn staged_parts(&self, of_dataset: &str, of_table: &str) -> Vec<PathBuf> {
        let of = |dataset: &str, table: &str| dataset == of_dataset && table == of_table;
        self.moves
            .iter()
            .filter(|step| match step {
                Move::Append { dataset, table, .. } | Move::Replace { dataset, table, .. } => of(dataset, table),
                Move::Load { load, .. } => of(&load.dataset, &load.table),
                Move::File { .. } | Move::Drop { .. } => false,
            })
            .filter_map(|step| Some(self.folder.join(step.staged()?)))
            .collect()
    }

    /// Writes a file that goes to `to`, relative to the workspace, on commit.
    pub fn stage_file(&mut self, to: &str, bytes: &[u8]) -> Result<()> {
        let staged = format!("file-{}", self.moves.len());
        let path = self.folder.join(&staged);
        fs::write(&path, bytes).at("writing a file", &path)?;
        self.moves.push(Move::File { staged, to: to.to_owned() });
        Ok(())
    }

    /// Makes everything count. After an error nothing does.
    pub fn commit(mut self) -> Result<()> {
        self.gather()?;
        for step in &self.moves {
            if let Some(staged) = step.staged() {
                let path = self.folder.join(staged);
                File::open(&path).and_then(|file| file.sync_all()).at("syncing a file", &path)?;
            }
        }
        lock_tables(&self.root, &self.moves, &mut self.held)?;
        for step in &self.moves {
            if let Move::Append { dataset, table, only_if_new, .. } = step {
                let dir = TableDir::new(&self.root, dataset, table);
                if *only_if_new && dir.exists() {
                    return Err(already_exists(dataset, table).into());
                }
                // To a table with a part that is gone nothing is added.
                dir.parts()?;
            }
            step.prepare(&self.root)?;
            if let Some(table) = step.table().and_then(|table| self.held.get(&table)) {
                table.reserve(step.staged().map(|staged| self.folder.join(staged)).as_deref())?;
            }
        }
        if let Some(remote) = &self.remote {
            for load in self.moves.iter().filter_map(Move::load) {
                remote.prepare(load, &Job::new())?;
            }
        }
        write_atomically(&self.folder.join(MANIFEST), &serde_json::to_vec(&self.moves).unwrap_or_default())?;
        // What was uploaded counts from here on.
        self.uploads.clear();
        apply(&self.root, &self.folder, &self.moves, &self.held, self.remote.as_deref())?;
        self.held.clear();
        for step in &self.moves {
            if let Move::Append { dataset, table, .. } = step {
                // The rows count already and the table is whole as it is; the next append tries to merge again.
                let _ = compact::merge_small_parts(&TableDir::new(&self.root, dataset, table));
            }
        }
        Ok(())
    }
}

/// Locks the tables that are not locked yet.
fn lock_tables(root: &Path, moves: &[Move], held: &mut Locks) -> Result<()> {
    let tables: BTreeSet<(String, String)> = moves.iter().filter_map(Move::table).collect();
    for (dataset, table) in tables {
        if !held.contains_key(&(dataset.clone(), table.clone())) {
            let lock = TableDir::new(root, &dataset, &table).lock()?;
            held.insert((dataset, table), lock);
        }
    }
    Ok(())
}

/// Moves a staged part into a set of parts.
fn into_set(folder: &Path, staged: &str, set: &str) -> Result<()> {
    let to = folder.join(set).join(staged);
    fs::rename(folder.join(staged), &to).at("moving a file to its place", &to)?;
    File::open(&to).and_then(|file| file.sync_all()).at("syncing a file", &to)
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // After the manifest is there, the files are no longer ours to remove: they are moved, or recovery moves them.
        if !self.folder.join(MANIFEST).exists() && take_back(&self.uploads, self.objects.as_deref()).is_ok() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Removes from their bucket the files that were uploaded and never counted.
fn take_back(uploads: &[Upload], objects: Option<&dyn Objects>) -> Result<()> {
    for Upload { place, name, upload } in uploads {
        let Some(objects) = objects.filter(|objects| objects.place() == place) else {
            return Err(Problem::new(
                Code::Remote,
                format!("{name} may be left in {place}, which is not connected"),
                "It is removed when the workspace is opened with that bucket again.",
            )
            .into());
        };
        let job = Job::new();
        if let Some(there) = objects.stat(name, &job)?
            && there.upload.as_ref() == Some(upload)
        {
            objects.remove(name, there.generation, &job)?;
        }
    }
    Ok(())
}

pub(crate) fn already_exists(dataset: &str, table: &str) -> Problem {
    Problem::new(
        Code::AlreadyExists,
        format!("the table {dataset}.{table} exists, and writing into it was not asked for"),
        "Choose append or replace (--if-exists append), or another table name.",
    )
}

/// Dataset, table, and the new generation if there is one.
type Place<'a> = (&'a str, &'a str, Option<&'a str>);

impl Move {
    /// A staged part, and where it goes.
    fn part(&self) -> Option<(&str, Place<'_>)> {
        match self {
            Move::Append { staged, dataset, table, .. } => Some((staged, (dataset, table, None))),
            Move::Replace { staged, dataset, table, generation } => Some((staged, (dataset, table, Some(generation)))),
            _ => None,
        }
    }

    /// The dataset and the table it changes.
    fn table(&self) -> Option<(String, String)> {
        match self {
            Move::Append { dataset, table, .. }
            | Move::Replace { dataset, table, .. }
            | Move::Drop { dataset, table, .. } => Some((dataset.clone(), table.clone())),
            Move::File { .. } | Move::Load { .. } => None,
        }
    }

    fn load(&self) -> Option<&Load> {
        match self {
            Move::Load { load, .. } => Some(load),
            _ => None,
        }
    }

    fn staged(&self) -> Option<&str> {
        match self {
            Move::Append { staged, .. }
            | Move::Replace { staged, .. }
            | Move::File { staged, .. }
            | Move::Load { staged, .. } => Some(staged),
            Move::Drop { .. } => None,
        }
    }

    /// Makes the folders, so that whatever can fail for lack of rights or space fails before the commit.
    fn prepare(&self, root: &Path) -> Result<()> {
        let folder = match self {
            Move::Append { dataset, table, .. } => TableDir::new(root, dataset, table).path().to_owned(),
            // A new generation's folder is there until what it holds is superseded: so a repetition knows.
            Move::Replace { dataset, table, generation, .. } | Move::Drop { dataset, table, generation } => {
                TableDir::new(root, dataset, table).path().join(generation)
            }
            Move::File { to, .. } => root.join(to).parent().unwrap_or(root).to_owned(),
            Move::Load { .. } => return Ok(()),
        };
        fs::create_dir_all(&folder).at("making a folder", &folder)
    }

    fn apply(&self, root: &Path, folder: &Path, locks: &Locks, remote: Option<&dyn Remote>) -> Result<()> {
        let staged = folder.join(self.staged().unwrap_or_default());
        if let Move::Load { load, .. } = self {
            return send(&staged, load, remote);
        }
        if let Move::File { to, .. } = self {
            self.prepare(root)?;
            return move_if_there(&staged, &root.join(to));
        }
        let Some(table) = self.table().and_then(|table| locks.get(&table)) else {
            return Err(Problem::new(Code::Internal, "a table was not locked", "Please report it.").into());
        };
        match self {
            Move::Append { staged: name, .. } => table.append(&staged, name),
            Move::Replace { generation, staged: name, .. } => {
                if staged.exists() {
                    self.prepare(root)?;
                    move_if_there(&staged, &table.dir().path().join(generation).join(name))?;
                }
                table.replace(generation)
            }
            Move::Drop { generation, .. } => table.replace(generation),
            Move::File { .. } | Move::Load { .. } => Ok(()),
        }
    }
}

/// Loads rows that count already. What was loaded is removed, so that a repetition skips it; the load's own name keeps it
/// from being done twice where that removal did not happen.
fn send(staged: &Path, load: &Load, remote: Option<&dyn Remote>) -> Result<()> {
    if !staged.exists() {
        return Ok(());
    }
    let table = format!("{}.{}.{}", load.project, load.dataset, load.table);
    let Some(remote) = remote.filter(|remote| remote.project() == load.project) else {
        return Err(Problem::new(
            Code::Remote,
            format!("rows for {table} are kept here and not sent yet: {} is not connected", load.project),
            "Connect it (`algom connect gcp`); they are sent when the workspace is opened again.",
        )
        .into());
    };
    // Not cancelled: what counts here must come to count there.
    remote.load(load, staged, &Job::new()).map_err(|error| {
        let problem = Problem::from(error);
        Error::Problem(Problem::new(
            problem.code,
            format!("rows for {table} are kept here and not sent yet: {}", problem.message),
            format!("They are sent when the workspace is opened again. {}", problem.hint),
        ))
    })?;
    fs::remove_file(staged).at("removing a sent file", staged)
}

/// Moves the staged files to their places, in tables that are locked. Repeatable: what was moved before is skipped, and what
/// fails does not keep the others from their places.
fn apply(root: &Path, folder: &Path, moves: &[Move], locks: &Locks, remote: Option<&dyn Remote>) -> Result<()> {
    let applied: Vec<Result<()>> = moves.iter().map(|step| step.apply(root, folder, locks, remote)).collect();
    applied.into_iter().collect::<Result<()>>()?;
    fs::remove_dir_all(folder).at("removing a staging folder", folder)
}

pub(crate) fn move_if_there(from: &Path, to: &Path) -> Result<()> {
    if from.exists() {
        fs::rename(from, to).at("moving a file to its place", to)?;
        if let Some(folder) = to.parent() {
            sync_folder(folder)?;
        }
    }
    Ok(())
}

/// Finishes what dead jobs had committed and removes what they had not. Jobs that live are left alone.
/// Returns the ids of the dead jobs found.
pub fn recover(workspace: &Path) -> Result<Vec<String>> {
    recover_with(workspace, None, None)
}

/// [`recover`], which also sends what was committed for a warehouse elsewhere and removes from a bucket what never counted;
/// without them, that waits.
pub(crate) fn recover_with(
    workspace: &Path,
    remote: Option<&dyn Remote>,
    objects: Option<&dyn Objects>,
) -> Result<Vec<String>> {
    tidy(workspace);
    let jobs = workspace.join("jobs");
    let mut dead = Vec::new();
    let Ok(entries) = fs::read_dir(&jobs) else { return Ok(dead) };
    for entry in entries.flatten() {
        let folder = entry.path();
        if !folder.is_dir() {
            continue;
        }
        let lock = folder.join(LOCK);
        // A folder without a lock yet is a job in its first instant, or one that died there: too young to touch.
        let Ok(file) = File::open(&lock) else { continue };
        if file.try_lock().is_err() {
            continue;
        }
        // The job ended between the two: its folder is gone, or going.
        if !lock.exists() {
            continue;
        }
        let mut transactions: Vec<PathBuf> =
            fs::read_dir(&folder).at("reading a staging folder", &folder)?.flatten().map(|e| e.path()).collect();
        transactions.sort();
        let mut is_done = true;
        for transaction in transactions {
            let manifest = transaction.join(MANIFEST);
            if let Ok(text) = fs::read(&manifest) {
                let moves: Vec<Move> = listed(&text, &manifest)?;
                let mut locks = Locks::new();
                lock_tables(workspace, &moves, &mut locks)?;
                match apply(workspace, &transaction, &moves, &locks, remote) {
                    // One damaged table does not close the workspace: what goes there waits for its repair.
                    Err(Error::Problem(_)) => is_done = false,
                    applied => applied?,
                }
                continue;
            }
            let uploads = transaction.join(UPLOADS);
            if let Ok(text) = fs::read(&uploads) {
                let uploads: Vec<Upload> = listed(&text, &uploads)?;
                is_done &= take_back(&uploads, objects).is_ok();
            }
        }
        if !is_done {
            continue;
        }
        fs::remove_dir_all(&folder).at("removing a staging folder", &folder)?;
        dead.push(entry.file_name().to_string_lossy().into_owned());
    }
    Ok(dead)
}

/// A list of what a job did.
fn listed<T: serde::de::DeserializeOwned>(text: &[u8], path: &Path) -> Result<T> {
    serde_json::from_slice(text).map_err(|error| {
        Problem::bad(
            format!("the list of a job's outputs cannot be read: {error} ({})", path.display()),
            "Move that folder away, then open the workspace again.",
        )
        .into()
    })
}

/// Lists the parts of every table and frees the disk of those that were dropped some time ago: their readers are done.
fn tidy(workspace: &Path) {
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let copies = workspace.join("warehouse").join(crate::remote::COPIES);
    for dataset in folders(&workspace.join("warehouse")).into_iter().filter(|dataset| *dataset != copies) {
        for table in folders(&dataset) {
            // What cannot be done now is at the next opening; a damaged table says so when it is read.
            let _ = TableDir::at(table).tidy();
        }
    }
}

/// Writes a small file so that a reader sees the old or the new content, also after a crash.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    write_by_way_of(&path.with_extension(format!("tmp-{}", unique())), path, bytes)
}

/// The same with a temporary file of this name, for a file that only one process at a time can write. What the temporary
/// file has of the disk's space is used again.
pub(crate) fn write_by_way_of(temporary: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = File::options().write(true).create(true).truncate(false).open(temporary)?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()?;
        fs::rename(temporary, path)
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(temporary);
    }
    written.at("writing a file", path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes a rename in the folder durable. Only Unix can and needs to.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder).and_then(|file| file.sync_all()).at("syncing a folder", folder) } else { Ok(()) }
}

/// A name no other process or thread makes: time first, so that names sort by it.
pub fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = chrono::Utc::now();
    let seed =
        serde_json::json!([std::process::id(), now.timestamp_nanos_opt(), COUNT.fetch_add(1, Ordering::Relaxed)]);
    format!("{}-{}", now.format("%Y%m%dT%H%M%S%6f"), &algomosaic_core::ids::id(&seed)[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_is_finished_and_what_was_not_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let staging = Staging::create(root, "job").unwrap();
        let mut committed = staging.transaction().unwrap();
        committed.stage_file("models/a.algom", b"a").unwrap();
        // As if the process died right after the commit point.
        write_atomically(&committed.folder.join(MANIFEST), &serde_json::to_vec(&committed.moves).unwrap()).unwrap();
        let mut uncommitted = staging.transaction().unwrap();
        uncommitted.stage_file("models/b.algom", b"b").unwrap();
        std::mem::forget(committed);
        std::mem::forget(uncommitted);

        assert_eq!(recover(root).unwrap(), Vec::<String>::new(), "a job that lives is left alone");
        let dead = root.join("jobs/dead");
        fs::rename(root.join("jobs/job"), &dead).unwrap();
        drop(staging);
        assert_eq!(recover(root).unwrap(), ["dead"]);
        assert_eq!(fs::read(root.join("models/a.algom")).unwrap(), b"a");
        assert!(!root.join("models/b.algom").exists());
        assert_eq!(fs::read_dir(root.join("jobs")).unwrap().count(), 0);
        assert_eq!(recover(root).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn dropped_outputs_leave_nothing() {
        let root = tempfile::tempdir().unwrap();
        let staging = Staging::create(root.path(), "job").unwrap();
        let mut transaction = staging.transaction().unwrap();
        transaction.stage_file("models/a.algom", b"a").unwrap();
        drop(transaction);
        drop(staging);
        assert!(!root.path().join("models").exists());
        assert_eq!(fs::read_dir(root.path().join("jobs")).unwrap().count(), 0);
    }

    /// How far a process came with a transaction before it died.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Came {
        /// To the commit point.
        Committed,
        /// The files were in their places, and no table listed them.
        Moved,
        /// All was done but the removal of the staging folder.
        Applied,
    }

    /// A process that commits a part under its own content to a table, or drops it, and dies.
    fn dies(root: &Path, job: &str, came: Came, if_exists: Option<IfExists>) {
        let staging = Staging::create(root, job).unwrap();
        let mut transaction = staging.transaction().unwrap();
        match if_exists {
            Some(if_exists) => fs::write(transaction.stage_part("d", "t", if_exists), job).unwrap(),
            None => transaction.stage_drop("d", "t"),
        }
        let mut held = Locks::new();
        lock_tables(root, &transaction.moves, &mut held).unwrap();
        transaction.moves.iter().for_each(|step| step.prepare(root).unwrap());
        write_atomically(&transaction.folder.join(MANIFEST), &serde_json::to_vec(&transaction.moves).unwrap()).unwrap();
        match (came, &transaction.moves[0]) {
            (Came::Moved, Move::Append { staged, .. }) => {
                let folder = folder_of(root);
                fs::rename(transaction.folder.join(staged), folder.join(staged)).unwrap();
            }
            (Came::Moved, Move::Replace { staged, generation, .. }) => {
                let folder = root.join("warehouse/d/t").join(generation);
                fs::rename(transaction.folder.join(staged), folder.join(staged)).unwrap();
            }
            (Came::Applied, step) => step.apply(root, &transaction.folder, &held, None).unwrap(),
            _ => {}
        }
        // The lock of a dead process is free.
        drop(held);
        std::mem::forget(transaction);
        fs::rename(root.join("jobs").join(job), root.join("jobs").join(format!("dead-{job}"))).unwrap();
        drop(staging);
    }

    fn folder_of(root: &Path) -> PathBuf {
        let table = root.join("warehouse/d/t");
        let current = fs::read(table.join("CURRENT")).unwrap();
        let current: serde_json::Value = serde_json::from_slice(&current).unwrap();
        current["generation"].as_str().map_or(table.clone(), |name| table.join(name))
    }

    fn lives(root: &Path, job: &str, if_exists: IfExists) {
        let staging = Staging::create(root, job).unwrap();
        let mut transaction = staging.transaction().unwrap();
        fs::write(transaction.stage_part("d", "t", if_exists), job).unwrap();
        transaction.commit().unwrap();
    }

    /// What the parts of the table hold, in order.
    fn contents(root: &Path) -> Vec<String> {
        let parts = TableDir::new(root, "d", "t").parts().unwrap();
        parts.iter().map(|part| fs::read_to_string(part).unwrap()).collect()
    }

    /// One that was cut short was never reported done: it may count from its recovery on, and never twice.
    #[test]
    fn a_commit_that_was_cut_short_counts_once_whatever_others_did_since() {
        use IfExists::{Append, Replace};
        let all = |expected| [expected; 3];
        for (first, then, expected) in [
            (Some(Append), None, all("a first")),
            (Some(Replace), None, all("first")),
            (None, None, all("")),
            (Some(Append), Some(Append), ["a then first", "a first then", "a first then"]),
            (Some(Append), Some(Replace), ["then first", "then", "then"]),
            (Some(Replace), Some(Replace), ["first", "first", "then"]),
            (Some(Replace), Some(Append), ["first", "first", "first then"]),
            (None, Some(Replace), ["", "", "then"]),
        ] {
            for (came, expected) in [Came::Committed, Came::Moved, Came::Applied].into_iter().zip(expected) {
                let folder = tempfile::tempdir().unwrap();
                let root = folder.path();
                lives(root, "a", Append);
                dies(root, "first", came, first);
                if let Some(then) = then {
                    lives(root, "then", then);
                }
                for _ in 0..2 {
                    recover(root).unwrap();
                    assert_eq!(contents(root).join(" "), expected, "{came:?} {first:?} {then:?}");
                }
                assert_eq!(fs::read_dir(root.join("jobs")).unwrap().count(), 0);
            }
        }
    }

    #[test]
    fn a_damaged_table_keeps_what_was_committed_to_it_until_its_repair_and_the_others_get_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        lives(root, "a", IfExists::Append);
        dies(root, "first", Came::Committed, Some(IfExists::Append));
        let current = root.join("warehouse/d/t/CURRENT");
        let whole = fs::read(&current).unwrap();
        fs::write(&current, b"junk").unwrap();
        assert_eq!(recover(root).unwrap(), Vec::<String>::new(), "the workspace can be opened");
        fs::write(&current, whole).unwrap();
        assert_eq!(recover(root).unwrap(), ["dead-first"]);
        assert_eq!(contents(root), ["a", "first"]);
    }

    #[test]
    fn what_was_committed_and_could_not_be_moved_waits_for_the_next_recovery() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let staging = Staging::create(root, "job").unwrap();
        let mut transaction = staging.transaction().unwrap();
        transaction.stage_file("models/a.algom", b"a").unwrap();
        transaction.stage_file("models/b.algom", b"b").unwrap();
        // A folder is in the way.
        fs::create_dir_all(root.join("models/a.algom/in the way")).unwrap();
        transaction.commit().unwrap_err();
        drop(staging);
        fs::remove_dir_all(root.join("models/a.algom")).unwrap();
        recover(root).unwrap();
        assert_eq!(fs::read(root.join("models/a.algom")).unwrap(), b"a");
        assert_eq!(fs::read(root.join("models/b.algom")).unwrap(), b"b");
        assert_eq!(fs::read_dir(root.join("jobs")).unwrap().count(), 0);
    }

    #[test]
    fn a_list_that_was_half_written_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        lives(root, "a", IfExists::Append);
        let half = root.join("warehouse/d/t/CURRENT.tmp-next");
        fs::write(&half, b"{\"gen").unwrap();
        recover(root).unwrap();
        assert!(!half.exists());
        assert_eq!(contents(root), ["a"]);
    }

    #[test]
    fn nothing_is_added_to_a_table_with_a_part_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        lives(root, "a", IfExists::Append);
        fs::remove_file(TableDir::new(root, "d", "t").parts().unwrap().pop().unwrap()).unwrap();
        let staging = Staging::create(root, "b").unwrap();
        let mut transaction = staging.transaction().unwrap();
        fs::write(transaction.stage_part("d", "t", IfExists::Append), "b").unwrap();
        fs::write(transaction.stage_part("d", "other", IfExists::Append), "b").unwrap();
        assert!(Problem::from(transaction.commit().unwrap_err()).message.contains("table d.t is not there"));
        assert!(!TableDir::new(root, "d", "other").exists(), "all or nothing");
    }
}
