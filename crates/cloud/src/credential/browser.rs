//! A login in the browser (RFC 8252): the person agrees at Google, the browser comes back to a port of this machine with a
//! code, and the code becomes a refresh token. PKCE binds the code to this process, `state` binds the answer to this login.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use algomosaic_core::{Code, Problem};
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use url::Url;

use super::grant::{Granted, Proof, SCOPE, grant};
use super::login::Login;
use super::stored;
use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::secret::Secret;

/// The name of the variable that names the client's file.
pub(crate) const CLIENT_VARIABLE: &str = "ALGOMOSAIC_OAUTH_CLIENT";

/// No request of a browser is longer.
const LONGEST: usize = 16 * 1024;

/// An OAuth client of the kind "Desktop app", which a login is given to.
#[derive(Debug, Clone)]
pub struct OauthClient {
    id: String,
    secret: Secret,
}

impl OauthClient {
    /// A client by its identifier and its secret.
    pub fn new(id: String, secret: Secret) -> OauthClient {
        OauthClient { id, secret }
    }

    /// Reads the JSON that Google's console gives for a client.
    pub fn from_file(path: &Path) -> Result<OauthClient> {
        let document =
            stored::text(path).and_then(|text| stored::json(&text).map_err(|error| stored::at(error, path)))?;
        let other = |what: String| {
            let hint = "In Google's console make an OAuth client of the kind Desktop app and download its JSON.";
            stored::at(Problem::bad(what, hint).into(), path)
        };
        if document.get("web").is_some() {
            return Err(other("this OAuth client is for a web site, not for a program".to_owned()));
        }
        let field = |name: &str| {
            let text = document["installed"][name].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned)
                .ok_or_else(|| other(format!("an OAuth client needs installed.{name}, which this one lacks")))
        };
        Ok(OauthClient { id: field("client_id")?, secret: Secret::new(field("client_secret")?) })
    }

    /// The client that `ALGOMOSAIC_OAUTH_CLIENT` names by its file.
    pub fn from_env() -> Result<OauthClient> {
        match std::env::var_os(CLIENT_VARIABLE).filter(|path| !path.is_empty()) {
            Some(path) => OauthClient::from_file(Path::new(&path)),
            None => Err(Problem::bad(
                "a login in the browser needs an OAuth client, and none is given",
                format!(
                    "Make one of the kind Desktop app in Google's console, download its JSON, and name the file: \
                     --client FILE, or {CLIENT_VARIABLE}. Or use gcloud's login: `algom connect gcp --adc`."
                ),
            )
            .into()),
        }
    }
}

/// A login that waits for the person. Dropping it gives the login up.
pub(crate) struct Waiting {
    pub(crate) address: String,
    listener: TcpListener,
    redirect: String,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    client: OauthClient,
}

impl Waiting {
    /// Opens a port of this machine and makes the address where the person agrees.
    pub(crate) fn start(client: OauthClient, endpoints: &Endpoints) -> Result<Waiting> {
        let local = |error: std::io::Error| Error::Local(format!("no port of this machine could be opened: {error}"));
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).map_err(local)?;
        listener.set_nonblocking(true).map_err(local)?;
        let redirect = format!("http://{}", listener.local_addr().map_err(local)?);
        let wrong =
            |error: oauth2::url::ParseError| Error::Local(format!("the address of the login is wrong: {error}"));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state) = BasicClient::new(ClientId::new(client.id.clone()))
            .set_auth_uri(AuthUrl::new(endpoints.authorize.clone()).map_err(wrong)?)
            .set_redirect_uri(RedirectUrl::new(redirect.clone()).map_err(wrong)?)
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["openid", "email", SCOPE].map(|scope| Scope::new(scope.to_owned())))
            // Google gives a refresh token for these two only.
            .add_extra_param("access_type", "offline")
            .add_extra_param("prompt", "consent")
            .set_pkce_challenge(challenge)
            .url();
        Ok(Waiting { address: address.into(), listener, redirect, state, verifier, client })
    }

    /// Waits for the browser's answer and turns it into a login with its first token.
    pub(crate) async fn finish(
        self,
        http: &Http,
        endpoints: &Endpoints,
        deadline: Duration,
    ) -> Result<(Login, Granted)> {
        let listener = tokio::net::TcpListener::from_std(self.listener)
            .map_err(|error| Error::Local(format!("the login cannot be waited for: {error}")))?;
        let (answers, mut answered) = mpsc::channel::<(TcpStream, std::result::Result<Secret, String>)>(1);
        let state = self.state.secret().clone();
        // A browser opens connections that it may never use, so each is read beside the others.
        let accept = async {
            let mut readers = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, state) = (answers.clone(), state.clone());
                readers.spawn(async move {
                    let read = tokio::time::timeout(Duration::from_secs(10), read(stream, &state)).await;
                    if let Ok(Some(answer)) = read {
                        let _ = answers.send(answer).await;
                    }
                });
            }
        };
        let answer = tokio::select! {
            () = accept => None,
            answer = answered.recv() => answer,
            () = tokio::time::sleep(deadline) => None,
        };
        let Some((mut stream, answer)) = answer else {
            return Err(Problem::new(
                Code::Permission,
                format!("the login in the browser was not finished within {} min", deadline.as_secs().div_ceil(60)),
                "Repeat this, and agree in the page that opens.",
            )
            .into());
        };
        let login = match answer {
            Ok(code) => self.client.exchange(&code, &self.verifier, &self.redirect, http, endpoints).await,
            Err(reason) => Err(Problem::new(
                Code::Permission,
                format!("Google did not agree to the login in the browser ({reason})"),
                "Repeat this and choose Allow; an administrator may have to allow the OAuth client first.",
            )
            .into()),
        };
        let text = if login.is_ok() {
            "You are connected. Close this page and go back to algoMosaic."
        } else {
            "You are not connected. Go back to algoMosaic, which says why."
        };
        // The page is a courtesy.
        let _ = tokio::time::timeout(Duration::from_secs(5), page(&mut stream, "200 OK", text)).await;
        login
    }
}

impl OauthClient {
    async fn exchange(
        &self,
        code: &Secret,
        verifier: &PkceCodeVerifier,
        redirect: &str,
        http: &Http,
        endpoints: &Endpoints,
    ) -> Result<(Login, Granted)> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("client_id", &self.id),
            ("client_secret", self.secret.expose()),
            ("redirect_uri", redirect),
            ("code_verifier", verifier.secret()),
        ];
        let granted = grant(http, &endpoints.token, "the browser's user", Proof::Browser, &form).await?;
        // Google's page lets a person leave boxes without a tick.
        if !granted.scope.is_empty() && !granted.scope.split_whitespace().any(|scope| scope == SCOPE) {
            return Err(Problem::new(
                Code::Permission,
                "the login does not include the permission for Google Cloud",
                "Repeat this, and tick the box for Google Cloud data in Google's page.",
            )
            .into());
        }
        let refresh = granted.refresh.clone().ok_or_else(|| {
            Problem::new(
                Code::Permission,
                "Google gave no refresh token for this login, which would end within the hour",
                "Take an OAuth client of the kind Desktop app, then log in again.",
            )
        })?;
        let login = Login {
            client_id: self.id.clone(),
            client_secret: self.secret.clone(),
            refresh,
            account: granted.email.clone(),
            project: None,
            proof: Proof::Browser,
        };
        Ok((login, granted))
    }
}

/// Reads a request; one that is not this login's answer gets its page at once.
async fn read(mut stream: TcpStream, state: &str) -> Option<(TcpStream, std::result::Result<Secret, String>)> {
    let mut request = Vec::new();
    let mut block = [0; 2048];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut block).await.ok().filter(|count| *count > 0)?;
        request.extend_from_slice(block.get(..count)?);
        if request.len() > LONGEST {
            return None;
        }
    }
    let request = String::from_utf8_lossy(&request);
    let mut words = request.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let url = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
    let field = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if method != "GET" || url.path() != "/" {
        page(&mut stream, "404 Not Found", "There is nothing here.").await;
        return None;
    }
    if field("state").as_deref() != Some(state) {
        let text = "This page belongs to another login. Go back to algoMosaic and use the newest address.";
        page(&mut stream, "400 Bad Request", text).await;
        return None;
    }
    let answer = match (field("code"), field("error")) {
        (Some(code), None) => Ok(Secret::new(code)),
        (_, error) => {
            let reason = error.unwrap_or_else(|| "no code came".to_owned());
            Err(reason
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || "_- ".contains(*letter))
                .take(60)
                .collect())
        }
    };
    Some((stream, answer))
}

/// Answers with a page of one sentence.
async fn page(stream: &mut TcpStream, status: &str, text: &str) {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>algoMosaic</title>\
         <body style=\"font: 1.1rem system-ui, sans-serif; margin: 4rem auto; max-width: 36rem\"><h1>algoMosaic</h1><p>{text}</p></body></html>"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
    let _ = stream.shutdown().await;
}
