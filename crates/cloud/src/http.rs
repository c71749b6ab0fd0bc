//! Requests to a service: each has a deadline, carries a token, and is repeated with backoff and jitter where that is safe.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::endpoints::may_have_token;
use crate::error::{Error, Refusal, Result};
use crate::token::{Fixed, Tokens};

/// How long to wait and how often to try.
#[derive(Debug, Clone)]
pub struct Patience {
    /// For an answer, its body included.
    pub answer: Duration,
    /// For all tries of a request together.
    pub total: Duration,
    /// Tries at most.
    pub tries: u32,
    /// The pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause, unless the service asks for a longer one.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            answer: Duration::from_secs(60),
            total: Duration::from_secs(120),
            tries: 6,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(16),
        }
    }
}

/// A client of one service. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    tokens: Arc<dyn Tokens>,
    service: &'static str,
    pub(crate) patience: Patience,
}

/// Whether a request may be sent again when it is unknown what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Doing it twice is the same as once.
    Safe,
    /// Only after an answer that says it was not done (429, 503).
    WhenRefused,
    /// Not before it is known how much of it arrived.
    Never,
}

/// A request.
pub(crate) struct Ask<'a> {
    /// What it is for, to begin a sentence: `listing the tables of market`.
    pub(crate) doing: &'a str,
    pub(crate) method: Method,
    /// The whole address with its query.
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) again: Again,
    /// Whether it goes without a token: to who gives tokens.
    pub(crate) bare: bool,
}

/// An answer whose status is not an error.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl<'a> Ask<'a> {
    /// A request without a body. Reading and removing are safe to repeat.
    pub(crate) fn new(doing: &'a str, method: Method, url: impl Into<String>) -> Ask<'a> {
        let again = if method == Method::POST || method == Method::PATCH { Again::WhenRefused } else { Again::Safe };
        Ask { doing, method, url: url.into(), headers: HeaderMap::new(), body: Bytes::new(), again, bare: false }
    }

    /// Reads something.
    pub(crate) fn get(doing: &'a str, url: impl Into<String>) -> Ask<'a> {
        Ask::new(doing, Method::GET, url)
    }

    /// With a document as its body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Ask<'a>> {
        let text =
            serde_json::to_vec(body).map_err(|error| Error::Local(format!("a request cannot be made: {error}")))?;
        self.body = text.into();
        Ok(self.header(CONTENT_TYPE, HeaderValue::from_static("application/json")))
    }

    /// With the fields of a form as its body.
    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Ask<'a> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body = text.into();
        self.header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
    }

    /// Without a token.
    pub(crate) fn bare(mut self) -> Ask<'a> {
        self.bare = true;
        self
    }

    /// With a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Ask<'a> {
        self.headers.insert(name, value);
        self
    }

    /// Says that it must not be sent again as it is.
    pub(crate) fn never_again(mut self) -> Ask<'a> {
        self.again = Again::Never;
        self
    }

    /// Says that doing it twice is the same as once.
    pub(crate) fn safe(mut self) -> Ask<'a> {
        self.again = Again::Safe;
        self
    }
}

impl Http {
    /// A client of `service` (its name in sentences) that sends the tokens of `tokens`.
    pub fn new(service: &'static str, tokens: Arc<dyn Tokens>) -> Result<Http> {
        Http::build(service, tokens, reqwest::Client::builder())
    }

    /// A client of a service of this machine or its neighbour, to which no proxy leads.
    pub(crate) fn direct(service: &'static str, tokens: Arc<dyn Tokens>) -> Result<Http> {
        Http::build(service, tokens, reqwest::Client::builder().no_proxy())
    }

    fn build(service: &'static str, tokens: Arc<dyn Tokens>, builder: reqwest::ClientBuilder) -> Result<Http> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder
            .user_agent(concat!("algoMosaic/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            // A redirection would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Local(format!("no connection can be made: {}", causes(&error))))?;
        Ok(Http { client, tokens, service, patience: Patience::default() })
    }

    /// With other limits of waiting.
    pub fn with_patience(mut self, patience: Patience) -> Http {
        self.patience = patience;
        self
    }

    /// The name of the service.
    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    /// Sends a request, again where it failed in passing and may be repeated.
    pub(crate) async fn send(&self, ask: Ask<'_>) -> Result<Answer> {
        let start = Instant::now();
        let mut pause = self.patience.first_pause;
        let mut renewed = false;
        for tried in 1.. {
            let error = match self.once(&ask).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            // A token may be void before its time; a new one is asked for once.
            if error.status() == Some(401) && !renewed && !ask.bare {
                renewed = true;
                self.tokens.refused();
                continue;
            }
            let may = match ask.again {
                Again::Safe => error.is_passing(),
                Again::WhenRefused => matches!(error.status(), Some(429 | 503)),
                Again::Never => false,
            };
            // Full jitter: clients that failed together do not come back together.
            let jittered = pause.mul_f64(fastrand::f64());
            let wait = error.retry_after().map_or(jittered, |asked| asked.max(jittered));
            if !may || tried >= self.patience.tries || start.elapsed() + wait > self.patience.total {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(self.patience.longest_pause);
        }
        Err(Error::Local("a request was tried without end".to_owned()))
    }

    /// Sends a request and reads the answer's document.
    pub(crate) async fn read<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T> {
        let doing = ask.doing.to_owned();
        let answer = self.send(ask).await?;
        serde_json::from_slice(&answer.body).map_err(|error| self.malformed(&doing, &error))
    }

    /// Says that the service refused the last token, so that the next is a new one.
    pub(crate) fn token_refused(&self) {
        self.tokens.refused();
    }

    pub(crate) fn malformed(&self, doing: &str, what: &impl ToString) -> Error {
        Error::Malformed { doing: doing.to_owned(), service: self.service, what: what.to_string() }
    }

    /// The bearer for an address; an address without encryption on another machine gets the emulators'.
    pub(crate) async fn bearer(&self, address: &str) -> Result<HeaderValue> {
        let token =
            if may_have_token(address) { self.tokens.token().await? } else { Fixed::emulator().token().await? };
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose()))
            .map_err(|_| Error::Local("a token has characters that cannot be sent".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn once(&self, ask: &Ask<'_>) -> Result<Answer> {
        let mut request = self
            .client
            .request(ask.method.clone(), &ask.url)
            .headers(ask.headers.clone())
            .timeout(self.patience.answer)
            .body(ask.body.clone());
        if !ask.bare {
            request = request.header(reqwest::header::AUTHORIZATION, self.bearer(&ask.url).await?);
        }
        let failed = |error: reqwest::Error| self.failed(ask.doing, &error);
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(failed)?;
        // 308 is how a resumable upload says how far it is.
        if status.is_success() || status == StatusCode::PERMANENT_REDIRECT {
            return Ok(Answer { status, headers, body });
        }
        let refusal = Refusal::read(self.service, ask.doing, status.as_u16(), retry_after(&headers), &body);
        Err(Error::Refused(Box::new(Refusal { date: date(&headers), ..refusal })))
    }

    fn failed(&self, doing: &str, error: &reqwest::Error) -> Error {
        let doing = doing.to_owned();
        if error.is_timeout() && !error.is_connect() {
            return Error::TooSlow { doing, service: self.service, after: self.patience.answer };
        }
        Error::Unreachable { doing, service: self.service, why: causes(error) }
    }
}

/// The seconds or the time that `Retry-After` names.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    SystemTime::from(until).duration_since(SystemTime::now()).ok()
}

/// What the service's clock says.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get(DATE)?.to_str().ok()?;
    chrono::DateTime::parse_from_rfc2822(text.trim()).ok().map(SystemTime::from)
}

/// The innermost cause of a failed connection, without the address, which may hold what is nobody's business.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
