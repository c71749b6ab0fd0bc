//! How far a statement is, in the engine's own words. It guesses nothing: where the engine does not know, nothing is said.
#![allow(unsafe_code, reason = "the crate duckdb has no call for the engine's progress")]

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use algomosaic_core::Job;
use duckdb::{Connection, InterruptHandle, ffi};

use crate::error::Result;

/// Lets the engine count, and print nothing. As pragmas, since a locked configuration refuses the same as settings.
const COUNTED: &str = "PRAGMA enable_progress_bar; PRAGMA disable_print_progress_bar;";
/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);
/// Steps a statement is told in.
const STEPS: usize = 1_000;

/// Lets `work` do one long statement on a connection; meanwhile the job hears how far it is.
pub(crate) fn told<T>(connection: &Connection, job: &Job, work: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch(COUNTED)?;
    let handle = connection.interrupt_handle();
    std::thread::scope(|scope| {
        let (ended, ends) = channel::<()>();
        scope.spawn(move || {
            while ends.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if let Some(share) = share(&handle) {
                    // A cancelled job hears nothing; its hook stops the statement.
                    let _ = job.step((share * STEPS as f64) as usize, STEPS);
                }
            }
        });
        let result = work();
        drop(ended);
        result
    })
}

/// The share of the running statement that is done, from 0 to 1; `None` where the engine does not know. At 100 it has
/// handed out its last piece of work, which may still take long.
fn share(handle: &InterruptHandle) -> Option<f64> {
    let connection = raw(handle).lock().unwrap_or_else(PoisonError::into_inner);
    if connection.is_null() {
        return None;
    }
    // SAFETY: the connection is open, for it is borrowed by `told` as long as this is called; the engine lets its progress
    // be read from any thread.
    let percent = unsafe { ffi::duckdb_query_progress(*connection) }.percentage;
    (percent > 0.0 && percent < 100.0).then_some(percent / 100.0)
}

/// The engine's connection behind the handle that interrupts it.
fn raw(handle: &InterruptHandle) -> &Mutex<ffi::duckdb_connection> {
    const {
        assert!(size_of::<InterruptHandle>() == size_of::<Mutex<ffi::duckdb_connection>>());
        assert!(align_of::<InterruptHandle>() == align_of::<Mutex<ffi::duckdb_connection>>());
    }
    // SAFETY: the only field of an `InterruptHandle` is this mutex (src/inner_connection.rs of the release that Cargo.toml
    // asks for by its exact number), so it fills the handle from its first byte to its last.
    unsafe { &*std::ptr::from_ref(handle).cast() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::limits::Limits;

    /// An engine whose configuration is locked, as that of a person's SQL is.
    fn locked() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::sandboxed(&[folder.path().to_owned()], &Limits::default()).unwrap();
        let connection = engine.connection().unwrap();
        (folder, connection)
    }

    #[test]
    fn a_long_statement_says_how_far_it_is() {
        let (folder, connection) = locked();
        let job = Job::new();
        let (before, after) = (job.part(0.0, 0.5), job.part(0.5, 1.0));
        let path = |name: &str| folder.path().join(name).display().to_string();
        let make = format!("COPY (SELECT hash(range) AS x FROM range(4000000)) TO '{}'", path("a.parquet"));
        connection.execute_batch(&make).unwrap();
        let sort = format!("COPY (FROM '{}' ORDER BY x) TO '{}'", path("a.parquet"), path("b.parquet"));
        told(&connection, &before, || Ok(connection.execute_batch(&sort)?)).unwrap();
        let done = job.progress().fraction;
        assert!(done > 0.0 && done < 0.5, "{done}");
        told(&connection, &after, || Ok(connection.execute_batch(&sort)?)).unwrap();
        assert!(job.progress().fraction > 0.5, "{:?}", job.progress());
    }

    #[test]
    fn what_the_engine_does_not_know_stays_unknown() {
        let (_folder, connection) = locked();
        let job = Job::new();
        told(&connection, &job, || Ok(connection.execute_batch("SELECT 1")?)).unwrap();
        assert!(job.progress().fraction == 0.0, "{:?}", job.progress());
        assert_eq!(share(&connection.interrupt_handle()), None);
        let handle = connection.interrupt_handle();
        drop(connection);
        assert_eq!(share(&handle), None);
    }
}
