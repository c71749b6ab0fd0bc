//! One source of tokens for every client.

use std::time::SystemTime;

use futures::future::BoxFuture;

use crate::error::Result;
use crate::secret::Secret;

/// An access token and how long it holds.
#[derive(Debug, Clone)]
pub struct Token {
    /// What is sent as the bearer.
    pub secret: Secret,
    /// When it was given.
    pub given: SystemTime,
    /// When it ends; `None` where that is unknown.
    pub expires: Option<SystemTime>,
}

/// Who gives tokens. It keeps a token until shortly before it ends.
pub trait Tokens: Send + Sync {
    /// A token that holds for some minutes more.
    fn token(&self) -> BoxFuture<'_, Result<Token>>;

    /// Says that the service refused the last token, so that the next is a new one.
    fn refused(&self);
}

/// Always the same token: for emulators, which take any.
pub struct Fixed(Secret);

impl Fixed {
    /// The token of emulators.
    pub fn emulator() -> Fixed {
        Fixed(Secret::new("emulator".to_owned()))
    }
}

impl Tokens for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<Token>> {
        let token = Token { secret: self.0.clone(), given: SystemTime::now(), expires: None };
        Box::pin(async move { Ok(token) })
    }

    fn refused(&self) {}
}
