//! The one source of tokens of a connection: a token is kept until five minutes before its end, and one is asked for at a
//! time however many requests wait for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use tokio::sync::Mutex;

use super::key::Key;
use super::login::Login;
use super::{impersonate, metadata};
use crate::endpoints::Endpoints;
use crate::error::Result;
use crate::http::Http;
use crate::token::{Token, Tokens};

/// A token is renewed when it holds for less.
const BEFORE_END: Duration = Duration::from_secs(5 * 60);

/// Where tokens come from.
pub(crate) enum Origin {
    Key(Key),
    Login(Login),
    Metadata,
    /// The client sends the tokens of the credential below.
    Impersonated {
        email: String,
    },
}

/// An origin with its client.
pub(crate) struct Source {
    pub(crate) origin: Origin,
    pub(crate) http: Http,
    pub(crate) endpoints: Endpoints,
    held: Mutex<Option<Token>>,
    void: AtomicBool,
}

impl Source {
    pub(crate) fn new(origin: Origin, http: Http, endpoints: Endpoints) -> Source {
        Source { origin, http, endpoints, held: Mutex::new(None), void: AtomicBool::new(false) }
    }

    /// Keeps a token that was given already.
    pub(crate) fn holding(mut self, token: Token) -> Source {
        self.held = Mutex::new(Some(token));
        self
    }

    async fn ask(&self) -> Result<Token> {
        match &self.origin {
            Origin::Key(key) => key.token(&self.http).await.map(|granted| granted.token),
            Origin::Login(login) => login.token(&self.http, &self.endpoints).await.map(|granted| granted.token),
            Origin::Metadata => metadata::token(&self.http, &self.endpoints).await,
            Origin::Impersonated { email } => impersonate::token(&self.http, &self.endpoints, email).await,
        }
    }
}

fn holds(token: &Token, longer_than: Duration) -> bool {
    token.expires.is_none_or(|end| end.duration_since(SystemTime::now()).is_ok_and(|left| left > longer_than))
}

impl Tokens for Source {
    fn token(&self) -> BoxFuture<'_, Result<Token>> {
        Box::pin(async move {
            let mut held = self.held.lock().await;
            if self.void.swap(false, Ordering::AcqRel) {
                *held = None;
            }
            if let Some(token) = held.as_ref().filter(|token| holds(token, BEFORE_END)) {
                return Ok(token.clone());
            }
            match self.ask().await {
                Ok(token) => {
                    *held = Some(token.clone());
                    Ok(token)
                }
                // The old token holds a little longer than a passing failure may last.
                Err(error) if error.is_passing() => {
                    held.clone().filter(|token| holds(token, Duration::from_secs(10))).ok_or(error)
                }
                Err(error) => Err(error),
            }
        })
    }

    fn refused(&self) {
        self.void.store(true, Ordering::Release);
    }
}
