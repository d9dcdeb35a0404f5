//! A browser as the web page sees one: HTTP/1.1 by hand, with cookies and the headers of a form.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::watched::Watched;

/// Time for which the browser waits for bytes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server with a web page.
pub struct Site {
    pub server: Watched,
    pub address: SocketAddr,
}

impl Site {
    pub async fn start(arguments: &[&str]) -> Self {
        let all = [&["--in-memory", "--web-listen", "127.0.0.1:0"][..], arguments].concat();
        let server = Watched::start(&all).await;
        Self::of(server).await
    }

    /// Waits until the web page of a server listens.
    pub async fn of(server: Watched) -> Self {
        let line = server.line(|line| line["message"] == "web page: listening").await;
        let address = line["address"].as_str().unwrap().parse().unwrap();
        Self { server, address }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            address: self.address,
            tls: None,
            cookies: BTreeMap::new(),
            origin: format!("http://{}", self.address),
        }
    }

    /// A browser that trusts the authority in a file, and calls the server `localhost`.
    pub fn secure_browser(&self, ca: &Path) -> Browser {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let origin = format!("https://localhost:{}", self.address.port());
        Browser { tls: Some(Arc::new(config)), origin, ..self.browser() }
    }
}

#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    pub cookies: BTreeMap<String, String>,
    /// The origin of the pages.
    pub origin: String,
}

/// A page, or a redirection.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    pub body: String,
}

/// One part of a form: its name, the name of its file if it is one, its content.
pub struct Part<'a> {
    pub name: &'a str,
    pub file: Option<&'a str>,
    pub data: &'a [u8],
}

pub fn field<'a>(name: &'a str, value: &'a str) -> Part<'a> {
    Part { name, file: None, data: value.as_bytes() }
}

pub fn file<'a>(name: &'a str, file: &'a str, data: &'a [u8]) -> Part<'a> {
    Part { name, file: Some(file), data }
}

impl Page {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The token of the page's forms.
    pub fn token(&self) -> String {
        let (_, rest) =
            self.body.split_once("name=\"form_token\" value=\"").unwrap_or_else(|| panic!("{self:?}"));
        rest.split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn shows(&self, status: u16, parts: &[&str]) {
        assert_eq!(self.status, status, "{}", self.body);
        for part in parts {
            assert!(self.body.contains(part), "{part:?} is not in {}", self.body);
        }
    }
}

impl Browser {
    pub fn get(&mut self, path: &str) -> Page {
        self.request("GET", path, &[], b"")
    }

    /// Gets a page, and follows redirections.
    pub fn open(&mut self, path: &str) -> Page {
        let mut page = self.get(path);
        for _ in 0..5 {
            match page.header("location").map(str::to_owned) {
                Some(next) => page = self.get(&next),
                None => break,
            }
        }
        page
    }

    /// Sends a form that the page at `from` has, with its token, and follows redirections.
    pub fn send(&mut self, from: &str, to: &str, parts: &[Part<'_>]) -> Page {
        let token = self.open(from).token();
        let all: Vec<Part<'_>> = [field("form_token", &token)]
            .into_iter()
            .chain(parts.iter().map(|part| Part { name: part.name, file: part.file, data: part.data }))
            .collect();
        let page = self.post(to, &all);
        match page.header("location").map(str::to_owned) {
            Some(next) => self.open(&next),
            None => page,
        }
    }

    /// Sends a form as it is.
    pub fn post(&mut self, path: &str, parts: &[Part<'_>]) -> Page {
        let origin = self.origin.clone();
        self.post_from(path, &[("origin", &origin), ("sec-fetch-site", "same-origin")], parts)
    }

    /// Sends a form with these headers.
    pub fn post_from(&mut self, path: &str, headers: &[(&str, &str)], parts: &[Part<'_>]) -> Page {
        let kind = ("content-type", "multipart/form-data; boundary=XXXX");
        self.request("POST", path, &[headers, &[kind]].concat(), &multipart(parts))
    }

    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let host = self.origin.split_once("://").unwrap().1.to_owned();
        let length = body.len().to_string();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = vec![("host", host.as_str()), ("connection", "close"), ("content-length", &length)];
        if !cookies.is_empty() && !headers.iter().any(|(name, _)| *name == "cookie") {
            all.push(("cookie", &cookies));
        }
        all.retain(|(name, _)| !headers.iter().any(|(own, _)| own == name));
        let lines = all.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n"));
        let head = format!("{method} {path} HTTP/1.1\r\n{}\r\n", lines.collect::<String>());
        let page = page(&self.exchange(&[head.as_bytes(), body].concat()));
        self.keep_cookies(&page);
        page
    }

    fn keep_cookies(&mut self, page: &Page) {
        for line in page.head.lines() {
            let Some((name, cookie)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Sends bytes on a new connection, and returns what comes back until it is closed.
    pub fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let socket = TcpStream::connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        match &self.tls {
            None => converse(socket, request),
            Some(config) => {
                let name = "localhost".try_into().unwrap();
                let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
                converse(StreamOwned::new(connection, socket), request)
            }
        }
    }
}

fn converse(mut stream: impl Read + Write, request: &[u8]) -> Vec<u8> {
    // The server may answer and close before it has read everything.
    let _sent = stream.write_all(request).and_then(|()| stream.flush());
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    response
}

pub fn page(response: &[u8]) -> Page {
    let end = response.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no response: {:?}", String::from_utf8_lossy(response)));
    let head = String::from_utf8(response[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = &response[end + 4..];
    let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if is_chunked { dechunked(body) } else { body.to_vec() };
    Page { status, head, body: String::from_utf8(body).unwrap() }
}

fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
    body
}

pub fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for Part { name, file, data } in parts {
        let file =
            file.map(|file| format!("; filename=\"{file}\"\r\ncontent-type: text/plain")).unwrap_or_default();
        let head = format!("--XXXX\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XXXX--\r\n");
    body
}
