//! Connecting to the servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::{ConnectOptions, Event, ServerAddr};
use futures_util::StreamExt;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::{Log, LogError, LogSettings, Shared};

/// Between two attempts of the first connection.
const RETRY_EVERY: Duration = Duration::from_millis(250);

/// How long a server that has just started may take to answer before it is asked again: it drops what comes too early.
const ATTEMPT: Duration = Duration::from_secs(1);

/// Longest name of a corpus, in bytes. Names of streams become names of folders.
const LONGEST_NAME: usize = 64;

impl Log {
    /// Connects to one of the servers and checks what the log needs of it. Servers that do not answer, or whose JetStream
    /// does not yet, are asked again until `call_timeout` is over. After that the client connects again by itself
    /// whenever a connection breaks, for as long as the log lives; only refused credentials end it.
    ///
    /// # Errors
    ///
    /// [`LogError::NotConnected`] and other mistakes of the settings; [`LogError::TooOld`], [`LogError::NoHeaders`] and
    /// [`LogError::NoJetStream`] if the server lacks something.
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
                    sleep_until(Instant::now() + RETRY_EVERY).await;
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
        let client = loop {
            match connect_once(&settings, end).await {
                Err(LogError::NotConnected { .. }) if Instant::now() + RETRY_EVERY < end => {
                    sleep_until(Instant::now() + RETRY_EVERY).await;
                }
                result => break result?,
            }
        };
        let closing = Closing::watch(&client, settings.call_timeout).await?;
        Ok(Self { shared: Arc::new(Shared { client, settings, closing }) })
    }
}

/// Notices when the client gives up: it then ends all subscriptions, and says it in no other way.
#[derive(Debug)]
pub(super) struct Closing {
    closed: Arc<AtomicBool>,
    watching: JoinHandle<()>,
}

impl Closing {
    /// # Errors
    ///
    /// [`LogError::Closed`]; [`LogError::TimedOut`] if the client takes no subscription `within` this time.
    async fn watch(client: &async_nats::Client, within: Duration) -> Result<Self, LogError> {
        let subscribed = timeout(within, client.subscribe(client.new_inbox())).await;
        let timed_out = |_| LogError::TimedOut { call: "SUB".to_owned(), within };
        let mut subscriber = subscribed.map_err(timed_out)?.map_err(|_| LogError::Closed)?;
        let closed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&closed);
        let watching = tokio::spawn(async move {
            while subscriber.next().await.is_some() {}
            seen.store(true, Ordering::Release);
        });
        Ok(Self { closed, watching })
    }

    /// True once the client has given up.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        // The subscription would keep the connection open.
        self.watching.abort();
    }
}

/// Asks each server once.
async fn connect_once(settings: &LogSettings, end: Instant) -> Result<async_nats::Client, LogError> {
    let servers = addresses(&settings.servers)?;
    let options = options(settings).await?;
    let not_connected = |cause: String| LogError::NotConnected {
        servers: settings.servers.join(", "),
        within: settings.call_timeout,
        cause,
    };
    let left = end.saturating_duration_since(Instant::now());
    match timeout(left, options.connect(servers)).await {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(not_connected(error.to_string())),
        Err(_) => Err(not_connected("no answer".to_owned())),
    }
}

async fn options(settings: &LogSettings) -> Result<ConnectOptions, LogError> {
    let mut options = ConnectOptions::new()
        .name(format!("palimpsest {}", settings.corpus))
        .connection_timeout(settings.call_timeout)
        .request_timeout(Some(settings.call_timeout))
        .require_tls(settings.tls.required)
        .event_callback(|event| async move { note(&event) });
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
            .map_err(|error| LogError::ServerUrl { url: url.clone(), cause: error.to_string() })
    };
    servers.iter().map(address).collect()
}

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
        assert!(addresses(&["http://a:4222".to_owned()]).is_err());
    }
}
