//! Whether the servers write each message to the disk before they acknowledge it, as their monitoring
//! endpoints tell.
//!
//! A server without `sync_interval: always` does so every two minutes. The connection of an ordinary account
//! can't see that.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::NONE_CONFIGURED;
use super::requirements::check_version;
use super::{Log, LogError};

/// Most bytes that are read of an answer. It has some 5 kB and one line for each account.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What the monitoring endpoints answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SyncCheck {
    /// The servers that write each message to the disk before they acknowledge it, by name.
    pub(crate) synced: BTreeSet<String>,
    /// The endpoints that did not answer, each with the reason.
    pub(crate) unreachable: Vec<String>,
}

/// The answer of `/varz`, as far as it is read.
#[derive(Debug, Deserialize)]
struct Varz {
    #[serde(default)]
    server_name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    jetstream: Jetstream,
}

#[derive(Debug, Default, Deserialize)]
struct Jetstream {
    #[serde(default)]
    config: JetstreamConfig,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
struct JetstreamConfig {
    #[serde(default)]
    sync_always: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(default)]
    replicas: Vec<Peer>,
}

#[derive(Debug, Deserialize)]
struct Peer {
    #[serde(default)]
    name: String,
}

impl Log {
    /// Checks at the monitoring endpoints of the settings that each server of the cluster writes each message
    /// to the disk before it acknowledges it, and has a version that was tested. A server that is down is
    /// reported and accepted, so that nodes can start without it.
    ///
    /// # Errors
    ///
    /// [`LogError::NotSynced`], [`LogError::TooOld`]; [`LogError::NotMonitored`] for a server of the cluster
    /// without a URL; [`LogError::NoMonitor`] if no endpoint answered; [`LogError::MonitorUrl`].
    pub(crate) async fn require_sync(&self) -> Result<SyncCheck, LogError> {
        let settings = self.settings();
        let mut check = SyncCheck::default();
        let mut members = BTreeSet::new();
        for url in &settings.monitors {
            let varz = match Endpoint::read(url)?.get(settings.call_timeout).await {
                Ok(varz) => varz,
                Err(cause) => {
                    check.unreachable.push(format!("{url}: {cause}"));
                    continue;
                }
            };
            let server = inspect(url, &varz, &mut members)?;
            check.synced.insert(server);
        }
        check.judge(&settings.monitors, &members)?;
        Ok(check)
    }
}

impl SyncCheck {
    /// # Errors
    ///
    /// [`LogError::NoMonitor`], or [`LogError::NotMonitored`] if `members` has more servers than there are
    /// endpoints.
    fn judge(&self, monitors: &[String], members: &BTreeSet<String>) -> Result<(), LogError> {
        if self.synced.is_empty() {
            let causes = self.unreachable.join("; ");
            let causes = if causes.is_empty() { NONE_CONFIGURED.to_owned() } else { causes };
            return Err(LogError::NoMonitor { causes });
        }
        let mut unseen = members.difference(&self.synced);
        // Each endpoint that is down may be that of one of them.
        match unseen.nth(self.unreachable.len()) {
            Some(server) => {
                Err(LogError::NotMonitored { server: server.clone(), monitors: monitors.join(", ") })
            }
            None => Ok(()),
        }
    }
}

/// Reads what a server tells of itself, and adds it and those that it knows to `members`. Returns its name.
///
/// # Errors
///
/// [`LogError::TooOld`], [`LogError::NotSynced`], [`LogError::Malformed`]
fn inspect(url: &str, varz: &[u8], members: &mut BTreeSet<String>) -> Result<String, LogError> {
    let varz: Varz = serde_json::from_slice(varz)
        .map_err(|error| LogError::Malformed { call: format!("{url}/varz"), cause: error.to_string() })?;
    check_version(&varz.server_name, &varz.version)?;
    if !varz.jetstream.config.sync_always {
        return Err(LogError::NotSynced { server: varz.server_name, url: url.to_owned() });
    }
    members.insert(varz.server_name.clone());
    // A server that has just started does not know the names of all others: it is one that has a name elsewhere.
    let known = varz.jetstream.meta.replicas.into_iter().filter(|peer| !peer.name.starts_with(UNKNOWN_NAME));
    members.extend(known.map(|peer| peer.name));
    Ok(varz.server_name)
}

/// What a server calls another whose name it does not know yet, before its number.
const UNKNOWN_NAME: &str = "Server name unknown";

/// A monitoring endpoint.
struct Endpoint {
    /// Host and port.
    host: String,
    /// The path of `/varz` behind a proxy, or `/varz`.
    path: String,
}

impl Endpoint {
    /// # Errors
    ///
    /// [`LogError::MonitorUrl`]
    fn read(url: &str) -> Result<Self, LogError> {
        let malformed = || LogError::MonitorUrl { url: url.to_owned() };
        let address = url.strip_prefix("http://").ok_or_else(malformed)?;
        let (host, prefix) = address.split_once('/').unwrap_or((address, ""));
        let (name, port) = host.rsplit_once(':').ok_or_else(malformed)?;
        let is_valid = !name.is_empty() && port.parse::<u16>().is_ok();
        if !is_valid || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(malformed());
        }
        let prefix = prefix.trim_end_matches('/');
        let path = if prefix.is_empty() { "/varz".to_owned() } else { format!("/{prefix}/varz") };
        Ok(Self { host: host.to_owned(), path })
    }

    /// What the endpoint answers, or why it does not.
    async fn get(&self, within: Duration) -> Result<Vec<u8>, String> {
        // HTTP/1.0: the answer ends with the connection, and comes in one piece.
        let request = format!("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", self.path, self.host);
        let answer = timeout(within, exchange(&self.host, &request)).await;
        let answer = answer.map_err(|_| format!("no answer within {within:?}"))?;
        let answer = answer.map_err(|error| error.to_string())?;
        body(&answer).map(<[u8]>::to_vec)
    }
}

async fn exchange(host: &str, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The body of an answer with the status 200.
fn body(answer: &[u8]) -> Result<&[u8], String> {
    let end = memchr::memmem::find(answer, b"\r\n\r\n").ok_or("the answer has no end of headers")?;
    let (head, rest) = answer.split_at(end);
    let status = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let is_ok = status.starts_with(b"HTTP/1.") && status.split(|byte| *byte == b' ').nth(1) == Some(b"200");
    if is_ok {
        Ok(rest.strip_prefix(b"\r\n\r\n").unwrap_or(rest))
    } else {
        Err(String::from_utf8_lossy(status).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varz(name: &str, sync_always: bool) -> Vec<u8> {
        format!(
            r#"{{"server_name":"{name}","version":"2.15.1","jetstream":{{"config":{{"sync_always":{sync_always}}},
            "meta":{{"replicas":[{{"name":"n1"}},{{"name":"n2"}}]}}}}}}"#
        )
        .into_bytes()
    }

    #[test]
    fn a_server_that_does_not_sync_is_named_with_the_line_to_write() {
        let mut members = BTreeSet::new();
        assert_eq!(inspect("http://a:1", &varz("n0", true), &mut members).unwrap(), "n0");
        assert_eq!(members.len(), 3);
        let error = inspect("http://a:1", &varz("n0", false), &mut members).unwrap_err().to_string();
        assert!(error.contains("n0") && error.contains("sync_interval: always"), "{error}");
        assert!(inspect("http://a:1", b"{}", &mut members).is_err());
    }

    #[test]
    fn each_server_of_the_cluster_needs_an_endpoint() {
        let members: BTreeSet<String> = ["n0", "n1", "n2"].map(str::to_owned).into();
        let mut check = SyncCheck::default();
        assert!(check.judge(&[], &members).is_err());
        check.synced.extend(["n0", "n1"].map(str::to_owned));
        let error = check.judge(&["http://a:1".to_owned()], &members).unwrap_err().to_string();
        assert!(error.contains("n2"), "{error}");
        check.unreachable.push("http://c:1: refused".to_owned());
        assert!(check.judge(&[], &members).is_ok());
    }

    #[test]
    fn endpoints_are_urls_with_a_port() {
        let endpoint = Endpoint::read("http://[::1]:8222/nats/").unwrap();
        assert_eq!((endpoint.host.as_str(), endpoint.path.as_str()), ("[::1]:8222", "/nats/varz"));
        assert_eq!(Endpoint::read("http://a:8222").unwrap().path, "/varz");
        for bad in ["a:8222", "https://a:8222", "http://a", "http://:8222", "http://a:b", "http://a:1/x y"] {
            assert!(Endpoint::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn answers_are_bodies_or_a_status() {
        assert_eq!(body(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}"), Ok(&b"{}"[..]));
        assert_eq!(body(b"HTTP/1.0 404 Not Found\r\n\r\n"), Err("HTTP/1.0 404 Not Found".to_owned()));
        assert!(body(b"HTTP/1.0 200 OK\r\n").is_err());
    }
}
