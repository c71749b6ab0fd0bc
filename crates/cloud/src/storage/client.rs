//! Google's client, with the tokens of this program and its patience: when to try again, and what its errors mean.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use algomosaic_core::Problem;
use google_cloud_auth::credentials::{CacheableResource, CredentialsProvider, EntityTag};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_gax::backoff_policy::BackoffPolicy;
use google_cloud_gax::error::Error as GoogleError;
use google_cloud_gax::error::rpc::StatusDetails;
use google_cloud_gax::retry_policy::RetryPolicy;
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use google_cloud_gax::retry_throttler::RetryThrottler;
use google_cloud_storage::client::Storage;
use http::{Extensions, HeaderMap};

use super::Inner;
use crate::error::{Error, Refusal, Result};
use crate::http::{Http, Patience, retry_after};
use crate::token::Tokens;

impl Inner {
    /// Google's client, made when it is first needed.
    pub(super) async fn client(&self) -> Result<&Storage> {
        let made = self.client.get_or_try_init(|| async {
            Storage::builder()
                .with_endpoint(&self.endpoint)
                .with_credentials(Bearer { http: self.http.clone(), address: self.endpoint.clone() })
                .build()
                .await
                .map_err(|error| Error::Local(format!("no client of Cloud Storage can be made: {error}")))
        });
        made.await
    }

    /// The bucket's name as Google's client wants it.
    pub(super) fn path(&self) -> String {
        format!("projects/_/buckets/{}", self.name)
    }

    pub(super) fn tries(&self) -> Tries {
        Tries::new(self.http.patience.clone(), Arc::clone(&self.tokens))
    }

    /// What an error of Google's client is in our words.
    pub(super) fn error(&self, doing: &str, error: &GoogleError) -> Error {
        let service = self.http.service();
        // What failed on our side, a token or a file, has its sentence already.
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            if let Some(problem) = next.downcast_ref::<Problem>() {
                return Error::Problem(problem.clone());
            }
            cause = next;
        }
        if let Some(status) = error.http_status_code() {
            let wait = error.http_headers().and_then(retry_after);
            let payload = error.http_payload().map_or(&[][..], |body| body);
            let mut refusal = Refusal::read(service, doing, status, wait, payload);
            if let Some(said) = error.status() {
                refusal.message = said.message.chars().take(400).collect();
                let reason = said.details.iter().find_map(|detail| match detail {
                    StatusDetails::ErrorInfo(info) => Some(info.reason.clone()),
                    _ => None,
                });
                refusal.reason = reason.unwrap_or_default();
            }
            return Error::Refused(Box::new(refusal));
        }
        let doing = doing.to_owned();
        if error.is_timeout() {
            return Error::TooSlow { doing, service, after: self.http.patience.answer };
        }
        if error.is_deserialization() {
            return Error::Malformed { doing, service, what: cause.to_string() };
        }
        Error::Unreachable { doing, service, why: cause.to_string() }
    }
}

/// Hands the tokens of this program to Google's client.
struct Bearer {
    http: Http,
    address: String,
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

impl CredentialsProvider for Bearer {
    async fn headers(&self, _: Extensions) -> std::result::Result<CacheableResource<HeaderMap>, CredentialsError> {
        let bearer = self.http.bearer(&self.address).await;
        let bearer = bearer.map_err(|error| CredentialsError::from_source(false, Problem::from(error)))?;
        let data = HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer)]);
        Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
    }

    async fn universe_domain(&self) -> Option<String> {
        None
    }
}

/// How often something was tried since it last got on, and when it is enough.
pub(super) struct Tries {
    patience: Patience,
    tokens: Arc<dyn Tokens>,
    since: Instant,
    tried: u32,
    pause: Duration,
    is_renewed: bool,
}

impl Tries {
    fn new(patience: Patience, tokens: Arc<dyn Tokens>) -> Tries {
        let pause = patience.first_pause;
        Tries { patience, tokens, since: Instant::now(), tried: 0, pause, is_renewed: false }
    }

    /// Says that it got on: it is the first try of what is left.
    pub(super) fn got_on(&mut self) {
        let (patience, tokens) = (self.patience.clone(), Arc::clone(&self.tokens));
        *self = Tries::new(patience, tokens);
    }

    /// How long to wait before the next try, or none if there is to be no other. `is_safe` says that doing it twice is the
    /// same as once.
    pub(super) fn after(&mut self, error: &Error, is_safe: bool) -> Option<Duration> {
        // A token may be void before its time; a new one is asked for once.
        if error.status() == Some(401) && !self.is_renewed {
            self.is_renewed = true;
            self.tokens.refused();
            return Some(Duration::ZERO);
        }
        let may = error.is_passing() && (is_safe || matches!(error.status(), Some(429 | 503)));
        let wait = self.next_pause(error.retry_after())?;
        may.then_some(wait)
    }

    /// How long to wait before the next try of what has another way to go.
    pub(super) fn pause(&mut self) -> Option<Duration> {
        self.next_pause(None)
    }

    /// The pause after a failure, whatever it was.
    fn next_pause(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.tried += 1;
        // Full jitter: clients that failed together do not come back together.
        let jittered = self.pause.mul_f64(fastrand::f64());
        let wait = asked.map_or(jittered, |asked| asked.max(jittered));
        self.pause = (self.pause * 2).min(self.patience.longest_pause);
        (self.tried < self.patience.tries && self.since.elapsed() + wait <= self.patience.total).then_some(wait)
    }
}

/// How an upload gets on: shared by its source, the policy of its retries, and who watches that it does not stand still.
pub(super) struct Watch {
    inner: Inner,
    doing: String,
    state: Mutex<State>,
}

struct State {
    tries: Tries,
    /// The pause that [`RetryPolicy`] decided on, for [`BackoffPolicy`] to tell; it is asked after the last error, too.
    wait: Option<Duration>,
    /// When something has to have moved.
    until: Instant,
    /// Bytes that the service confirmed.
    confirmed: u64,
    has_failed: bool,
    has_sent: bool,
    gave_up: bool,
}

impl Watch {
    pub(super) fn new(inner: &Inner, doing: &str) -> Arc<Watch> {
        let state = State {
            tries: inner.tries(),
            wait: None,
            until: Instant::now() + inner.http.patience.answer,
            confirmed: 0,
            has_failed: false,
            has_sent: false,
            gave_up: false,
        };
        Arc::new(Watch { inner: inner.clone(), doing: doing.to_owned(), state: Mutex::new(state) })
    }

    /// Poisoning means that another thread panicked in between; the state itself is always whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that bytes went out.
    pub(super) fn sent(&self) {
        let mut state = self.state();
        state.has_sent = true;
        state.until = Instant::now() + self.inner.http.patience.answer;
    }

    /// Says that sending goes on from `offset`: so much has arrived.
    pub(super) fn goes_on_from(&self, offset: u64) {
        self.sent();
        let mut state = self.state();
        if offset > state.confirmed {
            state.confirmed = offset;
            state.tries.got_on();
        }
    }

    /// Whether a request failed and was to be tried again: what became of it is not known.
    pub(super) fn has_failed(&self) -> bool {
        self.state().has_failed
    }

    /// Whether bytes went out.
    pub(super) fn has_sent(&self) -> bool {
        self.state().has_sent
    }

    /// Ends when nothing has moved for too long, with that as the error.
    pub(super) async fn stands_still(&self) -> Error {
        loop {
            let (until, gave_up) = {
                let state = self.state();
                (state.until, state.gave_up)
            };
            let (doing, service) = (self.doing.clone(), self.inner.http.service());
            if gave_up {
                return Error::Malformed { doing, service, what: "it takes no more of the bytes".to_owned() };
            }
            if until <= Instant::now() {
                return Error::TooSlow { doing, service, after: self.inner.http.patience.answer };
            }
            // Giving up is seen at the next look.
            let look = (Instant::now() + Duration::from_millis(200)).min(until);
            tokio::time::sleep_until(look.into()).await;
        }
    }
}

/// The policy of an upload's retries.
#[derive(Clone)]
pub(super) struct Policy(pub(super) Arc<Watch>);

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Policy")
    }
}

impl RetryPolicy for Policy {
    fn on_error(&self, retry: &RetryState, failed: GoogleError) -> RetryResult {
        let error = self.0.inner.error(&self.0.doing, &failed);
        let mut state = self.0.state();
        match state.tries.after(&error, retry.idempotent) {
            Some(wait) => {
                state.has_failed = true;
                state.wait = Some(wait);
                state.until = Instant::now() + wait + self.0.inner.http.patience.answer;
                RetryResult::Continue(failed)
            }
            None => {
                state.wait = Some(Duration::ZERO);
                RetryResult::Permanent(failed)
            }
        }
    }
}

impl BackoffPolicy for Policy {
    fn on_failure(&self, _: &RetryState) -> Duration {
        let mut state = self.0.state();
        if let Some(wait) = state.wait.take() {
            return wait;
        }
        // The service said that not all has arrived, of which the client does not ask the policy; it could go on for ever.
        state.has_failed = true;
        let wait = state.tries.next_pause(None);
        state.gave_up |= wait.is_none();
        wait.unwrap_or(self.0.inner.http.patience.longest_pause)
    }
}

/// Lets every retry through: the policy limits them.
#[derive(Debug)]
pub(super) struct Unthrottled;

impl RetryThrottler for Unthrottled {
    fn throttle_retry_attempt(&self) -> bool {
        false
    }

    fn on_retry_failure(&mut self, _: &RetryResult) {}

    fn on_success(&mut self) {}
}
