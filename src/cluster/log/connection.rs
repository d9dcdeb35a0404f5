//! Connecting to the servers.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use percent_encoding::percent_decode_str;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Log, LogError, LogSettings, Shared};

/// Between two attempts of the first connection.
const RETRY_EVERY: Duration = Duration::from_millis(250);

/// How long a server that has just started may take to answer before it is asked again: it drops what comes
/// too early.
const ATTEMPT: Duration = Duration::from_secs(1);

/// Longest name of a corpus, in bytes. Names of streams become names of folders.
const LONGEST_NAME: usize = 64;

impl Log {
    /// Connects to one of the servers and checks what the log needs of it. Servers that do not answer, or
    /// whose JetStream does not yet, are asked again until `call_timeout` is over. After that the client
    /// connects again by itself whenever a connection breaks, for as long as the log lives, also after a
    /// server refused its credentials; calls fail meanwhile.
    ///
    /// # Errors
    ///
    /// [`LogError::NotConnected`] and other mistakes of the settings; [`LogError::TooOld`],
    /// [`LogError::NoHeaders`] and [`LogError::NoJetStream`] if the server lacks something.
    pub(crate) async fn connect(settings: LogSettings) -> Result<Self, LogError> {
        let end = Instant::now() + settings.call_timeout;
        let log = Self::connect_unchecked(settings).await?;
        loop {
            let attempt = timeout(ATTEMPT, log.check_server()).await;
            let timed_out = LogError::TimedOut { call: "$JS.API.INFO".to_owned(), within: ATTEMPT };
            match attempt.unwrap_or(Err(timed_out)) {
                // A server that has just started accepts connections before JetStream is ready.
                Err(LogError::NoJetStream { .. } | LogError::Refused { .. } | LogError::TimedOut { .. })
                    if Instant::now() + RETRY_EVERY < end =>
                {
                    sleep(RETRY_EVERY).await;
                }
                result => break result?,
            }
        }
        Ok(log)
    }

    /// Connects as [`Log::connect`] does, and does not check whether the server has what the log needs: its `JetStream` may be
    /// down.
    ///
    /// # Errors
    ///
    /// [`LogError::NotConnected`] and other mistakes of the settings.
    pub(crate) async fn connect_unchecked(settings: LogSettings) -> Result<Self, LogError> {
        check_name(&settings.corpus)?;
        let end = Instant::now() + settings.call_timeout;
        let client = first_connection(&settings, end).await?;
        Ok(Self { shared: Arc::new(Shared { client, settings }) })
    }
}

/// Asks one server after the other until one accepts, or refuses for good.
async fn first_connection(settings: &LogSettings, end: Instant) -> Result<async_nats::Client, LogError> {
    loop {
        let servers = addresses(&settings.servers)?;
        let names: Vec<String> = servers.iter().map(|server| server.host().to_owned()).collect();
        let connected = timeout_at(end, options(settings, &servers).await?.connect(servers)).await;
        let (is_final, cause) = match connected {
            Ok(Ok(client)) => return Ok(client),
            Ok(Err(error)) => (is_final(error.kind()), error.to_string()),
            Err(_) => (true, "no answer".to_owned()),
        };
        if is_final || Instant::now() + RETRY_EVERY >= end {
            let within = settings.call_timeout;
            return Err(LogError::NotConnected { servers: names.join(", "), within, cause });
        }
        sleep(RETRY_EVERY).await;
    }
}

/// True if the same attempt would fail again.
fn is_final(kind: ConnectErrorKind) -> bool {
    match kind {
        ConnectErrorKind::Dns | ConnectErrorKind::TimedOut | ConnectErrorKind::Io => false,
        ConnectErrorKind::ServerParse
        | ConnectErrorKind::Authentication
        | ConnectErrorKind::AuthorizationViolation
        | ConnectErrorKind::Tls
        | ConnectErrorKind::MaxReconnects => true,
    }
}

async fn options(settings: &LogSettings, servers: &[ServerAddr]) -> Result<ConnectOptions, LogError> {
    let mut options = ConnectOptions::new()
        .name(format!("palimpsest {}", settings.corpus))
        .connection_timeout(settings.call_timeout)
        .request_timeout(Some(settings.call_timeout))
        .require_tls(settings.tls.required)
        .event_callback(|event| async move { note(&event) });
    // The client ignores what a URL has of a user.
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    options = match servers.iter().find_map(|server| Some((server.username()?, server.password()))) {
        Some((user, Some(password))) => options.user_and_password(decode(user), decode(password)),
        Some((token, None)) => options.token(decode(token)),
        None => options,
    };
    if let Some(path) = &settings.credentials {
        options = options
            .credentials_file(path)
            .await
            .map_err(|error| LogError::Credentials { path: path.clone(), cause: error.to_string() })?;
    }
    if let Some(path) = &settings.tls.ca {
        options = options.add_root_certificates(path.clone());
    }
    if let Some((certificate, key)) = &settings.tls.identity {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(options)
}

fn addresses(servers: &[String]) -> Result<Vec<ServerAddr>, LogError> {
    if servers.is_empty() {
        return Err(LogError::NoServers);
    }
    let address = |url: &String| {
        url.parse::<ServerAddr>()
            .map_err(|error| LogError::ServerUrl { url: without_password(url), cause: error.to_string() })
    };
    servers.iter().map(address).collect()
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        (_, None) => url.to_owned(),
    }
}

/// # Errors
///
/// [`LogError::CorpusName`]
fn check_name(name: &str) -> Result<(), LogError> {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_valid = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_safe);
    if is_valid { Ok(()) } else { Err(LogError::CorpusName { name: name.to_owned() }) }
}

/// Logs what happens to the connection.
fn note(event: &Event) {
    match event {
        Event::Connected => tracing::info!("connected to a NATS server"),
        Event::Disconnected => tracing::warn!("the connection to NATS broke; connecting again"),
        Event::Closed => tracing::warn!("the connection to NATS is closed"),
        other => tracing::warn!(event = %other, "an event of the connection to NATS"),
    }
}

#[cfg(test)]
mod tests {
    use super::{addresses, check_name};

    #[test]
    fn names_are_safe_in_subjects_and_folders() {
        assert!(check_name("Theses_2026-a").is_ok());
        for bad in ["", "a.b", "a b", "ä", "a/b", "a*", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn servers_are_urls() {
        assert!(addresses(&["nats://a:4222".to_owned(), "tls://b".to_owned()]).is_ok());
        assert!(addresses(&[]).is_err());
        let error = addresses(&["http://a:secret@b:4222".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("\"http://b:4222\" is not the URL") && !error.contains("secret"), "{error}");
    }
}
