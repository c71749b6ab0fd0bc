//! The bucket is a map here, which can be told to fail before or after it has done what it was asked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use super::*;
use crate::commit::{Staging, recover, unique};
use crate::objects::Stored;

/// What becomes of the next upload.
const ARRIVES: u8 = 0;
const LINE_IS_CUT_AFTER: u8 = 1;
const NETWORK_IS_AWAY: u8 = 2;

#[derive(Default)]
struct Map {
    files: Mutex<BTreeMap<String, (Stored, Vec<u8>)>>,
    next: AtomicI64,
    fault: AtomicU8,
    gets: AtomicI64,
}

impl Map {
    fn names(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }

    fn fails(&self) -> Result<()> {
        if self.fault.load(Ordering::Relaxed) == NETWORK_IS_AWAY {
            return Err(Problem::new(Code::Remote, "the network is away", "Check the cable.").into());
        }
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8], sha256: &str, upload: &str) -> Stored {
        let stored = Stored {
            name: name.to_owned(),
            generation: self.next.fetch_add(1, Ordering::Relaxed) + 1,
            sha256: Some(sha256.to_owned()),
            upload: Some(upload.to_owned()),
        };
        self.files.lock().unwrap().insert(name.to_owned(), (stored.clone(), bytes.to_vec()));
        stored
    }
}

impl Objects for Map {
    fn place(&self) -> &str {
        "gs://models"
    }

    fn put(&self, name: &str, bytes: &[u8], sha256: &str, upload: &str, job: &Job) -> Result<Stored> {
        job.check()?;
        self.fails()?;
        if self.files.lock().unwrap().contains_key(name) {
            return Err(Problem::new(Code::AlreadyExists, "theirs stays", "Look at it.").into());
        }
        let stored = self.write(name, bytes, sha256, upload);
        if self.fault.load(Ordering::Relaxed) == LINE_IS_CUT_AFTER {
            return Err(Problem::new(Code::Remote, "the line was cut", "Check the cable.").into());
        }
        Ok(stored)
    }

    fn stat(&self, name: &str, _: &Job) -> Result<Option<Stored>> {
        self.fails()?;
        Ok(self.files.lock().unwrap().get(name).map(|(stored, _)| stored.clone()))
    }

    fn list(&self, prefix: &str, _: &Job) -> Result<Vec<Stored>> {
        self.fails()?;
        let files = self.files.lock().unwrap();
        Ok(files.values().map(|(stored, _)| stored.clone()).filter(|one| one.name.starts_with(prefix)).collect())
    }

    fn get(&self, name: &str, _: &Job) -> Result<Vec<u8>> {
        self.fails()?;
        self.gets.fetch_add(1, Ordering::Relaxed);
        let found = self.files.lock().unwrap().get(name).map(|(_, bytes)| bytes.clone());
        found.ok_or_else(|| Problem::not_found(format!("there is no {name}"), "Look.").into())
    }

    fn remove(&self, name: &str, generation: i64, _: &Job) -> Result<bool> {
        self.fails()?;
        let mut files = self.files.lock().unwrap();
        match files.get(name) {
            None => Ok(false),
            Some((stored, _)) if stored.generation == generation => Ok(files.remove(name).is_some()),
            Some(_) => Err(Problem::new(Code::AlreadyExists, "someone else saved it", "Look at it.").into()),
        }
    }
}

/// A workspace with its models in a bucket.
struct Place {
    folder: tempfile::TempDir,
    map: Arc<Map>,
    store: ModelStore,
}

const FILE: ModelFile<'static> =
    ModelFile { date: "20260301", model_type: "OLS", model_id: "abc", execution: "0123456789abcdef" };

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let map = Arc::new(Map::default());
    let store = opened(folder.path(), &map);
    Place { folder, map, store }
}

fn opened(root: &Path, map: &Arc<Map>) -> ModelStore {
    let mut store = ModelStore::new(root, "research");
    store.connect(Arc::clone(map) as Arc<dyn Objects>).unwrap();
    store
}

impl Place {
    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn train(&self, bytes: &[u8]) -> Result<Saved> {
        let staging = Staging::create(self.root(), &unique()).unwrap();
        let mut transaction = staging.transaction().unwrap();
        let saved = self.store.save(&mut transaction, FILE, bytes, &Job::new())?;
        transaction.commit()?;
        Ok(saved)
    }

    fn left(&self) -> usize {
        fs::read_dir(self.root().join("jobs")).unwrap().count()
    }
}

#[test]
fn no_run_replaces_the_file_of_another_nor_shares_it() {
    let place = place();
    let first = place.train(b"a").unwrap();
    assert_eq!(first.file, "research/models/20260301_OLS_abc.algom");
    assert_eq!(first.bucket, Some(("gs://models".to_owned(), 1)));
    let second = place.train(b"a").unwrap();
    assert_eq!(second.file, "research/models/20260301_OLS_abc_0123456789ab.algom");
    let third = place.train(b"b").unwrap_err();
    assert_eq!(Problem::from(third).message, "theirs stays");
    assert_eq!(place.map.names(), [first.file.clone(), second.file]);
    assert!(!place.root().join(&first.file).exists(), "the folder has none");
    assert_eq!(place.left(), 0);
}

#[test]
fn what_was_uploaded_and_never_counted_is_removed() {
    let place = place();
    let staging = Staging::create(place.root(), "a").unwrap();
    let mut dropped = staging.transaction().unwrap();
    place.store.save(&mut dropped, FILE, b"a", &Job::new()).unwrap();
    assert_eq!(place.map.names().len(), 1);
    drop(dropped);
    assert_eq!(place.map.names(), Vec::<String>::new(), "at once where the job ends without a commit");

    let mut killed = staging.transaction().unwrap();
    place.store.save(&mut killed, FILE, b"a", &Job::new()).unwrap();
    std::mem::forget(killed);
    fs::rename(place.root().join("jobs/a"), place.root().join("jobs/dead")).unwrap();
    drop(staging);
    recover(place.root()).unwrap();
    assert_eq!(place.map.names().len(), 1, "without the bucket it waits");
    place.map.fault.store(NETWORK_IS_AWAY, Ordering::Relaxed);
    opened(place.root(), &place.map);
    place.map.fault.store(ARRIVES, Ordering::Relaxed);
    assert_eq!((place.map.names().len(), place.left()), (1, 1), "and without a network");
    opened(place.root(), &place.map);
    assert_eq!((place.map.names().len(), place.left()), (0, 0));
}

#[test]
fn what_was_committed_stays_whatever_dies_after() {
    let place = place();
    let staging = Staging::create(place.root(), "a").unwrap();
    let mut transaction = staging.transaction().unwrap();
    let saved = place.store.save(&mut transaction, FILE, b"a", &Job::new()).unwrap();
    transaction.stage_file("note", b"n").unwrap();
    // A folder is in the way of the file, as if the process died right after the commit point.
    fs::create_dir_all(place.root().join("note/in the way")).unwrap();
    transaction.commit().unwrap_err();
    drop(staging);
    fs::remove_dir_all(place.root().join("note")).unwrap();
    opened(place.root(), &place.map);
    assert_eq!(place.map.names(), [saved.file]);
    assert_eq!((fs::read(place.root().join("note")).unwrap(), place.left()), (b"n".to_vec(), 0));
}

#[test]
fn an_upload_whose_answer_was_lost_is_found_at_the_next_opening() {
    let place = place();
    place.map.fault.store(LINE_IS_CUT_AFTER, Ordering::Relaxed);
    let said = Problem::from(place.train(b"a").unwrap_err());
    assert!(said.hint.contains("work without it"), "{said:?}");
    assert_eq!(place.map.names().len(), 1, "it has arrived");
    place.map.fault.store(ARRIVES, Ordering::Relaxed);
    opened(place.root(), &place.map);
    assert_eq!((place.map.names().len(), place.left()), (0, 0));
}

#[test]
fn someone_elses_file_of_the_same_name_is_not_taken_back() {
    let place = place();
    let staging = Staging::create(place.root(), "a").unwrap();
    let mut transaction = staging.transaction().unwrap();
    let saved = place.store.save(&mut transaction, FILE, b"a", &Job::new()).unwrap();
    place.map.write(&saved.file, b"a", &saved.sha256, "theirs");
    drop(transaction);
    assert_eq!(place.map.names(), [saved.file]);
}

#[test]
fn a_model_that_was_used_once_needs_no_network() {
    let place = place();
    let saved = place.train(b"model").unwrap();
    let read = |store: &ModelStore| store.read(&saved.file, &saved.sha256, &Job::new());
    place.map.fault.store(NETWORK_IS_AWAY, Ordering::Relaxed);
    assert_eq!(read(&place.store).unwrap(), b"model", "who saved it has it");

    let elsewhere = tempfile::tempdir().unwrap();
    place.map.fault.store(ARRIVES, Ordering::Relaxed);
    let other = opened(elsewhere.path(), &place.map);
    place.map.fault.store(NETWORK_IS_AWAY, Ordering::Relaxed);
    let said = Problem::from(read(&other).unwrap_err());
    assert_eq!(said.code, Code::Remote);
    assert!(said.hint.contains("models that were used on this computer before"), "{said:?}");
    place.map.fault.store(ARRIVES, Ordering::Relaxed);
    assert_eq!(read(&other).unwrap(), b"model");
    place.map.fault.store(NETWORK_IS_AWAY, Ordering::Relaxed);
    assert_eq!(read(&other).unwrap(), b"model");
    assert_eq!(place.map.gets.load(Ordering::Relaxed), 1, "it is fetched once");

    // A copy that was damaged is not used.
    place.map.fault.store(ARRIVES, Ordering::Relaxed);
    let copy = elsewhere.path().join(CACHE).join(format!("{}.algom", saved.sha256));
    fs::write(&copy, b"junk").unwrap();
    assert_eq!(read(&other).unwrap(), b"model");
    assert_eq!(fs::read(&copy).unwrap(), b"model");
}

#[test]
fn other_bytes_under_the_name_are_refused() {
    let place = place();
    let saved = place.train(b"model").unwrap();
    fs::remove_dir_all(place.root().join(CACHE)).unwrap();
    place.map.write(&saved.file, b"other", "x", "theirs");
    let said = Problem::from(place.store.read(&saved.file, &saved.sha256, &Job::new()).unwrap_err());
    assert!(said.message.contains("gs://models is not the one that its run wrote"), "{said:?}");
    assert!(!place.root().join(CACHE).exists(), "and not kept");
    let files = BTreeMap::from([(saved.file.clone(), BTreeSet::from([saved.sha256]))]);
    assert_eq!(place.store.remove(&files, &Job::new()).unwrap(), Vec::<String>::new());
    assert_eq!(place.map.names(), [saved.file], "nor removed");
}

#[test]
fn models_of_the_folder_go_to_the_bucket_once() {
    let folder = tempfile::tempdir().unwrap();
    let map = Arc::new(Map::default());
    let staging = Staging::create(folder.path(), "a").unwrap();
    let local = ModelStore::new(folder.path(), "");
    let mut transaction = staging.transaction().unwrap();
    let saved = local.save(&mut transaction, FILE, b"m", &Job::new()).unwrap();
    transaction.commit().unwrap();
    let mut store = local;
    let files = BTreeMap::from([(saved.file.clone(), saved.sha256.clone())]);
    let push = |store: &ModelStore| {
        let mut transaction = staging.transaction().unwrap();
        let pushed = store.push(&mut transaction, &files, &Job::new())?;
        transaction.commit().map(|()| pushed)
    };
    assert!(push(&store).unwrap_err().to_string().contains("names no bucket"));
    store.connect(Arc::clone(&map) as Arc<dyn Objects>).unwrap();
    assert_eq!(push(&store).unwrap(), [saved.file.as_str()]);
    assert_eq!(push(&store).unwrap(), Vec::<String>::new());
    assert_eq!(map.names(), [saved.file.as_str()]);
    let files = BTreeMap::from([(saved.file.clone(), BTreeSet::from([saved.sha256.clone()]))]);
    assert_eq!(store.remove(&files, &Job::new()).unwrap(), [saved.file.as_str()]);
    assert!(map.names().is_empty() && !folder.path().join(&saved.file).exists());
}
