//! The way to a server: its address, the connection, and what its failures mean.

use std::error::Error as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::proto::health::health_client::HealthClient;
use clap::Args;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tower::service_fn;

use super::connect;
use super::error::{CliError, Refusal};
use super::tls::TlsArgs;
use crate::proto;
use crate::proto::admin_service_client::AdminServiceClient;
use crate::proto::corpus_service_client::CorpusServiceClient;
use crate::proto::detection_service_client::DetectionServiceClient;

/// Where a server listens by default.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:50051";

/// The environment variable that names a server.
const ADDRESS_VARIABLE: &str = "PALIMPSEST_SERVER";

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer that is taken: a report with all its excerpts may well be larger than any request.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Texts of up to this many bytes are sent without asking for the server's limits first: gRPC servers
/// take messages of 4 MiB at least.
const SMALL_TEXT_BYTES: usize = 3 << 20;

/// How often a request that may be sent again is sent, and how long to wait before the second time; before each
/// further time twice as long.
pub(super) const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The calls of the corpus.
pub(super) type Corpus = CorpusServiceClient<Way>;

/// The server that a command talks to.
#[derive(Debug, Clone, Args)]
pub(super) struct ServerArgs {
    // Not by clap's `env`: `compare` and `check --against` must know whether it was named here.
    #[arg(long, global = true, value_name = "URL", help_heading = "Server")]
    #[arg(help = "The server [env: PALIMPSEST_SERVER] [default: http://127.0.0.1:50051]")]
    server: Option<String>,
    /// The key to call with; in the environment other users of the machine don't see it
    #[arg(long, global = true, env = "PALIMPSEST_KEY", hide_env_values = true, value_name = "KEY")]
    #[arg(help_heading = "Server", value_parser = Bearer::new)]
    key: Option<Bearer>,
    /// How long to wait for an answer of the server, such as 500ms, 30s or 5m
    #[arg(long, global = true, value_name = "DURATION", default_value = "60s", help_heading = "Server")]
    #[arg(value_parser = humantime::parse_duration)]
    timeout: Duration,
    #[command(flatten)]
    tls: TlsArgs,
}

/// What a key is sent as.
#[derive(Clone)]
struct Bearer(AsciiMetadataValue);

impl Bearer {
    fn new(key: &str) -> Result<Self, &'static str> {
        let sent = AsciiMetadataValue::try_from(format!("Bearer {}", key.trim()));
        let mut sent = sent.map_err(|_| "it has characters that no key has")?;
        sent.set_sensitive(true);
        Ok(Self(sent))
    }
}

/// Never the key itself.
impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// Shows a key to the server with each call.
#[derive(Debug, Clone)]
pub(super) struct ShowKey(Option<Bearer>);

impl Interceptor for ShowKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(Bearer(key)) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

/// The way of each call.
pub(super) type Way = InterceptedService<Channel, ShowKey>;

impl ServerArgs {
    /// Whether the arguments name a server.
    pub(super) fn is_named(&self) -> bool {
        self.server.is_some()
    }

    /// Whether they say anything about TLS.
    pub(super) fn say_tls(&self) -> bool {
        self.tls.are_said()
    }

    fn address(&self) -> String {
        let from_environment = || std::env::var(ADDRESS_VARIABLE).ok().filter(|value| !value.is_empty());
        let address = self.server.clone().or_else(from_environment);
        match address.unwrap_or_else(|| DEFAULT_ADDRESS.to_owned()) {
            address if address.contains("://") => address,
            address => format!("http://{address}"),
        }
    }

    /// A connection to the server at `address`.
    async fn channel(&self, address: &str) -> Result<Channel, CliError> {
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
                // tonic leaves the encryption to us where the address doesn't ask it for any.
                let bare = endpoint(format!("http://{server}"))?.origin(uri.clone());
                let connect = move |_| connect::encrypted(uri.clone(), name.clone(), Arc::clone(&config));
                bare.connect_with_connector(service_fn(connect)).await
            }
            (Some("http"), Some(_)) if self.tls.are_said() => {
                return Err(bad(
                    "with --tls-..., calls are to be encrypted: begin it with https://".to_owned()
                ));
            }
            (Some("http"), Some(_)) => plain.connect().await,
            _ => return Err(bad("it must begin with http:// or https://".to_owned())),
        };
        connected.map_err(|error| {
            let address = address.to_owned();
            match connect::explain(&error) {
                Some(problem) => CliError::NoTls { address, problem },
                None => CliError::NoServer { address, cause: root_cause(&error) },
            }
        })
    }
}

/// A connection to a server.
#[derive(Debug, Clone)]
pub(super) struct Client {
    address: String,
    timeout: Duration,
    corpus: Corpus,
    detection: DetectionServiceClient<Way>,
    admin: AdminServiceClient<Way>,
    health: HealthClient<Way>,
}

impl Client {
    /// Connects.
    pub(super) async fn connect(args: &ServerArgs) -> Result<Self, CliError> {
        let address = args.address();
        let channel = args.channel(&address).await?;
        let channel = InterceptedService::new(channel, ShowKey(args.key.clone()));
        let corpus = CorpusServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES);
        let admin = AdminServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES);
        let health = HealthClient::new(channel.clone());
        let detection = DetectionServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
        Ok(Self { address, timeout: args.timeout, corpus, detection, admin, health })
    }

    /// The corpus's calls.
    pub(super) fn corpus(&self) -> Corpus {
        self.corpus.clone()
    }

    /// The calls that check.
    pub(super) fn detection(&self) -> DetectionServiceClient<Way> {
        self.detection.clone()
    }

    /// The calls that look after the corpus.
    pub(super) fn admin(&self) -> AdminServiceClient<Way> {
        self.admin.clone()
    }

    /// The calls that ask for the server's health.
    pub(super) fn health(&self) -> HealthClient<Way> {
        self.health.clone()
    }

    /// How long to wait for an answer.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A request that the server, too, gives up when the time is over.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        request
    }

    /// What a call answered that has a request id: while the server can't be reached it is sent again.
    pub(super) async fn once<Message: Clone, T, Call>(
        &self,
        call: impl Fn(Corpus, Request<Message>) -> Call,
        message: Message,
    ) -> Result<T, CliError>
    where
        Call: Future<Output = Result<Response<T>, Status>>,
    {
        for attempt in 1..ATTEMPTS {
            match call(self.corpus(), self.request(message.clone())).await {
                Err(status) if status.code() == Code::Unavailable => wait_before_again(attempt).await,
                answer => return self.answer(answer),
            }
        }
        self.answer(call(self.corpus(), self.request(message)).await)
    }

    /// What a call answered, or what its status means.
    pub(super) fn answer<T>(&self, answer: Result<Response<T>, Status>) -> Result<T, CliError> {
        answer.map(Response::into_inner).map_err(|status| self.failure(&status))
    }

    /// What a status means to the user.
    pub(super) fn failure(&self, status: &Status) -> CliError {
        let address = self.address.clone();
        // A status with a source was made on this side, by the transport.
        let transport = status.source().map(causes);
        match (status.code(), transport) {
            (Code::DeadlineExceeded, _) => self.timed_out(),
            (Code::Cancelled, cause) if told(status, cause.as_deref(), "Timeout expired") => self.timed_out(),
            // The connection was closed before the call was on its way, as servers do that want TLS.
            (Code::Cancelled, Some(cause)) if address.starts_with("http:") => {
                CliError::NotGrpc { address, cause }
            }
            (Code::Cancelled, Some(cause)) => CliError::ServerLost { address, cause },
            (Code::Internal, Some(cause)) if cause.contains("frame with invalid size") => {
                CliError::NotGrpc { address, cause }
            }
            (Code::Unavailable | Code::Unknown | Code::Internal, Some(cause)) => {
                CliError::ServerLost { address, cause }
            }
            _ => CliError::Refused(Refusal::of(status)),
        }
    }

    /// The server took too long.
    pub(super) fn timed_out(&self) -> CliError {
        CliError::TimedOut { address: self.address.clone(), after: self.timeout }
    }

    /// The server ended a stream before its time.
    pub(super) fn lost(&self, cause: &str) -> CliError {
        CliError::ServerLost { address: self.address.clone(), cause: cause.to_owned() }
    }

    /// The totals of the corpus, and the limits in force.
    pub(super) async fn totals(&self) -> Result<proto::GetCorpusResponse, CliError> {
        self.answer(self.corpus().get_corpus(self.request(proto::GetCorpusRequest {})).await)
    }

    /// How the server fares; `None` if it doesn't tell us.
    pub(super) async fn server_info(&self) -> Result<Option<proto::GetServerInfoResponse>, CliError> {
        let asked = self.request(proto::GetServerInfoRequest {});
        match self.admin().get_server_info(asked).await {
            // Not everyone is told; and a server that is older knows nothing of it.
            Err(status) if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) => Ok(None),
            answer => self.answer(answer).map(Some),
        }
    }

    /// The limits in force.
    pub(super) async fn limits(&self) -> Result<proto::Limits, CliError> {
        Ok(self.totals().await?.limits.unwrap_or_default())
    }

    /// Refuses what the server would refuse, before it is sent: a message that is too large gets an answer
    /// from the transport that helps nobody. `sizes` are those of the message's texts, in bytes.
    pub(super) async fn ensure_taken(&self, sizes: &[usize]) -> Result<(), CliError> {
        let (largest, all) = (sizes.iter().copied().max().unwrap_or(0), sizes.iter().sum::<usize>());
        if all <= SMALL_TEXT_BYTES {
            return Ok(());
        }
        let limits = self.limits().await?;
        let too_large = |bytes: usize, max: u64, what: &str, name: &str| {
            let message =
                format!("{what} has {bytes} bytes, but the server takes {max} at most ({name}); split it");
            CliError::Refused(Refusal { code: Code::OutOfRange, message, violations: Vec::new() })
        };
        if largest as u64 > limits.max_text_bytes {
            return Err(too_large(largest, limits.max_text_bytes, "the text", "max_text_bytes"));
        }
        if (all + MESSAGE_SLACK_BYTES) as u64 > limits.max_message_bytes {
            return Err(too_large(all, limits.max_message_bytes, "the request", "max_message_bytes"));
        }
        Ok(())
    }
}

/// Waits before a request is sent again, longer each time.
pub(super) async fn wait_before_again(attempt: u32) {
    tokio::time::sleep(FIRST_WAIT * 2_u32.saturating_pow(attempt - 1)).await;
}

/// What to call a request by, so that it can be sent again: a random UUID (RFC 9562, version 4). Empty, for none, if the
/// system has no random numbers to give.
pub(super) fn request_id() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    let random = u128::from_be_bytes(bytes);
    let uuid = random & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{uuid:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// What a message has besides its texts, at most: ids and titles of 1000 texts.
const MESSAGE_SLACK_BYTES: usize = 64 << 10;

/// An error with all that caused it, each said once.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        if !said.iter().any(|before| before.contains(&message)) {
            said.push(message);
        }
        next = error.source();
    }
    said.join(": ")
}

/// Whether a status, or what caused it, says this.
fn told(status: &Status, cause: Option<&str>, part: &str) -> bool {
    status.message().contains(part) || cause.is_some_and(|cause| cause.contains(part))
}

/// What an error began with.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

/// Runs a command that talks to a server.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().map_err(CliError::NoThreads)?;
    let done = runtime.block_on(work);
    // What still looks up a name, say, is not waited for.
    runtime.shutdown_background();
    done
}
