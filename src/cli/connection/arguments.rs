//! The arguments that name a server and the key to call it with.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tower::service_fn;

use super::encrypted;
use super::failure::{causes, root_cause};
use super::tls::TlsArgs;
use crate::cli::error::CliError;

/// Default address of a server.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:50051";

/// Environment variable for the address of a server.
const ADDRESS_VARIABLE: &str = "PALIMPSEST_SERVER";

/// Time limit for a TCP connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A channel that adds the key to each call.
pub(in crate::cli) type KeyedChannel = InterceptedService<Channel, AddKey>;

/// The server that a command calls.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ServerArgs {
    // Not with clap's `env`: `compare` and `check --against` must know whether the argument itself was given.
    #[arg(long, global = true, value_name = "URL", help_heading = "Server")]
    #[arg(help = "The server [env: PALIMPSEST_SERVER] [default: http://127.0.0.1:50051]")]
    server: Option<String>,
    /// The API key; other users of the machine can see arguments, but not the environment
    #[arg(long, global = true, env = "PALIMPSEST_KEY", hide_env_values = true, value_name = "KEY")]
    #[arg(help_heading = "Server", value_parser = Bearer::new)]
    key: Option<Bearer>,
    /// Time limit for each response of the server, such as 500ms, 30s or 5m
    #[arg(long, global = true, value_name = "DURATION", default_value = "60s", help_heading = "Server")]
    #[arg(value_parser = humantime::parse_duration)]
    timeout: Duration,
    #[command(flatten)]
    tls: TlsArgs,
}

/// The `authorization` value of a key. `Debug` does not show it.
#[derive(Clone)]
struct Bearer(AsciiMetadataValue);

impl Bearer {
    fn new(key: &str) -> Result<Self, &'static str> {
        let value = AsciiMetadataValue::try_from(format!("Bearer {}", key.trim()));
        let mut value = value.map_err(|_| "it has characters that no key has; copy the key again")?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// Adds the key, if there is one, to each call.
#[derive(Debug, Clone)]
pub(in crate::cli) struct AddKey(Option<Bearer>);

impl Interceptor for AddKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(Bearer(key)) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

impl ServerArgs {
    /// Whether the arguments name a server.
    pub(in crate::cli) fn is_named(&self) -> bool {
        self.server.is_some()
    }

    /// Whether the arguments name any TLS file or name.
    pub(in crate::cli) fn names_tls(&self) -> bool {
        self.tls.is_given()
    }

    /// The time limit for each response.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The server's URL: from the arguments, the environment or the default.
    pub(in crate::cli) fn address(&self) -> String {
        let from_environment = || std::env::var(ADDRESS_VARIABLE).ok().filter(|value| !value.is_empty());
        let address = self.server.clone().or_else(from_environment);
        match address.unwrap_or_else(|| DEFAULT_ADDRESS.to_owned()) {
            address if address.contains("://") => address,
            address => format!("http://{address}"),
        }
    }

    /// Connects to the server at `address`.
    pub(super) async fn connect(&self, address: &str) -> Result<KeyedChannel, CliError> {
        let bad = |problem: String| CliError::BadAddress { address: address.to_owned(), problem };
        let endpoint = |address: String| {
            let endpoint = Endpoint::from_shared(address).map_err(|error| bad(causes(&error)))?;
            Ok::<_, CliError>(endpoint.connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true))
        };
        let plain = endpoint(address.to_owned())?;
        let uri = plain.uri().clone();
        let connected = match (uri.scheme_str(), uri.authority()) {
            (Some("https"), Some(server)) => {
                let tls = self.tls.or_environment();
                let (name, config) = (tls.name(server.host())?, tls.config()?);
                // With an http:// address, tonic leaves the encryption to the connector.
                let bare = endpoint(format!("http://{server}"))?.origin(uri.clone());
                let connect = move |_| encrypted::connect(uri.clone(), name.clone(), Arc::clone(&config));
                bare.connect_with_connector(service_fn(connect)).await
            }
            (Some("http"), Some(_)) if self.tls.is_given() => {
                return Err(bad(
                    "the --tls options need an encrypted connection; begin it with https://".to_owned()
                ));
            }
            (Some("http"), Some(_)) => plain.connect().await,
            _ => return Err(bad("it must begin with http:// or https://".to_owned())),
        };
        let channel = connected.map_err(|error| {
            let address = address.to_owned();
            match encrypted::explain(&error) {
                Some(problem) => CliError::NoTls { address, problem },
                None => CliError::NoServer { address, cause: root_cause(&error) },
            }
        })?;
        Ok(InterceptedService::new(channel, AddKey(self.key.clone())))
    }
}
