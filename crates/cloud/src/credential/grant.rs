//! The token endpoint: a proof goes there as a form, an access token comes back. What it refuses gets its own sentence.

use std::time::{Duration, SystemTime};

use algomosaic_core::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::endpoints::may_have_token;
use crate::error::{Error, Refusal, Result, minute};
use crate::http::{Ask, Http};
use crate::secret::Secret;
use crate::token::Token;

/// What every token is asked for. What it may really do is decided by the roles of the account.
pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Google accepts proofs whose time differs by less from its own.
const CLOCKS_APART: Duration = Duration::from_secs(5 * 60);

/// What proves who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The signature of a service account's key.
    Key,
    /// A login by gcloud.
    Gcloud,
    /// A login in the browser.
    Browser,
}

/// What the endpoint gave.
pub(crate) struct Granted {
    pub(crate) token: Token,
    /// Given once, for a code.
    pub(crate) refresh: Option<Secret>,
    /// Who it is, where the answer says so.
    pub(crate) email: Option<String>,
    /// What the person allowed, separated by blanks; empty where the answer does not say.
    pub(crate) scope: String,
}

/// Asks `address` for a token of `who`.
pub(crate) async fn grant(
    http: &Http,
    address: &str,
    who: &str,
    proof: Proof,
    form: &[(&str, &str)],
) -> Result<Granted> {
    if !may_have_token(address) {
        return Err(Problem::new(
            Code::Permission,
            format!("credentials are sent over encrypted lines only, and the token address {address} is none"),
            "Use a key as Google's console gives it, whose token_uri begins with https.",
        )
        .into());
    }
    let doing = format!("signing in as {who}");
    let given = SystemTime::now();
    // The same proof gives another token each time, and none is lost by it.
    let ask = Ask::new(&doing, reqwest::Method::POST, address).form(form).bare();
    let ask = if form.iter().any(|(name, _)| *name == "code") { ask } else { ask.safe() };
    let answer = http.send(ask).await.map_err(|error| refused(error, who, proof))?;
    // The words of a decoder may quote what it could not read, and this answer holds secrets.
    let unreadable = || http.malformed(&doing, &"no token is in it");
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let secret = Secret::new(text("access_token").ok_or_else(unreadable)?);
    let expires = body["expires_in"].as_u64().map(|seconds| given + Duration::from_secs(seconds.min(86_400)));
    Ok(Granted {
        token: Token { secret, given, expires },
        refresh: text("refresh_token").map(Secret::new),
        email: text("id_token").and_then(|token| email(&token)),
        scope: text("scope").unwrap_or_default(),
    })
}

/// The address in an identity token. It came straight from the endpoint, so its signature says nothing more.
fn email(id_token: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["email"].as_str().map(str::to_owned)
}

/// The sentence for what the endpoint refused.
fn refused(error: Error, who: &str, proof: Proof) -> Error {
    let Error::Refused(mut refusal) = error else { return error };
    refusal.message = without_secrets(&refusal.message);
    refusal.reason = without_secrets(&refusal.reason);
    if refusal.status >= 500 || refusal.status == 429 {
        return Error::Refused(refusal);
    }
    if let Some(problem) = refusal.date.and_then(|theirs| clocks(who, theirs, SystemTime::now())) {
        return problem.into();
    }
    let Refusal { reason, message, .. } = &*refusal;
    let said = if message.is_empty() { reason.clone() } else { format!("{reason}: {message}") };
    let said = said.trim_end_matches(['.', ' ']);
    let again = match proof {
        Proof::Key => "Make a new key in Google's console, then `algom connect gcp --key FILE`.",
        Proof::Gcloud => "Log in again: `gcloud auth application-default login`.",
        Proof::Browser => "Log in again: `algom connect gcp --browser`, or Settings in the window.",
    };
    let (message, hint) = match (reason.as_str(), proof) {
        ("invalid_grant", Proof::Key) => {
            (format!("Google refuses the key of {who}: it was revoked, or its account was deleted ({said})"), again)
        }
        ("invalid_grant", _) => (format!("the login of {who} has expired or was revoked ({said})"), again),
        ("invalid_client" | "deleted_client" | "unauthorized_client" | "disabled_client", Proof::Browser) => (
            format!("Google refuses the OAuth client of this login ({said})"),
            "Take a client of the kind Desktop app from Google's console, then log in with it.",
        ),
        ("access_denied" | "admin_policy_enforced" | "org_internal", _) => (
            format!("Google does not let {who} in ({said})"),
            "Ask who administers the organisation, or connect with another account.",
        ),
        _ => (format!("Google refuses to sign in {who} ({said})"), again),
    };
    Problem::new(Code::Permission, message, hint).into()
}

/// The sentence for clocks that are too far apart.
pub(crate) fn clocks(who: &str, theirs: SystemTime, ours: SystemTime) -> Option<Problem> {
    let apart = ours.duration_since(theirs).or_else(|_| theirs.duration_since(ours)).unwrap_or_default();
    (apart > CLOCKS_APART).then(|| {
        Problem::new(
            Code::Permission,
            format!(
                "signing in as {who} failed: this machine's clock says {}, Google's {}, and they may be 5 minutes apart at most",
                minute(ours),
                minute(theirs)
            ),
            "Set this machine's clock, best by network time, then repeat this.",
        )
    })
}

/// A service's sentence without words that are long enough to be part of a key or a token: a proxy's error page may
/// repeat what was sent to it.
fn without_secrets(message: &str) -> String {
    let words = message.split_whitespace().map(|word| {
        let secret = word.len() > 24 && !word.contains('@') && !word.starts_with("https://") || word.contains('=');
        if secret { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_five_minutes_apart_are_said_with_both_times() {
        let ours = SystemTime::from(chrono::DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z").unwrap());
        assert!(clocks("a@b", ours - Duration::from_secs(300), ours).is_none());
        assert!(clocks("a@b", ours + Duration::from_secs(300), ours).is_none());
        for theirs in [ours - Duration::from_secs(3600), ours + Duration::from_secs(3600)] {
            let said = clocks("a@b", theirs, ours).unwrap().message;
            assert!(said.contains("2026-03-01 12:00 UTC") && said.contains(&minute(theirs)), "{said}");
        }
    }

    #[test]
    fn a_message_keeps_its_words_and_loses_what_may_be_a_secret() {
        for (message, kept) in [
            ("Token has been expired or revoked.", "Token has been expired or revoked."),
            ("bad refresh_token=1//0abc of eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ", "bad … of …"),
            ("no account writer@project.iam.gserviceaccount.com", "no account writer@project.iam.gserviceaccount.com"),
        ] {
            assert_eq!(without_secrets(message), kept);
        }
    }
}
