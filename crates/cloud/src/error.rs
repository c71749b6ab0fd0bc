//! What can go wrong with a service, and the sentence each failure becomes.

use std::time::{Duration, SystemTime};

use algomosaic_core::{Cancelled, Code, Problem};
use serde::Deserialize;

/// A failure on the way to a service or of the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service answered with an error.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// No answer came: no network, no such host, a broken line.
    #[error("{doing} failed: {service} cannot be reached ({why})")]
    Unreachable {
        /// What was tried.
        doing: String,
        /// At which service.
        service: &'static str,
        /// The network's own words.
        why: String,
    },
    /// The answer took too long.
    #[error("{doing} failed: {service} did not answer within {} s", after.as_secs())]
    TooSlow {
        /// What was tried.
        doing: String,
        /// At which service.
        service: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The answer is not what the service's documentation says.
    #[error("{doing} failed: the answer of {service} cannot be read ({what})")]
    Malformed {
        /// What was tried.
        doing: String,
        /// At which service.
        service: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// This machine refused: no thread, no file.
    #[error("{0}")]
    Local(String),
    /// Something with a sentence of its own.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Stopped on request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// An error that a service answered with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing} failed: {service} says {status} {reason}: {message}")]
pub struct Refusal {
    /// What was tried.
    pub doing: String,
    /// By which service.
    pub service: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Google's word for it: `notFound`, `accessDenied`, `rateLimitExceeded` ...
    pub reason: String,
    /// Google's sentence.
    pub message: String,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
    /// What the service's clock said.
    pub date: Option<SystemTime>,
}

/// The result of anything here.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The status that a service answered with, if it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether the same request may succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.is_passing(),
            Error::Unreachable { .. } | Error::TooSlow { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }
}

/// A moment as people read it: `2026-03-01 14:05 UTC`.
pub(crate) fn minute(time: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(time).format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Google's form of an error.
#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Details {
    Full {
        #[serde(default)]
        message: String,
        #[serde(default)]
        status: String,
        #[serde(default)]
        errors: Vec<Item>,
    },
    /// The token endpoint's form: `{"error": "invalid_grant", "error_description": "..."}`.
    Short(String),
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    reason: String,
}

impl Refusal {
    /// Reads an answer's body, which may be Google's JSON or anything else.
    pub(crate) fn read(
        service: &'static str,
        doing: &str,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Refusal {
        let (reason, message) = match serde_json::from_slice::<Body>(body) {
            Ok(Body { error: Details::Full { message, status, errors } }) => {
                (errors.into_iter().next().map(|item| item.reason).filter(|r| !r.is_empty()).unwrap_or(status), message)
            }
            Ok(Body { error: Details::Short(reason) }) => {
                let described = serde_json::from_slice::<serde_json::Value>(body).ok();
                let described = described.as_ref().and_then(|body| body["error_description"].as_str());
                (reason, described.unwrap_or_default().to_owned())
            }
            // A proxy's page, or nothing: its first words, without what would break the line.
            Err(_) => (String::new(), String::from_utf8_lossy(body).split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        let message: String = message.chars().take(400).collect();
        Refusal { doing: doing.to_owned(), service, status, reason, message, retry_after, date: None }
    }

    /// Whether the same request may succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 429 | 500 | 502 | 503 | 504)
            || self.status == 403
                && matches!(self.reason.as_str(), "rateLimitExceeded" | "userRateLimitExceeded" | "backendError")
    }

    fn problem(&self) -> Problem {
        let Refusal { doing, service, status, reason, message, .. } = self;
        let nothing = format!("no more than the status {status}");
        let message = [message, reason].into_iter().find(|words| !words.is_empty()).unwrap_or(&nothing);
        let said = format!("{doing} failed: {service} says {message}").trim_end_matches(['.', ' ']).to_owned();
        let (code, hint) = match (*status, reason.as_str()) {
            (401, _) => (Code::Permission, "Connect again: `algom connect gcp`, or Settings in the window."),
            (403, "billingNotEnabled" | "billingTierLimitExceeded") => {
                (Code::Permission, "Turn on billing for the project, or choose another one.")
            }
            (403, "quotaExceeded") => (Code::Remote, "Wait until the quota is renewed, or ask for a larger one."),
            (403, _) if self.is_passing() => (Code::Remote, "The service is asked too often; try again in a minute."),
            (403, _) => (Code::Permission, "`algom connect status` says which permissions are missing for what."),
            (404, _) => (Code::NotFound, "Check the name, the project and the location."),
            (409, _) => (Code::AlreadyExists, "Choose another name, or say to append or to replace."),
            (412, _) => (Code::AlreadyExists, "Someone else changed it meanwhile; look at it again, then repeat this."),
            (429, _) => (Code::Remote, "The service is asked too often; try again in a minute."),
            (400, "bytesBilledLimitExceeded") => {
                (Code::BadInput, "Raise the byte cap (Settings, or --max-bytes), or read fewer columns.")
            }
            (400..=499, _) => (Code::BadInput, "Correct the request."),
            _ => (Code::Remote, "It is the service's fault; try again later."),
        };
        let said = if *status >= 500 || *status == 429 { format!("{said} ({status})") } else { said };
        Problem::new(code, said, hint)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::Refused(refusal) => refusal.problem(),
            Error::Unreachable { ref why, .. } if why.contains("certificate") => Problem::new(
                Code::Remote,
                error.to_string(),
                format!(
                    "Check this machine's clock, which says {}, and whether a proxy stands between.",
                    minute(SystemTime::now())
                ),
            ),
            Error::Unreachable { .. } => {
                Problem::new(Code::Remote, error.to_string(), "Check the network connection, then repeat this.")
            }
            Error::TooSlow { .. } => {
                Problem::new(Code::Remote, error.to_string(), "Repeat this; the network may be slow.")
            }
            Error::Malformed { .. } => {
                Problem::new(Code::Remote, error.to_string(), "A proxy may stand between; if not, please report this.")
            }
            Error::Local(message) => Problem::new(Code::Internal, message, "Please report this."),
            Error::Problem(problem) => problem,
            Error::Cancelled(cancelled) => cancelled.into(),
        }
    }
}
