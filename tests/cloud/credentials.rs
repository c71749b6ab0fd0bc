//! Connecting, tokens, status and forgetting, against a stand-in that verifies what is proved to it. Nothing leaves this
//! machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod google;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use algomosaic_cloud::{
    Choices, Connection, Credentials, Endpoints, Forgotten, Keyring, Kind, OauthClient, Patience, Runtime, Secret,
    Token, Tokens,
};
use algomosaic_core::{Code, Job, Problem};
use google::{ACCOUNT, CLIENT_ID, CLIENT_SECRET, Google, MACHINE, PERSON};
use serde_json::{Value, json};

/// A keyring in memory.
#[derive(Default)]
struct Drawer(Mutex<HashMap<String, Secret>>);

impl Keyring for Drawer {
    fn put(&self, entry: &str, secret: &Secret) -> Result<(), Problem> {
        self.0.lock().unwrap().insert(entry.to_owned(), secret.clone());
        Ok(())
    }
    fn get(&self, entry: &str) -> Result<Secret, Problem> {
        let found = self.0.lock().unwrap().get(entry).cloned();
        found.ok_or_else(|| Problem::new(Code::Permission, "the keyring no longer holds the secret", "Connect again."))
    }
    fn remove(&self, entry: &str) -> Result<(), Problem> {
        self.0.lock().unwrap().remove(entry);
        Ok(())
    }
}

struct Scene {
    google: Google,
    drawer: Arc<Drawer>,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Scene {
        Scene { google: Google::start(), drawer: Arc::default(), folder: tempfile::tempdir().unwrap() }
    }

    fn endpoints(&self) -> Endpoints {
        let at = &self.google.address;
        Endpoints {
            storage: at.clone(),
            iam_credentials: at.clone(),
            resource_manager: at.clone(),
            authorize: format!("{at}/authorize"),
            token: format!("{at}/token"),
            revoke: format!("{at}/revoke"),
            metadata: at.clone(),
            ..Endpoints::default()
        }
    }

    fn credentials(&self) -> Credentials {
        let home = self.folder.path().display().to_string();
        Credentials::new(Runtime::start().unwrap(), self.endpoints())
            .with_keyring(Arc::clone(&self.drawer) as Arc<dyn Keyring>)
            .with_patience(patience(), Duration::from_secs(30))
            .with_variables(move |name| (name == "CLOUDSDK_CONFIG").then(|| home.clone()))
    }

    fn file(&self, name: &str, document: &Value) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, serde_json::to_string_pretty(document).unwrap()).unwrap();
        path
    }

    fn key_file(&self) -> PathBuf {
        self.file("key.json", &self.google.key())
    }

    fn gcloud_file(&self) -> PathBuf {
        self.file("application_default_credentials.json", &self.google.gcloud())
    }

    /// Who a connection's tokens belong to.
    fn whose(&self, credentials: &Credentials, connection: &Connection) -> String {
        let token = token(&*credentials.tokens(connection).unwrap()).unwrap();
        self.google.state().tokens[token.secret.expose()].clone()
    }
}

fn patience() -> Patience {
    Patience {
        answer: Duration::from_secs(10),
        total: Duration::from_secs(10),
        tries: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(4),
    }
}

fn token(tokens: &dyn Tokens) -> Result<Token, Problem> {
    Runtime::start().unwrap().wait(&Job::new(), tokens.token()).map_err(Problem::from)
}

fn problem<T>(outcome: Result<T, algomosaic_cloud::Error>) -> Problem {
    outcome.map(drop).unwrap_err().into()
}

fn project(id: &str) -> Choices {
    Choices { project: Some(id.to_owned()), ..Choices::default() }
}

#[test]
fn a_key_moves_into_the_keyring_and_signs_in_without_its_file() {
    let scene = Scene::new();
    let file = scene.key_file();
    let connection = scene.credentials().connect_key(&file, Choices::default(), &Job::new()).unwrap();
    assert_eq!(connection.kind, Kind::Key);
    assert_eq!((connection.principal.as_str(), connection.project.as_str()), (ACCOUNT, "my-project"));
    std::fs::remove_file(&file).unwrap();
    // As another process would: from the saved connection and the keyring.
    let saved: Connection = serde_json::from_str(&serde_json::to_string(&connection).unwrap()).unwrap();
    assert_eq!(scene.whose(&scene.credentials(), &saved), ACCOUNT);
    // Windows keeps 2,560 bytes; the key that Google makes takes 1,732 of them as JSON.
    let kept = scene.drawer.0.lock().unwrap();
    let [secret] = kept.values().collect::<Vec<_>>()[..] else { panic!("one entry") };
    let pem = json!(google::pem()).to_string().len();
    assert!(secret.expose().len() - pem < 2560 - 1732, "{} bytes beside the key", secret.expose().len() - pem);
}

#[test]
fn the_stand_in_refuses_an_assertion_that_was_altered() {
    let scene = Scene::new();
    let file = scene.key_file();
    scene.credentials().connect_key(&file, Choices::default(), &Job::new()).unwrap();
    let assertion = scene.google.state().secrets[0].clone();
    let send = |assertion: &str| {
        let body = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let host = scene.google.address.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "POST /token HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(send(&assertion).starts_with("HTTP/1.1 200"));
    let parts: Vec<&str> = assertion.split('.').collect();
    let claims = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, parts[1]).unwrap();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["exp"] = json!(claims["exp"].as_u64().unwrap() - 1);
    let altered = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims.to_string());
    let answer = send(&format!("{}.{altered}.{}", parts[0], parts[2]));
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("Invalid JWT Signature"), "{answer}");
    let mut key = scene.google.key();
    key["client_email"] = json!("gone@my-project.iam.gserviceaccount.com");
    let said =
        problem(scene.credentials().connect_key(&scene.file("gone.json", &key), Choices::default(), &Job::new()));
    assert!(said.message.contains("refuses the key of gone@") && said.message.contains("account not found"), "{said}");
}

#[test]
fn a_token_is_kept_until_five_minutes_before_its_end() {
    for (expires_in, asked) in [(3599, 1), (301, 1), (299, 3)] {
        let scene = Scene::new();
        scene.google.state().expires_in = Some(expires_in);
        let credentials = scene.credentials();
        let connection = credentials.connect_key(&scene.key_file(), Choices::default(), &Job::new()).unwrap();
        for _ in 0..2 {
            scene.whose(&credentials, &connection);
        }
        assert_eq!(scene.google.asked("/token"), asked, "expires_in {expires_in}");
    }
}

#[test]
fn many_who_wait_cause_one_request_for_a_token() {
    let scene = Scene::new();
    let connection = scene.credentials().connect_key(&scene.key_file(), Choices::default(), &Job::new()).unwrap();
    let credentials = scene.credentials();
    scene.google.state().delay = Duration::from_millis(100);
    let tokens = credentials.tokens(&connection).unwrap();
    let before = scene.google.asked("/token");
    let given: Vec<String> = std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(|| token(&*tokens).unwrap())).collect();
        waiting.into_iter().map(|one| one.join().unwrap().secret.expose().to_owned()).collect()
    });
    assert!(given.iter().all(|one| *one == given[0]));
    assert_eq!(scene.google.asked("/token") - before, 1);
    // A token that a service refuses is not given again.
    tokens.refused();
    assert_ne!(token(&*tokens).unwrap().secret.expose(), given[0]);
}

#[test]
fn a_passing_failure_does_not_end_a_token_that_still_holds() {
    let scene = Scene::new();
    scene.google.state().expires_in = Some(120);
    let credentials = scene.credentials();
    let connection = credentials.connect_key(&scene.key_file(), Choices::default(), &Job::new()).unwrap();
    scene.google.state().refuse = Some((503, "busy".to_owned()));
    assert_eq!(scene.whose(&credentials, &connection), ACCOUNT);
}

#[test]
fn gcloud_s_login_is_used_where_it_is() {
    let scene = Scene::new();
    scene.gcloud_file();
    let credentials = scene.credentials();
    let connection = credentials.connect_adc(Choices::default(), &Job::new()).unwrap();
    assert_eq!((connection.principal.as_str(), connection.project.as_str()), (PERSON, "quota-project"));
    assert_eq!(scene.whose(&scene.credentials(), &connection), PERSON);
    assert!(scene.drawer.0.lock().unwrap().is_empty());
    // Forgetting leaves gcloud's login alone, here and at Google.
    assert_eq!(credentials.forget(&connection, &Job::new()).unwrap(), Forgotten::Entirely);
    assert_eq!((scene.google.asked("/revoke"), scene.google.state().logins.len()), (0, 1));
}

#[test]
fn google_application_credentials_may_name_a_key() {
    let scene = Scene::new();
    let key = scene.key_file().display().to_string();
    let credentials =
        scene.credentials().with_variables(move |name| (name == "GOOGLE_APPLICATION_CREDENTIALS").then(|| key.clone()));
    let connection = credentials.connect_adc(Choices::default(), &Job::new()).unwrap();
    assert_eq!((connection.kind, connection.principal.as_str()), (Kind::Adc, ACCOUNT));
    assert!(scene.drawer.0.lock().unwrap().is_empty());
    // The window may be started without the variable.
    assert_eq!(scene.whose(&scene.credentials(), &connection), ACCOUNT);
}

#[test]
fn the_metadata_server_gives_tokens_of_the_machine() {
    let scene = Scene::new();
    let connection = scene.credentials().connect_metadata(Choices::default(), &Job::new()).unwrap();
    assert_eq!((connection.principal.as_str(), connection.project.as_str()), (MACHINE, "machine-project"));
    assert_eq!(scene.whose(&scene.credentials(), &connection), MACHINE);
}

#[test]
fn without_a_metadata_server_that_is_said() {
    let scene = Scene::new();
    let closed = Endpoints { metadata: "http://127.0.0.1:1".to_owned(), ..scene.endpoints() };
    let credentials =
        Credentials::new(Runtime::start().unwrap(), closed).with_patience(patience(), Duration::from_secs(1));
    let said = problem(credentials.connect_metadata(Choices::default(), &Job::new()));
    assert_eq!(said.code, Code::Permission);
    assert!(said.message.starts_with("no metadata server of Google answers"), "{said}");
}

#[test]
fn an_account_is_acted_as_on_top_of_any_credential() {
    let scene = Scene::new();
    let acted = "loader@my-project.iam.gserviceaccount.com";
    scene.google.state().may_act_as = [ACCOUNT, PERSON, MACHINE].map(|who| (who.to_owned(), acted.to_owned())).to_vec();
    scene.gcloud_file();
    let choices = || Choices { impersonate: Some(acted.to_owned()), ..Choices::default() };
    let (credentials, job) = (scene.credentials(), Job::new());
    for connection in [
        credentials.connect_key(&scene.key_file(), choices(), &job).unwrap(),
        credentials.connect_adc(choices(), &job).unwrap(),
        credentials.connect_metadata(choices(), &job).unwrap(),
    ] {
        assert_eq!(connection.acts_as(), acted);
        assert_eq!(scene.whose(&scene.credentials(), &connection), acted, "{:?}", connection.kind);
    }
    let choices =
        Choices { impersonate: Some("other@my-project.iam.gserviceaccount.com".to_owned()), ..Choices::default() };
    let kept = scene.drawer.0.lock().unwrap().len();
    let said = problem(credentials.connect_key(&scene.key_file(), choices, &job));
    assert_eq!(said.code, Code::Permission);
    assert!(said.message.starts_with("acting as other@my-project") && said.hint.contains("Token Creator"), "{said:?}");
    assert_eq!(scene.drawer.0.lock().unwrap().len(), kept, "what failed leaves nothing in the keyring");
}

// The browser.

fn client() -> OauthClient {
    OauthClient::new(CLIENT_ID.to_owned(), Secret::new(CLIENT_SECRET.to_owned()))
}

/// What a browser does with an address: the page it gets.
fn visit(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn a_login_in_the_browser_ends_in_the_keyring() {
    let scene = Scene::new();
    let credentials = scene.credentials();
    let login = credentials.begin_browser(client(), project("my-project")).unwrap();
    let address = login.address().to_owned();
    let (said, pages) = std::sync::mpsc::channel();
    let google = &scene.google;
    let connection = std::thread::scope(|scope| {
        scope.spawn(move || {
            let back = google.agree(&address);
            let host = back.split('/').nth(2).unwrap().to_owned();
            // Browsers open lines that they do not use, and ask for a picture.
            let idle = TcpStream::connect(&host).unwrap();
            assert!(visit(&format!("http://{host}/favicon.ico")).starts_with("HTTP/1.1 404"));
            // An answer that is not this login's is turned away, and the login goes on waiting.
            let forged = visit(&format!("http://{host}/?state=forged&code=4%2Fforged"));
            assert!(forged.starts_with("HTTP/1.1 400") && forged.contains("another login"), "{forged}");
            said.send(visit(&back)).unwrap();
            drop(idle);
        });
        let mut opened = String::new();
        let connection = login.finish(|address| opened = address.to_owned(), &Job::new()).unwrap();
        assert!(opened.starts_with(&format!("{}/authorize?", google.address)));
        connection
    });
    let page = pages.recv().unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("You are connected. Close this page"), "{page}");
    assert_eq!((connection.kind, connection.principal.as_str()), (Kind::Browser, PERSON));
    assert_eq!(scene.whose(&scene.credentials(), &connection), PERSON);

    // Forgetting revokes the login and empties the keyring.
    let other = scene.credentials();
    assert_eq!(other.forget(&connection, &Job::new()).unwrap(), Forgotten::Entirely);
    assert!(scene.google.state().logins.is_empty() && scene.drawer.0.lock().unwrap().is_empty());
    let gone = problem(other.tokens(&connection).map(drop));
    assert_eq!(gone.code, Code::Permission);
}

#[test]
fn a_login_that_google_does_not_allow_is_said_here_and_in_the_browser() {
    let scene = Scene::new();
    let credentials = scene.credentials();
    for (change, part) in [
        (
            Box::new(|back: String| back.replace("&code=", "&error=access_denied&was="))
                as Box<dyn Fn(String) -> String + Send + Sync>,
            "access_denied",
        ),
        (Box::new(|back: String| back.replace("code", "other")), "no code came"),
        (Box::new(|back: String| back.replace("%2F0Acode", "%2F0Awrong")), "Bad code"),
    ] {
        let login = credentials.begin_browser(client(), project("my-project")).unwrap();
        let address = login.address().to_owned();
        let said = std::thread::scope(|scope| {
            let google = &scene.google;
            let page = scope.spawn(move || visit(&change(google.agree(&address))));
            let said = problem(login.finish(|_| (), &Job::new()));
            assert!(page.join().unwrap().contains("You are not connected"));
            said
        });
        assert!(said.code == Code::Permission && said.message.contains(part), "{part}: {said:?}");
    }
    assert!(scene.drawer.0.lock().unwrap().is_empty());
}

#[test]
fn a_login_without_the_tick_for_google_cloud_is_refused() {
    let scene = Scene::new();
    scene.google.state().ticked = Some("openid email".to_owned());
    let credentials = scene.credentials();
    let login = credentials.begin_browser(client(), project("my-project")).unwrap();
    let address = login.address().to_owned();
    let said = std::thread::scope(|scope| {
        scope.spawn(|| visit(&scene.google.agree(&address)));
        problem(login.finish(|_| (), &Job::new()))
    });
    assert!(said.message.contains("does not include the permission") && said.hint.contains("tick"), "{said:?}");
}

#[test]
fn a_login_that_nobody_finishes_ends_by_itself_or_by_being_cancelled() {
    let scene = Scene::new();
    let credentials = scene.credentials().with_patience(patience(), Duration::from_millis(50));
    let said = problem(credentials.begin_browser(client(), project("p-1")).unwrap().finish(|_| (), &Job::new()));
    assert!(said.message.contains("was not finished within"), "{said}");

    let credentials = scene.credentials();
    let login = credentials.begin_browser(client(), project("p-1")).unwrap();
    let address = url::Url::parse(login.address()).unwrap();
    let (_, port) = address.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap();
    let job = Job::new();
    let other = job.clone();
    let start = Instant::now();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        other.cancel();
    });
    assert_eq!(problem(login.finish(|_| (), &job)).code, Code::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(TcpStream::connect(port.strip_prefix("http://").unwrap()).is_err(), "the port is closed");
}

#[test]
fn an_oauth_client_is_read_as_google_s_console_gives_it() {
    let scene = Scene::new();
    let good = json!({"installed": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "p"}});
    assert!(OauthClient::from_file(&scene.file("client.json", &good)).is_ok());
    for (document, part) in [
        (json!({"web": {"client_id": CLIENT_ID}}), "for a web site"),
        (json!({"installed": {"client_id": CLIENT_ID}}), "needs installed.client_secret"),
        (json!({"type": "service_account"}), "needs installed.client_id"),
    ] {
        let said = problem(OauthClient::from_file(&scene.file("client.json", &document)));
        assert!(said.message.contains(part) && said.message.ends_with("client.json"), "{said}");
    }
}

// What goes wrong.

#[test]
fn what_google_refuses_has_its_sentence() {
    type Case = (u16, Value, &'static str, &'static str);
    let key: [Case; 4] = [
        (
            400,
            json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
            "refuses the key of writer@my-project",
            "--key FILE",
        ),
        (
            400,
            json!({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}),
            "its account was deleted",
            "--key FILE",
        ),
        (
            401,
            json!({"error": "unauthorized_client", "error_description": "Client is unauthorized"}),
            "refuses to sign in writer@",
            "new key",
        ),
        (503, json!("busy"), "says busy (503)", "try again later"),
    ];
    let person: [Case; 2] = [
        (
            400,
            json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
            "the login of ada@example.com has expired or was revoked",
            "gcloud auth application-default login",
        ),
        (
            400,
            json!({"error": "invalid_grant", "error_description": "Bad Request", "error_subtype": "invalid_rapt"}),
            "has expired",
            "gcloud auth",
        ),
    ];
    let scene = Scene::new();
    scene.gcloud_file();
    let adc = scene.credentials().connect_adc(Choices::default(), &Job::new()).unwrap();
    let by_key = scene.credentials().connect_key(&scene.key_file(), Choices::default(), &Job::new()).unwrap();
    for (connection, cases) in [(&by_key, &key[..]), (&adc, &person[..])] {
        for (status, body, part, next) in cases {
            let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            scene.google.state().refuse = Some((*status, text));
            let said = token(&*scene.credentials().tokens(connection).unwrap()).unwrap_err();
            assert!(said.message.contains(part) && said.hint.contains(next), "{said:?}");
            assert_eq!(said.code, if *status == 503 { Code::Remote } else { Code::Permission });
        }
    }
}

/// Logs in as a person who agrees at once.
fn logged_in(scene: &Scene, credentials: &Credentials) -> Connection {
    let login = credentials.begin_browser(client(), project("my-project")).unwrap();
    let address = login.address().to_owned();
    std::thread::scope(|scope| {
        scope.spawn(|| visit(&scene.google.agree(&address)));
        login.finish(|_| (), &Job::new()).unwrap()
    })
}

#[test]
fn a_revoked_login_is_said_and_can_still_be_forgotten() {
    let scene = Scene::new();
    let connection = logged_in(&scene, &scene.credentials());
    scene.google.state().logins.clear();
    let said = problem(scene.credentials().status(&connection, &Job::new()));
    assert_eq!(said.code, Code::Permission);
    assert!(said.message.contains("the login of ada@example.com has expired or was revoked"), "{said}");
    assert!(said.hint.contains("--browser"), "{said:?}");
    assert_eq!(scene.credentials().forget(&connection, &Job::new()).unwrap(), Forgotten::Entirely);
    assert!(scene.drawer.0.lock().unwrap().is_empty());
}

#[test]
fn a_login_that_cannot_be_revoked_is_forgotten_here_and_that_is_said() {
    let scene = Scene::new();
    let connection = logged_in(&scene, &scene.credentials());
    let away = Endpoints { revoke: "http://127.0.0.1:1/revoke".to_owned(), ..scene.endpoints() };
    let credentials = Credentials::new(Runtime::start().unwrap(), away)
        .with_keyring(Arc::clone(&scene.drawer) as Arc<dyn Keyring>)
        .with_patience(patience(), Duration::from_secs(1));
    let Forgotten::OnlyHere(why) = credentials.forget(&connection, &Job::new()).unwrap() else { panic!("it was told") };
    assert!(why.contains("revoking the login failed") && why.contains("cannot be reached"), "{why}");
    assert!(scene.drawer.0.lock().unwrap().is_empty());
}

#[test]
fn a_wrong_clock_is_said_with_both_times() {
    let scene = Scene::new();
    let file = scene.key_file();
    scene.google.state().refuse =
        Some((400, json!({"error": "invalid_grant", "error_description": "Invalid JWT"}).to_string()));
    for ahead in [-7200, 7200] {
        scene.google.state().clock_ahead_s = ahead;
        let said = problem(scene.credentials().connect_key(&file, Choices::default(), &Job::new()));
        assert!(said.message.contains("this machine's clock says") && said.message.contains("Google's"), "{said}");
        assert_eq!(said.message.matches(" UTC").count(), 2, "{said}");
        assert!(said.hint.starts_with("Set this machine's clock"), "{said:?}");
    }
}

#[test]
fn no_network_is_said() {
    let scene = Scene::new();
    let mut key = scene.google.key();
    key["token_uri"] = json!("http://127.0.0.1:1/token");
    let said = problem(scene.credentials().connect_key(&scene.file("key.json", &key), Choices::default(), &Job::new()));
    assert_eq!(said.code, Code::Remote);
    assert!(said.message.contains("cannot be reached") && said.hint.contains("network"), "{said:?}");
}

#[test]
fn a_proof_is_not_sent_over_a_line_without_encryption() {
    let scene = Scene::new();
    let mut key = scene.google.key();
    key["token_uri"] = json!("http://token.example.com/token");
    let said = problem(scene.credentials().connect_key(&scene.file("key.json", &key), Choices::default(), &Job::new()));
    assert!(said.code == Code::Permission && said.message.contains("encrypted lines only"), "{said:?}");
}

#[test]
fn a_file_that_is_no_key_is_said_with_its_path_last() {
    let scene = Scene::new();
    for (name, document, part) in [
        ("a.json", scene.google.gcloud(), "the login of a person (authorized_user)"),
        ("b.json", json!({"type": "external_account"}), "external_account"),
        ("c.json", json!({}), "the field type is missing"),
    ] {
        let said =
            problem(scene.credentials().connect_key(&scene.file(name, &document), Choices::default(), &Job::new()));
        assert!(said.message.contains(part) && said.message.ends_with(name) && !said.hint.is_empty(), "{said:?}");
    }
    let said =
        problem(scene.credentials().connect_key(Path::new("/nowhere/key.json"), Choices::default(), &Job::new()));
    assert_eq!(said.code, Code::NotFound);
}

// Status.

#[test]
fn status_says_who_and_what_is_missing_for_what() {
    let scene = Scene::new();
    let credentials = scene.credentials();
    let choices = Choices { bucket: Some("models".to_owned()), ..Choices::default() };
    let connection = credentials.connect_key(&scene.key_file(), choices, &Job::new()).unwrap();
    scene.google.state().granted =
        ["bigquery.jobs.create", "bigquery.tables.getData", "storage.objects.get"].map(str::to_owned).to_vec();
    let status = credentials.status(&connection, &Job::new()).unwrap();
    assert_eq!((status.principal.as_str(), status.project.as_str()), (ACCOUNT, "my-project"));
    assert!(status.token_age_s < 60 && status.token_expires_in_s.unwrap() > 3500);
    let missing: Vec<&str> = status.missing().map(|one| one.name.as_str()).collect();
    assert_eq!(
        missing,
        [
            "bigquery.datasets.create",
            "bigquery.tables.create",
            "bigquery.tables.updateData",
            "bigquery.readsessions.create",
            "storage.objects.list",
            "storage.objects.create",
            "storage.objects.delete",
        ]
    );
    assert!(status.missing().all(|one| !one.what_for.is_empty()) && status.unknown.is_empty());

    // Nothing granted: Google leaves the list out.
    scene.google.state().granted.clear();
    assert_eq!(credentials.status(&connection, &Job::new()).unwrap().missing().count(), 10);

    // Who may not ask still learns who he is.
    let disabled = json!({"error": {"code": 403, "message": "Cloud Resource Manager API has not been used", "status": "PERMISSION_DENIED"}});
    scene.google.state().refuse_permissions = Some((403, disabled.to_string()));
    let status = credentials.status(&connection, &Job::new()).unwrap();
    assert!(status.permissions.iter().all(|one| one.granted.is_none()));
    assert!(status.unknown[0].contains("Cloud Resource Manager API has not been used"), "{:?}", status.unknown);
}

// Secrets.

/// Keeps every word that a library writes to the log.
struct Log(Mutex<String>);

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(self.0.lock().unwrap(), "{} {}", record.target(), record.args());
    }
    fn flush(&self) {}
}

static LOG: Log = Log(Mutex::new(String::new()));

#[test]
fn a_secret_reaches_no_log_no_error_no_debug_print_and_no_file() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let scene = Scene::new();
    let mut seen = String::new();
    let home = tempfile::tempdir().unwrap();
    scene.gcloud_file();
    let credentials = scene.credentials();
    let job = Job::new();

    let login = credentials.begin_browser(client(), project("my-project")).unwrap();
    let address = login.address().to_owned();
    let browser = std::thread::scope(|scope| {
        let page = scope.spawn(|| visit(&scene.google.agree(&address)));
        let connection = login.finish(|_| (), &job).unwrap();
        seen += &page.join().unwrap();
        connection
    });
    let acted = "loader@my-project.iam.gserviceaccount.com";
    scene.google.state().may_act_as = vec![(ACCOUNT.to_owned(), acted.to_owned())];
    let choices = Choices { impersonate: Some(acted.to_owned()), ..Choices::default() };
    let connections = [
        browser,
        credentials.connect_key(&scene.key_file(), choices, &job).unwrap(),
        credentials.connect_adc(Choices::default(), &job).unwrap(),
        credentials.connect_metadata(Choices::default(), &job).unwrap(),
    ];
    for (index, connection) in connections.iter().enumerate() {
        let _ = writeln!(seen, "{connection:?} {:?}", credentials.status(connection, &job));
        let _ = writeln!(seen, "{:?}", token(&*credentials.tokens(connection).unwrap()));
        std::fs::write(home.path().join(format!("{index}.json")), serde_json::to_string(connection).unwrap()).unwrap();
    }
    let _ = writeln!(seen, "{:?} {address}", client());
    // Refusals, among them a proxy's that repeats what it was sent.
    let sent = scene.google.state().secrets.join(" ");
    let echo = format!("<html>bad request: {} {sent}</html>", google::pem());
    for (status, body) in [
        (400, echo.clone()),
        (502, echo),
        (400, json!({"error": "invalid_grant", "error_description": sent}).to_string()),
        (200, format!("\"{sent}\"")),
        (200, json!({"access_token": 7, "refresh_token": sent}).to_string()),
    ] {
        scene.google.state().refuse = Some((status, body));
        for connection in &connections[..3] {
            let failed = scene
                .credentials()
                .tokens(connection)
                .and_then(|tokens| Runtime::start()?.wait(&job, async move { tokens.token().await }));
            let error = failed.unwrap_err();
            let _ = write!(seen, "{error} {error:?} ");
            let _ = writeln!(seen, "{:?}", Problem::from(error));
        }
    }
    scene.google.state().refuse = None;
    for connection in &connections {
        let _ = writeln!(seen, "{:?}", credentials.forget(connection, &job));
    }

    let mut secrets = scene.google.state().secrets.clone();
    secrets.extend(google::pem().lines().filter(|line| line.len() > 20 && !line.contains("---")).map(str::to_owned));
    secrets.push(CLIENT_SECRET.to_owned());
    assert!(secrets.len() > 40);
    let logged = LOG.0.lock().unwrap().clone();
    assert!(!logged.is_empty(), "the log was listened to");
    let files: String = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for (place, text) in [("what is printed", &seen), ("the log", &logged), ("files", &files)] {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{place} holds {secret}");
        }
    }
}
