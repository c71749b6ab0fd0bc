//! Jobs: a record each in `jobs/<id>.json`, with its request and its outcome. A job that runs holds the lock of
//! `jobs/<id>/`; a record that says `running` without that lock belongs to a process that died.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use algomosaic_core::{Code, Job, Problem};
use algomosaic_data::{Staging, write_atomically};
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::request::Request;
use crate::wire::LogLine;
use crate::wire_cloud::Cost;
use crate::workspace::Role;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It works.
    Running,
    /// It ended well.
    Done,
    /// It could not be done; the record says why.
    Failed,
    /// A person stopped it. Not a failure.
    Cancelled,
    /// Its process died.
    Interrupted,
}

/// A job: what was asked, how it stands, what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct JobRecord {
    /// Its id; ids sort by time.
    pub id: String,
    /// The operation.
    pub operation: String,
    /// What a list calls it.
    pub title: String,
    /// How it stands.
    pub state: JobState,
    /// What it does just now.
    pub stage: String,
    /// Done of the whole, from 0 to 1.
    pub fraction: f64,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub ended_at: Option<String>,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// What was asked.
    pub request: Request,
    /// It runs in this process, so it can be cancelled from here.
    pub here: bool,
    /// What its statements cost so far; none where none was paid for.
    #[serde(default)]
    pub cost: Option<Cost>,
}

impl JobRecord {
    pub(crate) fn started(id: &str, request: &Request) -> JobRecord {
        JobRecord {
            id: id.to_owned(),
            operation: request.operation().to_owned(),
            title: request.title(),
            state: JobState::Running,
            stage: String::new(),
            fraction: 0.0,
            started_at: now(),
            ended_at: None,
            problem: None,
            outcome: None,
            request: request.clone(),
            here: true,
            cost: None,
        }
    }

    /// With the latest progress of its handle.
    pub(crate) fn with_progress(mut self, job: &Job) -> JobRecord {
        let progress = job.progress();
        self.stage = progress.stage;
        self.fraction = progress.fraction;
        self.cost = Some(job.billed()).filter(|billed| *billed > 0).map(Cost::of);
        self
    }

    /// As it ended.
    pub(crate) fn ended(mut self, result: &Result<Outcome, Problem>) -> JobRecord {
        self.ended_at = Some(now());
        self.here = false;
        match result {
            Ok(outcome) => {
                self.state = JobState::Done;
                self.fraction = 1.0;
                self.outcome = Some(outcome.clone());
            }
            Err(problem) if problem.code == Code::Cancelled => self.state = JobState::Cancelled,
            Err(problem) => {
                self.state = JobState::Failed;
                self.problem = Some(problem.clone());
            }
        }
        self
    }

    pub(crate) fn path(id: &str) -> String {
        format!("jobs/{id}.json")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    pub(crate) fn write(&self, workspace: &Path) -> Result<(), Problem> {
        Ok(write_atomically(&workspace.join(JobRecord::path(&self.id)), &self.bytes())?)
    }
}

pub(crate) fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// A running operation as the operations see it: its handle for progress, its staging folder, its record, what it said.
pub(crate) struct Running<'a> {
    pub(crate) job: &'a Job,
    pub(crate) staging: &'a Staging,
    pub(crate) record: &'a JobRecord,
    pub(crate) log: &'a Log,
}

/// Stages that may come in turns, such as trial, fold and training of a search.
const TURNS: usize = 4;

/// The stages of a job with their times. Of stages that come again with nothing but other numbers, such as the repeats of a
/// control or the trials of a search, the last stands for all.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    lines: Vec<LogLine>,
    /// Those before belong to another run of the same job.
    begin: usize,
}

impl Log {
    /// Hears what the job says from now on.
    pub(crate) fn of(job: &Job) -> Log {
        let log = Log::default();
        let lines = log.clone();
        job.on_stage(move |stage| lines.add(stage));
        log
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, stage: &str) {
        let plain = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let mut log = self.lock();
        let begin = log.begin;
        match log.lines[begin..].iter_mut().rev().take(TURNS).find(|line| plain(&line.text) == plain(stage)) {
            Some(again) => again.text = stage.to_owned(),
            None => log.lines.push(LogLine { at: now(), text: stage.to_owned() }),
        }
    }

    /// What is said from now on belongs to another run; see [`Log::said`].
    pub(crate) fn begin(&self) {
        let mut log = self.lock();
        log.begin = log.lines.len();
    }

    /// What was said since [`Log::begin`].
    pub(crate) fn said(&self) -> Vec<LogLine> {
        let log = self.lock();
        log.lines[log.begin..].to_vec()
    }
}

/// Every record, the newest first. Those that cannot be read are left out: they are history, not data.
pub(crate) fn list(workspace: &Path) -> Vec<JobRecord> {
    let Ok(entries) = fs::read_dir(workspace.join("jobs")) else { return Vec::new() };
    let mut records: Vec<JobRecord> = entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json"))
        .filter_map(|entry| serde_json::from_slice(&fs::read(entry.path()).ok()?).ok())
        .map(|mut record: JobRecord| {
            record.here = false;
            if record.state == JobState::Running && !lives(workspace, &record.id) {
                record.state = JobState::Interrupted;
            }
            record
        })
        .collect();
    records.sort_by(|a, b| b.id.cmp(&a.id));
    records
}

fn lives(workspace: &Path, id: &str) -> bool {
    let lock = workspace.join("jobs").join(id).join("lock");
    fs::File::open(lock).is_ok_and(|file| file.try_lock().is_err())
}

/// Finishes what dead jobs had committed. The owner also closes their records.
pub(crate) fn recover(workspace: &Path, role: Role) -> Result<(), Problem> {
    algomosaic_data::recover(workspace)?;
    if role == Role::Owner {
        for mut record in list(workspace) {
            if record.state == JobState::Interrupted && record.ended_at.is_none() {
                record.ended_at = Some(now());
                record.write(workspace)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_the_last_of_stages_that_differ_in_numbers() {
        let job = Job::new();
        let log = Log::of(&job);
        let said = || log.said().into_iter().map(|line| line.text).collect::<Vec<_>>();
        for stage in ["Reading a", "Training x", "Control 1 of 2", "Control 2 of 2", "Training x", "Curve 1", "Writing"]
        {
            assert_eq!(job.stage(stage), Ok(()));
        }
        assert_eq!(said(), ["Reading a", "Training x", "Control 2 of 2", "Curve 1", "Writing"]);
        log.begin();
        assert_eq!(job.stage("Reading a"), Ok(()));
        assert_eq!(said(), ["Reading a"], "another run of the job begins anew");
    }
}
