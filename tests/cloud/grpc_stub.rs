//! The Storage Read interface as a test tells it, faults included: messages, pauses, broken lines, refusals. It speaks
//! HTTP/2 by the library alone, so that it can also say what a proper server would not.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    reason = "each test program uses a part; a test may stop at the first surprise"
)]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A call as it came.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method's name: `ReadRows`.
    pub method: String,
    /// The message, without its head of five bytes.
    pub message: Vec<u8>,
    pub headers: HeaderMap,
    pub at: Instant,
}

/// What an answer does next. Without a last word of its own it ends well.
#[derive(Debug, Clone)]
pub enum Step {
    Message(Vec<u8>),
    Pause(Duration),
    /// Ends with a status, a sentence and details.
    Status(i32, &'static str, Vec<u8>),
    /// Ends the stream alone.
    Reset(Reason),
    /// Ends the whole line (RST).
    Cut,
    /// Ends in good order, but never says how it went.
    EndWithoutStatus,
    /// Says nothing more.
    Silence,
}

type Script = Box<dyn FnMut(&Call) -> Vec<Step> + Send>;

struct Shared {
    script: Mutex<Script>,
    calls: Mutex<Vec<Call>>,
}

/// The server; it ends when dropped.
pub struct GrpcStub {
    port: u16,
    shared: Arc<Shared>,
    end: Arc<Notify>,
}

impl GrpcStub {
    /// Starts a server that does for each call what `script` says.
    pub fn start(script: impl FnMut(&Call) -> Vec<Step> + Send + 'static) -> GrpcStub {
        let shared = Arc::new(Shared { script: Mutex::new(Box::new(script)), calls: Mutex::default() });
        let end = Arc::new(Notify::new());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("a listener");
        let (served, ended) = (Arc::clone(&shared), Arc::clone(&end));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                loop {
                    tokio::select! {
                        () = ended.notified() => return,
                        line = listener.accept() => if let Ok((line, _)) = line {
                            tokio::spawn(serve(Arc::clone(&served), line));
                        },
                    }
                }
            });
        });
        GrpcStub { port, shared, end }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls of a method so far.
    pub fn calls(&self, method: &str) -> Vec<Call> {
        let calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.method == method).cloned().collect()
    }
}

impl Drop for GrpcStub {
    fn drop(&mut self) {
        self.end.notify_one();
    }
}

async fn serve(shared: Arc<Shared>, line: TcpStream) {
    let cut = Arc::new(Notify::new());
    // However the line ends, it ends with RST: nobody here closes in good order.
    let _ = line.set_zero_linger();
    let Ok(mut connection) = h2::server::handshake(line).await else { return };
    loop {
        tokio::select! {
            () = cut.notified() => return,
            accepted = connection.accept() => {
                let Some(Ok((request, respond))) = accepted else { return };
                tokio::spawn(answer(Arc::clone(&shared), request, respond, Arc::clone(&cut)));
            }
        }
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    cut: Arc<Notify>,
) -> Option<()> {
    let method = request.uri().path().rsplit('/').next()?.to_owned();
    let headers = request.headers().clone();
    let mut body = request.into_body();
    let mut message = Vec::new();
    while let Some(Ok(part)) = body.data().await {
        let _ = body.flow_control().release_capacity(part.len());
        message.extend_from_slice(&part);
    }
    let call = Call { method, message: message.split_off(message.len().min(5)), headers, at: Instant::now() };
    let steps = (shared.script.lock().unwrap_or_else(PoisonError::into_inner))(&call);
    shared.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);

    let head = Response::builder().header("content-type", "application/grpc").body(()).ok()?;
    let mut stream: SendStream<Bytes> = respond.send_response(head, false).ok()?;
    for step in steps {
        match step {
            Step::Message(message) => {
                let mut framed = BytesMut::with_capacity(message.len() + 5);
                framed.put_u8(0);
                framed.put_u32(message.len() as u32);
                framed.extend_from_slice(&message);
                stream.send_data(framed.freeze(), false).ok()?;
            }
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Status(code, message, details) => {
                return stream.send_trailers(trailers(code, message, &details)).ok();
            }
            Step::Reset(reason) => {
                stream.send_reset(reason);
                return Some(());
            }
            Step::Cut => {
                cut.notify_one();
                return Some(());
            }
            Step::EndWithoutStatus => return stream.send_data(Bytes::new(), true).ok(),
            Step::Silence => std::future::pending().await,
        }
    }
    stream.send_trailers(trailers(0, "", &[])).ok()
}

fn trailers(code: i32, message: &'static str, details: &[u8]) -> HeaderMap {
    use base64::Engine as _;
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code));
    if !message.is_empty() {
        trailers.insert("grpc-message", HeaderValue::from_static(message));
    }
    if !details.is_empty() {
        let coded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(details);
        trailers.insert("grpc-status-details-bin", HeaderValue::from_str(&coded).expect("base64"));
    }
    trailers
}
