//! A service account's key: read from its JSON, it signs the assertion that becomes a token (RFC 7523, RS256).
//!
//! The assertion is signed here, not by a library: the one at hand (yup-oauth2) writes assertions and tokens to the log.

use std::time::{SystemTime, UNIX_EPOCH};

use algomosaic_core::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::grant::{Granted, Proof, SCOPE, grant};
use crate::error::{Error, Result};
use crate::http::Http;
use crate::secret::Secret;

/// A key that can sign.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) email: String,
    pub(crate) project: Option<String>,
    id: Option<String>,
    private_key: Secret,
    token_uri: String,
}

impl Key {
    /// Reads the fields of a document whose `type` is `service_account`.
    pub(crate) fn read(document: &Value) -> Result<Key> {
        let field = |name: &str| document[name].as_str().filter(|text| !text.trim().is_empty());
        let needed = |name: &str| {
            field(name).map(str::to_owned).ok_or_else(|| {
                Problem::bad(
                    format!("the key of a service account needs {name}, which this one lacks"),
                    "Download the key again from Google's console: IAM, Service accounts, Keys, JSON.",
                )
            })
        };
        let key = Key {
            email: needed("client_email")?,
            private_key: Secret::new(needed("private_key")?),
            token_uri: needed("token_uri")?,
            project: field("project_id").map(str::to_owned),
            id: field("private_key_id").map(str::to_owned),
        };
        key.sign(b"")?;
        Ok(key)
    }

    /// What is kept of the document. Windows keeps 2,560 bytes at most, so no more than what is needed.
    pub(crate) fn document(&self) -> Secret {
        let mut document = json!({
            "type": "service_account",
            "client_email": self.email,
            "private_key": self.private_key.expose(),
            "token_uri": self.token_uri,
        });
        for (name, value) in [("project_id", &self.project), ("private_key_id", &self.id)] {
            if let Some(value) = value {
                document[name] = json!(value);
            }
        }
        Secret::new(document.to_string())
    }

    /// Signs in.
    pub(crate) async fn token(&self, http: &Http) -> Result<Granted> {
        let assertion = Secret::new(self.assertion(SystemTime::now())?);
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.expose())];
        grant(http, &self.token_uri, &self.email, Proof::Key, &form).await
    }

    fn assertion(&self, now: SystemTime) -> Result<String> {
        let issued = now.duration_since(UNIX_EPOCH).map(|passed| passed.as_secs()).unwrap_or_default();
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(id) = &self.id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.email,
            "aud": self.token_uri,
            "scope": SCOPE,
            "iat": issued,
            // An hour is the longest that Google accepts.
            "exp": issued + 3600,
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let unusable = || {
            Error::from(Problem::bad(
                "the private_key of this key cannot be read: it must be an RSA key as PEM text",
                "Download the key again from Google's console, and do not edit it.",
            ))
        };
        let key = PrivateKeyDer::from_pem_slice(self.private_key.expose().as_bytes()).map_err(|_| unusable())?;
        let signer = any_supported_type(&key)
            .ok()
            .and_then(|key| key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]))
            .ok_or_else(unusable)?;
        signer.sign(message).map_err(|_| unusable())
    }
}
