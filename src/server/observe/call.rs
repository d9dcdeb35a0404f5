//! One observed call, from its headers to its end.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tonic::{Code, Status};
use tracing::Span;

use super::body::ResponseBody;
use super::correlation_id::{CorrelationId, HEADER};
use super::methods::{Method, code_name};
use super::traces;
use crate::service::completed;

/// The id of the caller's key, for the log. The access layer sets it.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct CallerKeyId(Arc<OnceLock<Arc<str>>>);

/// A call that has not ended. If it is dropped, its caller has cancelled it.
pub(super) struct ObservedCall {
    method: Arc<Method>,
    id: CorrelationId,
    began: Instant,
    peer: Option<SocketAddr>,
    caller: CallerKeyId,
    span: Span,
    has_ended: bool,
}

impl ObservedCall {
    /// Begins the call of `request`.
    pub(super) fn begin(method: Arc<Method>, id: CorrelationId, request: &mut Request<Body>) -> Self {
        method.started.fetch_add(1, Ordering::Relaxed);
        let peer = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        let caller = CallerKeyId::default();
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
        traces::continue_trace(&span, request.headers());
        Self { method, id, began: Instant::now(), peer, caller, span, has_ended: false }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn id(&self) -> &CorrelationId {
        &self.id
    }

    /// Observes the response, to its last byte.
    pub(super) fn responded(mut self, mut response: Response<Body>) -> Response<Body> {
        let code = complete_status(response.headers_mut(), &self.id);
        response.headers_mut().insert(HEADER, self.id.value.clone());
        match code {
            // The response has headers only.
            Some(code) => {
                self.end(code);
                response
            }
            None if response.status().is_success() => {
                response.map(|body| Body::new(ResponseBody::new(body, self)))
            }
            // Not a gRPC response.
            None => {
                self.end(Code::Unknown);
                response
            }
        }
    }

    /// Records the end of the call; later calls have no effect.
    pub(super) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.method.ended(code, self.began);
        self.span.record("rpc.grpc.status_code", code as i32);
        if is_server_error(code) {
            self.span.record("otel.status_code", "ERROR");
        }
        self.log(code);
    }

    /// Logs the call.
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
            _ if self.method.is_infrastructure() => line!(DEBUG),
            _ => line!(INFO),
        }
    }
}

impl Drop for ObservedCall {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

impl CallerKeyId {
    /// Sets the id, once; an empty id stands for no key.
    pub(in crate::server) fn set(&self, id: &str) {
        if !id.is_empty() {
            let _set_before = self.0.set(id.into());
        }
    }

    fn get(&self) -> Option<&str> {
        self.0.get().map(|id| &**id)
    }
}

/// True for the codes that count as errors of a server span in OpenTelemetry's semantic conventions.
fn is_server_error(code: Code) -> bool {
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

/// Returns the status code in headers or trailers, if there is one. Adds to the details of an error what they lack: its reason, and
/// the correlation id if the operator must look into it.
pub(super) fn complete_status(headers: &mut HeaderMap, id: &CorrelationId) -> Option<Code> {
    let status = Status::from_header_map(headers)?;
    let code = status.code();
    if code != Code::Ok
        && let Some(status) = completed(&status, &id.id)
    {
        // Fails only for a message that is no valid header value; this one was read from a header.
        let _added = status.add_header(headers);
    }
    Some(code)
}
