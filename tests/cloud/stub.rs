//! A service that answers as a test tells it, faults included: an HTTP/1.1 server of our own on this machine.
//! It keeps every request, so that a test can say what was asked and how often.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::missing_docs_in_private_items,
    reason = "each test program uses a part; a test may stop at the first surprise"
)]

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Request {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A parameter of the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// How an answer ends before its time, if it does.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The whole body is sent.
    None,
    /// The line is reset (RST) after so many bytes of the body.
    Reset(usize),
    /// The line is closed in good order after so many bytes, fewer than announced.
    Cut(usize),
    /// Nothing is sent at all, and the line is reset.
    NoAnswer,
    /// Nothing is sent, and the line stays open.
    Silence,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    fault: Fault,
    /// Bytes of the body at a time, and the pause after each.
    pace: Option<(usize, Duration)>,
    delay: Duration,
}

impl Reply {
    pub fn new(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Vec::new(), fault: Fault::None, pace: None, delay: Duration::ZERO }
    }

    pub fn ok() -> Reply {
        Reply::new(200)
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Reply {
        Reply::new(status).header("content-type", "application/json").body(body.to_string())
    }

    /// An error in Google's form.
    pub fn error(status: u16, reason: &str, message: &str) -> Reply {
        Reply::json(
            status,
            &serde_json::json!({"error": {
                "code": status, "message": message, "errors": [{"reason": reason, "message": message}],
            }}),
        )
    }

    /// The line is reset before any answer.
    pub fn no_answer() -> Reply {
        Reply { fault: Fault::NoAnswer, ..Reply::new(0) }
    }

    /// Nothing comes, for as long as the stub lives.
    pub fn silence() -> Reply {
        Reply { fault: Fault::Silence, ..Reply::new(0) }
    }

    pub fn header(mut self, name: &str, value: impl ToString) -> Reply {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Reply {
        self.body = body.into();
        self
    }

    /// Resets the line (RST) after so many bytes of the body.
    pub fn reset_after(mut self, bytes: usize) -> Reply {
        self.fault = Fault::Reset(bytes);
        self
    }

    /// Closes the line in good order after so many bytes of the body, fewer than announced.
    pub fn cut_after(mut self, bytes: usize) -> Reply {
        self.fault = Fault::Cut(bytes);
        self
    }

    /// Sends the body so many bytes at a time with a pause after each.
    pub fn slowly(mut self, bytes: usize, pause: Duration) -> Reply {
        self.pace = Some((bytes.max(1), pause));
        self
    }

    /// Waits before it answers.
    pub fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }
}

type Maker = Box<dyn FnMut(&Request) -> Reply + Send>;

struct Route {
    method: String,
    /// What the target (path and query) begins with; `*` stands for anything in between.
    pattern: String,
    answers: Answers,
}

enum Answers {
    /// In their order; the last stays.
    Listed(VecDeque<Reply>),
    Made(Maker),
}

#[derive(Default)]
struct Shared {
    routes: Mutex<Vec<Route>>,
    requests: Mutex<Vec<Request>>,
    ended: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server; it ends when dropped.
pub struct Stub {
    port: u16,
    shared: Arc<Shared>,
}

impl Stub {
    pub fn start() -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.ended.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let served = Arc::clone(&served);
                std::thread::spawn(move || {
                    // A client that goes away is no failure of the stub.
                    let _ = serve(&served, stream);
                });
            }
        });
        Stub { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers requests whose target (path and query) begins with `pattern`, in which `*` stands for anything. The
    /// answers are given in their order and the last again and again. A later call for the same pattern takes its place;
    /// of two that match, the later counts.
    pub fn on(&self, method: &str, pattern: &str, answers: impl IntoIterator<Item = Reply>) -> &Stub {
        self.add(method, pattern, Answers::Listed(answers.into_iter().collect()))
    }

    /// Answers by a function of the request.
    pub fn on_with(&self, method: &str, pattern: &str, make: impl FnMut(&Request) -> Reply + Send + 'static) -> &Stub {
        self.add(method, pattern, Answers::Made(Box::new(make)))
    }

    fn add(&self, method: &str, pattern: &str, answers: Answers) -> &Stub {
        let mut routes = lock(&self.shared.routes);
        routes.retain(|route| route.method != method || route.pattern != pattern);
        routes.insert(0, Route { method: method.to_owned(), pattern: pattern.to_owned(), answers });
        self
    }

    /// All requests so far, in the order they came.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// The requests of one method whose target matches the pattern.
    pub fn asked(&self, method: &str, pattern: &str) -> Vec<Request> {
        let all = self.requests();
        all.into_iter().filter(|request| request.method == method && matches(pattern, &request.target)).collect()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Whether the target begins with the pattern, in which `*` stands for anything.
fn matches(pattern: &str, target: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| target.strip_prefix(first)) else { return false };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

fn serve(shared: &Shared, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let Some(request) = read(&mut reader)? else { return Ok(()) };
    let reply = answer(shared, &request);
    lock(&shared.requests).push(request);
    // The second handle goes first, so that the last one's end is the line's end.
    drop(reader);
    send(shared, stream, &reply)
}

fn answer(shared: &Shared, request: &Request) -> Reply {
    let mut routes = lock(&shared.routes);
    let route =
        routes.iter_mut().find(|route| route.method == request.method && matches(&route.pattern, &request.target));
    match route.map(|route| &mut route.answers) {
        Some(Answers::Made(make)) => make(request),
        Some(Answers::Listed(replies)) if replies.len() > 1 => replies.pop_front().unwrap_or_else(Reply::ok),
        Some(Answers::Listed(replies)) => replies.front().cloned().unwrap_or_else(Reply::ok),
        None => Reply::error(404, "notFound", &format!("no answer for {} {}", request.method, request.target)),
    }
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let mut body = Vec::new();
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let size = line.trim().split(';').next().unwrap_or_default();
            let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            reader.take(size).read_to_end(&mut body)?;
            line.clear();
            reader.read_line(&mut line)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = header("content-length") {
        reader.take(length.parse().map_err(io::Error::other)?).read_to_end(&mut body)?;
    }
    Ok(Some(Request { method, target, headers, body, at: Instant::now() }))
}

fn send(shared: &Shared, mut stream: TcpStream, reply: &Reply) -> io::Result<()> {
    std::thread::sleep(reply.delay);
    match reply.fault {
        Fault::NoAnswer => return reset(stream),
        Fault::Silence => {
            while !shared.ended.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            return reset(stream);
        }
        _ => {}
    }
    let mut head = format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        head.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    let sent = match reply.fault {
        Fault::Reset(bytes) | Fault::Cut(bytes) => &reply.body[..bytes.min(reply.body.len())],
        _ => &reply.body[..],
    };
    match reply.pace {
        None => stream.write_all(sent)?,
        Some((bytes, pause)) => {
            for part in sent.chunks(bytes) {
                stream.write_all(part)?;
                std::thread::sleep(pause);
            }
        }
    }
    stream.flush()?;
    if matches!(reply.fault, Fault::Reset(_)) {
        // What was sent is to arrive before the reset, which would overtake it.
        std::thread::sleep(Duration::from_millis(30));
        return reset(stream);
    }
    Ok(())
}

/// Ends the line with RST instead of FIN.
pub fn reset(stream: TcpStream) -> io::Result<()> {
    let socket = tokio::net::TcpSocket::from_std_stream(stream);
    socket.set_zero_linger()
}
