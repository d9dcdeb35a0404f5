//! Hostile requests to the web page.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::browser::{Site, field, file, multipart, page};
use super::{BRIDGES, ESSAY};
use crate::harness::pass;

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let (token, own) = (browser.open("/collections").token(), browser.origin.clone());
    let form = [field("form_token", &token), field("name", "theirs")];
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
    ] {
        browser.post_from("/collections", headers, &form).shows(403, &["from another site"]);
    }
    // From the own site, but without the session's token.
    for token in ["", "x", "AAAA"] {
        let form = [field("form_token", token), field("name", "theirs")];
        browser.post("/collections", &form).shows(403, &["does not belong to your session"]);
    }
    browser.post("/collections", &[field("name", "theirs")]).shows(403, &["does not belong"]);
    let mut fresh = site.browser();
    fresh.post("/collections", &form).shows(403, &["does not belong to your session"]);
    assert!(!browser.open("/collections").body.contains("theirs"));
    browser.post("/collections", &form).shows(303, &[]);
}

#[tokio::test]
async fn another_name_for_this_machine_is_refused() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    for host in ["evil.example", "evil.example:80", "192.0.2.1", "localhost.evil.example", ""] {
        let refused = browser.request("GET", "/collections", &[("host", host)], b"");
        refused.shows(403, &["answers only under the names of this machine"]);
        assert!(refused.header("set-cookie").is_none(), "{}", refused.head);
    }
    for host in ["localhost", "localhost:1", "127.0.0.1", "[::1]:80"] {
        assert_eq!(browser.request("GET", "/collections", &[("host", host)], b"").status, 200, "{host}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_a_page() {
    let site = Site::start(&[
        "--max-pending-bytes",
        "100000",
        "--max-message-bytes",
        "100000",
        "--max-text-bytes",
        "50000",
    ])
    .await;
    let mut browser = site.browser();
    let token = browser.open("/").token();
    let large = "words ".repeat(50_000);
    let form = [field("form_token", &token), field("text", &large), field("collection", "default")];
    browser.post("/check", &form).shows(413, &["100000 bytes at most"]);
    // Neither with a length that is not true, nor in chunks.
    let chunked = [("transfer-encoding", "chunked"), ("content-length", "")];
    let mut body = Vec::new();
    for chunk in multipart(&form).chunks(60_000) {
        body.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        body.extend_from_slice(chunk);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"0\r\n\r\n");
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: {}\r\ncontent-type: \
         multipart/form-data; boundary=XXXX\r\n\r\n",
        chunked[0].1
    );
    page(&browser.exchange(&[head.as_bytes(), &body].concat())).shows(413, &["100000 bytes at most"]);
    // A body without an end is not read for ever.
    let head = "POST /check HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
    page(&browser.exchange(head.as_bytes())).shows(413, &["100000 bytes at most"]);
    let many: Vec<_> = (0..501).map(|_| file("files", "a.txt", b"a word")).collect();
    browser
        .send("/collections/default/add", "/collections/default/add", &many)
        .shows(413, &["500 files at most"]);
    let headers = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    assert!(page(&browser.exchange(headers.as_bytes())).status >= 400);
    browser.open("/").shows(200, &["Check a text"]);
}

#[tokio::test]
async fn malformed_forms_are_refused() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let own = browser.origin.clone();
    for (kind, body, status) in [
        ("multipart/form-data; boundary=XXXX", &b"--YYYY\r\nno"[..], 400),
        ("multipart/form-data; boundary=XXXX", b"", 400),
        ("multipart/form-data; boundary=XXXX", b"--XXXX\r\ncontent-disposition: form-data; name=\"a", 400),
        ("multipart/form-data", b"--XXXX--", 415),
        ("application/json", b"{}", 415),
        ("text/plain", b"form_token=x", 415),
        ("application/x-www-form-urlencoded", b"form_token=%FF%FE&=&&&%", 403),
        ("application/x-www-form-urlencoded", b"", 403),
    ] {
        let headers = [("origin", own.as_str()), ("content-type", kind)];
        let refused = browser.request("POST", "/check", &headers, body);
        assert_eq!(refused.status, status, "{kind} {body:?}: {}", refused.body);
    }
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let answer = browser.exchange(bytes);
        assert!(
            answer.is_empty() || page(&answer).status == 400 || page(&answer).status == 505,
            "{answer:?}"
        );
    }
    let token = browser.open("/").token();
    let fields: Vec<_> = (0..3000).map(|_| field("collection", "default")).collect();
    let all: Vec<_> = [field("form_token", &token)].into_iter().chain(fields).collect();
    browser.post("/check", &all).shows(413, &["2000 fields at most"]);
    let scripts = [
        field("text", "<script>alert(1)</script> is what a student typed here"),
        field("collection", "<b>x</b>"),
    ];
    let page = browser.send("/", "/check", &scripts);
    assert!(page.status == 400 && !page.body.contains("<b>x"), "{}", page.body);
}

#[tokio::test]
async fn slow_requests_end() {
    let site = Site::start(&["--default-deadline-seconds", "1", "--handshake-seconds", "1"]).await;
    let mut browser = site.browser();
    let token = browser.open("/").token();
    let body =
        multipart(&[field("form_token", &token), field("text", ESSAY), field("collection", "default")]);
    let mut socket = TcpStream::connect(site.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let began = Instant::now();
    let length = body.len();
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\ncontent-type: \
         multipart/form-data; boundary=XXXX\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(&body[..20]).unwrap();
    let mut answer = Vec::new();
    let _read = socket.read_to_end(&mut answer);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    page(&answer).shows(408, &["default_deadline_seconds"]);
    // Headers that never end: the connection is closed.
    let mut socket = TcpStream::connect(site.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ").unwrap();
    let mut answer = Vec::new();
    let _read = socket.read_to_end(&mut answer);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn connections_share_the_slots_of_grpc() {
    let site = Site::start(&["--max-connections", "3"]).await;
    let browser = site.browser();
    // One connection is that of the test's client.
    let held: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(site.address).unwrap()).collect();
    pass(Duration::from_millis(300)).await;
    assert!(browser.exchange(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").is_empty());
    drop(held);
    pass(Duration::from_millis(300)).await;
    site.browser().open("/").shows(200, &["Check a text"]);
}

#[tokio::test]
async fn a_stop_lets_a_form_end() {
    let site = Site::start(&[]).await;
    let mut browser = site.browser();
    let add = "/collections/default/add";
    browser.send(add, add, &[field("id", "bridges"), field("text", BRIDGES)]).shows(200, &[]);
    let token = browser.open("/").token();
    let cookie: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let body =
        multipart(&[field("form_token", &token), field("text", ESSAY), field("collection", "default")]);
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\ncontent-length: {}\r\ncontent-type: \
         multipart/form-data; boundary=XXXX\r\n\r\n",
        cookie.join("; "),
        body.len()
    );
    let mut socket = TcpStream::connect(site.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(&[head.as_bytes(), &body[..30]].concat()).unwrap();
    pass(Duration::from_millis(100)).await;
    let server = site.server;
    let stopping = std::thread::spawn(move || server.stop());
    pass(Duration::from_millis(300)).await;
    socket.write_all(&body[30..]).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    page(&answer).shows(200, &["bridges"]);
    assert!(stopping.join().unwrap().0.success());
}
