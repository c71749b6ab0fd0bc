//! A stand-in for Google's identity services on a port of this machine: it verifies what a client proves (the RS256
//! signature, issuer, audience, scope and time of an assertion; refresh tokens; codes with PKCE) and can refuse.
#![allow(dead_code, reason = "each test file uses the part it needs")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::sha2::{Digest, Sha256};
use rsa::{Generate, PrivateKey};
use serde_json::{Value, json};
use url::Url;

pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
pub(crate) const ACCOUNT: &str = "writer@my-project.iam.gserviceaccount.com";
pub(crate) const MACHINE: &str = "machine@my-project.iam.gserviceaccount.com";
pub(crate) const PERSON: &str = "ada@example.com";
pub(crate) const CLIENT_ID: &str = "client-1.apps.googleusercontent.com";
pub(crate) const CLIENT_SECRET: &str = "GOCSPX-stand-in-client-secret-77";

/// A key made for this run; making one takes a second, so a test binary makes one.
pub(crate) fn private_key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(PrivateKey::generate)
}

pub(crate) fn pem() -> String {
    private_key().to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

pub(crate) struct Google {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(crate) struct State {
    /// What came: method, path with query, bearer.
    pub(crate) requests: Vec<(String, String, Option<String>)>,
    /// Every token, refresh token, code and assertion that was given or sent: what must not be found anywhere.
    pub(crate) secrets: Vec<String>,
    /// Refresh tokens that hold, and whose they are.
    pub(crate) logins: HashMap<String, String>,
    /// Codes that wait: challenge and redirect address.
    codes: HashMap<String, (String, String)>,
    /// Access tokens that hold, and whose they are.
    pub(crate) tokens: HashMap<String, String>,
    /// The answer of the token endpoint, in place of its own.
    pub(crate) refuse: Option<(u16, String)>,
    /// Added to the clock that answers name.
    pub(crate) clock_ahead_s: i64,
    /// How long tokens hold.
    pub(crate) expires_in: Option<u64>,
    /// How long the token endpoint takes.
    pub(crate) delay: Duration,
    /// What is granted on projects and buckets.
    pub(crate) granted: Vec<String>,
    /// The answer of both in place of that.
    pub(crate) refuse_permissions: Option<(u16, String)>,
    /// Who may act as whom.
    pub(crate) may_act_as: Vec<(String, String)>,
    /// What the browser's person ticked; everything without.
    pub(crate) ticked: Option<String>,
    given: u32,
}

impl Google {
    pub(crate) fn start() -> Google {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = (Arc::clone(&state), address.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, address) = shared.clone();
                std::thread::spawn(move || answer(stream, &state, &address));
            }
        });
        Google { address, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.state().requests.iter().filter(|(_, asked, _)| asked.starts_with(path)).count()
    }

    /// A service account's key as Google's console gives it.
    pub(crate) fn key(&self) -> Value {
        json!({
            "type": "service_account",
            "project_id": "my-project",
            "private_key_id": "0123456789abcdef0123456789abcdef01234567",
            "private_key": pem(),
            "client_email": ACCOUNT,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": format!("{}/token", self.address),
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/writer",
            "universe_domain": "googleapis.com"
        })
    }

    /// gcloud's application-default login of a person.
    pub(crate) fn gcloud(&self) -> Value {
        let refresh = self.state().login();
        json!({
            "account": "",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "quota_project_id": "quota-project",
            "refresh_token": refresh,
            "type": "authorized_user",
            "universe_domain": "googleapis.com"
        })
    }

    /// What the person's agreement at the address makes Google answer: where the browser is sent to.
    pub(crate) fn agree(&self, address: &str) -> String {
        let url = Url::parse(address).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert!(address.starts_with(&format!("{}/authorize?", self.address)));
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT_ID);
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["access_type"], "offline");
        assert!(query["scope"].split(' ').any(|scope| scope == SCOPE));
        assert!(query["redirect_uri"].starts_with("http://127.0.0.1:"));
        assert!(query["state"].len() >= 16, "{address}");
        let mut state = self.state();
        let code = state.secret("4/0Acode");
        state.codes.insert(code.clone(), (query["code_challenge"].clone(), query["redirect_uri"].clone()));
        format!("{}/?state={}&code={}&scope=email", query["redirect_uri"], query["state"], code.replace('/', "%2F"))
    }
}

impl State {
    fn secret(&mut self, kind: &str) -> String {
        self.given += 1;
        let secret = format!("{kind}-{:016x}-{:04}", fastrand::u64(..), self.given);
        self.secrets.push(secret.clone());
        secret
    }

    fn login(&mut self) -> String {
        let refresh = self.secret("1//0refresh");
        self.logins.insert(refresh.clone(), PERSON.to_owned());
        refresh
    }

    fn token(&mut self, whose: &str) -> String {
        let token = self.secret("ya29.access");
        self.tokens.insert(token.clone(), whose.to_owned());
        token
    }

    fn grant(&mut self, form: &HashMap<String, String>, address: &str) -> Result<Value, (&'static str, String)> {
        let mut more = json!({});
        let whose = match form["grant_type"].as_str() {
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
                self.secrets.push(form["assertion"].clone());
                verify(&form["assertion"], &format!("{address}/token")).map_err(|why| ("invalid_grant", why))?
            }
            "refresh_token" => {
                client(form)?;
                let known = self.logins.get(&form["refresh_token"]).cloned();
                known.ok_or(("invalid_grant", "Token has been expired or revoked.".to_owned()))?
            }
            "authorization_code" => {
                client(form)?;
                let bad = |why: &str| ("invalid_grant", why.to_owned());
                self.secrets.push(form["code_verifier"].clone());
                let (challenge, redirect) = self.codes.remove(&form["code"]).ok_or(bad("Bad code"))?;
                if URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes())) != challenge {
                    return Err(bad("Invalid code verifier."));
                }
                if form["redirect_uri"] != redirect {
                    return Err(bad("Redirect address differs"));
                }
                more["refresh_token"] = json!(self.login());
                PERSON.to_owned()
            }
            other => return Err(("unsupported_grant_type", other.to_owned())),
        };
        let mut given = json!({
            "access_token": self.token(&whose),
            "expires_in": self.expires_in.unwrap_or(3599),
            "token_type": "Bearer",
        });
        if whose == PERSON {
            let claims = json!({"email": PERSON, "email_verified": true}).to_string();
            given["id_token"] = json!(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)));
            given["scope"] = json!(self.ticked.clone().unwrap_or(format!("openid {SCOPE} email")));
        }
        if let Some(refresh) = more.get("refresh_token") {
            given["refresh_token"] = refresh.clone();
        }
        Ok(given)
    }
}

fn client(form: &HashMap<String, String>) -> Result<(), (&'static str, String)> {
    let known = form["client_id"] == CLIENT_ID && form["client_secret"] == CLIENT_SECRET;
    if known { Ok(()) } else { Err(("invalid_client", "The OAuth client was not found.".to_owned())) }
}

/// Whose assertion it is, if everything about it is right.
fn verify(assertion: &str, audience: &str) -> Result<String, String> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or("Invalid JWT")?;
    let (header, claims) = signed.split_once('.').ok_or("Invalid JWT")?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| "Invalid JWT: not base64url".to_owned());
    let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)?).map_err(|_| "Invalid JWT".to_owned());
    let (header, claims) = (read(header)?, read(claims)?);
    if header["alg"] != "RS256" {
        return Err("Invalid JWT: alg".to_owned());
    }
    private_key()
        .to_public_key()
        .pkcs1v15_verify::<Sha256>(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| "Invalid JWT Signature.".to_owned())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (issued, ends) = (claims["iat"].as_u64().unwrap_or(0), claims["exp"].as_u64().unwrap_or(0));
    if issued > now + 300 || ends <= now || ends > issued + 3600 {
        return Err(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.".to_owned()
        );
    }
    if claims["aud"] != audience {
        return Err("Invalid JWT: aud".to_owned());
    }
    if claims["scope"] != SCOPE {
        return Err("Invalid OAuth scope or ID token audience provided.".to_owned());
    }
    if claims["iss"] != ACCOUNT {
        return Err("Invalid grant: account not found".to_owned());
    }
    Ok(ACCOUNT.to_owned())
}

fn answer(stream: TcpStream, shared: &Mutex<State>, address: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap_or("").to_owned(), words.next().unwrap_or("").to_owned());
        let (mut length, mut bearer, mut flavor) = (0, None, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => bearer = value.trim().strip_prefix("Bearer ").map(str::to_owned),
                "metadata-flavor" => flavor = value.trim() == "Google",
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let delay = if path == "/token" { shared.lock().unwrap().delay } else { Duration::ZERO };
        std::thread::sleep(delay);
        let mut state = shared.lock().unwrap();
        state.requests.push((method.clone(), path.clone(), bearer.clone()));
        let (status, body) = handle(&mut state, address, &method, &path, bearer.as_deref(), flavor, &body);
        let date = chrono::Utc::now() + chrono::TimeDelta::seconds(state.clock_ahead_s);
        drop(state);
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nMetadata-Flavor: Google\r\nDate: {}\r\nContent-Length: {}\r\n\r\n",
            date.format("%a, %d %b %Y %H:%M:%S GMT"),
            body.len()
        );
        if (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

fn handle(
    state: &mut State,
    address: &str,
    method: &str,
    path: &str,
    bearer: Option<&str>,
    flavor: bool,
    body: &[u8],
) -> (u16, String) {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let whose = bearer.and_then(|token| state.tokens.get(token)).cloned();
    let (bare, _) = path.split_once('?').unwrap_or((path, ""));
    match (method, bare) {
        ("POST", "/token") => {
            assert!(bearer.is_none(), "no token is sent to who gives them");
            if let Some(refusal) = state.refuse.clone() {
                return refusal;
            }
            match state.grant(&form, address) {
                Ok(given) => (200, given.to_string()),
                Err((error, why)) => (400, json!({"error": error, "error_description": why}).to_string()),
            }
        }
        ("POST", "/revoke") => match state.logins.remove(&form["token"]) {
            Some(_) => (200, "{}".to_owned()),
            None => (400, json!({"error": "invalid_token"}).to_string()),
        },
        ("GET", "/computeMetadata/v1/instance/service-accounts/default/email") if flavor => (200, MACHINE.to_owned()),
        ("GET", "/computeMetadata/v1/project/project-id") if flavor => (200, "machine-project".to_owned()),
        ("GET", "/computeMetadata/v1/instance/service-accounts/default/token") if flavor => {
            let token = state.token(MACHINE);
            (200, json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}).to_string())
        }
        _ => {
            let Some(whose) = whose else {
                let error =
                    json!({"error": {"code": 401, "message": "Invalid credentials", "status": "UNAUTHENTICATED"}});
                return (401, error.to_string());
            };
            if let Some(account) = bare.strip_prefix("/v1/projects/-/serviceAccounts/") {
                let account = account.strip_suffix(":generateAccessToken").unwrap().replace("%40", "@");
                if !state.may_act_as.contains(&(whose, account.clone())) {
                    let message =
                        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
                    return (
                        403,
                        json!({"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED"}}).to_string(),
                    );
                }
                let asked: Value = serde_json::from_slice(body).unwrap();
                assert_eq!(asked["scope"], json!([SCOPE]));
                let ends = chrono::Utc::now() + chrono::TimeDelta::seconds(3600);
                let token = state.token(&account);
                return (200, json!({"accessToken": token, "expireTime": ends.to_rfc3339()}).to_string());
            }
            if let Some(refusal) = state.refuse_permissions.clone() {
                return refusal;
            }
            let asked: Vec<String> = if bare.ends_with(":testIamPermissions") {
                let asked: Value = serde_json::from_slice(body).unwrap();
                serde_json::from_value(asked["permissions"].clone()).unwrap()
            } else if bare.ends_with("/iam/testPermissions") {
                let url = Url::parse(&format!("http://x{path}")).unwrap();
                url.query_pairs()
                    .filter(|(name, _)| name == "permissions")
                    .map(|(_, value)| value.into_owned())
                    .collect()
            } else {
                return (404, json!({"error": {"code": 404, "message": "not here"}}).to_string());
            };
            let granted: Vec<String> = asked.into_iter().filter(|one| state.granted.contains(one)).collect();
            // Google leaves out what is empty.
            let answer = if granted.is_empty() { json!({}) } else { json!({"permissions": granted}) };
            (200, answer.to_string())
        }
    }
}
