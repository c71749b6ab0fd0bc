//! The handle of a piece of work: it reports progress, and stops the work when it was cancelled.
//! It keeps the latest progress only; whoever shows it, looks when it wants to.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The work was stopped on request. Not a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Progress {
    /// What it does just now, in the reader's words: `training ElasticNet`.
    pub stage: String,
    /// Done of the whole job, from 0 to 1, never falling.
    pub fraction: f64,
}

/// A cheap handle: clones share the same state.
#[derive(Clone)]
pub struct Job {
    shared: Arc<Shared>,
    /// The part of the whole that this handle reports on, as (start, length) of the fraction.
    part: (f64, f64),
}

struct Shared {
    cancelled: AtomicBool,
    progress: Mutex<Progress>,
    version: AtomicU64,
    on_cancel: Mutex<Vec<(u64, Hook)>>,
    next_hook: AtomicU64,
    on_stage: Mutex<Option<Listener>>,
    billed: AtomicU64,
}

type Hook = Box<dyn Fn() + Send>;
type Listener = Box<dyn Fn(&str) + Send>;

/// Poisoning means another thread panicked in between; the state itself is always whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Job {
    fn default() -> Self {
        Job::new()
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

impl Job {
    /// A new job, nothing done yet. Also what a caller passes who does not care for progress.
    pub fn new() -> Self {
        Job {
            shared: Arc::new(Shared {
                cancelled: AtomicBool::new(false),
                progress: Mutex::new(Progress { stage: String::new(), fraction: 0.0 }),
                version: AtomicU64::new(0),
                on_cancel: Mutex::new(Vec::new()),
                next_hook: AtomicU64::new(0),
                on_stage: Mutex::new(None),
                billed: AtomicU64::new(0),
            }),
            part: (0.0, 1.0),
        }
    }

    /// Says what the job does now, keeping its fraction. Stops here when cancelled.
    pub fn stage(&self, name: impl Into<String>) -> Result<(), Cancelled> {
        self.check()?;
        let name = name.into();
        if let Some(listener) = lock(&self.shared.on_stage).as_ref() {
            listener(&name);
        }
        lock(&self.shared.progress).stage = name;
        self.shared.version.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Tells `listener` each stage from now on, in place of an earlier listener. It must not call this job.
    pub fn on_stage(&self, listener: impl Fn(&str) + Send + 'static) {
        *lock(&self.shared.on_stage) = Some(Box::new(listener));
    }

    /// Reports `done` of `total` of this handle's part. Stops here when cancelled.
    pub fn step(&self, done: usize, total: usize) -> Result<(), Cancelled> {
        self.check()?;
        let within = if total == 0 { 1.0 } else { (done as f64 / total as f64).clamp(0.0, 1.0) };
        let fraction = self.part.0 + self.part.1 * within;
        let mut progress = lock(&self.shared.progress);
        if fraction > progress.fraction {
            progress.fraction = fraction;
            self.shared.version.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Stops here when cancelled, reports nothing.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.shared.cancelled.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    /// A handle on the same job whose steps fill only the part from `start` to `end` (both 0 to 1) of this one.
    pub fn part(&self, start: f64, end: f64) -> Job {
        Job { shared: Arc::clone(&self.shared), part: (self.part.0 + self.part.1 * start, self.part.1 * (end - start)) }
    }

    /// A handle on what is left of this one's part, for work that begins anew in the middle of it.
    pub fn rest(&self) -> Job {
        let (start, length) = self.part;
        let done = self.progress().fraction.clamp(start, start + length);
        Job { shared: Arc::clone(&self.shared), part: (done, start + length - done) }
    }

    /// Asks the work to stop; it does so at its next step.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
        for (_, hook) in lock(&self.shared.on_cancel).iter() {
            hook();
        }
    }

    /// Whether somebody asked it to stop.
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Relaxed)
    }

    /// Runs `hook` on cancel, for work that waits in a library: it interrupts what cannot call [`Job::step`].
    /// The hook lives as long as the guard. When the job is cancelled already, it runs at once.
    pub fn on_cancel(&self, hook: impl Fn() + Send + 'static) -> CancelHook {
        if self.is_cancelled() {
            hook();
        }
        let id = self.shared.next_hook.fetch_add(1, Ordering::Relaxed);
        lock(&self.shared.on_cancel).push((id, Box::new(hook)));
        CancelHook { shared: Arc::clone(&self.shared), id }
    }

    /// The latest progress.
    pub fn progress(&self) -> Progress {
        lock(&self.shared.progress).clone()
    }

    /// Adds bytes that a statement of this job read elsewhere and that are paid for.
    pub fn bill(&self, bytes: u64) {
        self.shared.billed.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The bytes that are paid for, of all statements of this job so far.
    pub fn billed(&self) -> u64 {
        self.shared.billed.load(Ordering::Relaxed)
    }

    /// Grows with each change of the progress, so that a watcher can tell news from old.
    pub fn version(&self) -> u64 {
        self.shared.version.load(Ordering::Relaxed)
    }
}

/// Keeps a cancel hook registered until dropped.
#[must_use = "the hook is removed when this is dropped"]
pub struct CancelHook {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for CancelHook {
    fn drop(&mut self) {
        lock(&self.shared.on_cancel).retain(|(id, _)| *id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_of_a_part_fills_only_that_part_and_never_falls() {
        let job = Job::new();
        assert_eq!(job.part(0.2, 0.6).step(1, 2), Ok(()));
        assert!((job.progress().fraction - 0.4).abs() < 1e-12);
        assert_eq!(job.step(1, 10), Ok(()));
        assert!((job.progress().fraction - 0.4).abs() < 1e-12);
        assert_eq!(job.part(0.6, 1.0).part(0.5, 1.0).step(2, 2), Ok(()));
        assert!((job.progress().fraction - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_rest_of_a_part_is_what_was_not_done_of_it() {
        let job = Job::new();
        let half = job.part(0.0, 0.5);
        assert_eq!(half.step(1, 2), Ok(()));
        assert_eq!(half.rest().step(1, 5), Ok(()));
        assert!((job.progress().fraction - 0.3).abs() < 1e-12);
        assert_eq!(job.part(0.8, 1.0).rest().step(0, 1), Ok(()));
        assert!((job.progress().fraction - 0.8).abs() < 1e-12);
    }

    #[test]
    fn a_listener_hears_each_stage_of_every_part() {
        let job = Job::new();
        assert_eq!(job.stage("before"), Ok(()));
        let (send, receive) = std::sync::mpsc::channel();
        job.on_stage(move |stage| {
            let _ = send.send(stage.to_owned());
        });
        assert_eq!(job.part(0.0, 0.5).stage("first"), Ok(()));
        assert_eq!(job.stage("second"), Ok(()));
        job.cancel();
        assert_eq!(job.stage("third"), Err(Cancelled));
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), ["first", "second"]);
    }

    #[test]
    fn a_job_sums_what_each_part_of_it_is_billed() {
        let job = Job::new();
        job.bill(3);
        job.part(0.0, 0.5).bill(4);
        assert_eq!((job.billed(), Job::new().billed()), (7, 0));
    }

    #[test]
    fn a_cancelled_job_stops_at_its_next_step_and_runs_its_hooks_once() {
        let job = Job::new();
        let (send, receive) = std::sync::mpsc::channel();
        let kept = job.on_cancel({
            let send = send.clone();
            move || {
                let _ = send.send("kept");
            }
        });
        drop(job.on_cancel(move || {
            let _ = send.send("dropped");
        }));
        job.part(0.0, 0.5).cancel();
        assert_eq!(job.step(1, 2), Err(Cancelled));
        assert_eq!(job.stage("x"), Err(Cancelled));
        drop(kept);
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), ["kept"]);
    }
}
