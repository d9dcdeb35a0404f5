//! One call, from its headers to its end.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tracing::Span;

use super::body::ResponseBody;
use super::calls::{Method, code_name};
use super::request_id::{HEADER, RequestId};
use crate::server::traces;

/// Who calls, by the id of their key. Whoever finds that out says so; the log tells it.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct CallerName(Arc<OnceLock<Arc<str>>>);

/// A call that has not ended. One that is dropped was cancelled by its caller.
pub(super) struct Call {
    method: Arc<Method>,
    id: RequestId,
    began: Instant,
    peer: Option<SocketAddr>,
    caller: CallerName,
    span: Span,
    has_ended: bool,
}

impl Call {
    /// A call begins with a request.
    pub(super) fn begin(method: Arc<Method>, id: RequestId, request: &mut Request<Body>) -> Self {
        method.started.fetch_add(1, Ordering::Relaxed);
        let peer = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        let caller = CallerName::default();
        request.extensions_mut().insert(caller.clone());
        let span = tracing::info_span!(
            target: traces::TARGET,
            "call",
            otel.name = format_args!("{}/{}", method.service, method.name),
            otel.kind = "server",
            otel.status_code = tracing::field::Empty,
            rpc.system = "grpc",
            rpc.service = method.service,
            rpc.method = method.name,
            rpc.grpc.status_code = tracing::field::Empty,
            request_id = &*id.id,
        );
        traces::continue_callers(&span, request.headers());
        Self { method, id, began: Instant::now(), peer, caller, span, has_ended: false }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn id(&self) -> &RequestId {
        &self.id
    }

    /// It was answered, or is from now on.
    pub(super) fn answered(mut self, mut response: Response<Body>) -> Response<Body> {
        let code = with_request_id(response.headers_mut(), &self.id);
        response.headers_mut().insert(HEADER, self.id.value.clone());
        match code {
            // There is nothing but the headers.
            Some(code) => {
                self.end(code);
                response
            }
            None if response.status().is_success() => {
                response.map(|body| Body::new(ResponseBody::new(body, self)))
            }
            // Not an answer of gRPC.
            None => {
                self.end(Code::Unknown);
                response
            }
        }
    }

    /// It ended, if it had not before.
    pub(super) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.method.ended(code, self.began);
        self.span.record("rpc.grpc.status_code", code as i32);
        if is_the_servers_fault(code) {
            self.span.record("otel.status_code", "ERROR");
        }
        self.log(code);
    }

    /// The one line of the log.
    fn log(&self, code: Code) {
        let duration_ms = (self.began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        macro_rules! line {
            ($level:ident) => {
                tracing::event!(
                    target: "palimpsest::calls",
                    parent: None,
                    tracing::Level::$level,
                    request_id = &*self.id.id,
                    service = self.method.service,
                    method = self.method.name,
                    code = code_name(code),
                    duration_ms,
                    peer = self.peer.map(tracing::field::display),
                    caller = self.caller.get(),
                    trace_id = traces::trace_id(&self.span),
                    "call"
                )
            };
        }
        match code {
            Code::Internal | Code::Unknown | Code::DataLoss => line!(ERROR),
            Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => line!(WARN),
            _ if self.method.is_about_the_server() => line!(DEBUG),
            _ => line!(INFO),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

impl CallerName {
    /// Whoever finds out who calls says so, once. Someone without a name has none.
    pub(in crate::server) fn tell(&self, name: &str) {
        if !name.is_empty() {
            let _told_before = self.0.set(name.into());
        }
    }

    fn get(&self) -> Option<&str> {
        self.0.get().map(|name| &**name)
    }
}

/// As the semantic conventions of OpenTelemetry have it.
fn is_the_servers_fault(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}

/// The status in headers or trailers, if there is one. The details of one that the operator will be asked about
/// tell the request's id from now on.
pub(super) fn with_request_id(headers: &mut HeaderMap, id: &RequestId) -> Option<Code> {
    let status = Status::from_header_map(headers)?;
    let code = status.code();
    if matches!(code, Code::Internal | Code::Unknown | Code::DataLoss) {
        let mut details = status.get_error_details();
        details.set_request_info(&*id.id, "");
        let metadata = status.metadata().clone();
        let told = Status::with_error_details_and_metadata(code, status.message(), details, metadata);
        // It fails only for messages that are no header, which this one was.
        let _added = told.add_header(headers);
    }
    Some(code)
}
