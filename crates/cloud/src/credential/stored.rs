//! A credential as a document: what a file or an entry of the keyring holds, told apart by its `type`.

use std::path::{Path, PathBuf};

use algomosaic_core::{Code, Problem};
use serde_json::Value;

use super::grant::Proof;
use super::key::Key;
use super::login::Login;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// No credential is longer.
const LONGEST: u64 = 64 * 1024;

/// A credential with its secret.
#[derive(Debug, Clone)]
pub(crate) enum Stored {
    Key(Key),
    Login(Login),
}

impl Stored {
    /// Reads a document; a login in it was made the way `proof` says.
    pub(crate) fn read(text: &Secret, proof: Proof) -> Result<Stored> {
        let document = json(text)?;
        if document.get("installed").is_some() || document.get("web").is_some() {
            return Err(Problem::bad(
                "this is an OAuth client, not a key",
                "Use it for a login in the browser: `algom connect gcp --browser --client FILE`.",
            )
            .into());
        }
        match document["type"].as_str() {
            Some("service_account") => Key::read(&document).map(Stored::Key),
            Some("authorized_user") => Login::read(&document, proof).map(Stored::Login),
            Some(kind) => Err(Problem::bad(
                format!("credentials of the type {} are not supported", short(kind)),
                match kind {
                    "impersonated_service_account" => {
                        "Log in without it (`gcloud auth application-default login`) and give --impersonate EMAIL here."
                    }
                    "external_account" => {
                        "Use --metadata on a machine at Google, else a service account's key or gcloud's login."
                    }
                    _ => "Use a service account's key, gcloud's login, or a login in the browser.",
                },
            )
            .into()),
            None => Err(Problem::bad(
                "this is no key: the field type is missing",
                "Download a key from Google's console: IAM, Service accounts, Keys, JSON.",
            )
            .into()),
        }
    }
}

/// Reads a key file, which must hold a service account's key.
pub(crate) fn read_key(path: &Path) -> Result<Key> {
    match Stored::read(&text(path)?, Proof::Gcloud).map_err(|error| at(error, path))? {
        Stored::Key(key) => Ok(key),
        Stored::Login(_) => Err(at(
            Problem::bad(
                "this is the login of a person (authorized_user), not a service account's key",
                "Use it where it is: `algom connect gcp --adc`.",
            )
            .into(),
            path,
        )),
    }
}

/// Reads gcloud's file.
pub(crate) fn read_gcloud(path: &Path) -> Result<Stored> {
    Stored::read(&text(path)?, Proof::Gcloud).map_err(|error| at(error, path))
}

/// Where gcloud's application-default login is, as Google's own clients look for it.
pub(crate) fn gcloud_file(variable: impl Fn(&str) -> Option<String>) -> Result<PathBuf> {
    let variable = |name: &str| variable(name).filter(|text| !text.trim().is_empty()).map(PathBuf::from);
    if let Some(file) = variable("GOOGLE_APPLICATION_CREDENTIALS") {
        return if file.is_file() {
            Ok(file)
        } else {
            Err(Problem::not_found(
                format!("GOOGLE_APPLICATION_CREDENTIALS names a file that is not there: {}", file.display()),
                "Correct the variable, or unset it to use gcloud's own login.",
            )
            .into())
        };
    }
    let folder = variable("CLOUDSDK_CONFIG").or_else(|| {
        if cfg!(windows) {
            return variable("APPDATA").map(|folder| folder.join("gcloud"));
        }
        variable("HOME").or_else(dirs::home_dir).map(|home| home.join(".config").join("gcloud"))
    });
    let file = folder.map(|folder| folder.join("application_default_credentials.json"));
    file.clone().filter(|file| file.is_file()).ok_or_else(|| {
        let place = file.map(|file| format!(" ({})", file.display())).unwrap_or_default();
        Problem::new(
            Code::Permission,
            format!("gcloud has no application-default login here{place}"),
            "Log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS.",
        )
        .into()
    })
}

/// A file of credentials as text.
pub(crate) fn text(path: &Path) -> Result<Secret> {
    let unreadable = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => Code::NotFound,
            std::io::ErrorKind::PermissionDenied => Code::Permission,
            _ => Code::BadInput,
        };
        let message = format!("the file of credentials cannot be read ({error}): {}", path.display());
        Problem::new(code, message, "Check its name and whose it is.")
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > LONGEST {
        let message = format!("this is no file of credentials, for none is over 64 KB: {}", path.display());
        return Err(Problem::bad(message, "Check its name.").into());
    }
    Ok(Secret::new(std::fs::read_to_string(path).map_err(unreadable)?))
}

/// A document of credentials. Where JSON ends is said, what stands there is not.
pub(crate) fn json(text: &Secret) -> Result<Value> {
    serde_json::from_str(text.expose()).map_err(|error| {
        let message =
            format!("this is no file of credentials: not JSON at line {}, column {}", error.line(), error.column());
        Problem::bad(message, "Download it again from Google's console, and do not edit it.").into()
    })
}

/// Adds the path to a sentence, at its end.
pub(crate) fn at(error: Error, path: &Path) -> Error {
    match error {
        Error::Problem(problem) => {
            Problem::new(problem.code, format!("{}: {}", problem.message, path.display()), problem.hint).into()
        }
        error => error,
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(document: &str) -> Problem {
        Stored::read(&Secret::new(document.to_owned()), Proof::Gcloud).map(drop).unwrap_err().into()
    }

    #[test]
    fn what_is_no_key_is_said_with_its_reason() {
        for (document, part) in [
            ("{\"type\": \"service_account\",\n \"client_email\" oops", "not JSON at line 2, column 17"),
            ("{}", "the field type is missing"),
            ("[1]", "the field type is missing"),
            (r#"{"type": "service_account"}"#, "needs client_email"),
            (r#"{"type": "service_account", "client_email": "a@b", "token_uri": "https://t"}"#, "needs private_key"),
            (r#"{"type": "service_account", "client_email": "a@b", "private_key": "x"}"#, "needs token_uri"),
            (
                r#"{"type": "service_account", "client_email": "a@b", "private_key": "hunter2", "token_uri": "https://t"}"#,
                "private_key of this key cannot be read",
            ),
            (r#"{"type": "authorized_user", "client_id": "i", "client_secret": "s"}"#, "needs refresh_token"),
            (r#"{"type": "external_account"}"#, "the type external_account are not supported"),
            (r#"{"type": "impersonated_service_account"}"#, "impersonated_service_account are not supported"),
            (r#"{"installed": {"client_id": "x"}}"#, "this is an OAuth client"),
        ] {
            let problem = said(document);
            assert!(problem.message.contains(part), "{document}: {problem}");
            assert!(!problem.hint.is_empty() && !problem.message.contains("hunter2"), "{problem:?}");
        }
    }

    #[test]
    fn gcloud_s_file_is_looked_for_as_gcloud_does() {
        let home = tempfile::tempdir().unwrap();
        let name = "application_default_credentials.json";
        let own = home.path().join(".config/gcloud");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join(name), "{}").unwrap();
        std::fs::write(home.path().join(name), "{}").unwrap();
        let at = |file: &str, config: &str| {
            let (file, config) = (file.to_owned(), config.to_owned());
            let root = home.path().display().to_string();
            gcloud_file(move |variable| match variable {
                "GOOGLE_APPLICATION_CREDENTIALS" => Some(file.clone()),
                "CLOUDSDK_CONFIG" => Some(config.clone()),
                "HOME" | "APPDATA" => Some(root.clone()),
                _ => None,
            })
        };
        let root = home.path().display().to_string();
        if cfg!(unix) {
            assert_eq!(at("", "").unwrap(), own.join(name));
        }
        assert_eq!(at("", &root).unwrap(), home.path().join(name));
        assert_eq!(at(&own.join(name).display().to_string(), &root).unwrap(), own.join(name));
        let missing: Problem = at("/nowhere/key.json", &root).unwrap_err().into();
        assert_eq!(missing.code, Code::NotFound);
        let none: Problem = at("", "/nowhere").unwrap_err().into();
        assert!(none.message.contains("no application-default login"), "{none}");
    }
}
