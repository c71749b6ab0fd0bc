//! Acting as a service account on top of another credential: no key of that account is needed.

use std::time::SystemTime;

use algomosaic_core::{Code, Problem};
use reqwest::Method;
use serde_json::{Value, json};

use super::grant::SCOPE;
use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::http::{Ask, Http};
use crate::secret::Secret;
use crate::token::Token;

/// A token of the account `email`, asked for with the tokens of `http`.
pub(crate) async fn token(http: &Http, endpoints: &Endpoints, email: &str) -> Result<Token> {
    let doing = format!("acting as {email}");
    let account: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let url = format!("{}/v1/projects/-/serviceAccounts/{account}:generateAccessToken", endpoints.iam_credentials);
    let given = SystemTime::now();
    let ask = Ask::new(&doing, Method::POST, url).json(&json!({"scope": [SCOPE], "lifetime": "3600s"}))?.safe();
    let answer = http.send(ask).await.map_err(|error| explain(error, email))?;
    let unreadable = || http.malformed(&doing, &"no token is in it");
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let secret = body["accessToken"].as_str().filter(|text| !text.is_empty()).ok_or_else(unreadable)?;
    let expires = body["expireTime"].as_str().and_then(|time| chrono::DateTime::parse_from_rfc3339(time).ok());
    Ok(Token { secret: Secret::new(secret.to_owned()), given, expires: expires.map(SystemTime::from) })
}

fn explain(error: Error, email: &str) -> Error {
    let Error::Refused(refusal) = &error else { return error };
    let said = refusal.message.trim_end_matches(['.', ' ']);
    match refusal.status {
        403 => Problem::new(
            Code::Permission,
            format!("acting as {email} is not allowed: {said}"),
            "Ask for the role Service Account Token Creator on that account, and that the IAM Service Account \
             Credentials API is enabled; roles take some minutes.",
        )
        .into(),
        404 => Problem::not_found(
            format!("there is no service account {email}: {said}"),
            "Check its address in Google's console: IAM, Service accounts.",
        )
        .into(),
        _ => error,
    }
}
