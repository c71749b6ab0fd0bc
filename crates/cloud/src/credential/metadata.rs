//! The metadata server of a machine at Google, which gives tokens of the machine's own account (workload identity).

use std::time::{Duration, SystemTime};

use algomosaic_core::{Code, Problem};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::http::{Ask, Http};
use crate::secret::Secret;
use crate::token::Token;

const FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");

/// A token of the machine's account.
pub(crate) async fn token(http: &Http, endpoints: &Endpoints) -> Result<Token> {
    let given = SystemTime::now();
    let doing = "asking the metadata server for a token";
    let text = read(http, endpoints, doing, "instance/service-accounts/default/token").await?;
    let unreadable = || http.malformed(doing, &"no token is in it");
    let body: Value = serde_json::from_str(text.expose()).map_err(|_| unreadable())?;
    let secret = body["access_token"].as_str().filter(|text| !text.is_empty()).ok_or_else(unreadable)?;
    let expires = body["expires_in"].as_u64().map(|seconds| given + Duration::from_secs(seconds.min(86_400)));
    Ok(Token { secret: Secret::new(secret.to_owned()), given, expires })
}

/// The address of the machine's account.
pub(crate) async fn email(http: &Http, endpoints: &Endpoints) -> Result<String> {
    let doing = "asking the metadata server who this machine is";
    let text = read(http, endpoints, doing, "instance/service-accounts/default/email").await?;
    Ok(text.expose().trim().to_owned())
}

/// The machine's project.
pub(crate) async fn project(http: &Http, endpoints: &Endpoints) -> Result<String> {
    let text = read(http, endpoints, "asking the metadata server for the project", "project/project-id").await?;
    Ok(text.expose().trim().to_owned())
}

async fn read(http: &Http, endpoints: &Endpoints, doing: &str, what: &str) -> Result<Secret> {
    let url = format!("{}/computeMetadata/v1/{what}", endpoints.metadata);
    let ask = Ask::get(doing, url).header(FLAVOR, HeaderValue::from_static("Google")).bare();
    let none = |why: String| {
        Error::from(Problem::new(
            Code::Permission,
            format!("no metadata server of Google answers on this machine ({why})"),
            "It is there on machines at Google only; elsewhere use --key, --adc or --browser.",
        ))
    };
    let answer = http.send(ask).await.map_err(|error| match error {
        Error::Unreachable { why, .. } => none(why),
        Error::TooSlow { after, .. } => none(format!("no answer within {} s", after.as_secs())),
        Error::Refused(refusal) if refusal.status == 404 => Problem::new(
            Code::Permission,
            "this machine at Google has no service account",
            "Give the machine a service account, or the workload an identity, then repeat this.",
        )
        .into(),
        error => error,
    })?;
    // Another server may answer in its place, such as the sign-in page of a hotel.
    if answer.headers.get(FLAVOR).is_none_or(|flavor| flavor != "Google") {
        return Err(none("what answers is another server".to_owned()));
    }
    String::from_utf8(answer.body.to_vec()).map(Secret::new).map_err(|_| http.malformed(doing, &"it is no text"))
}
