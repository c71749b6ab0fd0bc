//! A job at BigQuery: put there once under an identifier of our own, waited for, and stopped when nobody wants it any more.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use algomosaic_core::{Code, Job, Problem};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{BigQuery, SERVICE, number, text};
use crate::error::{Error, Refusal, Result};
use crate::http::Ask;

/// How long a caller who cancelled waits to hear that BigQuery stops too.
const FAREWELL: Duration = Duration::from_secs(3);

/// Which job of BigQuery is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) id: String,
    pub(super) location: Option<String>,
}

/// The job that a piece of work waits for, if it waits for one.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<Option<Reference>>);

impl UnderWay {
    fn set(&self, reference: Option<&Reference>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = reference.cloned();
    }

    fn get(&self) -> Option<Reference> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How to wait for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Poll {
    /// A query: BigQuery answers when it is done.
    Results,
    /// Anything else: it is asked again and again.
    Status,
}

/// A job that ended well.
pub(super) struct Finished {
    /// The job as BigQuery describes it.
    pub(super) document: Value,
    /// The first words about a query's rows: their columns and number.
    pub(super) results: Value,
}

/// A new identifier: letters and digits that nobody else has.
pub(super) fn new_id() -> String {
    let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(24).collect();
    format!("algomosaic_{random}")
}

impl BigQuery {
    /// A job's reference before BigQuery knows it.
    pub(super) fn reference(&self, id: &str) -> Reference {
        Reference { id: id.to_owned(), location: self.location.clone() }
    }

    /// The document by which a job is put there.
    pub(super) fn job_document(&self, reference: &Reference, configuration: &Value) -> Value {
        let mut place = json!({"projectId": self.project, "jobId": reference.id});
        if let Some(location) = &reference.location {
            place["location"] = location.as_str().into();
        }
        json!({"jobReference": place, "configuration": configuration})
    }

    fn job_url(&self, reference: &Reference, tail: &[&str]) -> Result<String> {
        let mut query = Vec::new();
        if let Some(location) = &reference.location {
            query.push(("location", location.as_str()));
        }
        let mut parts = vec![self.project.as_str(), "jobs", reference.id.as_str()];
        parts.extend(tail);
        self.url(&parts, &query)
    }

    /// Puts a job there. Safe to repeat, because of its identifier: one that is there already is waited for.
    pub(super) async fn submit(&self, doing: &str, reference: &Reference, configuration: &Value) -> Result<Reference> {
        let url = self.url(&[&self.project, "jobs"], &[])?;
        let body = self.job_document(reference, configuration);
        let sent = self.http.read(Ask::new(doing, Method::POST, url).json(&body)?.safe()).await;
        match sent {
            Ok(job) => Ok(placed(reference, &job)),
            Err(error) if error.status() == Some(409) => {
                Ok(placed(reference, &self.job_status(doing, reference).await?))
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn job_status(&self, doing: &str, reference: &Reference) -> Result<Value> {
        self.http.read(Ask::get(doing, self.job_url(reference, &[])?)).await
    }

    /// The job of this identifier, if there is one.
    pub(super) async fn job_if_any(&self, doing: &str, reference: &Reference) -> Result<Option<Value>> {
        match self.job_status(doing, reference).await {
            Ok(job) => Ok(Some(job)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for a job's end. Its failure is the error.
    async fn finish(&self, doing: &str, reference: &Reference, poll: Poll, job: &Job) -> Result<Finished> {
        let mut pause = self.http.patience.first_pause;
        // Long enough to be few requests, short enough to fit into the deadline of one.
        let hold = (self.http.patience.answer / 2).min(Duration::from_secs(10)).as_millis().to_string();
        let mut results = Value::Null;
        loop {
            let asked = Instant::now();
            if poll == Poll::Results {
                let mut query = vec![("maxResults", "0"), ("timeoutMs", hold.as_str())];
                if let Some(location) = &reference.location {
                    query.push(("location", location));
                }
                let url = self.url(&[&self.project, "queries", &reference.id], &query)?;
                match self.http.read::<Value>(Ask::get(doing, url)).await {
                    Ok(answer) => results = answer,
                    // A job that failed is answered with its failure; the job's own document says more.
                    Err(Error::Refused(refusal)) if refusal.status != 401 => {}
                    Err(error) => return Err(error),
                }
            }
            let document = self.job_status(doing, reference).await?;
            if document["status"]["state"] == "DONE" {
                return match failure(doing, &document) {
                    Some(error) => Err(error),
                    None => Ok(Finished { document, results }),
                };
            }
            if let Some((done, all)) = share(&document) {
                job.step(done, all)?;
            }
            job.check()?;
            if asked.elapsed() < pause {
                tokio::time::sleep(pause).await;
            }
            pause = (pause * 2).min(Duration::from_secs(2)).min(self.http.patience.longest_pause);
        }
    }

    /// Waits for work that may wait for jobs of BigQuery; when it is cancelled, so is the job that is under way there.
    pub(super) fn run<T: Send>(
        &self,
        job: &Job,
        under_way: &UnderWay,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        match (self.runtime.wait(job, work), under_way.get()) {
            (Err(Error::Cancelled(_)), Some(reference)) => Err(self.stop(reference).into()),
            (done, _) => done,
        }
    }

    /// Notes which job is under way, submits it and waits for its end.
    pub(super) async fn do_job(
        &self,
        doing: &str,
        reference: &Reference,
        configuration: &Value,
        poll: Poll,
        under_way: &UnderWay,
        job: &Job,
    ) -> Result<(Reference, Finished)> {
        under_way.set(Some(reference));
        let reference = self.submit(doing, reference, configuration).await?;
        self.wait_for(doing, &reference, poll, under_way, job).await.map(|finished| (reference, finished))
    }

    /// Notes which job is under way and waits for its end.
    pub(super) async fn wait_for(
        &self,
        doing: &str,
        reference: &Reference,
        poll: Poll,
        under_way: &UnderWay,
        job: &Job,
    ) -> Result<Finished> {
        under_way.set(Some(reference));
        let finished = self.finish(doing, reference, poll, job).await;
        if !matches!(finished, Err(Error::Cancelled(_))) {
            under_way.set(None);
        }
        finished
    }

    /// Asks BigQuery to stop a job, even when this program goes on; waits for the answer for some seconds.
    fn stop(&self, reference: Reference) -> Problem {
        let id = reference.id.clone();
        let (tell, told) = oneshot::channel();
        let this = self.clone();
        self.runtime.spawn(async move {
            let stopped = this.cancel(&reference).await;
            // Nobody may be waiting any more.
            let _ = tell.send(stopped.is_ok());
        });
        let heard = self
            .runtime
            .wait(&Job::new(), async { Ok(matches!(tokio::time::timeout(FAREWELL, told).await, Ok(Ok(true)))) });
        match heard {
            Ok(true) => Problem::new(Code::Cancelled, format!("cancelled; BigQuery was told to stop the job {id}"), ""),
            _ => Problem::new(
                Code::Cancelled,
                format!("cancelled; whether BigQuery stopped the job {id} is unknown, for it did not answer"),
                "Look for the job in the console's list of queries.",
            ),
        }
    }

    async fn cancel(&self, reference: &Reference) -> Result<()> {
        let doing = format!("stopping the job {}", reference.id);
        let url = self.job_url(reference, &["cancel"])?;
        let mut tries = 0;
        loop {
            let sent = self.http.send(Ask::new(&doing, Method::POST, url.clone()).safe()).await;
            tries += 1;
            match sent {
                // The request that puts the job there may still be on its way.
                Err(error) if error.status() == Some(404) && tries < 4 => {
                    tokio::time::sleep(self.http.patience.first_pause * 2).await;
                }
                other => return other.map(drop),
            }
        }
    }
}

/// The reference with the location that BigQuery chose.
pub(super) fn placed(reference: &Reference, document: &Value) -> Reference {
    let location = document["jobReference"]["location"].as_str().map(str::to_owned);
    Reference { id: reference.id.clone(), location: location.or_else(|| reference.location.clone()) }
}

/// How much of a query is done, in its own units.
fn share(document: &Value) -> Option<(usize, usize)> {
    let latest = document["statistics"]["query"]["timeline"].as_array()?.last()?;
    let units = |name: &str| number(&latest[name]).unwrap_or(0) as usize;
    let done = units("completedUnits");
    Some((done, done + units("pendingUnits") + units("activeUnits"))).filter(|(_, all)| *all > 0)
}

/// Why a job failed, as if a request had.
fn failure(doing: &str, document: &Value) -> Option<Error> {
    let result = document["status"]["errorResult"].as_object()?;
    let reason = text(result.get("reason").unwrap_or(&Value::Null));
    let message = text(result.get("message").unwrap_or(&Value::Null));
    if reason == "stopped" {
        let id = text(&document["jobReference"]["jobId"]);
        return Some(Error::Problem(Problem::new(
            Code::Remote,
            format!("{doing} failed: someone stopped the job {id} in BigQuery"),
            "Run it again.",
        )));
    }
    Some(Error::Refused(Box::new(Refusal {
        doing: doing.to_owned(),
        service: SERVICE,
        status: status(&reason),
        reason,
        message,
        retry_after: None,
        date: None,
    })))
}

/// The status of a reason: <https://cloud.google.com/bigquery/docs/error-messages>.
fn status(reason: &str) -> u16 {
    match reason {
        "accessDenied"
        | "billingNotEnabled"
        | "billingTierLimitExceeded"
        | "blocked"
        | "quotaExceeded"
        | "rateLimitExceeded"
        | "responseTooLarge" => 403,
        "notFound" => 404,
        "duplicate" => 409,
        "backendError" | "jobBackendError" | "internalError" | "jobInternalError" => 500,
        "jobRateLimitExceeded" => 429,
        "notImplemented" => 501,
        _ => 400,
    }
}
