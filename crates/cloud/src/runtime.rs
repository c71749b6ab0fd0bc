//! What runs the waiting for the network: two threads of their own, and the bridge from code that waits to code that does not.

use std::future::Future;
use std::sync::Arc;

use algomosaic_core::{Cancelled, Job};
use tokio::sync::Notify;

use crate::error::{Error, Result};

/// Two threads that wait for the network. Cheap to clone; they end with the last clone.
#[derive(Clone)]
pub struct Runtime(Arc<Owned>);

struct Owned(Option<tokio::runtime::Runtime>);

impl Drop for Owned {
    fn drop(&mut self) {
        // A runtime that is dropped on a thread of another one panics; this way it just ends.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Runtime {
    /// Starts the threads.
    pub fn start() -> Result<Runtime> {
        // Two libraries bring a provider of cryptography each; without a choice the first connection would panic. It was
        // chosen already when this fails.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("cloud")
            .enable_all()
            .build()
            .map_err(|error| Error::Local(format!("no thread for the network could be started: {error}")))?;
        Ok(Runtime(Arc::new(Owned(Some(runtime)))))
    }

    /// Waits for `work` on this thread, or until the job is cancelled; what was under way is dropped then.
    pub fn wait<T: Send>(&self, job: &Job, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        job.check()?;
        let Some(runtime) = self.0.0.as_ref() else { return Err(Cancelled.into()) };
        let cancelled = Arc::new(Notify::new());
        let notify = Arc::clone(&cancelled);
        let _hook = job.on_cancel(move || notify.notify_one());
        let waited = async {
            tokio::select! {
                biased;
                () = cancelled.notified() => Err(Cancelled.into()),
                done = work => done,
            }
        };
        // On a thread of its own, since the caller's may belong to another runtime, where waiting is forbidden.
        std::thread::scope(|scope| match scope.spawn(|| runtime.block_on(waited)).join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Starts work that nobody waits for.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.0.0.as_ref() {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn waiting_ends_when_the_job_is_cancelled() {
        let runtime = Runtime::start().unwrap();
        let job = Job::new();
        let other = job.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            other.cancel();
        });
        let start = Instant::now();
        let slow = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        };
        assert!(matches!(runtime.wait(&job, slow), Err(Error::Cancelled(_))));
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn waiting_works_on_a_thread_of_another_runtime() {
        let other = tokio::runtime::Runtime::new().unwrap();
        let answer = other.block_on(async { Runtime::start().unwrap().wait(&Job::new(), async { Ok(7) }).unwrap() });
        assert_eq!(answer, 7);
    }
}
