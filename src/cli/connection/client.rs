//! The calls to a server.

use std::future::Future;
use std::time::Duration;

use tonic::{Code, Request, Response, Status, Streaming};

use super::arguments::{KeyedChannel, ServerArgs};
use super::failure::call_failure;
use super::retry::{ATTEMPTS, wait_before_retry};
use crate::cli::error::{CliError, Refusal};
use crate::proto;
use crate::proto::admin_service_client::AdminServiceClient;
use crate::proto::corpus_service_client::CorpusServiceClient;
use crate::proto::detection_service_client::DetectionServiceClient;
use crate::proto::health::health_client::HealthClient;
use crate::proto::related_service_client::RelatedServiceClient;
use crate::proto::writing_service_client::WritingServiceClient;

/// Size limit of a response. A report with all its excerpts may be larger than any request.
const MAX_RESPONSE_BYTES: usize = 64 << 20;

/// Size up to which texts are sent without asking for the server's limits first: gRPC servers accept messages of at least
/// 4 MiB by default.
const SMALL_TEXT_BYTES: usize = 3 << 20;

/// Allowance for the parts of a message other than its texts: ids and titles of 1000 texts.
const MESSAGE_SLACK_BYTES: usize = 64 << 10;

/// The client of the corpus service.
pub(in crate::cli) type Corpus = CorpusServiceClient<KeyedChannel>;

/// A connection to a server.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Client {
    address: String,
    timeout: Duration,
    corpus: Corpus,
    detection: DetectionServiceClient<KeyedChannel>,
    admin: AdminServiceClient<KeyedChannel>,
    health: HealthClient<KeyedChannel>,
    writing: WritingServiceClient<KeyedChannel>,
    related: RelatedServiceClient<KeyedChannel>,
}

impl Client {
    /// Connects.
    pub(in crate::cli) async fn connect(args: &ServerArgs) -> Result<Self, CliError> {
        let address = args.address();
        let channel = args.connect(&address).await?;
        let corpus = CorpusServiceClient::new(channel.clone()).max_decoding_message_size(MAX_RESPONSE_BYTES);
        let admin = AdminServiceClient::new(channel.clone()).max_decoding_message_size(MAX_RESPONSE_BYTES);
        let health = HealthClient::new(channel.clone());
        let writing =
            WritingServiceClient::new(channel.clone()).max_decoding_message_size(MAX_RESPONSE_BYTES);
        let related =
            RelatedServiceClient::new(channel.clone()).max_decoding_message_size(MAX_RESPONSE_BYTES);
        let detection = DetectionServiceClient::new(channel).max_decoding_message_size(MAX_RESPONSE_BYTES);
        Ok(Self { address, timeout: args.timeout(), corpus, detection, admin, health, writing, related })
    }

    /// The client of the corpus service.
    pub(in crate::cli) fn corpus(&self) -> Corpus {
        self.corpus.clone()
    }

    /// The client of the detection service.
    pub(in crate::cli) fn detection(&self) -> DetectionServiceClient<KeyedChannel> {
        self.detection.clone()
    }

    /// The client of the writing service.
    pub(in crate::cli) fn writing(&self) -> WritingServiceClient<KeyedChannel> {
        self.writing.clone()
    }

    /// The client of the service of related sources.
    pub(in crate::cli) fn related(&self) -> RelatedServiceClient<KeyedChannel> {
        self.related.clone()
    }

    /// The client of the admin service.
    pub(in crate::cli) fn admin(&self) -> AdminServiceClient<KeyedChannel> {
        self.admin.clone()
    }

    /// The client of the standard health service.
    pub(in crate::cli) fn health(&self) -> HealthClient<KeyedChannel> {
        self.health.clone()
    }

    /// The time limit for each response.
    pub(in crate::cli) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A request whose time limit the server knows, too.
    pub(in crate::cli) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        request
    }

    /// Sends a request that may be sent twice, since it reads or has a request id, again while the server is unavailable.
    pub(in crate::cli) async fn call_with_retries<Message: Clone, T, Call>(
        &self,
        call: impl Fn(Corpus, Request<Message>) -> Call,
        message: Message,
    ) -> Result<T, CliError>
    where
        Call: Future<Output = Result<Response<T>, Status>>,
    {
        for attempt in 1..ATTEMPTS {
            match call(self.corpus(), self.request(message.clone())).await {
                Err(status) if status.code() == Code::Unavailable => wait_before_retry(attempt).await,
                response => return self.response(response),
            }
        }
        self.response(call(self.corpus(), self.request(message)).await)
    }

    /// The message of a response, or the error that its status stands for.
    pub(in crate::cli) fn response<T>(&self, response: Result<Response<T>, Status>) -> Result<T, CliError> {
        response.map(Response::into_inner).map_err(|status| self.failure(&status))
    }

    /// The next message of a stream, within the time limit.
    pub(in crate::cli) async fn next<T>(&self, stream: &mut Streaming<T>) -> Result<Option<T>, CliError> {
        match tokio::time::timeout(self.timeout, stream.message()).await {
            Ok(message) => message.map_err(|status| self.failure(&status)),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// The error that a status stands for.
    pub(in crate::cli) fn failure(&self, status: &Status) -> CliError {
        call_failure(&self.address, status).unwrap_or_else(|| self.timed_out())
    }

    /// The error of a response that took too long.
    pub(in crate::cli) fn timed_out(&self) -> CliError {
        CliError::TimedOut { address: self.address.clone(), after: self.timeout }
    }

    /// The error of a stream that the server ended early.
    pub(in crate::cli) fn lost(&self, cause: &str) -> CliError {
        CliError::ServerLost { address: self.address.clone(), cause: cause.to_owned() }
    }

    /// The totals of the corpus, and the effective limits. Waits a few seconds for a server that is starting.
    pub(in crate::cli) async fn totals(&self) -> Result<proto::GetCorpusResponse, CliError> {
        let get = |mut corpus: Corpus, request| async move { corpus.get_corpus(request).await };
        self.call_with_retries(get, proto::GetCorpusRequest {}).await
    }

    /// The state of the server process; `None` if the key does not allow it, or the server is too old to know it.
    pub(in crate::cli) async fn server_info(&self) -> Result<Option<proto::GetServerInfoResponse>, CliError> {
        let request = self.request(proto::GetServerInfoRequest {});
        match self.admin().get_server_info(request).await {
            Err(status) if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) => Ok(None),
            response => self.response(response).map(Some),
        }
    }

    /// The effective limits.
    pub(in crate::cli) async fn limits(&self) -> Result<proto::Limits, CliError> {
        Ok(self.totals().await?.limits.unwrap_or_default())
    }

    /// Refuses a message that is too large for the server before it is sent, since the transport's own error explains
    /// nothing. `sizes` are the sizes of the message's texts, in bytes.
    pub(in crate::cli) async fn ensure_accepted(&self, sizes: &[usize]) -> Result<(), CliError> {
        let (largest, all) = (sizes.iter().copied().max().unwrap_or(0), sizes.iter().sum::<usize>());
        if all <= SMALL_TEXT_BYTES {
            return Ok(());
        }
        let limits = self.limits().await?;
        let too_large = |bytes: usize, max: u64, part: &str| {
            let message = format!("{part} has {bytes} bytes, but the server accepts at most {max}; split it");
            CliError::Refused(Refusal::of(&Status::out_of_range(message)))
        };
        if largest as u64 > limits.max_text_bytes {
            return Err(too_large(largest, limits.max_text_bytes, "the text"));
        }
        if (all + MESSAGE_SLACK_BYTES) as u64 > limits.max_message_bytes {
            return Err(too_large(all, limits.max_message_bytes, "the request"));
        }
        Ok(())
    }
}
