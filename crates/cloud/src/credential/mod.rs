//! Who is connected to Google Cloud, and the tokens that prove it. Secrets come from a file, the browser or the keyring and
//! go to the token endpoint and the keyring, nowhere else.

mod browser;
mod connection;
mod grant;
mod impersonate;
mod key;
mod keyring;
mod login;
mod metadata;
mod source;
mod status;
mod stored;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use algomosaic_core::{Code, Job, Problem};

pub use browser::OauthClient;
pub use connection::{Choices, Connection, Kind};
pub use keyring::{Keyring, SystemKeyring};
pub use status::{Permission, Status};

use crate::endpoints::Endpoints;
use crate::error::Result;
use crate::http::{Http, Patience};
use crate::runtime::Runtime;
use crate::secret::Secret;
use crate::token::{Fixed, Token, Tokens};
use browser::Waiting;
use grant::{Granted, Proof};
use source::{Origin, Source};
use stored::Stored;

const TOKEN_SERVICE: &str = "Google's token service";

/// Makes connections, gives their tokens, forgets them.
pub struct Credentials {
    runtime: Runtime,
    endpoints: Endpoints,
    keyring: Arc<dyn Keyring>,
    patience: Patience,
    login_deadline: Duration,
    variable: Arc<Variable>,
    /// One source of tokens a connection, for every client of it.
    sources: Mutex<HashMap<Identity, Arc<Source>>>,
}

/// A variable of the environment by its name.
type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// What makes two connections the same to who gives tokens.
type Identity = (Kind, Option<String>, Option<PathBuf>, Option<String>);

/// What became of a connection that was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing of it is left, neither here nor at Google.
    Entirely,
    /// Nothing of it is left here, but Google could not be told; says why.
    OnlyHere(String),
}

/// A login in the browser that waits for the person.
pub struct BrowserLogin<'a> {
    credentials: &'a Credentials,
    choices: Choices,
    waiting: Waiting,
}

impl BrowserLogin<'_> {
    /// The address where the person agrees. It holds no secret.
    pub fn address(&self) -> &str {
        &self.waiting.address
    }

    /// Opens the browser by `open` and waits for the person, five minutes at most. Where no browser opens, the person can
    /// open the address by hand.
    pub fn finish(self, open: impl FnOnce(&str), job: &Job) -> Result<Connection> {
        let BrowserLogin { credentials, choices, waiting } = self;
        open(&waiting.address);
        let http = credentials.token_http()?;
        let finished = waiting.finish(&http, &credentials.endpoints, credentials.login_deadline);
        let (login, granted) = credentials.runtime.wait(job, finished)?;
        let project = choices.project_or(None)?;
        let principal = login.who().to_owned();
        let document = login.document();
        let origin = Origin::Login(login);
        credentials.connect(
            Kind::Browser,
            &choices,
            (principal, project),
            Some(document),
            None,
            (origin, granted.token),
            job,
        )
    }
}

impl Credentials {
    /// Credentials of this machine: its keyring and its environment.
    pub fn new(runtime: Runtime, endpoints: Endpoints) -> Credentials {
        Credentials {
            runtime,
            endpoints,
            keyring: Arc::new(SystemKeyring::default()),
            patience: Patience {
                answer: Duration::from_secs(20),
                total: Duration::from_secs(40),
                ..Patience::default()
            },
            login_deadline: Duration::from_secs(5 * 60),
            variable: Arc::new(|name| std::env::var(name).ok()),
            sources: Mutex::new(HashMap::new()),
        }
    }

    /// With another place for secrets.
    pub fn with_keyring(mut self, keyring: Arc<dyn Keyring>) -> Credentials {
        self.keyring = keyring;
        self
    }

    /// With other limits of waiting: for answers, and for a login in the browser.
    pub fn with_patience(mut self, patience: Patience, login: Duration) -> Credentials {
        self.patience = patience;
        self.login_deadline = login;
        self
    }

    /// With other variables of the environment than the process's.
    pub fn with_variables(mut self, variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Credentials {
        self.variable = Arc::new(variable);
        self
    }

    /// Connects by a service account's key, which moves from the file into the keyring. The file stays; it is no longer
    /// needed.
    pub fn connect_key(&self, file: &Path, choices: Choices, job: &Job) -> Result<Connection> {
        choices.check()?;
        let key = stored::read_key(file)?;
        let project = choices.project_or(key.project.as_deref())?;
        let http = self.token_http()?;
        let granted = self.runtime.wait(job, key.token(&http))?;
        let named = (key.email.clone(), project);
        let document = key.document();
        self.connect(Kind::Key, &choices, named, Some(document), None, (Origin::Key(key), granted.token), job)
    }

    /// Connects by gcloud's application-default login, which stays where it is.
    pub fn connect_adc(&self, choices: Choices, job: &Job) -> Result<Connection> {
        choices.check()?;
        let file = stored::gcloud_file(|name| (self.variable)(name))?;
        let file = std::path::absolute(&file).unwrap_or(file);
        let http = self.token_http()?;
        let (origin, principal, project, token) = match stored::read_gcloud(&file)? {
            Stored::Key(key) => {
                let Granted { token, .. } = self.runtime.wait(job, key.token(&http))?;
                let (email, project) = (key.email.clone(), key.project.clone());
                (Origin::Key(key), email, project, token)
            }
            Stored::Login(mut login) => {
                let Granted { token, email, .. } = self.runtime.wait(job, login.token(&http, &self.endpoints))?;
                login.account = login.account.or(email);
                let (who, project) = (login.who().to_owned(), login.project.clone());
                (Origin::Login(login), who, project, token)
            }
        };
        let project = choices.project_or(project.as_deref())?;
        self.connect(Kind::Adc, &choices, (principal, project), None, Some(file), (origin, token), job)
    }

    /// Connects by the metadata server of this machine at Google.
    pub fn connect_metadata(&self, choices: Choices, job: &Job) -> Result<Connection> {
        choices.check()?;
        let http = self.metadata_http()?;
        let (email, project, token) = self.runtime.wait(job, async {
            let email = metadata::email(&http, &self.endpoints).await?;
            let project = match &choices.project {
                Some(project) => project.clone(),
                None => metadata::project(&http, &self.endpoints).await?,
            };
            Ok((email, project, metadata::token(&http, &self.endpoints).await?))
        })?;
        self.connect(Kind::Metadata, &choices, (email, project), None, None, (Origin::Metadata, token), job)
    }

    /// Begins a login in the browser, which needs a project among the choices.
    pub fn begin_browser(&self, client: OauthClient, choices: Choices) -> Result<BrowserLogin<'_>> {
        choices.check()?;
        choices.project_or(None)?;
        let waiting = Waiting::start(client, &self.endpoints)?;
        Ok(BrowserLogin { credentials: self, choices, waiting })
    }

    /// The source of a connection's tokens. Every call for the same connection gives the same source.
    pub fn tokens(&self, connection: &Connection) -> Result<Arc<dyn Tokens>> {
        Ok(self.source(connection)?)
    }

    /// How a connection is. A credential that Google no longer accepts is an error.
    pub fn status(&self, connection: &Connection, job: &Job) -> Result<Status> {
        let source = self.source(connection)?;
        let http =
            Http::new("Google Cloud", Arc::clone(&source) as Arc<dyn Tokens>)?.with_patience(self.patience.clone());
        self.runtime.wait(job, async {
            let token = source.token().await?;
            status::status(&http, &self.endpoints, connection, &token).await
        })
    }

    /// Forgets a connection: the entry of the keyring goes, and a browser's login is made void at Google. gcloud's login
    /// and key files stay as they are.
    pub fn forget(&self, connection: &Connection, job: &Job) -> Result<Forgotten> {
        let revoked = match (connection.kind, &connection.entry) {
            (Kind::Browser, Some(entry)) => self.revoke(entry, job)?,
            _ => Forgotten::Entirely,
        };
        self.discard(connection)?;
        Ok(revoked)
    }

    /// Forgets a connection here only, as when a newer one of the same person takes its place: at Google, revoking one
    /// login of a person revokes them all.
    pub fn discard(&self, connection: &Connection) -> Result<()> {
        if let Some(entry) = &connection.entry {
            self.keyring.remove(entry)?;
        }
        self.known().retain(|(kind, entry, file, _), _| {
            (*kind, entry, file) != (connection.kind, &connection.entry, &connection.file)
        });
        Ok(())
    }

    fn revoke(&self, entry: &str, job: &Job) -> Result<Forgotten> {
        // What cannot be read cannot be revoked, but may still be removed.
        let login = match self.keyring.get(entry).map(|secret| Stored::read(&secret, Proof::Browser)) {
            Ok(Ok(Stored::Login(login))) => login,
            Ok(_) => return Ok(Forgotten::Entirely),
            Err(problem) => return Ok(Forgotten::OnlyHere(problem.message)),
        };
        let http = self.token_http()?;
        match self.runtime.wait(job, login.revoke(&http, &self.endpoints)) {
            Ok(()) => Ok(Forgotten::Entirely),
            Err(error @ crate::Error::Cancelled(_)) => Err(error),
            Err(error) => Ok(Forgotten::OnlyHere(Problem::from(error).message)),
        }
    }

    /// Tries what was connected, keeps its secret, and says what may be saved.
    #[expect(clippy::too_many_arguments, reason = "the parts of one connection, which exist only here")]
    fn connect(
        &self,
        kind: Kind,
        choices: &Choices,
        (principal, project): (String, String),
        secret: Option<Secret>,
        file: Option<PathBuf>,
        (origin, token): (Origin, Token),
        job: &Job,
    ) -> Result<Connection> {
        let entry = secret.is_some().then(|| format!("google-cloud-{:016x}", fastrand::u64(..)));
        let connection = Connection {
            kind,
            principal,
            project,
            location: choices.location.clone(),
            bucket: choices.bucket.clone(),
            impersonate: choices.impersonate.clone(),
            entry,
            file,
            connected: chrono::DateTime::<chrono::Utc>::from(SystemTime::now())
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        };
        let http = if kind == Kind::Metadata { self.metadata_http()? } else { self.token_http()? };
        let base = Source::new(origin, http, self.endpoints.clone()).holding(token);
        let source = self.on_top(base, connection.impersonate.as_deref())?;
        if connection.impersonate.is_some() {
            self.runtime.wait(job, source.token())?;
        }
        job.check()?;
        if let (Some(entry), Some(secret)) = (&connection.entry, &secret) {
            self.keyring.put(entry, secret)?;
            // Some keyrings take what they do not keep.
            if self.keyring.get(entry)?.expose() != secret.expose() {
                let _ = self.keyring.remove(entry);
                return Err(Problem::new(
                    Code::Permission,
                    "the keyring did not keep the secret as it was given",
                    "Look at it with the keyring's own program, or connect without: `algom connect gcp --adc`.",
                )
                .into());
            }
        }
        self.known().insert(identity(&connection), source);
        Ok(connection)
    }

    fn source(&self, connection: &Connection) -> Result<Arc<Source>> {
        let identity = identity(connection);
        if let Some(source) = self.known().get(&identity) {
            return Ok(Arc::clone(source));
        }
        let stored = match (connection.kind, &connection.entry, &connection.file) {
            (Kind::Metadata, ..) => None,
            (Kind::Adc, _, Some(file)) => Some(stored::read_gcloud(file)?),
            (Kind::Adc, _, None) => Some(stored::read_gcloud(&stored::gcloud_file(|name| (self.variable)(name))?)?),
            (Kind::Key | Kind::Browser, Some(entry), _) => {
                Some(Stored::read(&self.keyring.get(entry)?, Proof::Browser)?)
            }
            (Kind::Key | Kind::Browser, None, _) => {
                let message = "the saved connection names no entry of the keyring";
                return Err(Problem::new(Code::Permission, message, "Connect again: `algom connect gcp`.").into());
            }
        };
        let http = if stored.is_none() { self.metadata_http()? } else { self.token_http()? };
        let origin = match stored {
            Some(Stored::Key(key)) => Origin::Key(key),
            Some(Stored::Login(mut login)) => {
                login.account = login.account.or_else(|| Some(connection.principal.clone()));
                Origin::Login(login)
            }
            None => Origin::Metadata,
        };
        let source =
            self.on_top(Source::new(origin, http, self.endpoints.clone()), connection.impersonate.as_deref())?;
        Ok(Arc::clone(self.known().entry(identity).or_insert(source)))
    }

    /// The source itself, or that of the account it acts as.
    fn on_top(&self, base: Source, impersonate: Option<&str>) -> Result<Arc<Source>> {
        let base = Arc::new(base);
        let Some(email) = impersonate else { return Ok(base) };
        let http = Http::new("IAM Credentials", base)?.with_patience(self.patience.clone());
        let origin = Origin::Impersonated { email: email.to_owned() };
        Ok(Arc::new(Source::new(origin, http, self.endpoints.clone())))
    }

    fn token_http(&self) -> Result<Http> {
        Ok(Http::new(TOKEN_SERVICE, Arc::new(Fixed::emulator()))?.with_patience(self.patience.clone()))
    }

    /// The metadata server is next door: it answers at once or is not there.
    fn metadata_http(&self) -> Result<Http> {
        let near = Duration::from_secs(5);
        let patience = Patience {
            answer: self.patience.answer.min(near),
            total: self.patience.total.min(near),
            tries: self.patience.tries.min(3),
            ..self.patience.clone()
        };
        Ok(Http::direct("the metadata server", Arc::new(Fixed::emulator()))?.with_patience(patience))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Identity, Arc<Source>>> {
        // Each change is one insertion or removal, so the map is whole also after a panic.
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(connection: &Connection) -> Identity {
    (connection.kind, connection.entry.clone(), connection.file.clone(), connection.impersonate.clone())
}
