//! Short work that a page waits for, such as a query: it can be asked how far it is, and be cancelled, under the id the
//! window chose. It is in no list of jobs and leaves no record.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use algomosaic_core::{Job, Problem};

/// The tasks that run.
#[derive(Default)]
pub(crate) struct Tasks {
    running: Mutex<Vec<(u64, String, Job)>>,
    count: AtomicU64,
}

impl Tasks {
    /// Does work that can be cancelled by the id while it runs.
    pub(crate) fn run<T>(&self, id: &str, work: impl FnOnce(&Job) -> Result<T, Problem>) -> Result<T, Problem> {
        let job = Job::new();
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        self.change(|running| running.push((number, id.to_owned(), job.clone())));
        let _entry = Entry { tasks: self, number };
        work(&job)
    }

    /// Asks the tasks of this id to stop. There may be none any more: they end whenever they are done.
    pub(crate) fn cancel(&self, id: &str) {
        for job in self.of(id) {
            job.cancel();
        }
    }

    /// How much of the task of this id is done, from 0 to 1; `None` while that is unknown, or when there is none any more.
    pub(crate) fn share(&self, id: &str) -> Option<f64> {
        self.of(id).first().map(|job| job.progress().fraction).filter(|fraction| *fraction > 0.0)
    }

    fn of(&self, id: &str) -> Vec<Job> {
        let mut found = Vec::new();
        self.change(|running| {
            found.extend(running.iter().filter(|(_, of, _)| of == id).map(|(_, _, job)| job.clone()))
        });
        found
    }

    fn change(&self, change: impl FnOnce(&mut Vec<(u64, String, Job)>)) {
        change(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A task in the list, taken out also when the work panics.
struct Entry<'a> {
    tasks: &'a Tasks,
    number: u64,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.tasks.change(|running| running.retain(|(number, _, _)| *number != self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_says_how_much_is_done_once_that_is_known() {
        let tasks = Tasks::default();
        let told = tasks.run("a", |job| {
            let unknown = tasks.share("a");
            job.step(0, 4)?;
            let begun = tasks.share("a");
            job.step(1, 4)?;
            Ok((unknown, begun, tasks.share("a"), tasks.share("b")))
        });
        assert_eq!(told, Ok((None, None, Some(0.25), None)));
        assert_eq!(tasks.share("a"), None);
    }

    #[test]
    fn a_task_is_cancelled_by_its_id_and_only_while_it_runs() {
        let tasks = Tasks::default();
        tasks.cancel("a");
        let stopped = tasks.run("a", |job| {
            tasks.run("b", |_| Ok(()))?;
            tasks.cancel("b");
            job.check()?;
            tasks.cancel("a");
            Ok(job.check()?)
        });
        assert_eq!(stopped.map_err(|problem| problem.code), Err(algomosaic_core::Code::Cancelled));
        assert_eq!(tasks.run("a", |job| Ok(job.check()?)), Ok(()));
        tasks.change(|running| assert!(running.is_empty()));
    }
}
