//! BigQuery against a service that answers as told, faults included.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod stub;

use std::io::{Read, Write};

use stub::{Reply, Stub};

#[test]
fn the_stub_answers_in_order_and_cuts_the_line() {
    let stub = Stub::start();
    stub.on("GET", "/a*/c", [Reply::ok().body("one"), Reply::ok().body("twotwo").reset_after(3)]);
    let ask = |target: &str| {
        let mut line = std::net::TcpStream::connect(("127.0.0.1", stub.port())).unwrap();
        write!(line, "GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let end = line.read_to_end(&mut answer);
        (String::from_utf8(answer).unwrap(), end.map(|_| ()).map_err(|error| error.kind()))
    };
    let (first, end) = ask("/a/b/c?d=e%20f");
    assert!(first.starts_with("HTTP/1.1 200") && first.ends_with("\r\n\r\none"), "{first}");
    assert_eq!(end, Ok(()));
    let (second, end) = ask("/abc/c");
    assert!(second.ends_with("\r\n\r\ntwo"), "{second}");
    assert_eq!(end, Err(std::io::ErrorKind::ConnectionReset));
    assert!(ask("/other").0.starts_with("HTTP/1.1 404"));
    assert_eq!(stub.requests()[0].query("d").as_deref(), Some("e f"));
    assert_eq!(stub.asked("GET", "/a").len(), 2);
}
