//! A person's login: a refresh token with the OAuth client it was given to, by gcloud or in the browser.

use algomosaic_core::{Code, Problem};
use reqwest::Method;
use serde_json::{Value, json};

use super::grant::{Granted, Proof, grant};
use crate::endpoints::{Endpoints, may_have_token};
use crate::error::Result;
use crate::http::{Ask, Http};
use crate::secret::Secret;

/// A login that gives tokens until it is revoked.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) refresh: Secret,
    pub(crate) account: Option<String>,
    /// The project that gcloud pays with.
    pub(crate) project: Option<String>,
    pub(crate) proof: Proof,
}

impl Login {
    /// Reads the fields of a document whose `type` is `authorized_user`.
    pub(crate) fn read(document: &Value, proof: Proof) -> Result<Login> {
        let field = |name: &str| document[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let needed = |name: &str| {
            field(name).ok_or_else(|| {
                Problem::new(
                    Code::Permission,
                    format!("a login needs {name}, which this one lacks"),
                    "Log in again: `gcloud auth application-default login`, or `algom connect gcp --browser`.",
                )
            })
        };
        Ok(Login {
            client_id: needed("client_id")?,
            client_secret: Secret::new(needed("client_secret")?),
            refresh: Secret::new(needed("refresh_token")?),
            account: field("account"),
            project: field("quota_project_id"),
            proof,
        })
    }

    /// What is kept of a browser's login.
    pub(crate) fn document(&self) -> Secret {
        let document = json!({
            "type": "authorized_user",
            "client_id": self.client_id,
            "client_secret": self.client_secret.expose(),
            "refresh_token": self.refresh.expose(),
            "account": self.account,
        });
        Secret::new(document.to_string())
    }

    /// Who it is, in sentences.
    pub(crate) fn who(&self) -> &str {
        match (&self.account, self.proof) {
            (Some(account), _) => account,
            (None, Proof::Gcloud) => "gcloud's user",
            (None, _) => "the browser's user",
        }
    }

    /// Signs in.
    pub(crate) async fn token(&self, http: &Http, endpoints: &Endpoints) -> Result<Granted> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
            ("refresh_token", self.refresh.expose()),
        ];
        grant(http, &endpoints.token, self.who(), self.proof, &form).await
    }

    /// Makes the refresh token void at Google. One that is void already counts as done.
    pub(crate) async fn revoke(&self, http: &Http, endpoints: &Endpoints) -> Result<()> {
        if !may_have_token(&endpoints.revoke) {
            return Ok(());
        }
        let ask = Ask::new("revoking the login", Method::POST, &endpoints.revoke);
        match http.send(ask.form(&[("token", self.refresh.expose())]).bare().safe()).await {
            Err(error) if error.status() != Some(400) => Err(error),
            _ => Ok(()),
        }
    }
}
