//! Other languages, by a LanguageTool server: its HTTP API, version 2, as <https://languagetool.org/http-api/> describes it.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{CheckError, Finding, Kind, Options};
use crate::text::Span;

/// Maximum bytes of an answer.
const MAX_ANSWER_BYTES: u64 = 32 << 20;

/// Maximum time to connect.
const CONNECT_TIME: Duration = Duration::from_secs(3);

/// The longest wait for the server without a look at whether to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// Maximum replacements of a finding.
const MAX_REPLACEMENTS: usize = 10;

/// Maximum characters of a message or a replacement.
const MAX_LINE_CHARS: usize = 1000;

/// The name of the checker.
pub const CHECKER: &str = "LanguageTool";

/// A LanguageTool server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Server {
    host: String,
    port: u16,
    path: String,
}

/// Why an address names no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no address like http://localhost:8010; https is not supported, so put the server on this machine or network"
)]
pub struct BadAddress;

impl std::str::FromStr for Server {
    type Err = BadAddress;

    fn from_str(url: &str) -> Result<Self, BadAddress> {
        let rest = url.strip_prefix("http://").ok_or(BadAddress)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if is_port(port) => (host, port.parse().map_err(|_| BadAddress)?),
            _ => (authority, 80),
        };
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\"".contains(&byte));
        if host.is_empty() || !is_plain(host) || !is_plain(path) {
            return Err(BadAddress);
        }
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("v2/check").or_else(|| path.strip_suffix("v2")).unwrap_or(path);
        let path = path.trim_end_matches('/');
        let path = if path.is_empty() { "/v2/check".to_owned() } else { format!("/{path}/v2/check") };
        Ok(Self { host: host.to_owned(), port, path })
    }
}

impl TryFrom<String> for Server {
    type Error = BadAddress;

    fn try_from(url: String) -> Result<Self, BadAddress> {
        url.parse()
    }
}

impl From<Server> for String {
    fn from(server: Server) -> Self {
        server.to_string()
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.strip_suffix("/v2/check").unwrap_or_default();
        write!(f, "http://{}:{}{path}", self.host, self.port)
    }
}

/// What the server said.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) findings: Vec<Finding>,
    pub(super) version: String,
}

/// Why the server did not check.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It does not have the language, or refuses the text.
    Refused(String),
    /// The text is not checked at all.
    Because(CheckError),
}

impl Server {
    /// Has a part of a text checked, in one request. Blocks until `deadline`.
    pub(super) fn check(
        &self,
        text: &str,
        part: Span,
        language: &str,
        options: &Options,
        deadline: Instant,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Answer, Refusal> {
        let body = form(part.of(text), language, options);
        let response = self.post(&body, deadline, is_stopped).map_err(|error| {
            let problem = format!("{self} (languagetool_url): {error}");
            let is_stopped = is_stopped() && error.kind() == std::io::ErrorKind::Interrupted;
            Refusal::Because(if is_stopped {
                CheckError::Stopped
            } else {
                CheckError::Unavailable { problem }
            })
        })?;
        if response.status != 200 {
            let said = line(&String::from_utf8_lossy(&response.body));
            return Err(Refusal::Refused(said.chars().take(200).collect()));
        }
        let answer: Response = serde_json::from_slice(&response.body)
            .map_err(|_| unavailable(format!("{self} (languagetool_url) gives no answer of LanguageTool")))?;
        let offsets = Utf16Offsets::of(part.of(text));
        let findings =
            answer.matches.into_iter().filter_map(|found| finding(found, part, &offsets)).collect();
        Ok(Answer { findings, version: line(&answer.software.version) })
    }

    fn post(
        &self,
        body: &str,
        deadline: Instant,
        is_stopped: &dyn Fn() -> bool,
    ) -> std::io::Result<HttpResponse> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let mut problem = std::io::Error::other("its name is not known");
        for address in (host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT_TIME) {
                Ok(stream) => return self.exchange(stream, body, deadline, is_stopped),
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    fn exchange(
        &self,
        mut stream: TcpStream,
        body: &str,
        deadline: Instant,
        is_stopped: &dyn Fn() -> bool,
    ) -> std::io::Result<HttpResponse> {
        let Self { host, port, path } = self;
        let length = body.len();
        // HTTP/1.0, so that the answer ends with the connection, and comes in one piece.
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: application/json\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.set_write_timeout(Some(CONNECT_TIME))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut received = Vec::new();
        let mut buffer = vec![0; 16 << 10];
        loop {
            if is_stopped() {
                return Err(std::io::Error::new(std::io::ErrorKind::Interrupted, "stopped"));
            }
            if Instant::now() >= deadline {
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "it did not answer in time"));
            }
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => received.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(error),
            }
            if received.len() as u64 > MAX_ANSWER_BYTES {
                return Err(std::io::Error::other("its answer is too long"));
            }
        }
        HttpResponse::parse(&received).ok_or_else(|| std::io::Error::other("its answer is not HTTP"))
    }
}

fn is_wait(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

fn unavailable(problem: String) -> Refusal {
    Refusal::Because(CheckError::Unavailable { problem })
}

fn form(text: &str, language: &str, options: &Options) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("text", text).append_pair("language", language);
    for (name, rules) in
        [("disabledRules", &options.disabled_rules), ("enabledRules", &options.enabled_rules)]
    {
        if !rules.is_empty() {
            form.append_pair(name, &rules.join(","));
        }
    }
    form.finish()
}

struct HttpResponse {
    status: u16,
    body: Vec<u8>,
}

impl HttpResponse {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(bytes.get(..end)?).to_ascii_lowercase();
        let body = bytes.get(end + 4..)?;
        let mut lines = head.lines();
        let status = lines.next()?.strip_prefix("http/1.")?.split(' ').nth(1)?.parse().ok()?;
        let is_chunked = lines.any(|line| line.starts_with("transfer-encoding:") && line.contains("chunked"));
        let body = if is_chunked { unchunk(body)? } else { body.to_vec() };
        Some(Self { status, body })
    }
}

/// The content of a body in chunks, which some proxies send to HTTP/1.0 too.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        let start = end + 2;
        if size == 0 {
            return Some(content);
        }
        content.extend_from_slice(rest.get(start..start.checked_add(size)?)?);
        rest = rest.get(start + size + 2..)?;
    }
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    software: Software,
    #[serde(default)]
    matches: Vec<Match>,
}

#[derive(Default, Deserialize)]
struct Software {
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
struct Match {
    #[serde(default)]
    message: String,
    offset: usize,
    length: usize,
    #[serde(default)]
    replacements: Vec<Replacement>,
    rule: Rule,
}

#[derive(Deserialize)]
struct Replacement {
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    id: String,
    #[serde(default, rename = "issueType")]
    issue_type: String,
    #[serde(default)]
    category: Category,
}

#[derive(Default, Deserialize)]
struct Category {
    #[serde(default)]
    id: String,
}

fn finding(found: Match, part: Span, offsets: &Utf16Offsets) -> Option<Finding> {
    let Match { message, offset, length, replacements, rule } = found;
    let (start, end) = (offsets.byte(offset)?, offsets.byte(offset.checked_add(length)?)?);
    let replacements = replacements.into_iter().take(MAX_REPLACEMENTS).map(|it| line(&it.value)).collect();
    Some(Finding {
        span: Span { start: part.start + start, end: part.start + end },
        kind: kind_of(&rule),
        rule: line(&rule.id),
        message: line(&message),
        replacements,
    })
}

fn kind_of(rule: &Rule) -> Kind {
    match (rule.issue_type.as_str(), rule.category.id.as_str()) {
        ("misspelling", _) | (_, "TYPOS") => Kind::Spelling,
        ("duplication", _) => Kind::Repetition,
        (_, "CASING") => Kind::Capitalization,
        ("typographical" | "whitespace", _) | (_, "PUNCTUATION" | "TYPOGRAPHY") => Kind::Punctuation,
        (_, "CONFUSED_WORDS" | "FALSE_FRIENDS") => Kind::WordChoice,
        ("grammar", _) | (_, "GRAMMAR") => Kind::Grammar,
        ("style" | "register" | "locale-violation", _) | (_, "STYLE" | "REDUNDANCY" | "PLAIN_ENGLISH") => {
            Kind::Style
        }
        _ => Kind::Other,
    }
}

fn line(text: &str) -> String {
    text.chars().take(MAX_LINE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Offsets in UTF-16 units, which LanguageTool counts in, to bytes.
struct Utf16Offsets {
    bytes: Vec<Option<u32>>,
}

impl Utf16Offsets {
    fn of(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            bytes.push(u32::try_from(at).ok());
            if c.len_utf16() == 2 {
                bytes.push(None);
            }
        }
        bytes.push(u32::try_from(text.len()).ok());
        Self { bytes }
    }

    fn byte(&self, unit: usize) -> Option<u32> {
        self.bytes.get(unit).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_http() {
        let of = |url: &str| url.parse::<Server>().map(|server| (server.to_string(), server.path));
        let good = ["http://localhost:8010", "http://localhost:8010/v2", "http://localhost:8010/v2/check"];
        for url in good {
            assert_eq!(of(url).unwrap(), ("http://localhost:8010".to_owned(), "/v2/check".to_owned()));
        }
        assert_eq!(
            of("http://[::1]/lt/").unwrap(),
            ("http://[::1]:80/lt".to_owned(), "/lt/v2/check".to_owned())
        );
        for bad in
            ["", "localhost:8010", "https://a", "http://", "http://a b", "http://a:99999", "http://u@a"]
        {
            assert_eq!(of(bad), Err(BadAddress), "{bad}");
        }
    }

    #[test]
    fn answers_may_come_in_chunks() {
        let parse = |bytes: &str| HttpResponse::parse(bytes.as_bytes()).map(|it| (it.status, it.body));
        assert_eq!(parse("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}"), Some((200, b"{}".to_vec())));
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1;a=b\r\n \r\n0\r\n\r\n";
        assert_eq!(parse(chunked), Some((200, b"{} ".to_vec())));
        for bad in [
            "",
            "HTTP/1.1 200\r\n",
            "SSH\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}",
        ] {
            assert_eq!(parse(bad), None);
        }
    }

    #[test]
    fn offsets_are_in_utf_16_units() {
        let offsets = Utf16Offsets::of("a😀é");
        let bytes: Vec<_> = (0..6).map(|unit| offsets.byte(unit)).collect();
        assert_eq!(bytes, [Some(0), Some(1), None, Some(5), Some(7), None]);
    }
}
