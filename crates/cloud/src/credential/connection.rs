//! A connection as it is saved: who is connected and how, without anything secret.

use std::fmt;
use std::path::PathBuf;

use algomosaic_core::Problem;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// How a connection proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service account's key, in the keyring.
    Key,
    /// gcloud's application-default login, or the file that `GOOGLE_APPLICATION_CREDENTIALS` names.
    Adc,
    /// A login in the browser, in the keyring.
    Browser,
    /// The metadata server of a machine at Google.
    Metadata,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Key => "service account key",
            Kind::Adc => "gcloud login",
            Kind::Browser => "browser login",
            Kind::Metadata => "metadata server",
        })
    }
}

/// A connection to Google Cloud. It holds no secret and may be saved as TOML or JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// How it proves who it is.
    pub kind: Kind,
    /// The address of who it is, or words where nobody tells: `gcloud's user`.
    pub principal: String,
    /// The project that is worked in and that pays.
    pub project: String,
    /// Where new datasets are: `EU`, `us-central1`; BigQuery's own choice without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The bucket of the models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The service account it acts as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impersonate: Option<String>,
    /// The name of its entry in the keyring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// gcloud's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// When it was made (RFC 3339, UTC).
    pub connected: String,
}

impl Connection {
    /// Who acts: the impersonated account, else the principal.
    pub fn acts_as(&self) -> &str {
        self.impersonate.as_deref().unwrap_or(&self.principal)
    }
}

/// What a person chooses for a connection.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The project; without, the one of the key, of gcloud's login or of the machine.
    pub project: Option<String>,
    /// Where new datasets are.
    pub location: Option<String>,
    /// The bucket of the models.
    pub bucket: Option<String>,
    /// The service account to act as.
    pub impersonate: Option<String>,
}

impl Choices {
    /// These become parts of addresses, so what cannot be a name is refused.
    ///
    /// # Errors
    /// The first choice that cannot be a name, with the rule.
    pub fn check(&self) -> Result<()> {
        let letters = |text: &str, others: &str| {
            !text.is_empty()
                && text.len() <= 222
                && text.chars().all(|letter| letter.is_ascii_alphanumeric() || others.contains(letter))
        };
        let email = |text: &str| text.split('@').count() == 2 && letters(text, "@-_.:");
        for (what, value, fits, rule) in [
            (
                "project",
                &self.project,
                letters(self.project.as_deref().unwrap_or("a"), "-:."),
                "letters, digits and hyphens (its ID, not its name)",
            ),
            (
                "location",
                &self.location,
                letters(self.location.as_deref().unwrap_or("a"), "-"),
                "letters, digits and hyphens, such as EU or us-central1",
            ),
            (
                "bucket",
                &self.bucket,
                letters(self.bucket.as_deref().unwrap_or("a"), "-_."),
                "lower-case letters, digits, hyphens, dots (without gs://)",
            ),
            (
                "account to act as",
                &self.impersonate,
                email(self.impersonate.as_deref().unwrap_or("a@b")),
                "an address such as name@project.iam.gserviceaccount.com",
            ),
        ] {
            if let Some(value) = value.as_ref().filter(|_| !fits) {
                return Err(Problem::bad(
                    format!("the {what} must be {rule}, but is {value:?}"),
                    format!("Correct the {what}."),
                )
                .into());
            }
        }
        Ok(())
    }

    /// The project, or else `found`.
    pub(crate) fn project_or(&self, found: Option<&str>) -> Result<String> {
        self.project.as_deref().or(found).filter(|project| !project.is_empty()).map(str::to_owned).ok_or_else(|| {
            Problem::bad("the credential names no project", "Give it: --project ID, or in Settings of the window.")
                .into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_without_choices_survives_being_saved() {
        let connection = Connection {
            kind: Kind::Adc,
            principal: "a@example.com".to_owned(),
            project: "project".to_owned(),
            location: None,
            bucket: None,
            impersonate: None,
            entry: None,
            file: None,
            connected: "2026-03-01T12:00:00Z".to_owned(),
        };
        let text = serde_json::to_string(&connection).unwrap();
        assert_eq!(
            text,
            r#"{"kind":"adc","principal":"a@example.com","project":"project","connected":"2026-03-01T12:00:00Z"}"#
        );
        assert_eq!(serde_json::from_str::<Connection>(&text).unwrap(), connection);
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        let with = |field: fn(&mut Choices, String), value: &str| {
            let mut choices = Choices::default();
            field(&mut choices, value.to_owned());
            choices.check().is_ok()
        };
        assert!(with(|c, v| c.project = Some(v), "example.com:my-project-1"));
        assert!(!with(|c, v| c.project = Some(v), "my project"));
        assert!(!with(|c, v| c.project = Some(v), "../secrets"));
        assert!(!with(|c, v| c.bucket = Some(v), "gs://bucket"));
        assert!(with(|c, v| c.bucket = Some(v), "my_bucket.example.com"));
        assert!(with(|c, v| c.impersonate = Some(v), "a@p.iam.gserviceaccount.com"));
        assert!(!with(|c, v| c.impersonate = Some(v), "nobody"));
        assert!(!with(|c, v| c.location = Some(v), "EU/x"));
    }
}
