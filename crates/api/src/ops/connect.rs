//! Connecting to Google Cloud: the connection is saved in the user's settings, its secret in the keyring. What is saved and
//! what is shown holds no secret.

use std::fs;
use std::path::{Path, PathBuf};

use algomosaic_cloud::{Choices, Connection, Credentials, Endpoints, Forgotten, Kind, OauthClient, Runtime};
use algomosaic_core::{Code, Job, Problem};

use crate::settings::Settings;
use crate::wire_cloud::{
    ConnectBy, ConnectRequest, ConnectedDocument, ConnectionInfo, ConnectionStatus, DisconnectedDocument,
    PermissionInfo,
};

/// The credentials of this machine, which start the threads of the network.
pub(crate) fn credentials() -> Result<Credentials, Problem> {
    Ok(Credentials::new(Runtime::start()?, Endpoints::from_env()))
}

/// Connects, in place of an earlier connection. `show` gets the address of a login in the browser.
pub(crate) fn connect(
    credentials: &Credentials,
    settings: &Settings,
    request: &ConnectRequest,
    show: impl FnOnce(&str),
    job: &Job,
) -> Result<ConnectedDocument, Problem> {
    let earlier = settings.connection()?;
    let choices = Choices {
        project: request.project.clone(),
        location: request.location.clone(),
        bucket: request.bucket.clone(),
        impersonate: request.impersonate.clone(),
    };
    let connection = match &request.by {
        ConnectBy::Key { file } => {
            job.stage("signing in with the key")?;
            credentials.connect_key(Path::new(file), choices, job)?
        }
        ConnectBy::Adc => {
            job.stage("signing in with gcloud's login")?;
            credentials.connect_adc(choices, job)?
        }
        ConnectBy::Metadata => {
            job.stage("asking the metadata server")?;
            credentials.connect_metadata(choices, job)?
        }
        ConnectBy::Browser { client } => {
            let client = match client {
                Some(file) => OauthClient::from_file(Path::new(file))?,
                None => OauthClient::from_env()?,
            };
            let login = credentials.begin_browser(client, choices)?;
            job.stage("waiting for the login in the browser")?;
            login.finish(show, job)?
        }
    };
    if let Err(problem) = settings.save_connection(&connection) {
        // A secret that no connection names could not be removed later.
        credentials.discard(&connection)?;
        return Err(problem);
    }
    let note = earlier.and_then(|earlier| replaced(credentials, &earlier, &connection, job));
    Ok(ConnectedDocument { connection: info(&connection), note })
}

/// Forgets the connection that another one took the place of. Says what is left of it.
fn replaced(credentials: &Credentials, earlier: &Connection, newer: &Connection, job: &Job) -> Option<String> {
    // Revoking one login of a person revokes them all, the newer one too.
    let done = if earlier.principal == newer.principal {
        credentials.discard(earlier).map(|()| Forgotten::Entirely)
    } else {
        credentials.forget(earlier, job)
    };
    match done {
        Ok(Forgotten::Entirely) => None,
        Ok(Forgotten::OnlyHere(why)) => Some(format!("the earlier login is removed here, but not revoked: {why}")),
        Err(error) => {
            Some(format!("the secret of the earlier connection is left in the keyring: {}", Problem::from(error)))
        }
    }
}

/// The connection that is saved.
pub(crate) fn saved(settings: &Settings) -> Result<Connection, Problem> {
    settings.connection()?.ok_or_else(|| {
        Problem::new(
            Code::Permission,
            "nobody is connected to Google Cloud",
            "Connect: `algom connect gcp` with --key FILE, --adc, --browser or --metadata; or Settings in the window.",
        )
    })
}

/// How the connection is.
pub(crate) fn status(credentials: &Credentials, settings: &Settings, job: &Job) -> Result<ConnectionStatus, Problem> {
    let connection = saved(settings)?;
    job.stage("asking Google for the permissions")?;
    let status = credentials.status(&connection, job)?;
    let permission = |one: algomosaic_cloud::Permission| PermissionInfo {
        what_for: one.what_for,
        name: one.name,
        on: one.on,
        granted: one.granted,
    };
    Ok(ConnectionStatus {
        connection: info(&connection),
        token_age_s: status.token_age_s as f64,
        token_expires_in_s: status.token_expires_in_s.map(|seconds| seconds as f64),
        permissions: status.permissions.into_iter().map(permission).collect(),
        unknown: status.unknown,
    })
}

/// Forgets the connection: the keyring's entry first, so that a failure leaves the connection to try again with.
pub(crate) fn remove(
    credentials: &Credentials,
    settings: &Settings,
    job: &Job,
) -> Result<DisconnectedDocument, Problem> {
    let connection = saved(settings)?;
    let note = match credentials.forget(&connection, job)? {
        Forgotten::Entirely => None,
        Forgotten::OnlyHere(why) => Some(format!(
            "the login is removed here, but Google could not be told ({why}); it can be revoked at https://myaccount.google.com/connections"
        )),
    };
    settings.remove_connection()?;
    Ok(DisconnectedDocument { connection: info(&connection), note })
}

/// What may be shown of a connection.
pub(crate) fn info(connection: &Connection) -> ConnectionInfo {
    ConnectionInfo {
        kind: match connection.kind {
            Kind::Key => "key",
            Kind::Adc => "adc",
            Kind::Browser => "browser",
            Kind::Metadata => "metadata",
        }
        .to_owned(),
        by: connection.kind.to_string(),
        principal: connection.principal.clone(),
        project: connection.project.clone(),
        location: connection.location.clone(),
        bucket: connection.bucket.clone(),
        impersonate: connection.impersonate.clone(),
        connected_at: connection.connected.clone(),
    }
}

impl Settings {
    fn connection_file(&self) -> PathBuf {
        self.config().join("google-cloud.toml")
    }

    /// The connection to Google Cloud that was saved, if one was.
    pub(crate) fn connection(&self) -> Result<Option<Connection>, Problem> {
        let file = self.connection_file();
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&file, &error.to_string())),
        };
        toml::from_str(&text).map(Some).map_err(|error| unusable(&file, error.message()))
    }

    fn save_connection(&self, connection: &Connection) -> Result<(), Problem> {
        let file = self.connection_file();
        let text = toml::to_string_pretty(connection).map_err(|error| unusable(&file, &error.to_string()))?;
        fs::create_dir_all(self.config()).map_err(|error| unusable(&file, &error.to_string()))?;
        Ok(algomosaic_data::write_atomically(&file, text.as_bytes())?)
    }

    fn remove_connection(&self) -> Result<(), Problem> {
        let file = self.connection_file();
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(&file, &error.to_string())),
            _ => Ok(()),
        }
    }
}

fn unusable(file: &Path, why: &str) -> Problem {
    Problem::new(
        Code::Permission,
        format!("the saved connection cannot be used ({}): {}", why.trim().replace('\n', "; "), file.display()),
        "Correct or delete this file, then connect again.",
    )
}

/// Deletes a key file that was connected with and is no longer needed.
pub(crate) fn delete_key_file(file: &Path) -> Result<(), Problem> {
    fs::remove_file(file).map_err(|error| {
        Problem::new(
            Code::Permission,
            format!("the key is in the keyring, but its file cannot be deleted ({error}): {}", file.display()),
            "Delete the file by hand.",
        )
    })
}
