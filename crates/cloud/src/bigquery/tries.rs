//! Trying again what can go on from where it stopped: failures in a row count, and progress makes them forgotten.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::http::Http;

/// The failures of one piece of work since it last got ahead.
pub(super) struct Tries<'a> {
    http: &'a Http,
    failures: u32,
    pause: Duration,
    renewed: bool,
}

impl<'a> Tries<'a> {
    pub(super) fn new(http: &'a Http) -> Tries<'a> {
        Tries { http, failures: 0, pause: http.patience.first_pause, renewed: false }
    }

    /// It got ahead.
    pub(super) fn ahead(&mut self) {
        (self.failures, self.pause, self.renewed) = (0, self.http.patience.first_pause, false);
    }

    /// It failed: waits until it may be tried again, or gives the error back.
    pub(super) async fn failed(&mut self, error: Error) -> Result<()> {
        self.failures += 1;
        // A token may end in the middle of long work; a new one is asked for once.
        if error.status() == Some(401) && !self.renewed {
            self.renewed = true;
            self.http.token_refused();
            return Ok(());
        }
        if !error.is_passing() || self.failures >= self.http.patience.tries {
            return Err(error);
        }
        let jittered = self.pause.mul_f64(fastrand::f64());
        tokio::time::sleep(error.retry_after().map_or(jittered, |asked| asked.max(jittered))).await;
        self.pause = (self.pause * 2).min(self.http.patience.longest_pause);
        Ok(())
    }
}
